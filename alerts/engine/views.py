"""What the engine knows, for readers: the interface, the board, the metrics. Queries only, on any connection.

Every answer is made of JSON values, ready to be sent; days are ISO dates, moments ISO 8601 in UTC.
"""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Any

from alerts.engine.fold import of_stored
from alerts.engine.series import daily_of
from alerts.engine.store import load, moment_of
from alerts.revisions import SEVERITIES, Severity
from alerts.subscribers import Subscriber

JSON = dict[str, Any]


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


def commands(connection: sqlite3.Connection, after: int, upto: int) -> list[str]:
    """Names of the commands that were carried out in the steps (after, upto]."""
    rows = connection.execute("SELECT name FROM commands WHERE sequence > ? AND sequence <= ?", (after, upto))
    return [row[0] for row in rows]


def deliveries(connection: sqlite3.Connection, after: int = -1, limit: int = 500) -> list[JSON]:
    """Deliveries above an engine sequence, in the order in which they were made."""
    rows = connection.execute(
        "SELECT json FROM deliveries WHERE engine_sequence > ? ORDER BY engine_sequence, subscriber, sequence LIMIT ?",
        (after, limit),
    )
    return [load(row[0]) for row in rows]


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


def series(connection: sqlite3.Connection, rule: str, area: str, first: date, last: date) -> JSON:
    """The daily series of a (rule, area): every day with its value, whether it was monitored, and the state then."""
    days = range(first.toordinal(), last.toordinal() + 1)
    span = (rule, area, days.start, days.stop - 1)
    query = "SELECT day, {} FROM {} WHERE rule = ? AND area = ? AND day BETWEEN ? AND ?"
    values = {row[0]: daily_of(row[1]) for row in connection.execute(query.format("body", "daily"), span)}
    states = {row[0]: of_stored(load(row[1])) for row in connection.execute(query.format("state", "folds"), span)}
    heard = set(monitored(connection, first, last))
    config = rule_of(connection, rule)
    return {
        "rule": rule,
        "area": area_of(connection, area),
        "window": None if config is None else config["window"],
        "thresholds": {} if config is None else config["severity"],
        "days": [
            {
                "day": iso_day(day),
                "monitored": iso_day(day) in heard,
                "value": values[day].best if day in values else 0,
                "low": values[day].low if day in values else 0,
                "high": values[day].high if day in values else 0,
                "phase": states[day].phase if day in states else "idle",
                "baseline": states[day].baseline if day in states else None,
            }
            for day in days
        ],
    }


def pairs(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Every (rule, area) with a series."""
    return [(row[0], row[1]) for row in connection.execute("SELECT DISTINCT rule, area FROM daily ORDER BY rule, area")]


def area_of(connection: sqlite3.Connection, key: str) -> JSON | None:
    row = connection.execute("SELECT body FROM areas WHERE key = ?", (key,)).fetchone()
    return None if row is None else load(row[0])


def rules(connection: sqlite3.Connection) -> JSON:
    """The rules in force, as they were applied."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'rules'").fetchone()
    return {"rules": [], "household_size": 5, "lateness_hours": 72} if row is None else load(row[0])


def rule_of(connection: sqlite3.Connection, rule: str) -> JSON | None:
    return next((item for item in rules(connection)["rules"] if item["id"] == rule), None)


def silences(connection: sqlite3.Connection) -> list[JSON]:
    """Every silence that is in force at the engine's time, the one that ends first first."""
    now = clock(connection)
    rows = connection.execute("SELECT body FROM silences ORDER BY until, id")
    return [
        item for item in (load(row[0]) for row in rows) if now is None or item["until"].replace("Z", "+00:00") > now
    ]


def subscribers(connection: sqlite3.Connection) -> list[Subscriber]:
    """Every subscriber, with endpoint and secrets as ciphertext."""
    rows = connection.execute("SELECT body FROM subscribers WHERE deleted = 0 ORDER BY id")
    return [Subscriber(**load(row[0])) for row in rows]


def subscriber(connection: sqlite3.Connection, subscriber_id: str) -> Subscriber | None:
    row = connection.execute("SELECT body FROM subscribers WHERE id = ? AND deleted = 0", (subscriber_id,)).fetchone()
    return None if row is None else Subscriber(**load(row[0]))


def clock(connection: sqlite3.Connection) -> str | None:
    """The last tick, as of the last commit."""
    return _meta(connection, "clock")


def sequence(connection: sqlite3.Connection) -> int:
    """The engine's steps, as of the last commit."""
    return int(_meta(connection, "sequence") or 0)


def position(connection: sqlite3.Connection) -> int | None:
    """The last applied journal position, as of the last commit."""
    found = _meta(connection, "position")
    return None if found is None else int(found)


def _meta(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """What the engine has counted since it began, and how much state it holds (`rows_...`): for the metrics."""
    found = {row["name"]: int(row["value"]) for row in connection.execute("SELECT * FROM counts ORDER BY name")}
    for table in ("stories", "facts", "incidents", "daily", "folds", "alerts", "waiting", "holes"):
        found[f"rows_{table}"] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


def open_counts(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """Open alerts by (kind, severity)."""
    rows = connection.execute(
        "SELECT kind, severity, count(*) FROM alerts WHERE state = 'open' GROUP BY kind, severity"
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def highest_sequence(connection: sqlite3.Connection, subscriber_ids: Iterable[str]) -> dict[str, int]:
    """The last delivery sequence of each subscriber."""
    wanted = set(subscriber_ids)
    rows = connection.execute("SELECT id, sequence FROM subscribers")
    return {row["id"]: int(row["sequence"]) for row in rows if row["id"] in wanted}


def iso_day(number: int) -> str:
    """ISO date of a day's ordinal."""
    return date.fromordinal(number).isoformat()
