"""Episodes of a daily series. Days are small numbers; a day that is not in `heard` was not monitored."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.engine.episodes import IDLE, Episode, of_stored, stored
from alerts.engine.fold import fold
from alerts.engine.measures import Daily
from alerts.engine.rules import Rule, Spike

EVERY = set(range(1, 1000))


def rule(**more: Any) -> Rule:
    values = {
        "id": "r",
        "kind": "air_strike",
        "by": "country",
        "measure": "incidents",
        "window": 2,
        "severity": {"warning": 3, "severe": 6},
        "clear": 1,
        "clear_for": 2,
        **more,
    }
    return Rule(**values)


def sure(best: int, *origins: str, likely: int | None = None, killed: int = 0) -> Daily:
    certain = best if likely is None else likely
    return Daily(best=best, low=best, high=best, likely=certain, origins=origins or ("AFP",), killed=killed)


def episodes(rule: Rule, series: dict[int, Any], today: int, heard: set[int] = EVERY) -> list[Episode]:
    days = {day: value if isinstance(value, Daily) else sure(value) for day, value in series.items()}
    return fold(rule, days, heard, IDLE, 1, today).episodes


def spans(rule: Rule, series: dict[int, Any], today: int, heard: set[int] = EVERY) -> list[tuple[int, int | None]]:
    return [(episode.since, episode.ended) for episode in episodes(rule, series, today, heard)]


def test_it_opens_when_the_window_reaches_the_threshold_and_ends_after_quiet_days() -> None:
    """
    day     1  2  3  4  5  6
    events  1  2  .  .  .  .
    window  1  3  2  0  0  0     threshold 3, clear 1, clear_for 2
                ^ open   ^ ends with day 5
    """
    assert spans(rule(), {1: 1, 2: 2}, 6) == [(2, 5)]
    assert spans(rule(), {1: 1, 2: 2}, 5) == [(2, None)]


def test_today_may_open_but_never_ends() -> None:
    assert spans(rule(), {1: 3}, 1) == [(1, None)]
    assert spans(rule(), {1: 3}, 4) == [(1, None)]


def test_between_clear_and_threshold_it_stays_open_and_a_relapse_starts_the_quiet_days_anew() -> None:
    """window  3 2 2 2 2 2 1 1: clear is 1, so day 7 and 8 are quiet."""
    assert spans(rule(), {1: 3, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1}, 20) == [(1, 8)]


def test_a_day_nobody_was_heard_on_is_not_a_quiet_day() -> None:
    assert spans(rule(), {1: 3}, 9, heard={1, 2, 3, 7, 8}) == [(1, 7)]
    assert spans(rule(), {1: 3}, 9, heard={1}) == [(1, None)]


def test_pending_for_waits_and_a_fall_back_forgets() -> None:
    patient = rule(pending_for=2)
    assert spans(patient, {1: 3, 2: 3}, 2) == []
    assert spans(patient, {1: 3, 2: 3, 3: 3}, 3) == [(1, None)]
    assert spans(patient, {1: 3, 5: 3, 6: 3}, 6) == []


def test_tiers_rise_within_an_episode_and_do_not_fall() -> None:
    (episode,) = episodes(rule(), {1: 3, 2: 4, 3: 1}, 3)
    assert (episode.state.severity, episode.state.threshold, episode.state.peak) == ("severe", 6, 7)


def test_a_tier_may_need_more_origins_than_there_are() -> None:
    needy = rule(min_origins={"severe": 2})
    (episode,) = episodes(needy, {1: sure(9, "AFP")}, 1)
    assert episode.state.severity == "warning"
    (episode,) = episodes(needy, {1: sure(9, "AFP", "Reuters")}, 1)
    assert episode.state.severity == "severe"
    assert episodes(rule(min_origins={"warning": 2}), {1: sure(9, "AFP")}, 1) == []


def test_what_is_only_possible_never_rises_above_the_first_tier() -> None:
    (episode,) = episodes(rule(), {1: sure(20, likely=0)}, 1)
    assert (episode.state.severity, episode.state.certainty) == ("warning", "possible")
    (episode,) = episodes(rule(), {1: sure(20, likely=7)}, 1)
    assert (episode.state.severity, episode.state.certainty) == ("severe", "likely")


def test_the_peak_and_the_people_of_the_whole_episode_are_kept() -> None:
    days = {1: sure(2, killed=5), 2: sure(2, killed=1), 3: sure(4, killed=7), 4: sure(1)}
    (episode,) = episodes(rule(), days, 4)
    assert (episode.state.peak, episode.state.peak_day, episode.state.killed) == (6, 3, 13)


def test_a_record_needs_a_year_of_days_and_must_be_higher_than_all_of_them() -> None:
    record = rule(severity={}, window=7, spike=Spike(method="record", min=2), clear=0)
    busy = dict.fromkeys(range(100, 400, 20), 1)
    assert spans(record, busy, 364) == []
    assert spans(record, {**busy, 420: 1}, 420) == []
    assert spans(record, {**busy, 421: 1, 423: 1}, 423) == [(423, None)]
    assert spans(record, {423: 1}, 423) == [], "the floor is 2"


def test_a_spike_is_silent_until_it_has_28_monitored_days() -> None:
    burst = rule(severity={}, window=1, spike=Spike(method="ears_c2", min=3), clear=0)
    assert spans(burst, {20: 30}, 20) == []
    assert spans(burst, {40: 30}, 40) == [(40, None)]
    assert spans(burst, {40: 30}, 40, heard=set(range(20, 41))) == []


def test_a_slow_climb_is_found_by_the_cusum() -> None:
    climb = rule(severity={}, window=7, spike=Spike(method="negbin_cusum", min=3), clear=0)
    series = dict.fromkeys(range(1, 60), 1) | dict.fromkeys(range(60, 70), 3)
    found = spans(climb, series, 69)
    assert len(found) == 1
    assert 60 <= found[0][0] <= 66


@given(
    st.dictionaries(st.integers(1, 30), st.integers(1, 9), max_size=12),
    st.sets(st.integers(1, 30)),
    st.integers(1, 30),
    st.sampled_from([None, Spike(method="negbin_cusum"), Spike(method="ears_c3"), Spike(method="ears_c1")]),
)
def test_folding_from_any_kept_state_is_folding_from_nothing(
    series: dict[int, int], heard: set[int], cut: int, spike: Spike | None
) -> None:
    which = rule() if spike is None else rule(severity={}, spike=spike)
    days = {day + 40: sure(value) for day, value in series.items()}
    heard = set(range(1, 41)) | {day + 40 for day in heard}

    whole = fold(which, days, heard, IDLE, 1, 75)
    before = of_stored(stored(whole.states[cut + 39])) if cut + 39 in whole.states else IDLE
    rest = fold(which, days, heard, before, cut + 40, 75)

    assert rest.states == {day: state for day, state in whole.states.items() if day >= cut + 40}
    assert rest.today == whole.today
    assert rest.episodes == [e for e in whole.episodes if e.ended is None or e.ended >= cut + 40]
