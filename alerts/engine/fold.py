"""The fold: what the daily series of one (rule, area) says about episodes, day after day, from nothing.

    idle ──crossed──► pending ──held for pending_for──► open ──at or below clear, clear_for days──► idle
                          └──fell back──► idle            └─ tiers only rise within an episode

A day is tested on the window (D - n, D]. Today is open: it can cross and rise, but only whole days recover, and a day
that was not monitored says nothing. The state at the end of every whole day is kept, so that a change on day D is
folded from D on; the same series gives the same episodes wherever one starts.
"""

from collections.abc import Mapping, Set
from dataclasses import replace
from typing import NamedTuple

from alerts.engine.detection import detect, remember
from alerts.engine.episodes import IDLE, Episode, State
from alerts.engine.measures import Daily, window
from alerts.engine.rules import CERTAINTIES, Rule
from alerts.engine.spikes import Verdict
from alerts.revisions import SEVERITIES, Severity
from stream.signals import Certainty

ORIGINS_KEPT = 50


class Crossing(NamedTuple):
    """The highest tier that a window reaches."""

    severity: Severity
    threshold: int
    certainty: Certainty
    baseline: float | None


class Folded(NamedTuple):
    """`states`: at the end of each whole day from the first on, blanks left out; `today`: with the open day in it."""

    states: dict[int, State]
    today: State
    episodes: list[Episode]


def fold(rule: Rule, series: Mapping[int, Daily], monitored: Set[int], before: State, first: int, today: int) -> Folded:
    """Fold the days `first` to `today`, both inside, on the state `before` at the end of the day before `first`."""
    state = before
    states: dict[int, State] = {}
    episodes: list[Episode] = []
    highest = rule.measure == "displaced_stock"
    for day in range(first, today + 1):
        reading = window(series, day, rule.window, highest=highest)
        if state.blank and reading.best == 0 and day != today:
            continue
        was = state
        state = step(rule, state, day, reading, series, monitored, whole=day < today)
        if was.phase == "open" and state.phase != "open":
            episodes.append(Episode(was, day))
        if day < today and not state.blank:
            states[day] = state
    if state.phase == "open":
        episodes.append(Episode(state, None))
    return Folded(states, state, episodes)


def step(
    rule: Rule,
    state: State,
    day: int,
    reading: Daily,
    series: Mapping[int, Daily],
    monitored: Set[int],
    *,
    whole: bool,
) -> State:
    """The state at the end of `day` (or so far, when it is not whole yet)."""
    verdict = None
    if rule.spike is not None:
        verdict = detect(rule, state, day, series, monitored)
        state = remember(rule, state, day, series, verdict)
    crossing = crossed(rule, reading, verdict)
    if state.phase == "open":
        return _on(rule, state, day, reading, crossing, day in monitored and whole, series)
    if crossing is None:
        return replace(state, phase="idle", since=0) if whole else state
    if state.phase == "idle":
        state = replace(state, phase="pending", since=day)
    return state if day - state.since < rule.pending_for else _opened(state, day, reading, crossing)


def crossed(rule: Rule, reading: Daily, verdict: Verdict | None) -> Crossing | None:
    """The highest tier that the window reaches, with all below it.

    Above the first tier only what is at least likely is counted.
    """
    found: Crossing | None = None
    tiers = list(rule.tiers)
    baseline = None
    if rule.spike is not None and verdict is not None:
        baseline = None if verdict.baseline is None else round(verdict.baseline, 2)
        if verdict.alarm and reading.best >= rule.spike.min:
            tiers = sorted([*tiers, (rule.spike.severity, rule.spike.min)], key=lambda tier: SEVERITIES.index(tier[0]))
        else:
            tiers = []
    for place, (severity, threshold) in enumerate(tiers):
        value = reading.best if place == 0 else reading.likely
        if value < threshold or len(reading.origins) < rule.min_origins.get(severity, 1):
            break
        certainty: Certainty = "possible"
        if reading.likely >= threshold:
            certainty = "observed" if reading.observed >= threshold else "likely"
        found = Crossing(severity, threshold, certainty, baseline)
    return found


def _opened(state: State, day: int, reading: Daily, crossing: Crossing) -> State:
    return replace(
        state,
        phase="open",
        quiet=0,
        severity=crossing.severity,
        threshold=crossing.threshold,
        certainty=crossing.certainty,
        baseline=crossing.baseline,
        peak_day=day,
        peak=reading.best,
        low=reading.low,
        high=reading.high,
        killed=reading.killed,
        injured=reading.injured,
        displaced=reading.displaced,
        origins=reading.origins[:ORIGINS_KEPT],
    )


def _on(
    rule: Rule,
    state: State,
    day: int,
    reading: Daily,
    crossing: Crossing | None,
    told: bool,
    series: Mapping[int, Daily],
) -> State:
    """An open episode on another day: rise, grow, or recover. `told`: the day is whole and was monitored."""
    if crossing is not None:
        state = _raised(state, crossing)
    if reading.best > state.peak:
        state = replace(state, peak_day=day, peak=reading.best, low=reading.low, high=reading.high)
    today = series.get(day)
    if today is not None:
        state = replace(
            state,
            killed=state.killed + today.killed,
            injured=state.injured + today.injured,
            displaced=state.displaced + today.displaced,
            origins=tuple(sorted({*state.origins, *today.origins}))[:ORIGINS_KEPT],
        )
    if not told:
        return state
    quiet = state.quiet + 1 if _at_rest(rule, reading, crossing) else 0
    if quiet < rule.clear_for:
        return replace(state, quiet=quiet)
    return replace(IDLE, memory=state.memory, alarms=state.alarms)


def _raised(state: State, crossing: Crossing) -> State:
    if SEVERITIES.index(crossing.severity) > SEVERITIES.index(state.severity):
        return replace(state, severity=crossing.severity, threshold=crossing.threshold, certainty=crossing.certainty)
    if crossing.severity == state.severity and CERTAINTIES.index(crossing.certainty) > CERTAINTIES.index(
        state.certainty
    ):
        return replace(state, certainty=crossing.certainty)
    return state


def _at_rest(rule: Rule, reading: Daily, crossing: Crossing | None) -> bool:
    if rule.clear is not None:
        return reading.best <= rule.clear
    if rule.spike is not None:
        return crossing is None
    return reading.best < rule.tiers[0][1]
