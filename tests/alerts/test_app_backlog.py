"""What may be committed of partitions of deliveries."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.app_backlog import Backlog, Backlogs


def test_the_oldest_that_has_not_ended_is_committed() -> None:
    backlog = Backlog()
    assert [backlog.add(offset, ("desk", offset)) for offset in range(3)] == [True, True, True]
    backlog.end(("desk", 1))
    assert backlog.committable() == 0
    backlog.end(("desk", 0))
    assert backlog.committable() == 2
    backlog.end(("desk", 2))
    assert backlog.committable() == 3


def test_what_is_published_twice_is_one_delivery() -> None:
    """After a crash of the leader; also when the first has ended by then."""
    backlog = Backlog()
    assert backlog.add(0, ("desk", 1))
    assert not backlog.add(1, ("desk", 1))
    backlog.end(("desk", 1))
    assert backlog.committable() == 2
    assert not backlog.add(2, ("desk", 1))
    assert backlog.committable() == 3


def test_what_ended_before_it_was_read_is_not_sent_again() -> None:
    """Results are read first when a worker takes a partition over."""
    backlog = Backlog()
    backlog.end(("desk", 4))
    assert not backlog.add(9, ("desk", 4))
    assert backlog.committable() == 10


def test_only_what_is_held_is_sent_and_committed() -> None:
    """A record polled just before a rebalance may be of a partition that went elsewhere."""
    backlogs = Backlogs()
    backlogs.hold([0])
    assert backlogs.add(0, 7, ("desk", 1))
    assert not backlogs.add(1, 3, ("room", 1))
    backlogs.end(("room", 1))
    assert [backlogs.committable(partition) for partition in (0, 1)] == [7, 0]
    assert backlogs.home("room") == 1


def test_a_partition_that_is_held_anew_is_read_anew() -> None:
    backlogs = Backlogs()
    backlogs.hold([0])
    assert backlogs.add(0, 7, ("desk", 1))
    backlogs.hold([0])
    assert backlogs.committable(0) == 0
    assert backlogs.add(0, 7, ("desk", 1))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 6)), max_size=40))
def test_nothing_open_lies_below_what_is_committed(steps: list[tuple[bool, int]]) -> None:
    backlog, offset = Backlog(), 0
    places: dict[int, int] = {}
    ended: set[int] = set()
    for ends, sequence in steps:
        if ends:
            backlog.end(("desk", sequence))
            ended.add(sequence)
        else:
            assert backlog.add(offset, ("desk", sequence)) == (sequence not in ended and sequence not in places)
            places.setdefault(sequence, offset)
            offset += 1
        open_ = [place for each, place in places.items() if each not in ended]
        assert backlog.committable() == min(open_, default=offset)
