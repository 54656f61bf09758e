"""Daily series and the rules they are measured by, for readers: queries only; answers as in alert_views.py."""

import sqlite3
from datetime import date

from alerts.engine.episodes import of_stored
from alerts.engine.feed_views import monitored
from alerts.engine.series import daily_of
from alerts.engine.store import JSON, iso_day, load


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


def area_of(connection: sqlite3.Connection, key: str) -> JSON | None:
    row = connection.execute("SELECT body FROM areas WHERE key = ?", (key,)).fetchone()
    return None if row is None else load(row[0])


def rules(connection: sqlite3.Connection) -> JSON:
    """The rules in force, as they were applied."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'rules'").fetchone()
    return {"rules": [], "household_size": 5, "lateness_hours": 72} if row is None else load(row[0])


def rule_of(connection: sqlite3.Connection, rule: str) -> JSON | None:
    return next((item for item in rules(connection)["rules"] if item["id"] == rule), None)
