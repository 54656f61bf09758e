"""Publishing what the engine decided: alert revisions, deliveries and subscribers, to their topics, in order.

A row may be published twice (after a crash, or by a replica that led before); readers drop what they have. No row is
left out: a row counts as published when the broker has it and all before it.
"""

from typing import Any, NamedTuple

import orjson
import structlog

from alerts import app_kafka, metrics
from alerts.app_subscribers import VERSION, read_subscribers
from alerts.engine.engine import Applied
from alerts.engine.store import Store
from config.settings import Settings
from config.topics import topics
from stream.records import canonical

log = structlog.get_logger()
CHUNK = 500
ALERTS, DELIVERIES = "alerts", "deliveries"
TABLES = """
CREATE TABLE IF NOT EXISTS outgoing (position INTEGER, number INTEGER, topic TEXT NOT NULL, key TEXT NOT NULL,
    part INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (position, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS published (id INTEGER PRIMARY KEY CHECK (id = 0), position INTEGER NOT NULL);
"""


class Row(NamedTuple):
    """One outgoing row: `topic` is alerts or deliveries; (key, part) is (alert, revision) or (subscriber, sequence)."""

    position: int
    number: int
    topic: str
    key: str
    part: int
    value: bytes


class Publisher:
    """Publishes for the leader. One thread, the one that owns the store.

    Every replica keeps what is to be published (`heard`), apart from the engine's own tables, which forget by the
    engine's clock; what is known to be published is dropped.
    """

    def __init__(self, settings: Settings, store: Store, producer: Any) -> None:
        self._settings = settings
        self._names = topics(settings)
        self._store = store
        self._producer = producer
        self._subscribers: dict[str, bytes | None] = {}
        store.connection.executescript(TABLES)
        row = store.connection.execute("SELECT position FROM published").fetchone()
        self.published: int = -1 if row is None else row[0]
        """The journal position up to which everything is known to be published; -1 for nothing."""

    def heard(self, position: int, applied: Applied) -> None:
        """Inside the transaction of the record: keep what it gave."""
        if position <= self.published:
            return
        rows = [(ALERTS, each.id, each.revision, each) for each in applied.revisions]
        rows += [(DELIVERIES, each.subscriber, each.sequence, each) for each in applied.deliveries]  # type: ignore[misc]
        self._store.connection.executemany(
            "INSERT INTO outgoing VALUES (?, ?, ?, ?, ?, ?)",
            [
                (position, number, topic, key, part, canonical(each.model_dump(mode="json", by_alias=True)))
                for number, (topic, key, part, each) in enumerate(rows)
            ],
        )

    def take_over(self, note: str) -> None:
        """Begin to publish: learn from the last leader's note, or else from the topics, what is published."""
        self.learn(note)
        if not note:
            self._remember(self._held())
        self._subscribers = read_subscribers(self._settings)

    def learn(self, note: str) -> None:
        """Another leader has published up to the position in its note."""
        if note.isdigit() and int(note) > self.published:
            self._remember(int(note))

    def publish(self) -> int:
        """Publish the next rows, and wait for the broker; how many."""
        self._publish_subscribers()
        rows = self._next()
        if not rows:
            return 0
        with app_kafka.faults(self._settings):
            waiting = [
                self._producer.send(topic, key=row.key.encode(), value=row.value)
                for row in rows
                for topic in self._topics_of(row)
            ]
            for future in waiting:
                future.get(timeout=60)
        self._remember(rows[-1].position)
        for row in rows:
            metrics.PUBLISHED.labels(row.topic).inc()
        return len(rows)

    def _topics_of(self, row: Row) -> tuple[str, ...]:
        return (self._names.alerts, self._names.alerts_latest) if row.topic == ALERTS else (self._names.deliveries,)

    def _next(self) -> list[Row]:
        """The next rows in the order of the journal, all of each of its records."""
        rows = self._rows(CHUNK)
        if len(rows) < CHUNK:
            return rows
        last = rows[-1].position
        whole = [row for row in rows if row.position < last]
        return whole or [row for row in self._rows(-1) if row.position == last]

    def _rows(self, most: int) -> list[Row]:
        found = self._store.connection.execute("SELECT * FROM outgoing ORDER BY position, number LIMIT ?", (most,))
        return [Row(*row) for row in found]

    def _publish_subscribers(self) -> None:
        """Bring the compacted topic to what the engine holds: endpoints and secrets are ciphertext there as here."""
        now: dict[str, bytes | None] = {
            str(row[0]): bytes(row[1])
            for row in self._store.connection.execute("SELECT id, body FROM subscribers WHERE deleted = 0")
        }
        gone: dict[str, bytes | None] = {
            name: None for name, body in self._subscribers.items() if body is not None and name not in now
        }
        changed = {name: body for name, body in (now | gone).items() if self._subscribers.get(name) != body}
        if not changed:
            return
        version = [(VERSION, str(self._store.sequence).encode())]
        with app_kafka.faults(self._settings):
            for future in [
                self._producer.send(self._names.subscribers, key=name.encode(), value=body, headers=version)
                for name, body in changed.items()
            ]:
                future.get(timeout=60)
        self._subscribers |= changed
        log.info("subscribers published", changed=len(changed))

    def _held(self) -> int:
        """The journal position up to which the topics hold everything: for a file that was made anew without a note."""
        held = {
            (ALERTS, record.key, _part(record, "revision"))
            for record in app_kafka.everything(self._settings, self._names.alerts)
        }
        held |= {
            (DELIVERIES, record.key, _part(record, "sequence"))
            for record in app_kafka.everything(self._settings, self._names.deliveries)
        }
        for row in self._rows(-1):
            if (row.topic, row.key.encode(), row.part) not in held:
                return row.position - 1
        return self._store.position if self._store.position is not None else -1

    def _remember(self, position: int) -> None:
        if position <= self.published:
            return
        run = self._store.connection.execute
        run("BEGIN IMMEDIATE")
        run("DELETE FROM outgoing WHERE position <= ?", (position,))
        run("INSERT OR REPLACE INTO published VALUES (0, ?)", (position,))
        run("COMMIT")
        self.published = position


def _part(record: Any, name: str) -> int:
    return int(orjson.loads(record.value)[name])
