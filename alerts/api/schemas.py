"""What the read interface answers, as models: the JSON of the board and of whoever pulls instead of being called."""

from datetime import date
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from alerts.engine.rules import Rule
from alerts.engine.silences import Silence
from alerts.revisions import AlertPlace, AlertRevision, Area, Reading, Severity, Transition
from stream.signals import Cause, Certainty, Claim, Measure, Place, Unit, Weapon

What = Literal["killed", "injured", "displaced", "place"]
AlertState = Literal["open", "resolved", "retracted"]


class Shown(BaseModel):
    """A part of an answer: it names every field it has."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Position(Shown):
    """Degrees, WGS 84."""

    lat: float
    lon: float


class Acknowledgement(Shown):
    """Somebody has seen the alert."""

    author: str
    at: AwareDatetime
    note: str


class ShownAlert(Shown):
    """An alert as it stands: its latest revision without the incidents."""

    id: str
    revision: int
    state: AlertState
    recovering: bool
    """Open, and below its limit for a day or more."""
    flapping: bool
    """Three episodes or more within 30 days."""
    transition: Transition
    reason: str
    engine_sequence: int
    rule: str
    kind: str
    severity: Severity
    certainty: Certainty
    area: Area
    measure: Reading
    since: date
    ended: date | None
    """The last day; null while it is open."""
    at: AwareDatetime
    """When the latest revision was made, by the engine's clock."""
    explanation: str
    incidents: int
    """How many the revision lists."""
    origins: tuple[str, ...]
    position: Position | None
    """Of the area, or the middle of its incidents; null when nothing of it is placed."""
    acknowledged: Acknowledgement | None
    silenced_until: AwareDatetime | None


class Alerts(Shown):
    """A page. `next`: give it as `before` (or as `after`, when `after` was given) for more; null when that is all."""

    alerts: list[ShownAlert]
    next: str | None
    sequence: int
    """The engine's steps so far: what is newer has a greater one. Give it as `after` later for what changed since."""
    clock: AwareDatetime | None
    """The engine's time: its newest tick."""


class Mark(Shown):
    """Words within a quote that gave something: `text[start:end]`."""

    start: int
    end: int
    what: What


class Said(Shown):
    """What the story says of something, in its own words."""

    what: What
    text: str


class ShownQuote(Shown):
    """Words of a story, with where they stand in it and where it can be read."""

    text: str
    credit: str | None
    story: str
    start: int
    end: int
    url: str | None
    feed: str | None
    published: AwareDatetime | None
    marks: list[Mark]
    beyond: list[Said]
    """Words that stand elsewhere in the story: the figures and the place that the quote itself does not give."""


class ShownFigure(Shown):
    """How many. `unit`, `measure` and `cause` are of displaced people only; households are not converted."""

    low: int | None
    best: int
    high: int | None
    unit: Unit | None = None
    measure: Measure | None = None
    cause: Cause | None = None


class ShownAlertIncident(Shown):
    """One of the incidents behind an alert. `reports`: stories that tell of it now; 0 when it is known no more."""

    id: str
    place: AlertPlace | None
    day: date | None
    figures: dict[str, ShownFigure]
    origins: tuple[str, ...]
    certainty: Certainty
    reports: int
    quotes: list[ShownQuote]


class AlertDetail(Shown):
    """An alert with every revision, oldest first, and the words behind it (of its newest revision that has any)."""

    alert: ShownAlert
    revisions: list[AlertRevision]
    incidents: list[ShownAlertIncident]
    recipients: list[str]
    """Subscribers who were told of it."""


class SeriesDay(Shown):
    """One UTC day. `window`: the measure over the rule's window that ends on it."""

    day: date
    value: int
    window: int
    monitored: bool
    """False: no feed was heard on that day, so a zero says nothing."""
    phase: Literal["idle", "pending", "open"]


class Series(Shown):
    """A rule's measure in an area, day by day, against its thresholds and what was usual before."""

    rule: str
    measure: str
    kind: str
    area: Area
    window: int
    """Days."""
    thresholds: dict[Severity, int]
    clear: int | None
    baseline: float | None
    """The mean window of the 28 days before the episode, monitored days only; null when fewer than 7 were."""
    since: date
    ended: date | None
    days: list[SeriesDay]


class ShownIncident(Shown):
    """One real event, or one movement of people."""

    id: str
    kind: str
    day: date
    span: tuple[date, date]
    """First and last day, both inside."""
    place: Place | None
    from_: Place | None = Field(alias="from")
    to: Place | None
    figures: dict[str, ShownFigure]
    origins: tuple[str, ...]
    sources: tuple[str, ...]
    certainty: Certainty
    claim: Claim | None
    weapon: Weapon | None
    actors: tuple[str, ...]
    ordered: bool
    """An order to leave, not a movement."""


class Incidents(Shown):
    """The latest first. `cut`: there are more than the limit let through."""

    incidents: list[ShownIncident]
    cut: bool


class IncidentDetail(Shown):
    """An incident and the words of every story that tells of it, the newest first."""

    incident: ShownIncident
    quotes: list[ShownQuote]


class ShownFeed(Shown):
    """A feed: when its last story was published, and on which of the days shown it was heard."""

    feed: str
    stories: int
    last_published: AwareDatetime
    heard: list[date]


class Feeds(Shown):
    """All feeds. `not_monitored`: days of `first` to `last` on which no feed at all was heard: no zero, but unknown."""

    clock: AwareDatetime | None
    first: date | None
    last: date | None
    feeds: list[ShownFeed]
    not_monitored: list[date]


class ShownRules(Shown):
    """The rules in force."""

    hash: str
    rules: list[Rule]
    household_size: int
    lateness_hours: int


class Silences(Shown):
    """Those in force, the one that ends first first."""

    silences: list[Silence]


class Point(Shown):
    """GeoJSON: longitude, latitude."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float]


class Feature(Shown):
    """GeoJSON (RFC 7946). `geometry` is null where the place is not known."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: Point | None
    properties: dict[str, Any]


class FeatureCollection(Shown):
    """GeoJSON (RFC 7946)."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]
