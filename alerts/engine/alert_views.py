"""Alerts and their revisions, for readers: queries only, on any connection.

Every answer is made of JSON values, ready to be sent; days are ISO dates, moments ISO 8601 in UTC.
"""

import sqlite3
from datetime import date

from alerts.engine.episodes import of_stored
from alerts.engine.store import JSON, iso_day, load
from alerts.revisions import SEVERITIES, Severity


def alerts(
    connection: sqlite3.Connection,
    *,
    state: str | None = None,
    kind: str | None = None,
    country: str | None = None,
    area: str | None = None,
    rule: str | None = None,
    severity: Severity | None = None,
    since: date | None = None,
    after: tuple[int, str] | None = None,
    limit: int = 100,
) -> list[JSON]:
    """Alerts with their latest revision, those that changed last first.

    `severity`: at least this. `since`: began on this day or later. `after`: (sequence, id) of the last one of the page
    before. Recorded episodes, which were never told, are listed with `state="recorded"` only.
    """
    wanted, values = ["state = ?" if state else "state != 'recorded'"], [state] if state else []
    for column, value in (("kind", kind), ("country", country), ("area", area), ("rule", rule)):
        if value is not None:
            wanted.append(f"{column} = ?")
            values.append(value)
    if severity is not None:
        names = SEVERITIES[SEVERITIES.index(severity) :]
        wanted.append(f"severity IN ({','.join('?' * len(names))})")
        values += names
    if since is not None:
        wanted.append("since >= ?")
        values.append(since.toordinal())  # type: ignore[arg-type]
    if after is not None:
        wanted.append("(sequence, id) < (?, ?)")
        values += after  # type: ignore[arg-type]
    rows = connection.execute(
        f"SELECT * FROM alerts WHERE {' AND '.join(wanted)} ORDER BY sequence DESC, id DESC LIMIT ?", (*values, limit)
    )
    return [_alert(connection, row) for row in rows.fetchall()]


def changed(connection: sqlite3.Connection, after: tuple[int, str] = (-1, ""), limit: int = 100) -> list[JSON]:
    """Alerts that were told of after (sequence, id), with their latest revision, in the order of their last change."""
    rows = connection.execute(
        "SELECT * FROM alerts WHERE state != 'recorded' AND (sequence, id) > (?, ?) ORDER BY sequence, id LIMIT ?",
        (*after, limit),
    )
    return [_alert(connection, row) for row in rows.fetchall()]


def alert(connection: sqlite3.Connection, alert_id: str) -> JSON | None:
    """One alert with all its revisions, oldest first, and who was told; null when there is none of this id."""
    row = connection.execute("SELECT * FROM alerts WHERE id = ?", (alert_id,)).fetchone()
    if row is None:
        return None
    revisions = connection.execute("SELECT json FROM revisions WHERE alert_id = ? ORDER BY revision", (alert_id,))
    told = connection.execute("SELECT subscriber FROM recipients WHERE alert = ? ORDER BY subscriber", (alert_id,))
    return {
        **_alert(connection, row),
        "revisions": [load(item[0]) for item in revisions],
        "recipients": [item[0] for item in told],
    }


def _alert(connection: sqlite3.Connection, row: sqlite3.Row) -> JSON:
    latest = connection.execute(
        "SELECT json FROM revisions WHERE alert_id = ? AND revision = ?", (row["id"], row["revision"])
    ).fetchone()
    return {
        "id": row["id"],
        "state": row["state"],
        "recovering": row["state"] == "open" and _quiet_days(connection, row["rule"], row["area"]) > 0,
        "rule": row["rule"],
        "area": row["area"],
        "kind": row["kind"],
        "severity": row["severity"],
        "since": iso_day(row["since"]),
        "ended": None if row["ended"] is None else iso_day(row["ended"]),
        "sequence": row["sequence"],
        "acknowledged": None if row["acknowledged"] is None else load(row["acknowledged"]),
        "flapping": flapping(connection, row),
        "latest": None if latest is None else load(latest[0]),
    }


def _quiet_days(connection: sqlite3.Connection, rule: str, area: str) -> int:
    row = connection.execute(
        "SELECT state FROM folds WHERE rule = ? AND area = ? ORDER BY day DESC LIMIT 1", (rule, area)
    ).fetchone()
    return 0 if row is None else of_stored(load(row[0])).quiet


def flapping(connection: sqlite3.Connection, row: sqlite3.Row, episodes: int = 3, days: int = 30) -> bool:
    """Has the pair had so many episodes within so many days? An overlay for readers: it makes no message."""
    number = connection.execute(
        "SELECT count(*) FROM alerts WHERE rule = ? AND area = ? AND state != 'retracted' AND since > ? AND since <= ?",
        (row["rule"], row["area"], row["since"] - days, row["since"]),
    ).fetchone()[0]
    return bool(number >= episodes)


def revisions(connection: sqlite3.Connection, after: int = -1, limit: int = 500) -> list[JSON]:
    """Revisions above an engine sequence, in the order in which they were made."""
    rows = connection.execute(
        "SELECT json FROM revisions WHERE engine_sequence > ? ORDER BY engine_sequence, alert_id, revision LIMIT ?",
        (after, limit),
    )
    return [load(row[0]) for row in rows]


def open_counts(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """Open alerts by (kind, severity)."""
    rows = connection.execute(
        "SELECT kind, severity, count(*) FROM alerts WHERE state = 'open' GROUP BY kind, severity"
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}
