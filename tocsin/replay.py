"""Back-tests: stories, or a journal, through a fresh engine in memory, in story time."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.engine.engine import Applied, Engine
from alerts.engine.store import Store
from stream.journal import record_of
from stream.records import CommandRecord, Record, RejectedRecord, SourcePosition, TickRecord, decode, whole_minute
from stream.signals import content_hash
from tocsin import sources
from tocsin.failures import INPUT_REJECTED, CommandError
from tocsin.sources import Chunk

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def through(
    records: Iterable[Record], engine: Engine, store: Store, group: int = 500
) -> Iterator[tuple[Record, Applied]]:
    """Each record and what the engine made of it; positions count from 0, a commit every `group` records."""
    store.begin()
    for position, record in enumerate(records):
        yield record, engine.apply(record, position)
        if position % group == group - 1:
            store.commit()
            store.begin()
    store.commit()


def rules_command(document: dict[str, Any], author: str = "replay", at: datetime = EPOCH) -> CommandRecord:
    """The command that puts these rules in force."""
    return CommandRecord(
        id=content_hash("rules.apply", repr(document), at.isoformat()),
        name="rules.apply",
        body=document,
        author=author,
        at=at,
    )


def of_stories(chunks: Iterable[Chunk], rules: dict[str, Any], now: datetime) -> Iterator[tuple[Chunk | None, Record]]:
    """The journal these stories make: the rules, then every story as received when it was published, with its tick.

    `now`: no story may be published after it.
    """
    yield None, rules_command(rules)
    last = EPOCH
    for offset, chunk in enumerate(chunks):
        record = record_of(
            chunk.raw,
            source=SourcePosition(topic="replay", offset=offset),
            received=now,
            feed=chunk.feed,
            clock="story",
        )
        if not isinstance(record, RejectedRecord) and whole_minute(record.received) > last:
            last = whole_minute(record.received)
            yield chunk, TickRecord(at=last)
        yield chunk, record


def of_journal(path: str) -> Iterator[tuple[float, Record]]:
    """The records of an exported journal, each with the share of the file read. Raises CommandError naming the line."""
    for file in sources.expand(path):
        for chunk in sources.chunks(file):
            try:
                yield chunk.progress, decode(chunk.raw)
            except ValueError as fault:
                line = str(fault).splitlines()[0]
                raise CommandError(
                    f"{chunk.origin}: no journal record ({line}); give a file made by `tocsin journal export`",
                    INPUT_REJECTED,
                ) from None


def fresh_engine(path: str | Path = ":memory:") -> tuple[Engine, Store]:
    """An engine that has seen nothing."""
    store = Store.open(path)
    return Engine(store), store
