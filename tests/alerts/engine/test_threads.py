"""What a thread says, whatever order its versions come in."""

from itertools import permutations

import pytest

from stream.records import StoryRecord
from tests.alerts.engine.wire import ALBA, BORA, CORVO, Desk, at, story, strike, tick


def said(*stories: StoryRecord, until: float = 1.5) -> set[tuple[str, int | None]]:
    """(place, killed) of all facts after these stories, in that order."""
    desk = Desk()
    desk.take(*stories, tick(until))
    return facts(desk)


def facts(desk: Desk) -> set[tuple[str, int | None]]:
    place, killed = "json_extract(body, '$.signal.place.name')", "json_extract(body, '$.signal.killed.best')"
    return set(desk.rows(f"SELECT {place}, {killed} FROM facts"))


def in_every_order(*stories: StoryRecord) -> set[tuple[str, int | None]]:
    """The facts, which must be the same for every order of arrival."""
    results = {frozenset(said(*order)) for order in permutations(stories)}
    assert len(results) == 1
    return set(results.pop())


def test_the_newest_version_is_what_is_said() -> None:
    assert in_every_order(
        story("a", 1.0, strike(ALBA, 1, 3), version="1"),
        story("a", 1.1, strike(ALBA, 1, 5), strike(BORA, 1), version="2"),
        story("a", 1.2, strike(ALBA, 1, 9), version="3"),
    ) == {("Alba", 9)}


def test_versions_of_one_moment_go_by_number_not_by_letter() -> None:
    assert in_every_order(
        story("a", 1.0, strike(ALBA, 1, 9), version="9"), story("a", 1.0, strike(ALBA, 1, 10), version="10")
    ) == {("Alba", 10)}


def test_a_newer_version_without_signals_empties_the_thread() -> None:
    assert in_every_order(story("a", 1.0, strike(ALBA, 1)), story("a", 1.1, version="2")) == set()


def test_a_kill_empties_the_thread_for_good() -> None:
    assert (
        in_every_order(
            story("a", 1.0, strike(ALBA, 1)),
            story("a", 1.1, version="2", status="canceled"),
            story("a", 1.2, strike(ALBA, 1), version="3"),
        )
        == set()
    )


def test_a_hold_suspends_until_a_newer_version_is_usable() -> None:
    held = [story("a", 1.0, strike(ALBA, 1, 1)), story("a", 1.1, version="2", status="withheld")]
    assert in_every_order(*held) == set()
    assert in_every_order(*held, story("a", 1.2, strike(ALBA, 1, 2), version="3")) == {("Alba", 2)}


@pytest.mark.parametrize("role", ["replaces", "updates", "corrects"])
def test_a_story_that_follows_another_takes_its_place(role: str) -> None:
    assert in_every_order(
        story("a", 1.0, strike(ALBA, 1, 3)), story("b", 1.1, strike(BORA, 1, 4), links=[(role, "a")])
    ) == {("Bora", 4)}


def test_a_story_that_only_refers_to_another_is_its_own() -> None:
    assert in_every_order(
        story("a", 1.0, strike(ALBA, 1, 3)), story("b", 1.1, strike(BORA, 1, 4), links=[("refers", "a")])
    ) == {("Alba", 3), ("Bora", 4)}


def test_a_chain_of_updates_is_one_thread() -> None:
    assert in_every_order(
        story("a", 1.0, strike(ALBA, 1, 3)),
        story("b", 1.1, strike(ALBA, 1, 4), links=[("updates", "a")]),
        story("c", 1.2, strike(ALBA, 1, 5), links=[("updates", "b")]),
    ) == {("Alba", 5)}


def test_two_stories_that_follow_one_that_never_came_are_one_thread() -> None:
    assert in_every_order(
        story("b", 1.1, strike(ALBA, 1, 4), links=[("updates", "a")]),
        story("c", 1.2, strike(ALBA, 1, 5), links=[("updates", "a")]),
    ) == {("Alba", 5)}


def test_a_kill_under_its_own_name_takes_back_the_thread_and_says_nothing_itself() -> None:
    assert (
        in_every_order(
            story("a", 1.0, strike(ALBA, 1)),
            story("b", 1.1, strike(ALBA, 1), links=[("updates", "a")]),
            story("kill", 1.2, strike(ALBA, 1), links=[("kills", "b")]),
        )
        == set()
    )


def test_a_later_story_under_a_new_name_may_replace_a_killed_one() -> None:
    assert in_every_order(
        story("a", 1.0, strike(ALBA, 1)),
        story("a", 1.1, version="2", status="canceled"),
        story("b", 1.2, strike(CORVO, 1), links=[("replaces", "a")]),
    ) == {("Corvo", None)}


def test_the_same_signal_keeps_its_id_when_its_figure_changes() -> None:
    desk = Desk()
    desk.take(story("a", 1.0, strike(ALBA, 1, 3)))
    before = desk.rows("SELECT id FROM facts")
    desk.take(story("a", 1.1, strike(ALBA, 1, 8), version="2"))
    assert desk.rows("SELECT id FROM facts") == before


def test_an_embargoed_story_is_silent_until_its_time() -> None:
    early = story("a", 1.0, strike(ALBA, 1), embargoed_until=at(1.25))
    assert said(early, until=1.2) == set()
    assert said(early, until=1.3) == {("Alba", None)}


def test_a_version_under_embargo_leaves_the_one_before_it_standing() -> None:
    first = story("a", 1.0, strike(ALBA, 1, 1))
    second = story("a", 1.1, strike(ALBA, 1, 2), version="2", embargoed_until=at(1.5))
    assert said(first, second, until=1.4) == {("Alba", 1)}
    assert said(second, first, until=1.6) == {("Alba", 2)}


def test_an_embargo_without_an_end_waits_for_another_version() -> None:
    held = story("a", 1.0, strike(ALBA, 1, 1), embargo_open=True)
    assert said(held) == set()
    assert said(held, story("a", 1.1, strike(ALBA, 1, 2), version="2")) == {("Alba", 2)}


@pytest.mark.parametrize("item_class", ["advisory", "plan", "test"])
def test_items_that_report_nothing_say_nothing(item_class: str) -> None:
    assert said(story("a", 1.0, strike(ALBA, 1), item_class=item_class)) == set()


def test_a_thread_older_than_the_horizon_is_remembered_by_its_death_only() -> None:
    desk = Desk()
    desk.take(story("a", 1.0, strike(ALBA, 1)), story("a", 1.1, version="2", status="canceled"), tick(120))
    assert desk.rows("SELECT uri FROM stories") == []
    desk.take(story("a", 119.9, strike(ALBA, 119), version="3"))
    assert facts(desk) == set()
