"""Signal: one countable fact that one story asserts. The contract between extraction and the engine.

Every value means what the codebook says; `counted` is true exactly when `status` is `new`.
"""

import hashlib
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = str
"""`air_strike`, `ceasefire_violation`, `displacement`, or a plain kind an operator added to the lexicon."""

Status = Literal["new", "background", "hypothetical", "denied"]
Certainty = Literal["observed", "likely", "possible"]
Claim = Literal["observed", "alleged", "mutual"]
Weapon = Literal["aircraft", "drone", "missile", "unknown"]
Precision = Literal["site", "town", "region", "country"]
Unit = Literal["persons", "households"]
Measure = Literal["flow", "stock"]
Cause = Literal["conflict", "disaster", "other", "unknown"]


class Frozen(BaseModel):
    """A value: compared by content, never changed, no field it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Place(Frozen):
    """Where something happened, resolved against the gazetteer.

    `country` is ISO 3166-1 alpha-2; `admin1` the name of the first-level region; `lat`/`lon` degrees WGS 84.
    A place the gazetteer does not know keeps its name, `geonameid` null, and the country of the story if that is known.
    """

    name: str
    as_written: str
    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None
    geonameid: int | None = None
    precision: Precision


class Figure(Frozen):
    """A number of people with the words it came from. `low`/`high` are null where the story leaves that side open."""

    low: int | None
    best: int
    high: int | None
    vague: bool = False
    quote: str


class DisplacedFigure(Figure):
    """People forced from their homes. `best` is in `unit`s, as reported: households are not converted here."""

    unit: Unit
    measure: Measure
    cause: Cause


class Evidence(Frozen):
    """The words: `quote == text[start:end]` of headline + newline + body (body alone without a headline)."""

    quote: str
    start: int
    end: int
    pattern: str
    """Name of the lexicon row that found it."""


class Signal(Frozen):
    """One countable fact: kind + place + day."""

    id: str
    kind: Kind
    status: Status
    counted: bool
    reason: str
    """Why it counts or not, from a closed list: the word is also the metric label and stands in the explanation."""
    certain: bool
    certainty: Certainty
    claim: Claim | None = None
    weapon: Weapon | None = None
    umbrella: bool = False
    follow_up: bool = False
    """Told in a reaction to it, or with a new toll: of an event that was told of before, up to some days ago."""
    place: Place | None = None
    from_: Place | None = Field(default=None, alias="from")
    to: Place | None = None
    day: date | None = None
    day_certain: bool = False
    period: tuple[date, date] | None = None
    """First and last day, both inside."""
    killed: Figure | None = None
    injured: Figure | None = None
    displaced: DisplacedFigure | None = None
    count: int | None = None
    actors: tuple[str, ...] = ()
    source: str | None = None
    evidence: Evidence


class Mention(Frozen):
    """Words that looked like a signal of `kind` and are not one: `other_attack`, `no_attack`, `no_quantity`, ..."""

    kind: Kind
    reason: str
    evidence: Evidence


def content_hash(*parts: object) -> str:
    """Twenty hex digits of SHA-256 over the parts, joined by a character that none of them holds."""
    return hashlib.sha256("\x1f".join("" if p is None else str(p) for p in parts).encode()).hexdigest()[:20]


def signal_id(thread: str, kind: str, place: Place | None, day: date | None, ordinal: int) -> str:
    """Identity of a signal over the versions of its thread: a changed figure is the same signal.

    `ordinal` counts signals of one thread with the same kind, place and day, from 0.
    Extraction uses the story's uri as thread; the engine computes it anew when it has found the thread.
    """
    where = None if place is None else (place.geonameid or f"{place.country}/{place.admin1}/{place.name}")
    return content_hash("signal", thread, kind, where, day, ordinal)
