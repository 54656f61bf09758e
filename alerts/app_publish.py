"""Publishing what the engine decided: alert revisions, deliveries and subscribers, from its file to their topics, in order.

A row may be published twice (after a crash, or by a replica that led before); readers drop what they have. No row is
left out: a row counts as published when the broker has it and all before it.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson
import structlog

from alerts import app_kafka, metrics
from alerts.engine.store import Store
from config.settings import Settings
from config.topics import topics

log = structlog.get_logger()
CHUNK = 500
VERSION = "version"
"""Header of a subscriber's record: the engine's sequence. Of two records the one with the higher version is true."""

TABLE = "CREATE TABLE IF NOT EXISTS published (name TEXT PRIMARY KEY, engine_sequence INTEGER NOT NULL)"


class Row(NamedTuple):
    """One outgoing row."""

    engine_sequence: int
    topic: str
    key: str
    value: bytes


class Publisher:
    """Publishes for the leader. One thread, the one that owns the store."""

    def __init__(self, settings: Settings, store: Store, producer: Any) -> None:
        self._settings = settings
        self._names = topics(settings)
        self._store = store
        self._producer = producer
        self._subscribers: dict[str, bytes | None] = {}
        store.connection.execute(TABLE)

    @property
    def published(self) -> int:
        """The engine sequence up to which every row is known to be published."""
        row = self._store.connection.execute("SELECT engine_sequence FROM published WHERE name = 'rows'").fetchone()
        return 0 if row is None else int(row[0])

    def take_over(self, note: str) -> None:
        """Begin to publish: learn from the last leader's note, or else from the topics, what is published."""
        known = int(note) if note.isdigit() else 0
        if not known and not self.published:
            known = self._held()
        if known > self.published:
            self._remember(min(known, self._store.sequence))
        self._subscribers = read_subscribers(self._settings)

    def publish(self) -> int:
        """Publish the next rows, and wait for the broker; how many."""
        self._publish_subscribers()
        rows = self._next(self.published)
        if not rows:
            return 0
        with app_kafka.faults(self._settings):
            waiting = []
            for row in rows:
                waiting.append(self._producer.send(row.topic, key=row.key.encode(), value=row.value))
                if row.topic == self._names.alerts:
                    waiting.append(self._producer.send(self._names.alerts_latest, key=row.key.encode(), value=row.value))
            for future in waiting:
                future.get(timeout=60)
        self._remember(rows[-1].engine_sequence)
        for row in rows:
            metrics.PUBLISHED.labels("alerts" if row.topic == self._names.alerts else "deliveries").inc()
        return len(rows)

    def _next(self, after: int) -> list[Row]:
        """The next rows in the engine's order, whole steps of it: revisions, then deliveries of each."""
        rows = self._rows("engine_sequence > ? ORDER BY engine_sequence LIMIT ?", (after, CHUNK))
        if not rows:
            return []
        cut = [side[-1].engine_sequence for side in rows if len(side) == CHUNK]
        last = min(cut) if cut else max(side[-1].engine_sequence for side in rows if side)
        whole = self._rows("engine_sequence > ? AND engine_sequence <= ? ORDER BY engine_sequence", (after, last))
        return sorted((row for side in whole for row in side), key=lambda row: row.engine_sequence)

    def _rows(self, where: str, bound: tuple[int, int]) -> list[list[Row]]:
        run = self._store.connection.execute
        revisions = run(f"SELECT engine_sequence, alert_id, json FROM revisions WHERE {_ordered(where, 'alert_id, revision')}", bound)
        deliveries = run(f"SELECT engine_sequence, subscriber, json FROM deliveries WHERE {_ordered(where, 'subscriber, sequence')}", bound)
        sides = [
            [Row(row[0], self._names.alerts, row[1], bytes(row[2])) for row in revisions],
            [Row(row[0], self._names.deliveries, row[1], bytes(row[2])) for row in deliveries],
        ]
        return [side for side in sides if side]

    def _publish_subscribers(self) -> None:
        """Bring the compacted topic to what the engine holds: endpoints and secrets are ciphertext there as here."""
        now: dict[str, bytes | None] = {
            str(row[0]): bytes(row[1])
            for row in self._store.connection.execute("SELECT id, body FROM subscribers WHERE deleted = 0")
        }
        gone: dict[str, bytes | None] = {name: None for name, body in self._subscribers.items() if body is not None and name not in now}
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
        """The engine sequence up to which the output topics hold every row: for a rebuilt file without a leader's note."""
        alerts = {(record.key, _field(record.value, "revision")) for record in self._everything(self._names.alerts)}
        deliveries = {(record.key, _field(record.value, "sequence")) for record in self._everything(self._names.deliveries)}
        if not alerts and not deliveries:
            return 0
        run = self._store.connection.execute
        missing = [
            row[0]
            for row in run("SELECT engine_sequence, alert_id, revision FROM revisions")
            if (row[1].encode(), row[2]) not in alerts
        ] + [
            row[0]
            for row in run("SELECT engine_sequence, subscriber, sequence FROM deliveries")
            if (row[1].encode(), row[2]) not in deliveries
        ]
        return min(missing) - 1 if missing else self._store.sequence

    def _everything(self, topic: str) -> Iterable[Any]:
        client = app_kafka.consumer(self._settings)
        try:
            with app_kafka.faults(self._settings):
                for partition in app_kafka.partitions(client, topic):
                    yield from app_kafka.read(client, partition, *app_kafka.span(client, partition))
        finally:
            client.close()

    def _remember(self, engine_sequence: int) -> None:
        self._store.connection.execute("INSERT OR REPLACE INTO published VALUES ('rows', ?)", (engine_sequence,))


def read_subscribers(settings: Settings) -> dict[str, bytes | None]:
    """What the compacted topic says of each subscriber: its JSON, or null when it is gone."""
    found: dict[str, tuple[int, bytes | None]] = {}
    client = app_kafka.consumer(settings)
    try:
        with app_kafka.faults(settings):
            for partition in app_kafka.partitions(client, topics(settings).subscribers):
                for record in app_kafka.read(client, partition, *app_kafka.span(client, partition)):
                    newer(found, record)
    finally:
        client.close()
    return {name: body for name, (_, body) in found.items()}


def newer(found: dict[str, tuple[int, bytes | None]], record: Any) -> str | None:
    """Take a record of `subscribers` into `found` unless what is there is of a higher version; the name if it was taken."""
    name, version = record.key.decode(), int(app_kafka.header(record, VERSION) or 0)
    if name in found and found[name][0] > version:
        return None
    found[name] = (version, record.value)
    return str(name)


def _ordered(where: str, more: str) -> str:
    return where.replace("ORDER BY engine_sequence", f"ORDER BY engine_sequence, {more}")


def _field(value: bytes, name: str) -> Any:
    return orjson.loads(value)[name]

