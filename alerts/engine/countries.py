"""Countries by name and by the words for their people: config/places/countries.yaml, which is part of the program."""

from functools import cache
from importlib.resources import files

import yaml


@cache
def _rows() -> dict[str, list[str]]:
    """All names and demonyms of each country, its first name first."""
    # Not safe_load: NO is Norway.
    rows = yaml.load((files("config") / "places" / "countries.yaml").read_text("utf-8"), yaml.BaseLoader)
    return {
        str(code): [name.strip() for part in str(row).split("|") for name in part.split(";") if name.strip()]
        for code, row in rows.items()
    }


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for code, names in _rows().items() for name in names}


def country_name(code: str) -> str:
    """The name of an ISO 3166-1 alpha-2 code, or the code itself."""
    return _rows()[code][0] if code in _rows() else code


def actor_key(actor: str) -> str:
    """The country an actor is named after ("Israeli", "Israel": IL), or the name without case."""
    name = actor.removeprefix("the ").strip().casefold()
    return _codes().get(name, name)
