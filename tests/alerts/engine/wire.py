"""Short hands for making journal records in tests: places, signals, stories, ticks, and an engine that takes them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from alerts.engine.engine import Applied, Engine
from alerts.engine.rules import Rules, load_rules
from alerts.engine.store import Store
from stream.records import CommandRecord, Fingerprint, Record, SourcePosition, StoryRecord, TickRecord
from stream.signals import DisplacedFigure, Evidence, Figure, Place, Signal, signal_id
from stream.stories import Link, StoryHead

DAY = timedelta(days=1)
START = datetime(2024, 5, 10, tzinfo=UTC)
"""Day 0 of the tests' calendar."""

ALBA = Place(
    name="Alba", as_written="Alba", country="SY", admin1="North", lat=35.0, lon=36.0, geonameid=1, precision="town"
)
ALBA_EAST = Place(
    name="Alba East",
    as_written="Alba East",
    country="SY",
    admin1="North",
    lat=35.0,
    lon=36.05,
    geonameid=2,
    precision="town",
)
BORA = Place(
    name="Bora", as_written="Bora", country="SY", admin1="North", lat=35.6, lon=36.9, geonameid=3, precision="town"
)
CORVO = Place(
    name="Corvo", as_written="Corvo", country="SY", admin1="South", lat=33.0, lon=36.0, geonameid=4, precision="town"
)
NORTH = Place(
    name="North",
    as_written="the north",
    country="SY",
    admin1="North",
    lat=35.5,
    lon=36.5,
    geonameid=5,
    precision="region",
)
SYRIA = Place(
    name="Syria", as_written="Syria", country="SY", admin1=None, lat=35.0, lon=38.0, geonameid=6, precision="country"
)
IRAQ = Place(
    name="Iraq", as_written="Iraq", country="IQ", admin1=None, lat=33.0, lon=44.0, geonameid=7, precision="country"
)
JORDAN = Place(
    name="Jordan", as_written="Jordan", country="JO", admin1=None, lat=31.0, lon=36.0, geonameid=8, precision="country"
)

RULES = """
- {id: strikes, kind: air_strike, by: country, measure: incidents, window: 2d,
   severity: {warning: 3, severe: 6}, clear: 1, clear_for: 2d}
- {id: killed, kind: air_strike, by: admin1, measure: killed, window: 3d,
   severity: {warning: 10}, clear: 0, clear_for: 1d}
- {id: breaches, kind: ceasefire_violation, by: country, measure: incidents, window: 2d, certainty: observed,
   severity: {warning: 1, severe: 4}, clear: 0, clear_for: 2d}
- {id: flight, kind: displacement, by: country, measure: displaced, window: 30d, cause: conflict,
   severity: {warning: 10_000, severe: 50_000}, clear: 1_000, clear_for: 5d}
"""


def day(number: int) -> date:
    """The date of day `number` of the tests' calendar."""
    return (START + number * DAY).date()


def at(number: float) -> datetime:
    """A moment, in days from the start of the calendar: 1.5 is noon of day 1."""
    return START + timedelta(minutes=round(number * 1440))


def figure(best: int, quote: str = "") -> Figure:
    return Figure(low=best, best=best, high=best, quote=quote or str(best))


def signal(kind: str, place: Place | None, when: int, *, ordinal: int = 0, **more: Any) -> Signal:
    """A counted signal on day `when`; anything may be said otherwise."""
    words = more.pop("words", f"{kind} at {place.name if place else 'a place'}")
    values: dict[str, Any] = {
        "id": signal_id("unthreaded", kind, place, day(when), ordinal),
        "kind": kind,
        "status": "new",
        "counted": True,
        "reason": "reported",
        "certain": True,
        "certainty": "likely",
        "place": place,
        "day": day(when),
        "day_certain": True,
        "evidence": Evidence(quote=words, start=0, end=len(words), pattern="test"),
        **more,
    }
    return Signal(**values)


def strike(place: Place | None, when: int, killed: int | None = None, **more: Any) -> Signal:
    toll = {} if killed is None else {"killed": figure(killed)}
    return signal("air_strike", place, when, **{"weapon": "aircraft", "claim": "observed", **toll, **more})


def breach(place: Place, when: int, claim: str = "observed", **more: Any) -> Signal:
    certainty = "observed" if claim == "observed" else "possible"
    return signal("ceasefire_violation", place, when, claim=claim, **{"certainty": certainty, **more})


def flight(place: Place, when: int, people: int, *, period: tuple[int, int] | None = None, **more: Any) -> Signal:
    kind = {"unit": "persons", "measure": "flow", "cause": "conflict"}
    kind.update({name: more.pop(name) for name in tuple(kind) if name in more})
    moved = DisplacedFigure(low=people, best=people, high=people, quote=f"{people} fled", **kind)
    days = None if period is None else (day(period[0]), day(period[1]))
    return signal("displacement", place, when, displaced=moved, period=days, **{"from_": place, **more})


def story(
    uri: str,
    published: float,
    *signals: Signal,
    version: str = "1",
    credit: str | None = "AFP",
    received: float | None = None,
    links: Iterable[tuple[str, str]] = (),
    text: str | None = None,
    offset: int | None = None,
    **head: Any,
) -> StoryRecord:
    """A story published `published` days after the start; its text is its own unless `text` says another's."""
    print_ = Fingerprint(sha256=text or f"{uri}/{version}", sketch=(), words=100)
    return StoryRecord(
        source=SourcePosition(topic="test", offset=next(_OFFSETS) if offset is None else offset),
        received=at(published if received is None else received),
        story=StoryHead(
            uri=uri,
            version=version,
            published=at(published),
            credits=() if credit is None else (credit,),
            links=tuple(Link(role=role, uri=target) for role, target in links),  # type: ignore[arg-type]
            **{"feed": "wire", **head},
        ),
        fingerprint=print_ if signals else None,
        signals=signals,
        note=None if signals else "nothing",
    )


def tick(number: float) -> TickRecord:
    return TickRecord(at=at(number))


def command(name: str, body: dict[str, Any], author: str = "ana", id_: str | None = None) -> CommandRecord:
    return CommandRecord(id=id_ or f"c{next(_OFFSETS)}", name=name, body=body, author=author, at=START)


def rules_of(text: str) -> CommandRecord:
    return command("rules.apply", load_rules(text).document(), "test")


_OFFSETS = count(1_000_000)


class Desk:
    """An engine in memory that takes records one after the other, each at the next position."""

    def __init__(self, rules: str | Rules | None = RULES, path: str = ":memory:") -> None:
        self.store = Store.open(path)
        self.engine = Engine(self.store)
        self.applied: list[Applied] = []
        if rules is not None:
            document = (load_rules(rules) if isinstance(rules, str) else rules).document()
            self.take(command("rules.apply", document, "test", "rules"))

    def take(self, *records: Record) -> list[Applied]:
        """Apply each in a transaction of its own."""
        new = []
        for record in records:
            self.store.begin()
            position = 0 if self.store.position is None else self.store.position + 1
            new.append(self.engine.apply(record, position))
            self.store.commit()
        self.applied += new
        return new

    def told(self, *records: Record) -> list[tuple[str, str, str]]:
        """(rule, transition, reason) of what these records made the engine tell."""
        return [(r.rule, r.transition, r.reason) for done in self.take(*records) for r in done.revisions]

    def revisions(self) -> list[Any]:
        return [revision for done in self.applied for revision in done.revisions]

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.connection.execute(query, values)]

    def derived(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the same stories give in whatever order they come (law B)."""
        return {
            "facts": self.rows("SELECT id, thread, part, day, hash, incident, body FROM facts ORDER BY id"),
            "incidents": self.rows("SELECT id, kind, country, day, founded, hash, body FROM incidents ORDER BY id"),
            "daily": self.rows("SELECT rule, area, day, body FROM daily ORDER BY rule, area, day"),
            "folds": self.rows("SELECT rule, area, day, state FROM folds ORDER BY rule, area, day"),
            "monitored": self.rows("SELECT DISTINCT day FROM heartbeats ORDER BY day"),
        }
