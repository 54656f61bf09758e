"""The engine's state: one SQLite file, changed in transactions that also hold the journal position.

Whatever the engine knows is here; caches in memory are dropped when a transaction is rolled back.
"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import orjson

from stream.records import canonical

JSON = dict[str, Any]
"""A value that is ready to be sent."""

SCHEMA_VERSION = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE marks (topic TEXT, epoch INTEGER, partition INTEGER, next INTEGER NOT NULL,
    PRIMARY KEY (topic, epoch, partition)) WITHOUT ROWID;
CREATE TABLE holes (topic TEXT, epoch INTEGER, partition INTEGER, first INTEGER, last INTEGER NOT NULL,
    PRIMARY KEY (topic, epoch, partition, first)) WITHOUT ROWID;
CREATE TABLE epochs (topic TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE commands (id TEXT PRIMARY KEY, name TEXT NOT NULL, author TEXT NOT NULL, at TEXT NOT NULL,
    sequence INTEGER NOT NULL, day INTEGER NOT NULL, outcome BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE feeds (feed TEXT PRIMARY KEY, stories INTEGER NOT NULL, last_published INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE heartbeats (day INTEGER, feed TEXT, PRIMARY KEY (day, feed)) WITHOUT ROWID;

CREATE TABLE stories (uri TEXT PRIMARY KEY, thread TEXT NOT NULL, published INTEGER, first_published INTEGER,
    version TEXT NOT NULL DEFAULT '', hash TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT 'unseen',
    killed_at INTEGER, kills INTEGER NOT NULL DEFAULT 0, corrects INTEGER NOT NULL DEFAULT 0, body BLOB) WITHOUT ROWID;
CREATE INDEX stories_by_thread ON stories (thread);
CREATE INDEX stories_by_age ON stories (published);
CREATE TABLE stubs (uri TEXT PRIMARY KEY, killed INTEGER NOT NULL, published INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE waiting (release INTEGER, uri TEXT, version TEXT, published INTEGER, hash TEXT, body BLOB NOT NULL,
    PRIMARY KEY (release, uri, version, published, hash)) WITHOUT ROWID;

CREATE TABLE facts (id TEXT PRIMARY KEY, thread TEXT NOT NULL, part TEXT NOT NULL, day INTEGER NOT NULL,
    hash TEXT NOT NULL, incident TEXT, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX facts_by_thread ON facts (thread);
CREATE INDEX facts_by_part ON facts (part, day);
CREATE INDEX facts_by_incident ON facts (incident);
CREATE TABLE incidents (id TEXT PRIMARY KEY, part TEXT NOT NULL, kind TEXT NOT NULL, country TEXT, to_country TEXT,
    founded INTEGER NOT NULL, day INTEGER NOT NULL, umbrella INTEGER NOT NULL, hash TEXT NOT NULL, body BLOB NOT NULL)
    WITHOUT ROWID;
CREATE INDEX incidents_by_part ON incidents (part, founded);
CREATE INDEX incidents_by_day ON incidents (kind, country, day);
CREATE INDEX incidents_by_target ON incidents (kind, to_country, day) WHERE to_country IS NOT NULL;
CREATE INDEX totals_by_day ON incidents (kind, country, day) WHERE umbrella = 1;

CREATE TABLE areas (key TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE daily (rule TEXT, area TEXT, day INTEGER, body BLOB NOT NULL, PRIMARY KEY (rule, area, day)) WITHOUT ROWID;
CREATE INDEX daily_by_day ON daily (day);
CREATE TABLE folds (rule TEXT, area TEXT, day INTEGER, state BLOB NOT NULL,
    PRIMARY KEY (rule, area, day)) WITHOUT ROWID;
CREATE INDEX folds_by_day ON folds (day);
CREATE TABLE active (rule TEXT, area TEXT, PRIMARY KEY (rule, area)) WITHOUT ROWID;

CREATE TABLE alerts (id TEXT PRIMARY KEY, rule TEXT NOT NULL, area TEXT NOT NULL, kind TEXT NOT NULL, country TEXT,
    state TEXT NOT NULL, severity TEXT NOT NULL, since INTEGER NOT NULL, ended INTEGER, revision INTEGER NOT NULL,
    sequence INTEGER NOT NULL, told BLOB NOT NULL, notify INTEGER, notified INTEGER NOT NULL DEFAULT 0,
    acknowledged BLOB) WITHOUT ROWID;
CREATE INDEX alerts_by_pair ON alerts (rule, area, since);
CREATE INDEX alerts_by_state ON alerts (state, since);
CREATE INDEX alerts_by_notify ON alerts (notify);
CREATE TABLE cited (uri TEXT, alert TEXT, PRIMARY KEY (uri, alert)) WITHOUT ROWID;
CREATE INDEX cited_by_alert ON cited (alert);
CREATE TABLE recipients (alert TEXT, subscriber TEXT, PRIMARY KEY (alert, subscriber)) WITHOUT ROWID;
CREATE TABLE silences (id TEXT PRIMARY KEY, body BLOB NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE subscribers (id TEXT PRIMARY KEY, body BLOB NOT NULL, sequence INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

CREATE TABLE revisions (engine_sequence INTEGER, alert_id TEXT, revision INTEGER, day INTEGER, json BLOB NOT NULL,
    PRIMARY KEY (alert_id, revision)) WITHOUT ROWID;
CREATE INDEX revisions_by_sequence ON revisions (engine_sequence, alert_id, revision);
CREATE TABLE deliveries (subscriber TEXT, sequence INTEGER, engine_sequence INTEGER, alert_id TEXT, revision INTEGER,
    day INTEGER, json BLOB NOT NULL, PRIMARY KEY (subscriber, sequence)) WITHOUT ROWID;
CREATE INDEX deliveries_by_sequence ON deliveries (engine_sequence, subscriber, sequence);
"""


class SchemaMismatch(Exception):
    """The file was written by another version of the engine: replay the journal into a fresh file."""


class Store:
    """The file and the few values that every record changes (`position`, `sequence`, `clock`), written at commit."""

    position: int | None
    """The last journal position that was applied; null before the first."""
    sequence: int
    """How many steps the engine has taken: effective stories and commands, and timers that fired."""
    clock: datetime | None
    """The last tick; null before the first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.generation = 0
        """Grows at every rollback: caches of another generation are stale."""
        self._load()

    @classmethod
    def open(cls, path: str | Path = ":memory:", *, readonly: bool = False) -> Self:
        """Open or make the file. Raises SchemaMismatch, sqlite3.Error."""
        connection = connect(path, readonly=readonly)
        if not readonly:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA cache_size=-65536")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 and not readonly:
            connection.executescript(f"BEGIN;{SCHEMA}PRAGMA user_version={SCHEMA_VERSION};COMMIT;")
        elif version != SCHEMA_VERSION:
            raise SchemaMismatch(
                f"{path} has engine schema {version}, this version needs {SCHEMA_VERSION}:"
                " replay the journal into a new file"
            )
        return cls(connection)

    def close(self) -> None:
        self.connection.close()

    def begin(self) -> None:
        self.connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Write the position and end the transaction: state and position are one."""
        self._flush()
        self.connection.execute("COMMIT")

    def rollback(self) -> None:
        self.connection.execute("ROLLBACK")
        self.generation += 1
        self._load()

    def remember(self, key: str, value: str) -> None:
        """Keep a value under a name in the transaction."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def recall(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def _load(self) -> None:
        position, clock = self.recall("position"), self.recall("clock")
        self.position = None if position is None else int(position)
        self.sequence = int(self.recall("sequence") or 0)
        self.clock = None if clock is None else datetime.fromisoformat(clock)

    def _flush(self) -> None:
        if self.position is not None:
            self.remember("position", str(self.position))
        self.remember("sequence", str(self.sequence))
        if self.clock is not None:
            self.remember("clock", self.clock.isoformat())


def connect(path: str | Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection with rows by name, transactions by hand; `readonly` may be used by any thread beside the writer."""
    if readonly:
        connection = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
        )
    else:
        connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.row_factory = sqlite3.Row
    return connection


def micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC: how moments are stored and compared."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment_of(stored: int) -> datetime:
    """The inverse of `micros`."""
    return EPOCH + timedelta(microseconds=stored)


def ordinal(moment: datetime) -> int:
    """The UTC day of a moment, as `date.toordinal`."""
    return moment.astimezone(UTC).toordinal()


def dump(value: Any) -> bytes:
    """Canonical JSON, as everything is stored."""
    return canonical(value)


def load(body: bytes) -> Any:
    return orjson.loads(body)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both inside."""
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


def iso_day(number: int) -> str:
    """ISO date of a day's ordinal."""
    return date.fromordinal(number).isoformat()
