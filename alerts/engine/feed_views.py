"""Feeds and the days on which they were heard, for readers: queries only; answers as in alert_views.py."""

import sqlite3
from datetime import date

from alerts.engine.store import JSON, iso_day, moment_of


def feeds(connection: sqlite3.Connection) -> list[JSON]:
    """Each feed: how many stories it brought, and when the last of them was published."""
    rows = connection.execute("SELECT * FROM feeds ORDER BY feed")
    return [
        {"feed": row["feed"], "stories": row["stories"], "last_published": moment_of(row["last_published"]).isoformat()}
        for row in rows
    ]


def heard(connection: sqlite3.Connection, first: date, last: date) -> dict[str, list[str]]:
    """Of each feed the days, both ends inside, on which it was heard."""
    rows = connection.execute(
        "SELECT feed, day FROM heartbeats WHERE day BETWEEN ? AND ? ORDER BY feed, day",
        (first.toordinal(), last.toordinal()),
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["feed"], []).append(iso_day(row["day"]))
    return found


def monitored(connection: sqlite3.Connection, first: date, last: date) -> list[str]:
    """The days, both ends inside, on which any feed was heard."""
    rows = connection.execute(
        "SELECT DISTINCT day FROM heartbeats WHERE day BETWEEN ? AND ? ORDER BY day",
        (first.toordinal(), last.toordinal()),
    )
    return [iso_day(row[0]) for row in rows]


def begun(connection: sqlite3.Connection) -> str | None:
    """The first day on which any feed was heard."""
    found = connection.execute("SELECT min(day) FROM heartbeats").fetchone()[0]
    return None if found is None else iso_day(found)
