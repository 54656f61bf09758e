"""Incidents, for readers: queries only, on any connection; answers as in alert_views.py."""

import sqlite3
from datetime import date

from alerts.engine.store import JSON, iso_day, load, moment_of


def incidents(
    connection: sqlite3.Connection,
    *,
    kind: str | None = None,
    country: str | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: int = 1000,
) -> list[JSON]:
    """Incidents as points, the latest first: place (null when unplaced), day, figures, origins, certainty."""
    wanted, values = ["umbrella = 0"], []
    for clause, value in (
        ("kind = ?", kind),
        ("country = ?", country),
        ("day >= ?", None if first is None else first.toordinal()),
        ("day <= ?", None if last is None else last.toordinal()),
    ):
        if value is not None:
            wanted.append(clause)
            values.append(value)
    rows = connection.execute(
        f"SELECT body FROM incidents WHERE {' AND '.join(wanted)} ORDER BY day DESC, id LIMIT ?", (*values, limit)
    )
    return [_incident(load(row[0])) for row in rows]


def incident(connection: sqlite3.Connection, incident_id: str) -> JSON | None:
    """One incident with the words it was made of."""
    row = connection.execute("SELECT body FROM incidents WHERE id = ?", (incident_id,)).fetchone()
    if row is None:
        return None
    facts = connection.execute("SELECT body FROM facts WHERE incident = ? ORDER BY day, id", (incident_id,))
    return {**_incident(load(row[0])), "signals": [_signal(load(fact[0])) for fact in facts]}


def _incident(body: JSON) -> JSON:
    span = [iso_day(day) for day in body["span"]]
    return {**body, "day": iso_day(body["day"]), "span": span}


def _signal(stored: JSON) -> JSON:
    story = stored["story"]
    return {
        **stored["signal"],
        "story": {
            **{name: story[name] for name in ("uri", "version", "credits", "feed", "url")},
            "published": moment_of(story["published"]).isoformat(),
        },
    }
