"""Who is told, who is not, and what was sent, for readers: queries only; answers as in alert_views.py."""

import sqlite3

from alerts.engine.progress_views import clock
from alerts.engine.store import JSON, load
from alerts.subscribers import Subscriber


def subscribers(connection: sqlite3.Connection) -> list[Subscriber]:
    """Every subscriber, with endpoint and secrets as ciphertext."""
    rows = connection.execute("SELECT body FROM subscribers WHERE deleted = 0 ORDER BY id")
    return [Subscriber(**load(row[0])) for row in rows]


def silences(connection: sqlite3.Connection) -> list[JSON]:
    """Every silence that is in force at the engine's time, the one that ends first first."""
    now = clock(connection)
    rows = connection.execute("SELECT body FROM silences ORDER BY until, id")
    return [
        item for item in (load(row[0]) for row in rows) if now is None or item["until"].replace("Z", "+00:00") > now
    ]


def deliveries(connection: sqlite3.Connection, after: int = -1, limit: int = 500) -> list[JSON]:
    """Deliveries above an engine sequence, in the order in which they were made."""
    rows = connection.execute(
        "SELECT json FROM deliveries WHERE engine_sequence > ? ORDER BY engine_sequence, subscriber, sequence LIMIT ?",
        (after, limit),
    )
    return [load(row[0]) for row in rows]
