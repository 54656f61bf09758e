"""Which stories of which source partition have been applied: a low-water mark, and the holes below it.

`next` is one above the highest offset seen. Every offset below it was seen, unless it lies in a hole. A partition that
was never seen starts at offset 0, or where a command `sources.start` says.
"""

from typing import Literal, NamedTuple

from alerts.engine.store import Store
from stream.records import SourcePosition

Verdict = Literal["new", "duplicate", "fills_hole"]


class Hole(NamedTuple):
    """Offsets `first` to `last`, both inside, that have not come."""

    topic: str
    epoch: int
    partition: int
    first: int
    last: int


class Mark(NamedTuple):
    """One above the highest offset seen of a partition."""

    topic: str
    epoch: int
    partition: int
    next: int


def check(store: Store, source: SourcePosition) -> Verdict:
    """Whether the record at this position is new, was seen, or fills a hole. Changes nothing."""
    key = (source.topic, source.epoch, source.partition)
    row = store.connection.execute(
        "SELECT next FROM marks WHERE topic = ? AND epoch = ? AND partition = ?", key
    ).fetchone()
    if row is None or source.offset >= row[0]:
        return "new"
    return "fills_hole" if _hole(store, source) is not None else "duplicate"


def advance(store: Store, source: SourcePosition) -> Verdict:
    """`check`, and remember that the record was applied."""
    key = (source.topic, source.epoch, source.partition)
    run = store.connection.execute
    row = run("SELECT next FROM marks WHERE topic = ? AND epoch = ? AND partition = ?", key).fetchone()
    expected = 0 if row is None else row[0]
    if source.offset >= expected:
        if source.offset > expected:
            run("INSERT INTO holes VALUES (?, ?, ?, ?, ?)", (*key, expected, source.offset - 1))
        run("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", (*key, source.offset + 1))
        return "new"
    hole = _hole(store, source)
    if hole is None:
        return "duplicate"
    _close(store, hole, source.offset, source.offset)
    return "fills_hole"


def start(store: Store, topic: str, epoch: int, partition: int, offset: int) -> None:
    """The first offset that is expected of a partition: what lies below is nobody's loss."""
    run = store.connection.execute
    key = (topic, epoch, partition)
    row = run("SELECT next FROM marks WHERE topic = ? AND epoch = ? AND partition = ?", key).fetchone()
    if row is None or row[0] < offset:
        run("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", (*key, offset))
    for hole in [h for h in holes(store) if h[:3] == key and h.first < offset]:
        _close(store, hole, hole.first, min(hole.last, offset - 1))


def give_up(store: Store, topic: str, epoch: int, partition: int, first: int, last: int) -> int:
    """Offsets that can never come (deleted, control records): how many of the open ones were closed.

    Offsets above all that was seen are passed over too, so that a partition may end in them.
    """
    key = (topic, epoch, partition)
    run = store.connection.execute
    row = run("SELECT next FROM marks WHERE topic = ? AND epoch = ? AND partition = ?", key).fetchone()
    expected = 0 if row is None else row[0]
    if last >= expected:
        run("INSERT INTO holes VALUES (?, ?, ?, ?, ?)", (*key, expected, last))
        run("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)", (*key, last + 1))
    closed = 0
    for hole in holes(store):
        if hole[:3] == key and hole.first <= last and hole.last >= first:
            low, high = max(hole.first, first), min(hole.last, last)
            _close(store, hole, low, high)
            closed += high - low + 1
    return closed


def holes(store: Store) -> list[Hole]:
    """Every open hole, by topic, epoch, partition and offset."""
    rows = store.connection.execute("SELECT * FROM holes ORDER BY topic, epoch, partition, first")
    return [Hole(*row) for row in rows]


def marks(store: Store) -> list[Mark]:
    """One mark per partition that was seen."""
    return [Mark(*row) for row in store.connection.execute("SELECT * FROM marks ORDER BY topic, epoch, partition")]


def _hole(store: Store, source: SourcePosition) -> Hole | None:
    row = store.connection.execute(
        "SELECT * FROM holes WHERE topic = ? AND epoch = ? AND partition = ? AND first <= ? AND last >= ?",
        (source.topic, source.epoch, source.partition, source.offset, source.offset),
    ).fetchone()
    return None if row is None else Hole(*row)


def _close(store: Store, hole: Hole, first: int, last: int) -> None:
    """Take `first`..`last` out of the hole, which leaves nothing, a smaller hole, or two."""
    run = store.connection.execute
    run("DELETE FROM holes WHERE topic = ? AND epoch = ? AND partition = ? AND first = ?", hole[:4])
    for low, high in ((hole.first, first - 1), (last + 1, hole.last)):
        if low <= high:
            run("INSERT INTO holes VALUES (?, ?, ?, ?, ?)", (*hole[:3], low, high))
