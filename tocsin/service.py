"""The whole of Tocsin in one process: stories in, journal, engine, deliveries out, and the HTTP interface.

The event loop takes stories and sends webhooks; threads extract; one writer thread owns the file (tocsin/writer.py).
kill -9 it anywhere: what was acknowledged is on disk, and what is on disk is taken up again.
"""

import asyncio
import hashlib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import structlog

from alerts import observed
from alerts.api.backend import CommandOutcome
from alerts.delivery.records import DeliveryResult
from config.settings import Settings
from stream import metrics, outcomes
from stream.journal import Clock, record_of
from stream.records import (
    CommandRecord,
    RejectedRecord,
    SourcePosition,
    StoryRecord,
    TickRecord,
    canonical,
    whole_minute,
)
from stream.signals import content_hash
from tocsin.writer import SOURCE_TOPIC, Writer, Written, receipt_of, state_of

log = structlog.get_logger()
T = TypeVar("T")
UNPLACED = SourcePosition(topic=SOURCE_TOPIC, offset=0)
"""The writer, which alone knows the order, gives the offset."""
MINUTE = timedelta(minutes=1)


class Service:
    """One process. `start` opens the file; from then on `take` stories and `submit` commands; `stop` ends it clean.

    Implements alerts.api.backend.Backend.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = "wall",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_written: Callable[[Written], None] = lambda written: None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = clock
        self.now = now
        self._on_written = on_written
        self._writer = Writer(settings.db, self._heard)
        self._extractors = ThreadPoolExecutor(2, thread_name_prefix="extract")
        self._readers = threading.local()
        self._last_tick = datetime(1970, 1, 1, tzinfo=UTC)
        self._sequence = 0
        self._news = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self.stopping = asyncio.Event()

    # life

    async def start(self) -> None:
        """Open the file and let time pass. Raises what opening the file raises."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._writer.start)
        if self.clock == "wall":
            self._tasks.append(asyncio.create_task(self._minutes()))

    async def stop(self) -> None:
        """Take nothing more, commit what was taken, close the file."""
        self.stopping.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._extractors.shutdown(wait=True)
        await asyncio.to_thread(self._writer.stop)

    async def _minutes(self) -> None:
        """A tick for every minute that begins, and one at once for the time the process was down."""
        while True:
            moment = whole_minute(self.now())
            await self._tick(moment)
            await asyncio.sleep((moment + MINUTE - self.now()).total_seconds())

    async def _tick(self, moment: datetime) -> None:
        if moment > self._last_tick:
            self._last_tick = moment
            await asyncio.wrap_future(self._writer.tick(TickRecord(at=moment)))

    # stories

    async def take(
        self, raw: bytes, content_type: str | None, feed: str, progress: tuple[str, int] | None = None
    ) -> Written:
        """One story, durable when this returns. `progress`: (source, chunks done), stored with it."""
        return await asyncio.wrap_future(await self.give(raw, content_type, feed, progress))

    async def give(
        self, raw: bytes, content_type: str | None, feed: str, progress: tuple[str, int] | None = None
    ) -> Any:
        """As `take`, but returns when the story is in the writer's queue, with the future of its being durable."""
        begun = perf_counter()
        record = await self._loop.run_in_executor(self._extractors, self._read, raw, content_type, feed)
        metrics.STAGE_SECONDS.labels("extract").observe(perf_counter() - begun)
        if (
            self.clock == "story"
            and isinstance(record, StoryRecord)
            and whole_minute(record.received) > self._last_tick
        ):
            self._last_tick = whole_minute(record.received)
            self._writer.tick(TickRecord(at=self._last_tick))
        return self._writer.story(record, raw, progress)

    def _read(self, raw: bytes, content_type: str | None, feed: str) -> StoryRecord | RejectedRecord:
        return record_of(
            raw,
            source=UNPLACED,
            received=self.now(),
            content_type=content_type,
            feed=feed,
            clock=self.clock,
            limit=self.settings.max_story_bytes,
        )

    # what the writer tells

    def _heard(self, written: list[Written]) -> None:
        """In the writer's thread: hand on to the loop what has been committed."""
        self._loop.call_soon_threadsafe(self._told, written)

    def _told(self, written: list[Written]) -> None:
        for each in written:
            if isinstance(each.record, StoryRecord | RejectedRecord):
                outcome = outcomes.count(each.record)
                log.info("story", outcome=outcome, state=state_of(each), receipt=receipt_of(each.position))
            observed.count(each.record, each.applied)
            for revision in each.applied.revisions:
                log.info(
                    "alert",
                    alert=revision.id,
                    revision=revision.revision,
                    transition=revision.transition,
                    rule=revision.rule,
                    severity=revision.severity,
                    receipt=receipt_of(each.position),
                )
            if each.applied.revisions or isinstance(each.record, CommandRecord):
                self._sequence = each.sequence
            self._on_written(each)
        self._tasks.append(asyncio.ensure_future(self._ring()))
        self._tasks = [task for task in self._tasks if not task.done()]

    async def _ring(self) -> None:
        async with self._news:
            self._news.notify_all()

    # Backend: what the HTTP interface needs

    def reader(self) -> sqlite3.Connection:
        """A read-only connection to the file, for the calling thread."""
        connection: sqlite3.Connection | None = getattr(self._readers, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"file:{self.settings.db}?mode=ro", uri=True, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            self._readers.connection = connection
        return connection

    async def submit(self, command: CommandRecord) -> CommandOutcome:
        """Append a command; what the engine answered."""
        written = await asyncio.wrap_future(self._writer.command(command))
        return written.applied.outcome or CommandOutcome(ok=written.applied.effective, reason=written.applied.reason)

    async def accept(self, raw: bytes, content_type: str | None, feed: str) -> dict[str, Any]:
        """Take a story from the HTTP interface."""
        return _state(await self.take(raw, content_type, feed))

    def story_state(self, receipt: str) -> dict[str, Any] | None:
        """What became of a story."""
        row = self.reader().execute("SELECT position, state FROM receipts WHERE receipt = ?", (receipt,)).fetchone()
        if row is None:
            return None
        rejected = (
            self.reader()
            .execute("SELECT reason, detail FROM rejected WHERE position = ?", (row["position"],))
            .fetchone()
        )
        found = {"receipt": receipt, "position": row["position"], "state": "rejected" if rejected else "read"}
        if rejected:
            return found | {"reason": rejected["reason"], "detail": rejected["detail"]}
        return found | {"reason": row["state"]}

    def health(self) -> dict[str, Any]:
        """Ready and live while the writer lives."""
        alive = self._writer.alive()
        reasons = [] if alive else ["the writer has stopped; see the log, mend the cause and start again"]
        return {"ready": alive and not self.stopping.is_set(), "live": alive, "reasons": reasons}

    async def changed(self, after: int) -> int:
        """Wait until a revision above `after` is committed."""
        async with self._news:
            await self._news.wait_for(lambda: self._sequence > after)
        return self._sequence

    # files that operators change

    async def apply_file(
        self, name: str, path: Path, command: str, body: dict[str, Any], digest: str | None = None
    ) -> bool:
        """Put a file in force when its content is not what was applied last. Was it?

        `digest` is the hash of the content where `body` is not the same each time (ciphertexts are not).
        """
        digest = digest or hashlib.sha256(canonical(body)).hexdigest()
        known = await self.ask(
            lambda connection: connection.execute("SELECT hash FROM applied_files WHERE name = ?", (name,)).fetchone()
        )
        if known is not None and known[0] == digest:
            return False
        at = self.now()
        record = CommandRecord(
            id=content_hash(command, digest, at.isoformat()), name=command, body=body, author=path.name, at=at
        )
        written = await asyncio.wrap_future(self._writer.command(record, (name, digest)))
        log.info("applied", file=name, reason=written.applied.reason)
        return True

    async def done_of(self, source: str) -> int:
        """How many chunks of a source have been taken."""
        row = await self.ask(
            lambda connection: connection.execute("SELECT done FROM progress WHERE source = ?", (source,)).fetchone()
        )
        return 0 if row is None else int(row[0])

    async def ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a question about the file, as of now: asked in the writer's own thread."""
        return await asyncio.wrap_future(self._writer.ask(question))

    async def record_result(self, result: DeliveryResult) -> None:
        """Keep what became of a delivery; durable when this returns."""
        await asyncio.wrap_future(self._writer.result(result))

    async def feed_version(self, feed: str, item: str, sha256: str) -> int | None:
        """The version under which a feed's item is to be taken, or null when it has not changed since it was."""
        row = await self.ask(
            lambda connection: connection.execute(
                "SELECT sha256, version FROM feed_items WHERE feed = ? AND item = ?", (feed, item)
            ).fetchone()
        )
        if row is None:
            return 1
        return None if row[0] == sha256 else int(row[1]) + 1

    async def remember_feed_item(self, feed: str, item: str, sha256: str, version: int) -> None:
        """The item was taken in this version."""
        row = (feed, item, sha256, version)
        await self.ask(
            lambda connection: connection.execute("INSERT OR REPLACE INTO feed_items VALUES (?, ?, ?, ?)", row)
        )


def _state(written: Written) -> dict[str, Any]:
    """What a sender of a story is told."""
    found: dict[str, Any] = {"receipt": receipt_of(written.position), "position": written.position}
    if isinstance(written.record, RejectedRecord):
        return found | {"state": "rejected", "reason": written.record.reason, "detail": written.record.detail}
    return found | {"state": "accepted", "reason": written.applied.reason}
