import pytest

from alerts.engine import continuity
from alerts.engine.continuity import Hole, Mark
from alerts.engine.store import Store
from stream.records import SourcePosition


@pytest.fixture
def store() -> Store:
    store = Store.open()
    store.begin()
    return store


def seen(store: Store, *offsets: int, partition: int = 0) -> list[str]:
    return [
        continuity.advance(store, SourcePosition(topic="t", partition=partition, offset=offset)) for offset in offsets
    ]


def test_offsets_in_order_are_new_and_leave_no_hole(store: Store) -> None:
    assert seen(store, 0, 1, 2) == ["new"] * 3
    assert continuity.holes(store) == []
    assert continuity.marks(store) == [Mark("t", 0, 0, 3)]


def test_a_skipped_block_is_a_hole_until_its_records_come(store: Store) -> None:
    """offsets 0 . . . 4 5: the hole is 1 to 3; 2 parts it, 1 and 3 close it."""
    seen(store, 0, 4, 5)
    assert continuity.holes(store) == [Hole("t", 0, 0, 1, 3)]

    assert seen(store, 2) == ["fills_hole"]
    assert continuity.holes(store) == [Hole("t", 0, 0, 1, 1), Hole("t", 0, 0, 3, 3)]

    assert seen(store, 3, 1, 1) == ["fills_hole", "fills_hole", "duplicate"]
    assert continuity.holes(store) == []


def test_a_partition_that_was_never_seen_starts_at_nought(store: Store) -> None:
    seen(store, 2)
    assert continuity.holes(store) == [Hole("t", 0, 0, 0, 1)]


def test_a_partition_may_be_told_where_it_starts(store: Store) -> None:
    continuity.start(store, "t", 0, 0, 10)
    assert seen(store, 10, 9) == ["new", "duplicate"]
    assert continuity.holes(store) == []


def test_partitions_and_epochs_are_apart(store: Store) -> None:
    assert seen(store, 0) == ["new"]
    assert seen(store, 0, partition=1) == ["new"]
    assert continuity.advance(store, SourcePosition(topic="t", epoch=1, offset=0)) == "new"


def test_checking_changes_nothing(store: Store) -> None:
    position = SourcePosition(topic="t", offset=3)
    assert continuity.check(store, position) == "new"
    assert continuity.check(store, position) == "new"
    assert continuity.marks(store) == []


def test_offsets_that_can_never_come_are_given_up(store: Store) -> None:
    """0 . . . . 5 | 2 to 9 are gone: 2, 3, 4 in the hole and 6 to 9 above all that was seen."""
    seen(store, 0, 5)
    assert continuity.give_up(store, "t", 0, 0, 2, 9) == 7
    assert continuity.holes(store) == [Hole("t", 0, 0, 1, 1)]
    assert seen(store, 10) == ["new"]
