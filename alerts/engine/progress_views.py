"""How far the engine has come and what it has counted, for readers: queries only."""

import sqlite3


def clock(connection: sqlite3.Connection) -> str | None:
    """The last tick, as of the last commit."""
    return _meta(connection, "clock")


def sequence(connection: sqlite3.Connection) -> int:
    """The engine's steps, as of the last commit."""
    return int(_meta(connection, "sequence") or 0)


def _meta(connection: sqlite3.Connection, key: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def commands(connection: sqlite3.Connection, after: int, upto: int) -> list[str]:
    """Names of the commands that were carried out in the steps (after, upto]."""
    rows = connection.execute("SELECT name FROM commands WHERE sequence > ? AND sequence <= ?", (after, upto))
    return [row[0] for row in rows]


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """What the engine has counted since it began, and how much state it holds (`rows_...`): for the metrics."""
    found = {row["name"]: int(row["value"]) for row in connection.execute("SELECT * FROM counts ORDER BY name")}
    for table in ("stories", "facts", "incidents", "daily", "folds", "alerts", "waiting", "holes"):
        found[f"rows_{table}"] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found
