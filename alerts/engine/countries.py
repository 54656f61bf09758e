"""Names of countries as readers know them: the first name in config/places/countries.yaml."""

from functools import cache
from importlib.resources import files

import yaml


@cache
def _names() -> dict[str, str]:
    rows = yaml.safe_load((files("config") / "places" / "countries.yaml").read_text("utf-8"))
    return {str(code): str(row).split("|")[0].split(";")[0].strip() for code, row in rows.items()}


def country_name(code: str) -> str:
    """The name of an ISO 3166-1 alpha-2 code, or the code itself."""
    return _names().get(code, code)
