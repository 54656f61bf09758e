"""Back-tests: stories, or a journal, through a fresh engine in memory, in story time."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.engine.engine import Applied, Engine
from alerts.engine.store import Store
from stream.journal import record_of
from stream.records import CommandRecord, Record, RejectedRecord, SourcePosition, TickRecord, whole_minute
from stream.signals import content_hash
from tocsin import terminal
from tocsin.journal_lines import Doubtful
from tocsin.sources import Chunk

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def through(
    records: Iterable[Record | Doubtful], engine: Engine, store: Store, group: int = 500
) -> Iterator[tuple[Record, Applied]]:
    """Each record and what the engine made of it; positions count from 0, a commit every `group` records.

    What a command said to lose is passed over, as detect did, when it cannot be applied.
    """
    store.begin()
    for position, each in enumerate(records):
        if not isinstance(each, Doubtful):
            yield each, engine.apply(each, position)
        elif (done := _tried(each, engine, store, position)) is not None:
            yield done
        else:
            terminal.warn(f"{each.origin}: skipped, as the journal says")
        if position % group == group - 1:
            store.commit()
            store.begin()
    store.commit()


def _tried(doubtful: Doubtful, engine: Engine, store: Store, position: int) -> tuple[Record, Applied] | None:
    """What the engine made of it, or null and no trace."""
    if doubtful.record is None:
        return None
    store.commit()
    store.begin()
    try:
        return doubtful.record, engine.apply(doubtful.record, position)
    except (sqlite3.Error, OSError, MemoryError):
        raise  # the machine's fault, not the record's
    except Exception:
        store.rollback()
        store.begin()
        return None


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


def fresh_engine(path: str | Path = ":memory:") -> tuple[Engine, Store]:
    """An engine that has seen nothing."""
    store = Store.open(path)
    return Engine(store), store
