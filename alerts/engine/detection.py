"""Detection: what a rule's spike detector says of each day of a series, past alarms down-weighted.

The formulas are in spikes.py; here is which days they are given, and what of a day is remembered for those after it.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from itertools import islice

from alerts.engine import spikes
from alerts.engine.episodes import IDLE, State
from alerts.engine.measures import Daily
from alerts.engine.rules import Rule
from alerts.engine.spikes import Verdict

SILENT_UNTIL = 28
"""Monitored days before a spike rule speaks (`record`: a year; `ratio`: the window that it compares with)."""


def lookback(rule: Rule) -> int:
    """Days before a day that are read to judge it."""
    if rule.spike is None:
        return rule.window
    if rule.spike.method == "record":
        return 365 * rule.spike.years + rule.window
    if rule.spike.method == "ratio":
        return 2 * rule.window
    return max(rule.window, spikes.HISTORY[rule.spike.method])


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


def verdicts(
    rule: Rule, series: Mapping[int, Daily], monitored: Set[int], days: Iterable[int]
) -> Iterator[tuple[int, Verdict]]:
    """What the rule's detector says of each of these days, one after the other, from nothing."""
    state = IDLE
    for day in days:
        verdict = detect(rule, state, day, series, monitored)
        state = remember(rule, state, day, series, verdict)
        yield day, verdict


def remember(rule: Rule, state: State, day: int, series: Mapping[int, Daily], verdict: Verdict) -> State:
    """Carry the CUSUM's sum on, and what an alarm day counts for in the baselines to come."""
    assert rule.spike is not None
    if rule.spike.method in ("record", "ratio"):
        return state
    keep = tuple(alarm for alarm in state.alarms if alarm[0] > day - spikes.HISTORY[rule.spike.method])
    if verdict.alarm and day in series:
        keep = (*keep, (day, round(spikes.tempered(float(series[day].best), verdict), 6)))
    return replace(state, memory=verdict.memory, alarms=keep)


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
