"""A row of the gazetteer as the place that a name means: with its direction, its nature, its precision."""

from dataclasses import replace

from stream.places.candidate import KNOWN_TOWN, Candidate
from stream.places.gazetteer import Gazetteer, Row
from stream.places.wording import ADMIN_WORDS, REGION_WORDS, SITE_WORDS
from stream.signals import Place, Precision


def resolved(text: str, candidate: Candidate, row: Row, names: Gazetteer, *, whole: bool) -> Place:
    """The place that `row` is here, with its direction and nature if `whole`."""
    if not whole:
        return place_as(text, candidate.name_start, candidate.name_end, row)
    start, end = candidate.start, candidate.end
    if candidate.direction:
        lat, lon = towards(row, candidate.direction)
        own = text[candidate.name_start : candidate.name_end]
        name = text[start : candidate.name_start].lower() + own
        if start == candidate.name_start:  # "Beirut's southern suburbs"
            name = text[start:end]
        elif text[start : candidate.name_start].count(" of "):  # "the south of France"
            name = f"{candidate.direction}ern {own}"
        part = replace(row, geonameid=None, lat=round(lat, 4), lon=round(lon, 4), admin1=row.admin1)
        return place_as(text, start, end, part, name, "region")
    if candidate.nature in SITE_WORDS and candidate.nature_follows:
        return place_as(text, start, end, replace(row, geonameid=None), text[start:end], "site")
    small = candidate.nature == "area" and row.kind in {"P", "T"} and row.population < KNOWN_TOWN
    quarter = small or (row.kind == "T" and candidate.nature == "district")
    if candidate.nature in REGION_WORDS and row.kind in {"P", "T"} and not quarter:
        area = (names.region(row.country, row.admin1) if candidate.nature in ADMIN_WORDS else None) or row
        return place_as(text, start, end, replace(area, geonameid=None, admin1=row.admin1), row.name, "region")
    return place_as(text, start, end, row)


_PRECISION: dict[str, Precision] = {
    "P": "town", "T": "town", "A": "region", "B": "region", "R": "region", "S": "site", "C": "country",
}  # fmt: skip


def place_as(
    text: str, start: int, end: int, row: Row, name: str | None = None, precision: Precision | None = None
) -> Place:
    """`text[start:end]` as the place of a row, under the row's name and precision unless others are given."""
    return Place(
        name=name or row.name, as_written=text[start:end], country=row.country, admin1=row.admin1, lat=row.lat,
        lon=row.lon, geonameid=row.geonameid, precision=precision or _PRECISION[row.kind],
    )  # fmt: skip


_STEPS = {"north": (1, 0), "south": (-1, 0), "east": (0, 1), "west": (0, -1)}
_SHARE = 0.3
"""How far the middle of "northern X" lies from the middle of X, as a share of X's height."""
_TOWN_SIZE = 0.15
"""Degrees from a town's middle to its edge, where no box is known."""


def towards(row: Row, direction: str) -> tuple[float, float]:
    """The middle of the side of `row` that `direction` names."""
    lat, lon = row.lat, row.lon
    south, north, west, east = row.box or (lat - _TOWN_SIZE, lat + _TOWN_SIZE, lon - _TOWN_SIZE, lon + _TOWN_SIZE)
    for word, (up, right) in _STEPS.items():
        if word in direction:
            lat += up * _SHARE * (north - south)
            lon += right * _SHARE * (east - west)
    return max(-90.0, min(90.0, lat)), max(-180.0, min(180.0, lon))
