"""What the guard decides, without a broker."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.engine import continuity
from alerts.engine.store import Store
from stream.records import SourcePosition
from tocsin.guard import Gap, Patience, gaps


def test_a_committed_tail_is_a_gap_and_lag_is_none() -> None:
    """Partition 0 has committed more than was seen, 1 as much, 2 less, 3 was never seen."""
    found = gaps([Gap(0, 2, 3)], {0: 10, 1: 10, 2: 10}, {0: 12, 1: 10, 2: 7, 3: 2})
    assert found == [Gap(0, 2, 3), Gap(0, 10, 11), Gap(3, 0, 1)]


def test_a_gap_has_to_stay_as_it_is_for_some_seconds() -> None:
    """One that shrinks is being closed by somebody; one that went and came is new."""
    patience = Patience(3.0)
    assert patience.worn_out([Gap(0, 5, 9)], 0.0, 10, 9) == []
    assert patience.worn_out([Gap(0, 5, 9)], 2.9, 10, 9) == []
    assert patience.worn_out([Gap(0, 7, 9)], 3.0, 10, 9) == []
    assert patience.worn_out([Gap(0, 7, 9)], 6.0, 10, 9) == [Gap(0, 7, 9)]
    assert patience.worn_out([], 7.0, 10, 9) == []
    assert patience.worn_out([Gap(0, 7, 9)], 8.0, 10, 9) == []


def test_what_the_journal_holds_already_is_no_gap() -> None:
    """An engine that is behind has to apply first what was in the journal when the gap was seen; no more than that."""
    patience = Patience(3.0)
    assert patience.worn_out([Gap(0, 5, 9)], 0.0, 100, 40) == []
    assert patience.worn_out([Gap(0, 5, 9)], 9.0, 300, 98) == []
    assert patience.worn_out([Gap(0, 5, 9)], 10.0, 300, 99) == [Gap(0, 5, 9)]


@given(
    seen=st.lists(st.integers(0, 30), max_size=30),
    given_up=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted), max_size=4),
)
def test_what_is_given_up_is_seen_once_and_for_all(seen: list[int], given_up: list[list[int]]) -> None:
    """Whatever the order: an offset is open exactly when it lies below the mark and was neither seen nor given up."""
    store = Store.open()
    store.begin()
    closed: set[int] = set()
    for offset in seen:
        verdict = continuity.advance(store, SourcePosition(topic="t", offset=offset))
        assert (verdict == "duplicate") == (offset in closed)
        closed.add(offset)
    for first, last in given_up:
        count = continuity.give_up(store, "t", 0, 0, first, last)
        assert count == len(set(range(first, last + 1)) - closed)
        closed.update(range(first, last + 1))
    marks = continuity.marks(store)
    following = marks[0].next if marks else 0
    assert following == max(closed, default=-1) + 1
    open_ = {offset for hole in continuity.holes(store) for offset in range(hole.first, hole.last + 1)}
    assert open_ == set(range(following)) - closed
