"""Countries and regions by name, for other readers of a story."""

import re

from config.places.spelling import fold, keys
from stream.places.gazetteer import gazetteer
from stream.places.wording import ADMIN_WORDS
from stream.signals import Place


def country_name(code: str) -> str:
    """The English name of an ISO 3166-1 alpha-2 code; the code itself when there is none."""
    country = gazetteer().countries.get(code.upper())
    return country.name if country else code


def capital_named(code: str) -> Place | None:
    """The capital of a country; null when it has none."""
    row = gazetteer().capital_of(code) if code in gazetteer().countries else None
    if row is None:
        return None
    return Place(
        name=row.name, as_written=row.name, country=code, admin1=row.admin1, lat=row.lat, lon=row.lon,
        geonameid=row.geonameid, precision="town",
    )  # fmt: skip


def country_of(word: str) -> str | None:
    """The country (ISO 3166-1 alpha-2) that a nationality or country word names: "Syrians" -> SY, "Chad" -> TD."""
    names = gazetteer()
    for key in keys(word.strip().removesuffix("'s").removesuffix("’s"), arabic=False):
        code = names.demonyms.get(key) or names.country_keys.get(key)
        if code:
            return code
    return None


def region_named(name: str, country: str | None = None) -> Place | None:
    """The first-level region or hand-made region of that name, in `country` if given; null when there is none."""
    generic = {fold(word) for word in ADMIN_WORDS}
    bare = " ".join(word for word in re.split(r"[\s-]+", name) if word and fold(word) not in generic)
    for key in keys(bare or name, arabic=True):
        for row in gazetteer().lookup(key):
            if row.kind in {"A", "R"} and country in {None, row.country}:
                return Place(
                    name=row.name, as_written=name, country=row.country, admin1=row.admin1, lat=row.lat, lon=row.lon,
                    geonameid=row.geonameid, precision="region",
                )  # fmt: skip
    return None
