"""The detect worker: follows the journal; as leader also lets time pass, has holes filled, and publishes."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Protocol

import structlog

from alerts import app_kafka, metrics, observed
from alerts.app_election import Election
from alerts.app_publish import Publisher
from alerts.app_replica import Replica
from alerts.engine.engine import Applied
from config.settings import Settings
from config.topics import topics
from stream.records import Record, StoryRecord, TickRecord, encode, whole_minute

log = structlog.get_logger()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
POLL_SECONDS = 0.1
TABLE = "CREATE TABLE IF NOT EXISTS story_clock (id INTEGER PRIMARY KEY CHECK (id = 0), received TEXT NOT NULL)"


class Guard(Protocol):
    """The continuity guard (tocsin/guard.py), which runs beside in its own thread while this replica leads."""

    failed: Exception | None

    def lead(self, leading: bool) -> None: ...

    def close(self) -> None: ...


class Detect:
    """One detect replica. `run` returns when `stop` is set; raises Fault when it cannot go on."""

    def __init__(
        self,
        settings: Settings,
        guard: Callable[[Settings], Guard],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._now = now
        self._ticked = EPOCH
        self._received = EPOCH
        self.replica = Replica(settings, settings.db, self._heard)
        run = self.replica.store.connection.execute
        run(TABLE)
        if (row := run("SELECT received FROM story_clock").fetchone()) is not None:
            self._received = datetime.fromisoformat(row[0])
        self._producer = app_kafka.producer(settings)
        self._publisher = Publisher(settings, self.replica.store, self._producer)
        self._election = Election(settings)
        self._guard = guard(settings)
        self._term = 0
        """The term in which we took over; 0 while we do not lead."""
        self._take_over_at = 0
        self.leading = False

    def run(self, stop: threading.Event) -> None:
        """Follow the journal until told to stop."""
        try:
            while not stop.is_set():
                try:
                    self._follow()
                    self._lead()
                except app_kafka.Unreachable as fault:
                    log.warning("waiting for Kafka", fault=str(fault))
                if self._guard.failed is not None:
                    raise self._guard.failed
        finally:
            self._guard.close()
            self._election.close()
            self._producer.close(timeout=5)
            self.replica.close()

    def _follow(self) -> None:
        begun = perf_counter()
        applied = self.replica.step(POLL_SECONDS)
        if applied:
            metrics.ENGINE_BATCH_SECONDS.observe(perf_counter() - begun)
        metrics.ENGINE_POSITION.set(self.replica.position)
        metrics.ENGINE_LAG.set(self.replica.lag)

    def _heard(self, position: int, record: Record, applied: Applied) -> None:
        """Inside the transaction of the record."""
        observed.count(record, applied)
        self._publisher.heard(position, applied)
        for revision in applied.revisions:
            log.info(
                "alert",
                alert=revision.id,
                revision=revision.revision,
                transition=revision.transition,
                rule=revision.rule,
                severity=revision.severity,
                position=position,
            )
        if isinstance(record, StoryRecord) and record.received > self._received:
            self._received = record.received
            self.replica.store.connection.execute(
                "INSERT OR REPLACE INTO story_clock VALUES (0, ?)", (record.received.isoformat(),)
            )

    def _lead(self) -> None:
        """What only the leader does, and only when it knows all that the leader before it knew."""
        self.leading = self._election.leading()
        metrics.LEADING.set(self.leading)
        if not self.leading:
            self._publisher.learn(self._election.inherited)
        if not self.leading or not self._taken_over():
            self._guard.lead(False)
            return
        self._guard.lead(True)
        self._tick()
        self._publisher.publish()
        self._election.note = str(self._publisher.published)

    def _taken_over(self) -> bool:
        """Whether our replica has reached the end that the journal had when we were elected."""
        if self._term == self._election.term:
            return True
        if self._take_over_at == 0:
            self._take_over_at = self.replica.end()
        if self.replica.position + 1 < self._take_over_at and self.replica.lag:
            return False
        self._publisher.take_over(self._election.inherited)
        self._term, self._take_over_at = self._election.term, 0
        log.info("leading", position=self.replica.position, published=self._publisher.published)
        return True

    def _tick(self) -> None:
        """Append the minute that has begun: by the wall clock, or by the latest time a story was received."""
        moment = whole_minute(self._received if self._settings.clock == "story" else self._now())
        known = self.replica.store.clock
        if moment > self._ticked and (known is None or moment > known) and moment > EPOCH:
            with app_kafka.faults(self._settings):
                self._append(TickRecord(at=moment))
            self._ticked = moment

    def _append(self, record: Record) -> Any:
        return self._producer.send(topics(self._settings).journal, value=encode(record)).get(timeout=60)
