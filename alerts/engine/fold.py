"""The fold: what the daily series of one (rule, area) says about episodes, day after day, from nothing.

    idle ──crossed──► pending ──held for pending_for──► open ──at or below clear, clear_for days──► idle
                          └──fell back──► idle            └─ tiers only rise within an episode

A day is tested on the window (D - n, D]. Today is open: it can cross and rise, but only whole days recover, and a day
that was not monitored says nothing. The state at the end of every whole day is kept, so that a change on day D is
folded from D on; the same series gives the same episodes wherever one starts.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any, Literal, NamedTuple

from alerts.engine import spikes
from alerts.engine.measures import Daily, window
from alerts.engine.rules import CERTAINTIES, Rule
from alerts.engine.spikes import Verdict
from alerts.revisions import SEVERITIES, Severity
from stream.signals import Certainty

SILENT_UNTIL = 28
"""Monitored days before a spike rule speaks (`record`: a year; `ratio`: the window that it compares with)."""
ORIGINS_KEPT = 50


@dataclass(frozen=True, slots=True)
class State:
    """At the end of a day. Days are ordinals; the peak is the highest window of the episode, the first such."""

    phase: Literal["idle", "pending", "open"] = "idle"
    since: int = 0
    """The day on which the threshold was crossed."""
    quiet: int = 0
    """Whole monitored days in a row at or below `clear`."""
    severity: Severity = "warning"
    threshold: int = 0
    certainty: Certainty = "possible"
    peak_day: int = 0
    peak: int = 0
    low: int = 0
    high: int | None = 0
    baseline: float | None = None
    killed: int = 0
    injured: int = 0
    displaced: int = 0
    """People over the whole episode, the first window included."""
    origins: tuple[str, ...] = ()
    memory: float = 0.0
    """The CUSUM's sum."""
    alarms: tuple[tuple[int, float], ...] = ()
    """(day, what it counts for in a baseline) of the past alarms that still matter."""

    @property
    def blank(self) -> bool:
        """Nothing to keep: the same as no state at all."""
        return self.phase == "idle" and self.memory == 0.0 and not self.alarms


IDLE = State()
_FIELDS = tuple(field.name for field in fields(State))


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch of trouble: its state when last looked at, and the day whose end ended it (null while it lasts)."""

    state: State
    ended: int | None

    @property
    def since(self) -> int:
        return self.state.since


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


def lookback(rule: Rule) -> int:
    """Days before the first folded day that the fold reads."""
    if rule.spike is None:
        return rule.window
    if rule.spike.method == "record":
        return 365 * rule.spike.years + rule.window
    if rule.spike.method == "ratio":
        return 2 * rule.window
    return max(rule.window, spikes.HISTORY[rule.spike.method])


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
        state = _remember(rule, state, day, series, verdict)
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


def detect(rule: Rule, state: State, day: int, series: Mapping[int, Daily], monitored: Set[int]) -> Verdict:
    """What the rule's spike detector says of the day, past alarms down-weighted."""
    spike = rule.spike
    if spike is None or day not in monitored:
        return spikes.SILENT._replace(memory=state.memory)
    if spike.method == "record":
        return _record(rule, day, series, monitored)
    if spike.method == "ratio":
        counts = _counts(series, monitored, day - 2 * rule.window + 1, day, {})
        return spikes.ratio(counts, rule.window, spike.height, spike.min_reference)
    if not _heard(monitored, day, SILENT_UNTIL):
        return spikes.SILENT
    counts = _counts(series, monitored, day - spikes.HISTORY[spike.method] + 1, day, dict(state.alarms))
    if spike.method == "negbin_cusum":
        return spikes.negbin_cusum(counts, state.memory, spike.shift, spike.limit)
    alpha = spike.alpha * 25 if spike.method == "ears_c3" else spike.alpha
    return spikes.ears(spike.method, counts, alpha, spike.min_sigma)


def _counts(
    series: Mapping[int, Daily], monitored: Set[int], first: int, last: int, weighed: Mapping[int, float]
) -> list[float | None]:
    """The days' counts, past alarms as they were weighed, the last day as it is; null where nobody was listening."""
    plain = {day: float(series[day].best) if day in series else 0.0 for day in range(first, last + 1)}
    counts = [weighed.get(day, count) if day in monitored else None for day, count in plain.items()]
    return [*counts[:-1], plain[last]]


def _heard(monitored: Set[int], before: int, days: int) -> bool:
    """Were there so many monitored days before this one?"""
    return sum(1 for _ in islice((day for day in monitored if day < before), days)) == days


def verdicts(
    rule: Rule, series: Mapping[int, Daily], monitored: Set[int], days: Iterable[int]
) -> Iterator[tuple[int, Verdict]]:
    """What the rule's detector says of each of these days, one after the other, from nothing."""
    state = IDLE
    for day in days:
        verdict = detect(rule, state, day, series, monitored)
        state = _remember(rule, state, day, series, verdict)
        yield day, verdict


def _record(rule: Rule, day: int, series: Mapping[int, Daily], monitored: Set[int]) -> Verdict:
    """Rolling sums over the years before, by one pass: each adds a day and drops one."""
    assert rule.spike is not None
    span = 365 * rule.spike.years
    if not _heard(monitored, day, 365):
        return spikes.SILENT
    first = day - span
    total = sum(series[d].best for d in range(first - rule.window, first) if d in series)
    sums: list[float | None] = []
    for d in range(first, day + 1):
        total += series[d].best if d in series else 0
        total -= series[d - rule.window].best if d - rule.window in series else 0
        sums.append(float(total) if d in monitored else None)
    return spikes.record(sums)


def _remember(rule: Rule, state: State, day: int, series: Mapping[int, Daily], verdict: Verdict) -> State:
    """Carry the CUSUM's sum on, and what an alarm day counts for in the baselines to come."""
    assert rule.spike is not None
    if rule.spike.method in ("record", "ratio"):
        return state
    keep = tuple(alarm for alarm in state.alarms if alarm[0] > day - spikes.HISTORY[rule.spike.method])
    if verdict.alarm and day in series:
        keep = (*keep, (day, round(spikes.tempered(float(series[day].best), verdict), 6)))
    return replace(state, memory=verdict.memory, alarms=keep)


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


def stored(state: State) -> dict[str, Any]:
    """The state as JSON, what is as in `IDLE` left out."""
    values = {name: getattr(state, name) for name in _FIELDS}
    return {name: value for name, value in values.items() if value != getattr(IDLE, name)}


def of_stored(content: dict[str, Any]) -> State:
    """The inverse of `stored`."""
    values = dict(content)
    values["origins"] = tuple(values.get("origins", ()))
    values["alarms"] = tuple((int(day), float(worth)) for day, worth in values.get("alarms", ()))
    return State(**values)
