"""Fact: one counted signal of a thread's current version, with what the engine needs of its story.

Facts are what incidents are made of. They hold nothing of when a story came in, so that any order of arrival gives the
same facts.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

from alerts.engine.store import dump, load
from stream.signals import Place, content_hash, signal_id

PRECISIONS = ("site", "town", "region", "country")
"""From the most to the least precise."""
ANYWHERE = len(PRECISIONS)
"""Rank of a signal without a place."""
QUOTE_LENGTH = 240


class Spot(NamedTuple):
    """Where a fact is, as far as it matters for comparing: equal spots are one place."""

    key: str | None
    rank: int
    """How precise: an index of `PRECISIONS`, or `ANYWHERE`."""
    admin1: str | None
    lat: float | None
    lon: float | None
    toward: tuple[int, int] | None = None
    """Of a part of a country or land ("northern Yemen") which side it is: (north, east), each -1, 0 or 1. Its
    coordinates are then those of the middle of that part."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A signal in its thread. `body` is the signal as JSON; `story` what is kept of the story that says it."""

    id: str
    thread: str
    hash: str
    part: str
    day: int
    """Ordinal of the signal's day (of the last day of a period)."""
    first: int
    last: int
    """The period, both inside; the day itself where none is given."""
    spot: Spot
    body: dict[str, Any]
    story: dict[str, Any]

    @property
    def rank(self) -> int:
        return self.spot.rank

    @property
    def order(self) -> tuple[int, int, str]:
        """The order in which incidents are made: by day, the most precise first, then by id."""
        return (self.day, self.spot.rank, self.id)


def counts(signal: dict[str, Any]) -> bool:
    """Is this a fact for the engine? Counted signals are, and orders to leave, which a rule may include."""
    return bool(signal["counted"]) or ordered(signal)


def ordered(signal: dict[str, Any]) -> bool:
    """An order to leave, with a number: hypothetical, but a rule may `include: [ordered]`."""
    wanted = ("displacement", "hypothetical", "ordered")
    return (signal["kind"], signal["status"], signal["reason"]) == wanted


def of_thread(thread: str, signals: list[dict[str, Any]], story: dict[str, Any]) -> list[Fact]:
    """The facts of a thread's current version; ids are made anew, since the thread may span several uris."""
    facts = []
    seen: dict[tuple[Any, ...], int] = {}
    for signal in signals:
        if not counts(signal) or signal["day"] is None:
            continue
        place = None if signal["place"] is None else Place(**signal["place"])
        day = date.fromisoformat(signal["day"])
        where = place_key(signal["place"])
        key = (signal["kind"], where, day)
        seen[key] = seen.get(key, -1) + 1
        body = {**signal, "id": signal_id(thread, signal["kind"], place, day, seen[key])}
        facts.append(_fact(thread, body, story))
    return facts


def stored(fact: Fact) -> bytes:
    return dump({"thread": fact.thread, "signal": fact.body, "story": fact.story})


@lru_cache(maxsize=20_000)
def of_stored(body: bytes) -> Fact:
    """The inverse of `stored`."""
    content = load(body)
    return _fact(content["thread"], content["signal"], content["story"])


def _fact(thread: str, signal: dict[str, Any], story: dict[str, Any]) -> Fact:
    day = date.fromisoformat(signal["day"]).toordinal()
    first, last = _period(signal, day)
    return Fact(
        id=signal["id"],
        thread=thread,
        hash=content_hash("fact", thread, dump(signal).decode(), dump(story).decode()),
        part=part_of(signal),
        day=day,
        first=first,
        last=last,
        spot=_spot(signal["place"]),
        body=signal,
        story=story,
    )


def _spot(place: dict[str, Any] | None) -> Spot:
    if place is None:
        return Spot(None, ANYWHERE, None, None, None)
    rank = PRECISIONS.index(place["precision"])
    toward = _toward(place["name"]) if place["precision"] == "region" and place["admin1"] is None else None
    return Spot(place_key(place), rank, place["admin1"], place["lat"], place["lon"], toward)


def _toward(name: str) -> tuple[int, int] | None:
    """(north, east) of a name that begins with a point of the compass; null for another."""
    if not name[:1].islower():  # "South Ossetia" is a name
        return None
    point = name.partition(" ")[0].removesuffix("ern").replace("-", "")
    if point not in {"north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest"}:
        return None
    return ("north" in point) - ("south" in point), ("east" in point) - ("west" in point)


def _period(signal: dict[str, Any], day: int) -> tuple[int, int]:
    """An event has its day; only a movement or a total stretches over its period."""
    if signal["period"] is None or (signal["displaced"] is None and not signal["umbrella"]):
        return day, day
    first, last = (date.fromisoformat(end).toordinal() for end in signal["period"])
    return min(first, last), max(first, last)


def part_of(signal: dict[str, Any]) -> str:
    """The set within which a fact may meet its like: kind, country, and what sort of figure it is.

    Totals (`umbrella`) and orders are never one incident with events, nor a stock with a flow.
    """
    sort = "event"
    if signal["displaced"] is not None:
        sort = signal["displaced"]["measure"]
    if ordered(signal):
        sort = "ordered"
    if signal["umbrella"]:
        sort = f"umbrella {sort}"
    country = signal["place"]["country"] if signal["place"] is not None else None
    return f"{signal['kind']}|{country or ''}|{sort}"


def sort_of(part: str) -> str:
    """What sort of figure a part holds: event, flow, stock, ordered, or a total of one of these."""
    return part.rsplit("|", 1)[1]


def place_key(place: dict[str, Any] | None) -> str | None:
    """Identity of a place: the code of a country; of another place its GeoNames id, or country, region and name."""
    if place is None:
        return None
    if place["precision"] == "country" and place["country"] is not None:
        return str(place["country"])
    return str(place["geonameid"] or f"{place['country']}/{place['admin1']}/{place['name']}".casefold())


def distance_km(a: Spot, b: Spot) -> float | None:
    """Great-circle distance of two places; null when a coordinate is unknown. Haversine, radius 6,371 km."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * 6371.0 * asin(min(1.0, sqrt(half)))
