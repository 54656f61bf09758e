"""AlertRevision: what is told about one episode of one rule in one area, and by whom it was said."""

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime

from stream.signals import Certainty, Frozen, Precision

Transition = Literal["opened", "escalated", "updated", "resolved", "retracted"]
Severity = Literal["warning", "severe", "extreme"]
SEVERITIES: tuple[Severity, ...] = ("warning", "severe", "extreme")


class Area(Frozen):
    """What a rule sums over: a place, a first-level region or a country. `key` is its identity."""

    key: str
    level: Literal["place", "admin1", "country"]
    name: str
    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None


class Reading(Frozen):
    """A measure's value in a window of whole UTC days, both ends inside, against its threshold."""

    name: str
    value: int
    low: int | None
    high: int | None
    threshold: int | None
    baseline: float | None
    window: tuple[date, date]


class Quote(Frozen):
    """Words of a story, at most 240 characters, with the credit that goes with them."""

    text: str
    credit: str | None
    story: str
    start: int
    end: int


class AlertPlace(Frozen):
    """The place of an incident, as a reader needs it."""

    name: str
    country: str | None = None
    admin1: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: Precision | None = None


class AlertIncident(Frozen):
    """One real event behind an alert. `figures`: killed, injured, displaced, strikes, violations: {low, best, high}."""

    id: str
    place: AlertPlace | None
    day: date | None
    figures: dict[str, dict[str, Any]]
    origins: tuple[str, ...]
    certainty: Certainty
    quotes: tuple[Quote, ...]


class AlertRevision(Frozen):
    """One step in the life of an alert. `references` names the revision before ("id/revision")."""

    id: str
    revision: int
    transition: Transition
    reason: str
    """The decision's word: threshold_crossed, tier_raised, figure_grew, second_origin, below_clear, ..."""
    references: tuple[str, ...] = ()
    references_at: tuple[AwareDatetime, ...] = ()
    """`at` of each of `references`: CAP names a message by its time too."""
    engine_sequence: int
    rule: str
    rules_hash: str
    kind: str
    severity: Severity
    certainty: Certainty
    area: Area
    measure: Reading
    since: date
    at: AwareDatetime
    explanation: str
    incidents: tuple[AlertIncident, ...] = ()
