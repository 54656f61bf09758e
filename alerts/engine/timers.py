"""Timers: what comes due as time passes, midnights and embargoes and reminders, and which of them is next."""

from datetime import timedelta
from typing import NamedTuple

from alerts.engine.store import EPOCH, Store

DAY = timedelta(days=1)


class Timer(NamedTuple):
    """Something that is due. At one moment the day turns first, then embargoes end, then reminders come."""

    due: int
    rank: int
    key: str


MIDNIGHT, RELEASE, REMIND = range(3)


def next_timer(store: Store, turned: int | None, until: int) -> Timer | None:
    """The earliest of what is due up to `until`. `turned`: the day that began last; null before the first tick."""
    run = store.connection.execute
    found = [Timer(until if turned is None else _midnight(turned + 1), MIDNIGHT, "")]
    release = run("SELECT min(release) FROM waiting").fetchone()[0]
    if release is not None:
        found.append(Timer(release, RELEASE, ""))
    remind = run("SELECT notify, id FROM alerts WHERE notify IS NOT NULL ORDER BY notify, id LIMIT 1").fetchone()
    if remind is not None:
        found.append(Timer(remind[0], REMIND, remind[1]))
    first = min(found)
    return first if first.due <= until else None


def _midnight(day: int) -> int:
    """The moment at which a day begins."""
    return (day - EPOCH.toordinal()) * (DAY // timedelta(microseconds=1))
