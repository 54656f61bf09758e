"""What another set of rules would have told: the difference of two runs over the same wire. Pure.

Alerts of the two runs are the same when they are of one rule and area and their days overlap: then only when they were
first told can differ. Alerts that were taken back in the end are left out: nobody should have been told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from alerts.revisions import AlertRevision

Difference = Literal["added", "removed", "earlier", "later"]


class Span(NamedTuple):
    """One alert: who it is, when it was first told, and until when it lasted (null: to the end of the run)."""

    rule: str
    area: str
    opened: datetime
    ended: datetime | None
    revision: AlertRevision
    """The one that opened it."""


@dataclass(frozen=True)
class Compared:
    """One difference: when the alert was first told in either run, and how many hours later (negative: earlier)."""

    difference: Difference
    rule: str
    area: str
    first: datetime | None
    second: datetime | None
    hours: float | None
    explanation: str
    """What was told first: in the second run, or in the first where the second is silent."""


def compare(first: Iterable[AlertRevision], second: Iterable[AlertRevision]) -> list[Compared]:
    """What the second run added, removed, told earlier and told later, in order of time."""
    before, after = spans(first), spans(second)
    found: list[Compared] = []
    matched: set[int] = set()
    for old in before:
        number = next((n for n, new in enumerate(after) if n not in matched and _overlap(old, new)), None)
        if number is None:
            found.append(_compared("removed", old, None))
            continue
        matched.add(number)
        new = after[number]
        if new.opened != old.opened:
            found.append(_compared("later" if new.opened > old.opened else "earlier", old, new))
    found += [_compared("added", None, new) for n, new in enumerate(after) if n not in matched]
    return sorted(found, key=lambda item: (str(item.second or item.first), item.rule, item.area))


def _compared(difference: Difference, old: Span | None, new: Span | None) -> Compared:
    span = new or old
    assert span is not None
    return Compared(
        difference=difference,
        rule=span.rule,
        area=span.area,
        first=None if old is None else old.opened,
        second=None if new is None else new.opened,
        hours=None if old is None or new is None else (new.opened - old.opened).total_seconds() / 3600,
        explanation=span.revision.explanation,
    )


def spans(revisions: Iterable[AlertRevision]) -> list[Span]:
    """The alerts of a run, by rule, area and time."""
    alerts: dict[str, Span] = {}
    for revision in revisions:
        if revision.transition == "opened":
            alerts[revision.id] = Span(revision.rule, revision.area.key, revision.at, None, revision)
        elif revision.id in alerts and revision.transition == "retracted":
            del alerts[revision.id]
        elif revision.id in alerts:
            ended = revision.at if revision.transition == "resolved" else None
            alerts[revision.id] = alerts[revision.id]._replace(ended=ended)
    return sorted(alerts.values(), key=lambda span: (span.rule, span.area, span.opened))


def _overlap(a: Span, b: Span) -> bool:
    if (a.rule, a.area) != (b.rule, b.area):
        return False
    return (a.ended is None or b.opened <= a.ended) and (b.ended is None or a.opened <= b.ended)
