"""The serve process's backend: a replica of the engine that only reads, and writing by way of Kafka.

A story is accepted when the broker has it; a command is answered when this replica has applied it.
"""

import asyncio
import sqlite3
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from kafka import TopicPartition

from alerts import app_kafka, metrics
from alerts.api.backend import CommandOutcome
from alerts.api.operations import ApiError
from alerts.app_replica import Replica
from alerts.delivery import results
from alerts.delivery.records import DeliveryResult
from alerts.engine import continuity
from alerts.engine.engine import Applied
from alerts.engine.store import Store, connect
from config.settings import Settings
from config.topics import topics
from stream.records import CommandRecord, Record, RejectedRecord, StoryRecord, encode

log = structlog.get_logger()
ANSWER_SECONDS = 30.0
READY_LAG = 1_000
"""Journal records that the replica may be behind and still be ready."""
KEEP_RECEIPTS = timedelta(days=7)
TABLES = """
CREATE TABLE IF NOT EXISTS receipts (receipt TEXT PRIMARY KEY, position INTEGER NOT NULL, state TEXT NOT NULL,
    reason TEXT NOT NULL, detail TEXT NOT NULL, received TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS receipts_by_age ON receipts (received);
CREATE TABLE IF NOT EXISTS results_read (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL);
"""


class ServeBackend:
    """Implements alerts.api.backend.Backend. `start` begins to follow; `failed` is what ended it, if anything did."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names = topics(settings)
        self.replica = Replica(settings, settings.db, self._heard)
        connection = self.replica.store.connection
        connection.executescript(TABLES)
        results.create(connection)
        self._results = app_kafka.consumer(settings)
        self._producer = app_kafka.producer(settings)
        self._readers = threading.local()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="replica", daemon=True)
        self._outcomes: dict[str, asyncio.Future[CommandOutcome]] = {}
        self._news = asyncio.Condition()
        self._sequence = self.replica.store.sequence
        self._applied: list[tuple[Record, Applied]] = []
        self._feed_items: dict[tuple[str, str], tuple[str, int]] = {}
        self.failed: Exception | None = None

    # life

    def start(self) -> None:
        """Begin to follow; on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Stop following and close the clients."""
        self._stopping.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)
        await asyncio.to_thread(self._producer.close, timeout=5)
        self._results.close()
        self.replica.close()

    # the interface's

    def reader(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = self._readers.connection = connect(self._settings.db, readonly=True)
        return connection

    async def submit(self, command: CommandRecord) -> CommandOutcome:
        """Append a command; what the engine answered, when this replica has come to it."""
        answer = self._outcomes.setdefault(command.id, self._loop.create_future())
        try:
            await asyncio.to_thread(self._send, self._names.journal, encode(command))
            return await asyncio.wait_for(asyncio.shield(answer), ANSWER_SECONDS)
        except TimeoutError:
            return CommandOutcome(ok=False, reason="not_yet_applied", detail="it is in the journal; look again shortly")
        finally:
            self._outcomes.pop(command.id, None)

    async def accept(self, raw: bytes, content_type: str | None, feed: str) -> dict[str, Any]:
        """Send a story to the input topic; accepted when the broker has it."""
        headers = [("feed", feed.encode())] + ([("content-type", content_type.encode())] if content_type else [])
        sent = await asyncio.to_thread(self._send, self._names.stories, raw, headers)
        return {"receipt": f"{self._settings.stories_epoch}-{sent.partition}-{sent.offset}", "state": "accepted"}

    def story_state(self, receipt: str) -> dict[str, Any] | None:
        """What became of a story: null when no such story was ever accepted, or its receipt is older than a week."""
        # looked up again, for it may have been read between the first look and the second
        return self._read_story(receipt) or (
            {"receipt": receipt, "state": "accepted"} if self._is_on_its_way(receipt) else self._read_story(receipt)
        )

    def _read_story(self, receipt: str) -> dict[str, Any] | None:
        """What became of a story that the engine has seen."""
        row = self.reader().execute("SELECT * FROM receipts WHERE receipt = ?", (receipt,)).fetchone()
        if row is None:
            return None
        found = {"receipt": receipt, "position": row["position"], "state": row["state"], "reason": row["reason"]}
        return found | {"detail": row["detail"]} if row["detail"] else found

    def health(self) -> dict[str, Any]:
        """Ready when the replica has nearly caught up; live while it follows."""
        alive = self._thread.is_alive() and self.failed is None
        reasons = [] if alive else ["the replica has stopped; see the log, mend the cause and start again"]
        if alive and self.replica.lag >= READY_LAG:
            reasons.append(f"{self.replica.lag} journal records are not applied yet")
        return {
            "ready": alive and self.replica.lag < READY_LAG and not self._stopping.is_set(),
            "live": alive,
            "reasons": reasons,
        }

    async def changed(self, after: int) -> int:
        """Wait until the engine sequence is above `after`."""
        async with self._news:
            await self._news.wait_for(lambda: self._sequence > after)
        return self._sequence

    # feeds (tocsin/intakes.py)

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def take(self, raw: bytes, content_type: str | None, feed: str) -> dict[str, Any]:
        return await self.accept(raw, content_type, feed)

    async def feed_version(self, feed: str, item: str, sha256: str) -> int | None:
        """The version of a feed's item; null when it has not changed. After a restart each is sent once more."""
        known = self._feed_items.get((feed, item))
        if known is None:
            return 1
        return None if known[0] == sha256 else known[1] + 1

    async def remember_feed_item(self, feed: str, item: str, sha256: str, version: int) -> None:
        self._feed_items[(feed, item)] = (sha256, version)

    # the replica's own thread

    def _follow(self) -> None:
        try:
            self._follow_results()
            pruned = datetime.now(UTC)
            while not self._stopping.is_set():
                self.replica.step(0.1)
                metrics.ENGINE_POSITION.set(self.replica.position)
                metrics.ENGINE_LAG.set(self.replica.lag)
                self._tell()
                self._take_results()
                if datetime.now(UTC) - pruned > timedelta(hours=1):
                    pruned = datetime.now(UTC)
                    before = (pruned - KEEP_RECEIPTS).isoformat()
                    self.replica.store.connection.execute("DELETE FROM receipts WHERE received < ?", (before,))
        except Exception as fault:
            self.failed = fault
            log.critical("the replica has stopped", fault=str(fault))

    def _heard(self, position: int, record: Record, applied: Applied) -> None:
        """Inside the transaction of the record; told to the loop when it is committed."""
        metrics.ENGINE_RECORDS.labels(record.type, applied.reason).inc()
        self._applied.append((record, applied))
        if not isinstance(record, StoryRecord | RejectedRecord) or not applied.effective:
            return
        source = record.source
        rejected = isinstance(record, RejectedRecord)
        self.replica.store.connection.execute(
            "INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?, ?, ?)",
            (
                f"{source.epoch}-{source.partition}-{source.offset}",
                position,
                "rejected" if rejected else "read",
                record.reason if isinstance(record, RejectedRecord) else applied.reason,
                record.detail if isinstance(record, RejectedRecord) else "",
                record.received.isoformat(),
            ),
        )

    def _tell(self) -> None:
        applied, self._applied = self._applied, []
        if applied:
            with suppress(RuntimeError):  # the loop was closed while we stopped
                self._loop.call_soon_threadsafe(self._told, applied, self.replica.store.sequence)

    def _told(self, applied: list[tuple[Record, Applied]], sequence: int) -> None:
        for record, made in applied:
            if isinstance(record, CommandRecord) and (answer := self._outcomes.get(record.id)) and not answer.done():
                answer.set_result(made.outcome or CommandOutcome(ok=made.effective, reason=made.reason))
        self._sequence = sequence
        self._ringing = asyncio.ensure_future(self._ring())

    async def _ring(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _follow_results(self) -> None:
        """Read delivery-results from where this file has them."""
        known = {
            row[0]: row[1] for row in self.replica.store.connection.execute("SELECT partition, next FROM results_read")
        }
        with app_kafka.faults(self._settings):
            partitions = app_kafka.partitions(self._results, self._names.delivery_results)
            starts = {
                each: max(known.get(each.partition, 0), app_kafka.span(self._results, each)[0]) for each in partitions
            }
            self._results.assign(partitions)
            for each, start in starts.items():
                self._results.seek(each, start)

    def _take_results(self) -> None:
        with app_kafka.faults(self._settings):
            found = self._results.poll(timeout_ms=0)
        if not found:
            return
        store = self.replica.store
        store.connection.execute("BEGIN IMMEDIATE")
        for partition, records in found.items():
            for record in records:
                results.insert(store.connection, DeliveryResult.model_validate_json(record.value))
            following = records[-1].offset + 1
            store.connection.execute(
                "INSERT OR REPLACE INTO results_read VALUES (?, ?)", (partition.partition, following)
            )
        store.connection.execute("COMMIT")

    # writing

    def _send(self, topic: str, value: bytes, headers: list[tuple[str, bytes]] | None = None) -> Any:
        try:
            with app_kafka.faults(self._settings):
                return self._producer.send(topic, value=value, headers=headers).get(timeout=30)
        except app_kafka.Unreachable:
            raise ApiError(503, "kafka_does_not_answer", "nothing was stored; send it again shortly") from None

    def _is_on_its_way(self, receipt: str) -> bool:
        """Whether the input topic has this offset and the engine has not seen it."""
        parts = receipt.split("-")
        if len(parts) != 3 or not all(part.isdigit() and len(part) < 19 for part in parts):
            return False
        epoch, partition, offset = map(int, parts)
        marks = {mark[:3]: mark.next for mark in continuity.marks(Store(self.reader()))}
        if epoch != self._settings.stories_epoch or offset < marks.get((self._names.stories, epoch, partition), 0):
            return False
        with app_kafka.faults(self._settings):
            client = app_kafka.consumer(self._settings)
            try:
                place = TopicPartition(self._names.stories, partition)
                return place in app_kafka.partitions(client, place.topic) and offset < app_kafka.span(client, place)[1]
            finally:
                client.close()
