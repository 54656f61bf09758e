"""The engine on this machine, following the journal: state and journal position are one SQLite transaction."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from kafka import TopicPartition

from alerts import app_kafka
from alerts.app_kafka import Fault
from alerts.engine.engine import Applied, Engine
from alerts.engine.store import Store
from config.settings import Settings
from config.topics import topics
from stream.records import CommandRecord, Record, decode

log = structlog.get_logger()
Heard = Callable[[int, Record, Applied], None]


class Replica:
    """One copy of the engine. `step` applies what the journal has, whole batches in one commit each.

    `heard` is called inside the transaction with each record and what the engine made of it; what it writes to the
    store's connection is committed with the record. Not for two threads at once.
    """

    def __init__(self, settings: Settings, path: Path, heard: Heard = lambda position, record, applied: None) -> None:
        self._settings = settings
        self._heard = heard
        self._partition = TopicPartition(topics(settings).journal, 0)
        self._client = app_kafka.consumer(settings)
        self.lag = 0
        """Journal records not yet applied, as far as is known."""
        self.store = Store.open(path)
        self._engine = Engine(self.store)
        with app_kafka.faults(settings):
            app_kafka.partitions(self._client, self._partition.topic)
            first, end = app_kafka.span(self._client, self._partition)
            start = self._start(path, first, end)
            self.lag = end - start
            self._client.assign([self._partition])
            self._client.seek(self._partition, start)

    def _start(self, path: Path, first: int, end: int) -> int:
        """Where to read on. Raises Fault when what lies between this file and the journal is gone."""
        position, topic = self.store.position, self._partition.topic
        if position is None and first > 0:
            raise Fault(
                f"{topic} begins at {first}, not at 0: no new replica can be built from it; "
                f"start with a copy of another replica's file as {path}"
            )
        start = 0 if position is None else position + 1
        if start < first:
            raise Fault(f"{path} needs {topic} from {start} on, which begins at {first}; start with a newer copy")
        if start > end:
            raise Fault(
                f"{path} is at {position}, but {topic} ends at {end}: it is another journal, or was made anew; "
                "if that is meant, move the file away"
            )
        return start

    @property
    def position(self) -> int:
        """The last journal position that was applied; -1 before the first."""
        return -1 if self.store.position is None else self.store.position

    def end(self) -> int:
        """One above the last journal position, asked now."""
        with app_kafka.faults(self._settings):
            return int(self._client.end_offsets([self._partition])[self._partition])

    def step(self, timeout: float) -> int:
        """Apply what comes within `timeout` seconds; how many records. Raises Fault naming a record it cannot apply."""
        with app_kafka.faults(self._settings):
            found = self._client.poll(timeout_ms=int(timeout * 1000))
            records = found.get(self._partition, [])
            highwater = self._client.highwater(self._partition)
            if highwater is not None:
                self.lag = max(0, highwater - self._client.position(self._partition))
        bad = self._apply(records)
        if bad is not None:
            index, fault = bad
            self._apply(records[:index])
            self._pass_over(records[index].offset, fault)
            self._client.seek(self._partition, records[index].offset + 1)
            return index
        return len(records)

    def close(self) -> None:
        self._client.close()
        self.store.close()

    def _apply(self, records: list[Any]) -> tuple[int, Exception] | None:
        """Apply all in one transaction, or none: then the index of the record that failed, and how."""
        self.store.begin()
        for index, raw in enumerate(records):
            try:
                record = decode(raw.value)
                applied = self._engine.apply(record, raw.offset)
            except (sqlite3.Error, OSError, MemoryError):
                self.store.rollback()
                raise  # The machine's fault, not the record's.
            except Exception as fault:
                self.store.rollback()
                return index, fault
            self._heard(raw.offset, record, applied)
        self.store.commit()
        return None

    def _pass_over(self, offset: int, fault: Exception) -> None:
        """Skip a record that cannot be applied, if a command further on decided so. Raises Fault otherwise."""
        if not self._skip_is_commanded(offset):
            raise Fault(
                f"{self._partition.topic} offset {offset} cannot be applied ({type(fault).__name__}): update this "
                f"version, or decide to lose that record with `tocsin journal skip {offset}`"
            ) from fault
        log.warning("skipped", offset=offset, fault=type(fault).__name__)
        self.store.begin()
        self.store.position = offset
        self.store.commit()

    def _skip_is_commanded(self, offset: int) -> bool:
        client = app_kafka.consumer(self._settings)
        try:
            with app_kafka.faults(self._settings):
                _, end = app_kafka.span(client, self._partition)
                for raw in app_kafka.read(client, self._partition, offset + 1, end):
                    try:
                        record = decode(raw.value)
                    except ValueError:
                        continue
                    if (
                        isinstance(record, CommandRecord)
                        and record.name == "record.skip"
                        and record.body.get("position") == offset
                    ):
                        return True
        finally:
            client.close()
        return False
