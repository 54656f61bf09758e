"""The log of delivery results as a SQLite table. The writer of the file calls these inside its own transactions."""

import sqlite3
from collections.abc import Iterator

from alerts.delivery.records import Delivery, DeliveryResult
from stream.records import canonical

DDL = (
    """CREATE TABLE IF NOT EXISTS delivery_results (
  id INTEGER PRIMARY KEY,
  subscriber TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  at TEXT NOT NULL,
  outcome TEXT NOT NULL,
  http_status INTEGER,
  seconds REAL,
  settled TEXT,
  next_attempt TEXT,
  superseded_by INTEGER,
  supersedes TEXT NOT NULL DEFAULT '[]',
  json TEXT NOT NULL,
  UNIQUE (subscriber, sequence, attempt))""",
    """CREATE UNIQUE INDEX IF NOT EXISTS delivery_results_end
  ON delivery_results (subscriber, sequence) WHERE settled IS NOT NULL""",
    """CREATE INDEX IF NOT EXISTS delivery_results_superseded
  ON delivery_results (subscriber, superseded_by) WHERE superseded_by IS NOT NULL""",
    # The engine forgets old deliveries; their results go with them.
    """CREATE TRIGGER IF NOT EXISTS delivery_results_forgotten AFTER DELETE ON deliveries
  BEGIN
    DELETE FROM delivery_results WHERE subscriber = OLD.subscriber AND sequence = OLD.sequence;
  END""",
)

_UNENDED = """
  SELECT d.subscriber, d.sequence FROM deliveries d
  LEFT JOIN delivery_results r ON r.subscriber = d.subscriber AND r.sequence = d.sequence AND r.settled IS NOT NULL
  WHERE r.id IS NULL
"""


def create(connection: sqlite3.Connection) -> None:
    """Make the table and what belongs to it, where it is missing, in a file that has the engine's tables."""
    for statement in DDL:
        connection.execute(statement)


def insert(connection: sqlite3.Connection, result: DeliveryResult) -> bool:
    """Append a result. False when this attempt is on record, or the delivery has ended: then nothing is changed."""
    body = result.model_dump(mode="json")
    cursor = connection.execute(
        "INSERT OR IGNORE INTO delivery_results (subscriber, sequence, attempt, at, outcome, http_status, seconds,"
        " settled, next_attempt, superseded_by, supersedes, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            result.subscriber,
            result.sequence,
            result.attempt,
            body["at"],
            result.outcome,
            result.http_status,
            result.seconds,
            result.settled,
            body["next_attempt"],
            result.superseded_by,
            canonical(body["supersedes"]).decode(),
            canonical(body).decode(),
        ),
    )
    return cursor.rowcount == 1


def unsettled(connection: sqlite3.Connection) -> Iterator[Delivery | DeliveryResult]:
    """Whatever an outbox must be given to know what is pending, in an order that it accepts.

    The last success of each subscriber and what failed since; the results of deliveries that have not ended; what those
    supersede; then the deliveries themselves, by subscriber and sequence.
    """
    results = connection.execute(
        f"""
        WITH unended AS ({_UNENDED}),
        successes AS (SELECT subscriber, max(id) AS id FROM delivery_results WHERE outcome = 'delivered' GROUP BY 1)
        SELECT json FROM delivery_results WHERE id IN (
          SELECT id FROM successes
          UNION SELECT r.id FROM delivery_results r LEFT JOIN successes s ON s.subscriber = r.subscriber
                WHERE r.attempt > 0 AND r.id > coalesce(s.id, 0)
          UNION SELECT r.id FROM delivery_results r JOIN unended u USING (subscriber, sequence)
          UNION SELECT r.id FROM delivery_results r
                JOIN unended u ON u.subscriber = r.subscriber AND u.sequence = r.superseded_by
        ) ORDER BY id
        """
    )
    for (text,) in results:
        yield DeliveryResult.model_validate_json(text)
    deliveries = connection.execute(
        f"WITH unended AS ({_UNENDED}) SELECT d.json FROM deliveries d JOIN unended USING (subscriber, sequence)"
        " ORDER BY d.subscriber, d.sequence"
    )
    for (text,) in deliveries:
        yield Delivery.model_validate_json(text)
