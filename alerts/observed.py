"""What is counted of every record that an engine applied, and what its file says when metrics are read."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from alerts import metrics
from alerts.engine import feed_views, progress_views, series_views
from alerts.engine.engine import Applied
from alerts.engine.measures import combined
from alerts.engine.series import daily_of
from stream.records import CommandRecord, Record

FEEDS_SHOWN = 100
"""The largest: a label for every name that a sender may choose would have no bound."""
FORGOTTEN_SECONDS = 30 * 86_400
INCIDENT_DAYS = 7
FILES = {"rules.apply": "rules", "subscribers.apply": "subscribers"}


def count(record: Record, applied: Applied) -> None:
    """Move the counters for one record."""
    metrics.ENGINE_RECORDS.labels(record.type, applied.reason).inc()
    for revision in applied.revisions:
        metrics.TRANSITIONS.labels(revision.rule, revision.transition).inc()
    if isinstance(record, CommandRecord) and record.name in FILES and applied.outcome is not None:
        metrics.CONFIG_APPLIED.labels(FILES[record.name], "applied" if applied.outcome.ok else "refused").inc()


def measure(connection: sqlite3.Connection) -> None:
    """Set the gauges from an engine's file; before it exists nothing is set."""
    try:
        clock = progress_views.clock(connection)
        if clock is None:
            return
        now = datetime.fromisoformat(clock)
        metrics.ENGINE_CLOCK.set(now.timestamp())
        _alerts(connection)
        _incidents(connection, now.toordinal())
        _measures(connection, now.toordinal())
        _feeds(connection, now)
        _dead_letters(connection)
    except sqlite3.OperationalError:
        return


def _alerts(connection: sqlite3.Connection) -> None:
    rows = connection.execute(
        "SELECT rule, severity, state, count(*) FROM alerts WHERE state != 'recorded' GROUP BY rule, severity, state"
    )
    _replace(metrics.ALERTS, ((tuple(row[:3]), row[3]) for row in rows.fetchall()))


def _incidents(connection: sqlite3.Connection, today: int) -> None:
    rows = connection.execute(
        "SELECT kind, coalesce(country, ''), count(*) FROM incidents WHERE umbrella = 0 AND day > ? GROUP BY 1, 2",
        (today - INCIDENT_DAYS,),
    )
    _replace(metrics.INCIDENTS, ((tuple(row[:2]), row[2]) for row in rows.fetchall()))


def _measures(connection: sqlite3.Connection, today: int) -> None:
    found = []
    for rule in series_views.rules(connection)["rules"]:
        if rule["by"] != "country":
            continue
        rows = connection.execute(
            "SELECT area, body FROM daily JOIN active USING (rule, area) WHERE rule = ? AND day > ? AND day <= ?",
            (rule["id"], today - rule["window"], today),
        )
        days: dict[str, list[Any]] = {}
        for area, body in rows.fetchall():
            days.setdefault(area, []).append(daily_of(body))
        highest = rule["measure"] == "displaced_stock"
        for area, values in days.items():
            found.append(((rule["id"], rule["measure"], area), combined(values, highest=highest).best))
    _replace(metrics.MEASURE, found)


def _feeds(connection: sqlite3.Connection, now: datetime) -> None:
    largest = sorted(feed_views.feeds(connection), key=lambda feed: -feed["stories"])[:FEEDS_SHOWN]
    silences = [
        ((each["feed"],), max((now - datetime.fromisoformat(each["last_published"])).total_seconds(), 0.0))
        for each in largest
    ]
    _replace(metrics.SOURCE_SILENCE, [each for each in silences if each[1] <= FORGOTTEN_SECONDS])


def _dead_letters(connection: sqlite3.Connection) -> None:
    """Deliveries that were given up; the one-process service also keeps its rejected stories here."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for what, rows in (("deliveries", "delivery_results WHERE settled = 'dead_lettered'"), ("stories", "rejected")):
        if rows.split()[0] in tables:
            metrics.DEAD_LETTERS.labels(what).set(connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0])


def _replace(gauge: Any, values: Iterable[tuple[tuple[str, ...], float]]) -> None:
    """Set these label sets, then forget the others: at no moment is one missing that belongs there."""
    wanted = dict(values)
    for labels, value in wanted.items():
        gauge.labels(*labels).set(value)
    shown = {tuple(sample.labels.values()) for sample in gauge.collect()[0].samples}
    for labels in shown - wanted.keys():
        gauge.remove(*labels)
