"""The one writer of the one-process service: a thread that owns the file, and commits in groups.

Whatever changes the file is a job in its queue. Jobs that arrive within 20 ms share one commit; a job's future is done
only when its commit is on disk, so whoever awaited it may tell the world.
"""

import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from alerts import metrics
from alerts.delivery import results
from alerts.delivery.records import DeliveryResult
from alerts.engine.engine import Applied, Engine
from alerts.engine.store import Store
from stream.records import CommandRecord, Record, RejectedRecord, StoryRecord, TickRecord, encode
from stream.signals import content_hash

GROUP_SECONDS = 0.02
GROUP_JOBS = 512
T = TypeVar("T")

TABLES = """
CREATE TABLE IF NOT EXISTS journal (position INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS rejected (position INTEGER PRIMARY KEY, feed TEXT, reason TEXT, detail TEXT, raw BLOB);
CREATE TABLE IF NOT EXISTS progress (source TEXT PRIMARY KEY, done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS receipts (receipt TEXT PRIMARY KEY, position INTEGER NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS applied_files (name TEXT PRIMARY KEY, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feed_items (feed TEXT, item TEXT, sha256 TEXT, version INTEGER, PRIMARY KEY (feed, item));
"""
SOURCE_TOPIC = "embedded"


class Written(NamedTuple):
    """A record in the journal and what the engine made of it."""

    position: int
    record: Record
    applied: Applied
    sequence: int
    """The engine's sequence after it."""


class Writer:
    """Owns the store; every method that returns a Future may be called from any thread."""

    def __init__(self, path: Path | str, listener: Callable[[list[Written]], None] = lambda written: None) -> None:
        self._path = path
        self._listener = listener
        self._jobs: queue.Queue[tuple[Callable[[], Any], Future[Any]] | None] = queue.Queue()
        self._written: list[Written] = []
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._ready: Future[None] = Future()
        self.failed: BaseException | None = None

    def start(self) -> None:
        """Open the file and begin. Raises what opening raises."""
        self._thread.start()
        self._ready.result()

    def stop(self) -> None:
        """Commit what is queued, and close the file."""
        self._jobs.put(None)
        self._thread.join()

    def alive(self) -> bool:
        return self._thread.is_alive() and self.failed is None

    def depth(self) -> int:
        """Jobs waiting."""
        return self._jobs.qsize()

    def story(
        self, record: StoryRecord | RejectedRecord, raw: bytes, progress: tuple[str, int] | None = None
    ) -> Future[Written]:
        """Append a story's record; its source position is given here. Rejected bytes are kept.

        `progress`: (source, chunks of it that are done), stored in the same commit, so that no story is read twice.
        """
        return self.do(lambda: self._story(record, raw, progress))

    def tick(self, record: TickRecord) -> Future[Written]:
        return self.do(lambda: self._append(record))

    def command(self, record: CommandRecord, applied_file: tuple[str, str] | None = None) -> Future[Written]:
        """Append a command. `applied_file`: (name, hash) of the file it came from, remembered in the same commit."""
        return self.do(lambda: self._command(record, applied_file))

    def result(self, result: DeliveryResult) -> Future[bool]:
        """Keep what became of a delivery; false when that was known."""
        return self.do(lambda: results.insert(self._store.connection, result))

    def do(self, job: Callable[[], T]) -> Future[T]:
        """Run `job` in the writer's thread inside a transaction; done when that is committed."""
        future: Future[T] = Future()
        self._jobs.put((job, future))
        return future

    def ask(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Run a job on the connection."""
        return self.do(lambda: job(self._store.connection))

    # the writer's own thread from here on

    def _run(self) -> None:
        try:
            self._store = Store.open(self._path)
            self._store.connection.executescript(TABLES)
            results.create(self._store.connection)
            self._engine = Engine(self._store)
            self._next_position = _next(self._store.connection, "SELECT max(position) FROM journal")
            self._next_offset = _next(self._store.connection, "SELECT max(done) FROM progress WHERE source = 'stories'")
        except BaseException as fault:
            self._ready.set_exception(fault)
            return
        self._ready.set_result(None)
        while (group := self._group()) is not None:
            self._commit(group)
            if self.failed:
                return
        self._store.close()

    def _group(self) -> list[tuple[Callable[[], Any], Future[Any]]] | None:
        first = self._jobs.get()
        if first is None:
            return None
        group, until = [first], monotonic() + GROUP_SECONDS
        while len(group) < GROUP_JOBS and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)
                break
            group.append(job)
            if monotonic() > until:
                break
        return group

    def _commit(self, group: list[tuple[Callable[[], Any], Future[Any]]]) -> None:
        answers: list[Any] = []
        self._written = []
        begun = monotonic()
        self._store.begin()
        try:
            answers = [job() for job, _ in group]
            self._store.commit()
            metrics.ENGINE_BATCH_SECONDS.observe(monotonic() - begun)
        except BaseException as fault:
            # A record the engine cannot apply stops the service: nothing of the group is stored, nobody is told it was.
            self._store.rollback()
            self.failed = fault
            for _, future in group:
                future.set_exception(fault)
            while not self._jobs.empty():
                if (job := self._jobs.get()) is not None:
                    job[1].set_exception(fault)
            return
        for (_, future), answer in zip(group, answers, strict=True):
            future.set_result(answer)
        if self._written:
            self._listener(self._written)

    def _append(self, record: Record) -> Written:
        position = self._next_position
        self._store.connection.execute("INSERT INTO journal VALUES (?, ?)", (position, encode(record)))
        written = Written(position, record, self._engine.apply(record, position), self._store.sequence)
        self._next_position += 1
        self._written.append(written)
        return written

    def _story(self, record: StoryRecord | RejectedRecord, raw: bytes, progress: tuple[str, int] | None) -> Written:
        place = record.source.model_copy(
            update={"topic": SOURCE_TOPIC, "epoch": 0, "partition": 0, "offset": self._next_offset}
        )
        written = self._append(record.model_copy(update={"source": place}))
        run = self._store.connection.execute
        run("INSERT OR REPLACE INTO progress VALUES ('stories', ?)", (self._next_offset,))
        self._next_offset += 1
        if isinstance(record, RejectedRecord):
            run(
                "INSERT INTO rejected VALUES (?, ?, ?, ?, ?)",
                (written.position, record.feed, record.reason, record.detail, raw),
            )
        run(
            "INSERT INTO receipts VALUES (?, ?, ?)", (receipt_of(written.position), written.position, state_of(written))
        )
        if progress is not None:
            run("INSERT OR REPLACE INTO progress VALUES (?, ?)", progress)
        return written

    def _command(self, record: CommandRecord, applied_file: tuple[str, str] | None) -> Written:
        written = self._append(record)
        if applied_file is not None:
            self._store.connection.execute("INSERT OR REPLACE INTO applied_files VALUES (?, ?)", applied_file)
        return written


def receipt_of(position: int) -> str:
    """The name under which the state of the story at that journal position can be asked."""
    return content_hash("receipt", position)


def state_of(written: Written) -> str:
    """What became of a story, in a word: why it was rejected, or what the engine did with it."""
    return written.record.reason if isinstance(written.record, RejectedRecord) else written.applied.reason


def _next(connection: sqlite3.Connection, query: str) -> int:
    """One above the number the query gives; 0 when it gives none."""
    found = connection.execute(query).fetchone()[0]
    return 0 if found is None else int(found) + 1
