"""The difference of two runs, and how close each rule came."""

from alerts.engine.closeness import closeness
from alerts.engine.comparison import compare
from stream.records import Record
from tests.alerts.engine.wire import ALBA, BORA, CORVO, RULES, Desk, at, flight, story, strike, tick

RAID = [strike(place, 1) for place in (ALBA, BORA, CORVO)]


def run(rules: str, *records: Record) -> Desk:
    desk = Desk(rules)
    desk.take(tick(1), *records)
    return desk


def test_two_runs_of_the_same_rules_do_not_differ() -> None:
    first, second = run(RULES, story("a", 1.1, *RAID)), run(RULES, story("a", 1.1, *RAID))
    assert compare(first.revisions(), second.revisions()) == []


def test_a_stricter_rule_removes_and_a_looser_one_adds() -> None:
    stricter = RULES.replace("warning: 3, severe: 6", "warning: 5, severe: 6")
    usual, strict = run(RULES, story("a", 1.1, *RAID)), run(stricter, story("a", 1.1, *RAID))
    (removed,) = compare(usual.revisions(), strict.revisions())
    (added,) = compare(strict.revisions(), usual.revisions())
    assert (removed.difference, removed.rule, removed.area, removed.second) == ("removed", "strikes", "SY", None)
    assert (added.difference, added.first) == ("added", None)
    assert added.explanation.startswith("3 air strikes in Syria")


def test_a_rule_that_rings_sooner_is_earlier_by_hours() -> None:
    wire = [story("a", 1.0, *RAID), tick(1.5), story("b", 1.5, strike(ALBA, 1, ordinal=1), strike(BORA, 1, ordinal=1))]
    later = RULES.replace("warning: 3, severe: 6", "warning: 5, severe: 6")
    wire[2] = story("b", 1.5, *(strike(place, 2) for place in (ALBA, BORA, CORVO)))
    first, second = run(later, *wire, tick(2)), run(RULES, *wire, tick(2))
    (moved,) = compare(first.revisions(), second.revisions())
    assert (moved.difference, moved.hours) == ("earlier", -24.0)
    assert (moved.first, moved.second) == (at(2), at(1))


def test_what_was_taken_back_counts_for_nothing() -> None:
    killed = story("a", 1.2, version="2", status="canceled")
    first, second = run(RULES, story("a", 1.1, *RAID), killed), run(RULES)
    assert compare(first.revisions(), second.revisions()) == []


def test_closeness_says_how_much_was_missing() -> None:
    desk = run(RULES, story("a", 1.1, *RAID), story("b", 1.2, flight(ALBA, 1, 4_000)))
    found = {
        (item.rule, item.area): (item.value, item.threshold, item.share, item.why)
        for item in closeness(desk.store.connection)
    }
    assert found == {
        ("strikes", "SY"): (3, 3, 1.0, "rang"),
        ("flight", "SY"): (4_000, 10_000, 0.4, "below_threshold"),
    }


def test_closeness_names_what_held_a_rule_back() -> None:
    needy = RULES.replace("severity: {warning: 3, severe: 6}", "severity: {warning: 3}, min_origins: 2")
    (item,) = closeness(run(needy, story("a", 1.1, *RAID)).store.connection)
    assert item.why == "too_few_origins"
