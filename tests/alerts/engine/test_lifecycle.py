"""What must be said now, given what the fold says and what was told. Days are small numbers."""

from dataclasses import replace

import pytest

from alerts.engine.episodes import Episode, State
from alerts.engine.lifecycle import Alert, Decision, Told, decide, difference

AT_FIRST = State(phase="open", since=5, severity="warning", threshold=3, peak=4, peak_day=5, origins=("AFP",), killed=8)
TOLD = Told.of(AT_FIRST)


def episode(since: int, ended: int | None = None, **more: object) -> Episode:
    return Episode(replace(AT_FIRST, since=since, **more), ended)  # type: ignore[arg-type]


def alert(since: int = 5, ended: int | None = None, state: str = "open", name: str = "a") -> Alert:
    return Alert(name, state, since, ended, TOLD)  # type: ignore[arg-type]


def decided(alerts: list[Alert], episodes: list[Episode], *, may_open: bool = True) -> list[tuple[str | None, str]]:
    return [(d.transition, d.reason) for d in decide(alerts, episodes, may_open=may_open)]


def test_a_new_episode_opens() -> None:
    assert decided([], [episode(5)]) == [("opened", "threshold_crossed")]


def test_an_episode_first_seen_after_its_end_is_recorded_and_not_told() -> None:
    assert decided([], [episode(5, 7)]) == [(None, "seen_after_its_end")]


def test_late_stories_open_nothing_but_change_what_is_open() -> None:
    assert decided([], [episode(5)], may_open=False) == [(None, "late_stories_only")]
    assert decided([alert()], [episode(5, peak=9)], may_open=False) == [("updated", "figure_grew")]


def test_what_late_stories_made_opens_with_the_next_story_in_time() -> None:
    recorded = alert(state="recorded")
    assert decide([recorded], [episode(5)], in_time=False) == []
    assert decided([recorded], [episode(5)]) == [("opened", "threshold_crossed")]


def test_nothing_is_said_while_the_picture_is_the_same() -> None:
    assert decided([alert()], [episode(5)]) == []
    assert decided([alert()], [episode(5, killed=9)]) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"severity": "severe"}, "tier_raised"),
        ({"peak": 5}, "figure_grew"),
        ({"peak": 3}, "figure_fell"),
        ({"killed": 10}, "figure_grew"),
        ({"killed": 9}, None),
        ({"injured": 1}, "figure_grew"),
        ({"origins": ("AFP", "AP")}, "second_origin"),
        ({"origins": ()}, None),
    ],
)
def test_the_picture_changes_with_a_tier_a_quarter_of_a_figure_or_a_second_origin(
    change: dict[str, object], reason: str | None
) -> None:
    assert difference(TOLD, Told.of(replace(AT_FIRST, **change))) == reason  # type: ignore[arg-type]


def test_a_raised_tier_is_an_escalation_and_a_lowered_one_an_update() -> None:
    assert decided([alert()], [episode(5, severity="severe")]) == [("escalated", "tier_raised")]
    high = replace(alert(), told=replace(TOLD, severity="severe"))
    assert decided([high], [episode(5)]) == [("updated", "tier_lowered")]


def test_an_episode_that_ended_is_resolved_and_one_that_is_gone_retracted() -> None:
    assert decided([alert()], [episode(5, 9)]) == [("resolved", "below_clear")]
    assert decided([alert()], []) == [("retracted", "no_longer_in_fold")]
    assert decided([alert(state="resolved", ended=9)], []) == [("retracted", "no_longer_in_fold")]
    assert decided([alert(state="recorded", ended=9)], []) == [(None, "forgotten")]


def test_a_correction_reaches_an_alert_that_is_over() -> None:
    over = alert(state="resolved", ended=9)
    assert decided([over], [episode(5, 9, killed=2)]) == [("updated", "figure_fell")]
    assert decided([over], [episode(5)]) == [("updated", "resumed")]


def test_an_episode_whose_beginning_moved_is_still_the_same_alert() -> None:
    assert decided([alert(since=5)], [episode(4)]) == []
    assert decided([alert(since=5)], [episode(6)]) == []


def test_an_episode_that_parts_in_two_leaves_the_open_alert_with_the_part_that_goes_on() -> None:
    parts = [episode(3, 6), episode(8)]
    found = decide([alert(since=5)], parts)
    assert found == [Decision(None, "seen_after_its_end", None, parts[0])]


def test_two_episodes_that_grow_together_leave_the_older_alert_as_it_is() -> None:
    older, newer = alert(since=1, ended=4, state="resolved", name="old"), alert(since=6, name="new")
    assert decided([older, newer], [episode(1)]) == []
