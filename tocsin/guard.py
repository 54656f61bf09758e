"""The continuity guard: every offset of the input topic ends up in the journal exactly once, whatever Faust does.

The engine knows which offsets it has seen (alerts/engine/continuity.py). What it has not seen although it should have
is read here straight from the broker, extracted in a child process with limits, and appended to the journal. Whoever
is first counts; the engine drops the other.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from time import monotonic
from typing import Any, NamedTuple

import structlog
from kafka import TopicPartition

from alerts import app_kafka, metrics
from alerts.app_kafka import Fault
from alerts.engine import continuity
from alerts.engine.store import Store
from config.settings import Settings
from config.topics import groups, topics
from stream.messages import fitted, letter_headers
from stream.records import CommandRecord, RejectedRecord, SourcePosition, encode
from stream.signals import content_hash
from tocsin.extractor import Extractor

log = structlog.get_logger()
ROUND_SECONDS = 0.5
MOST_AT_ONCE = 500
"""Stories read in one round, so that a long outage is made good in steps that the engine has applied."""
APPLY_SECONDS = 30.0


class Gap(NamedTuple):
    """Offsets `first` to `last` of one partition, both inside, that the engine has not seen."""

    partition: int
    first: int
    last: int


class Span(NamedTuple):
    """What the broker keeps of one partition: offsets `low` <= offset < `end`."""

    low: int
    end: int


def gaps(holes: list[Gap], nexts: dict[int, int], committed: dict[int, int]) -> list[Gap]:
    """What should have been seen and was not. Pure.

    `holes`: below the highest offset seen; `nexts`: one above that, per partition; `committed`: the offsets the extract
    group has finished with. Above what is committed there is only lag.
    """
    tail = [Gap(partition, nexts.get(partition, 0), end - 1) for partition, end in sorted(committed.items())]
    return sorted(holes + [gap for gap in tail if gap.first <= gap.last])


class Patience:
    """Gives each gap time to close by itself: some seconds, and until what the journal had when it was seen is applied.

    A gap that changed begins anew: somebody is at work on it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen: dict[Gap, tuple[float, int]] = {}

    def worn_out(self, open_now: list[Gap], now: float, journal_end: int, applied: int) -> list[Gap]:
        """The gaps that have been open as they are for long enough.

        `journal_end`: one above the journal's last position; `applied`: the last position that the engine has applied.
        """
        self._seen = {gap: self._seen.get(gap, (now, journal_end)) for gap in open_now}
        return [gap for gap, (since, end) in self._seen.items() if now - since >= self._seconds and applied >= end - 1]


class Guard:
    """Runs in its own thread while `lead(True)`. `failed` is what ended it, if anything did."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names, self._group = topics(settings), groups(settings).extract
        self._patience = Patience(settings.guard_patience_seconds)
        self._extractor = Extractor(settings)
        self._leading, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="guard", daemon=True)
        self.failed: Exception | None = None
        self._thread.start()

    def lead(self, leading: bool) -> None:
        """Work, or rest. While resting the clients are kept."""
        if leading:
            self._leading.set()
        else:
            self._leading.clear()

    def close(self) -> None:
        """End the thread; what it was appending is appended."""
        self._closing.set()
        self._leading.set()
        self._thread.join(timeout=30)

    # the guard's own thread from here on

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                self._leading.wait()
                try:
                    self._guard()
                except app_kafka.Unreachable as fault:
                    log.warning("waiting for Kafka", fault=str(fault))
        except Exception as fault:
            self.failed = fault
        finally:
            self._extractor.close()

    def _guard(self) -> None:
        """Guard until we lead no more."""
        with ExitStack() as ending:
            self._store = Store.open(self._settings.db, readonly=True)
            ending.callback(self._store.close)
            self._client = app_kafka.consumer(self._settings)
            ending.callback(self._client.close)
            self._committed = app_kafka.consumer(self._settings, group=self._group)
            ending.callback(self._committed.close)
            self._producer = app_kafka.producer(self._settings)
            ending.callback(self._producer.close, timeout=5)
            while self._leading.is_set() and not self._closing.is_set():
                with app_kafka.faults(self._settings):
                    self._round()
                self._closing.wait(ROUND_SECONDS)

    def _round(self) -> None:
        partitions = app_kafka.partitions(self._client, self._names.stories)
        committed = self._offsets(partitions)
        journal = TopicPartition(self._names.journal, 0)
        journal_end = self._client.end_offsets([journal])[journal]
        known = {mark.partition: mark.next for mark in continuity.marks(self._store) if self._ours(mark)}
        spans = self._spans(partitions)
        self._check_epoch()
        self._check(known, spans)
        if not known and self._begin(spans):
            return
        holes = [Gap(*hole[2:]) for hole in continuity.holes(self._store) if self._ours(hole)]
        metrics.HOLES_OPEN.set(sum(hole.last - hole.first + 1 for hole in holes))
        letters = self._spans(app_kafka.partitions(self._client, self._names.dead_letters))
        metrics.DEAD_LETTERS.labels("stories").set(sum(span.end - span.low for span in letters.values()))
        found = self._patience.worn_out(gaps(holes, known, committed), monotonic(), journal_end, self._applied())
        for gap in found:
            if self._closing.is_set() or not self._leading.is_set():
                return
            self._fill(gap, spans[gap.partition])

    def _ours(self, place: Any) -> bool:
        return bool(place.topic == self._names.stories and place.epoch == self._settings.stories_epoch)

    def _offsets(self, partitions: list[TopicPartition]) -> dict[int, int]:
        """What the extract group has committed. Asked before the engine's marks, which may only be further then."""
        found = {partition.partition: self._committed.committed(partition) for partition in partitions}
        return {number: offset for number, offset in found.items() if offset is not None}

    def _spans(self, partitions: list[TopicPartition]) -> dict[int, Span]:
        lows, ends = self._client.beginning_offsets(partitions), self._client.end_offsets(partitions)
        return {each.partition: Span(lows[each], ends[each]) for each in partitions}

    def _check_epoch(self) -> None:
        row = self._store.connection.execute(
            "SELECT epoch FROM epochs WHERE topic = ?", (self._names.stories,)
        ).fetchone()
        epoch = 0 if row is None else int(row[0])
        if epoch != self._settings.stories_epoch:
            raise Fault(
                f"TOCSIN_STORIES_EPOCH is {self._settings.stories_epoch}, but {self._names.stories} is in epoch "
                f"{epoch}: set it on extract and detect"
            )

    def _check(self, known: dict[int, int], spans: dict[int, Span]) -> None:
        """An end below what was seen means another topic of the same name: its offsets say nothing about ours."""
        for partition, following in known.items():
            end = spans[partition].end if partition in spans else 0
            if end < following:
                epoch = self._settings.stories_epoch + 1
                raise Fault(
                    f"{self._names.stories} partition {partition} ends at {end}, but {following} stories of it were "
                    f"seen: the topic was made anew; if that is meant, run `tocsin topics new-epoch {epoch}` and set "
                    f"TOCSIN_STORIES_EPOCH={epoch}"
                )

    def _begin(self, spans: dict[int, Span]) -> bool:
        """On a topic that was there before us, what had been deleted before we came is nobody's loss.

        True when something had been: what is missing can be told only by marks that the engine has made since.
        """
        position = -1
        for partition, span in spans.items():
            if span.low > 0:
                position = self._command("source.start", {"partition": partition, "offset": span.low})
        self._wait_until_applied(position)
        return position >= 0

    def _fill(self, gap: Gap, span: Span) -> None:
        """Append what the broker has of a gap, and say of the rest why it will never come."""
        log.warning("hole", partition=gap.partition, first=gap.first, last=gap.last)
        position = -1
        if gap.first < span.low:
            position = self._give_up(gap.partition, gap.first, min(gap.last, span.low - 1), "unrecoverable")
        following = max(gap.first, span.low)
        end = min(gap.last + 1, span.end)
        for count, message in enumerate(self._read(gap.partition, following, end)):
            if message.offset > following:
                position = self._give_up(gap.partition, following, message.offset - 1, "no_record")
            position = self._append_story(message)
            following = message.offset + 1
            if count + 1 >= MOST_AT_ONCE or self._closing.is_set():
                end = following
                break
        if following < end:
            position = self._give_up(gap.partition, following, end - 1, "no_record")
        self._wait_until_applied(position)

    def _read(self, partition: int, first: int, end: int) -> Iterator[Any]:
        return app_kafka.read(self._client, TopicPartition(self._names.stories, partition), first, end)

    def _append_story(self, message: Any) -> int:
        headers = {name: value for name, value in message.headers or [] if value is not None}
        source = SourcePosition(
            topic=self._names.stories,
            epoch=self._settings.stories_epoch,
            partition=message.partition,
            offset=message.offset,
        )
        record = self._extractor.record_of(message.value, headers, source, message.timestamp)
        record, line = fitted(record, message.value, headers)
        if isinstance(record, RejectedRecord):
            letter = list(letter_headers(record, headers).items())
            self._producer.send(
                self._names.dead_letters, key=message.key, value=message.value or b"", headers=letter
            ).get(timeout=60)
        metrics.HOLES_CLOSED.labels("rejected" if isinstance(record, RejectedRecord) else "read").inc()
        return self._append(line)

    def _give_up(self, partition: int, first: int, last: int, reason: str) -> int:
        if first > last:
            return -1
        metrics.HOLES_CLOSED.labels(reason).inc(last - first + 1)
        level = log.error if reason == "unrecoverable" else log.info
        level("closed without a story", partition=partition, first=first, last=last, reason=reason)
        body = {"partition": partition, "first": first, "last": last, "lost": reason == "unrecoverable"}
        return self._command("source.give_up", body)

    def _command(self, name: str, body: dict[str, Any]) -> int:
        whole = {"topic": self._names.stories, "epoch": self._settings.stories_epoch} | body
        identity = content_hash(name, *whole.values())
        return self._append(
            encode(CommandRecord(id=identity, name=name, body=whole, author="guard", at=datetime.now(UTC)))
        )

    def _applied(self) -> int:
        """The last journal position that the engine has applied; -1 before the first."""
        return int(self._store.recall("position") or -1)

    def _append(self, line: bytes) -> int:
        return int(self._producer.send(self._names.journal, value=line).get(timeout=60).offset)

    def _wait_until_applied(self, position: int) -> None:
        """So that the next round does not find what this one has filled."""
        until = monotonic() + APPLY_SECONDS
        while monotonic() < until and not self._closing.is_set():
            if self._applied() >= position:
                return
            self._closing.wait(0.05)
