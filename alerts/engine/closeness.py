"""How close each rule came to ringing in each area, and what kept it from it: for `tocsin replay --why`."""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from alerts.engine import series_views
from alerts.engine.measures import Daily, window
from alerts.engine.rules import Rule, Rules
from alerts.engine.series import daily_of
from alerts.engine.store import iso_day

Why = Literal["rang", "below_threshold", "too_few_origins", "recorded_only", "no_spike", "held_back"]


@dataclass(frozen=True)
class Closeness:
    """The best window of a rule in an area. `share`: its value as a part of the first threshold."""

    rule: str
    area: str
    name: str
    value: int
    threshold: int
    share: float
    day: str
    """The last day of that window."""
    origins: int
    why: Why


def closeness(connection: sqlite3.Connection) -> list[Closeness]:
    """Every rule and area that had anything to count, those that came closest first.

    Looks at the daily series, which are kept for three years before the engine's clock.
    """
    rules = Rules.model_validate(series_views.rules(connection))
    found = []
    for rule in rules.rules:
        keys = [row[0] for row in connection.execute("SELECT DISTINCT area FROM daily WHERE rule = ?", (rule.id,))]
        found += [_of(connection, rule, key) for key in sorted(keys)]
    return sorted((item for item in found if item.value), key=lambda item: (-item.share, item.rule, item.area))


def _of(connection: sqlite3.Connection, rule: Rule, key: str) -> Closeness:
    rows = connection.execute("SELECT day, body FROM daily WHERE rule = ? AND area = ?", (rule.id, key))
    series = {row[0]: daily_of(row[1]) for row in rows}
    day, best = _best(rule, series)
    threshold = rule.tiers[0][1] if rule.tiers else rule.spike.min if rule.spike is not None else 1
    area = series_views.area_of(connection, key) or {"name": key}
    return Closeness(
        rule=rule.id,
        area=key,
        name=area["name"],
        value=best.best,
        threshold=threshold,
        share=round(best.best / threshold, 3),
        day=iso_day(day),
        origins=len(best.origins),
        why=_why(connection, rule, key, best, threshold),
    )


def _best(rule: Rule, series: dict[int, Daily]) -> tuple[int, Daily]:
    """The highest window; of equal ones the first."""
    highest = rule.measure == "displaced_stock"
    windows = [(day, window(series, day, rule.window, highest=highest)) for day in sorted(series)]
    return max(windows, key=lambda item: (item[1].best, -item[0]))


def _why(connection: sqlite3.Connection, rule: Rule, key: str, best: Daily, threshold: int) -> Why:
    states = {
        row[0] for row in connection.execute("SELECT state FROM alerts WHERE rule = ? AND area = ?", (rule.id, key))
    }
    if states - {"recorded"}:
        return "rang"
    if states:
        return "recorded_only"
    if best.best < threshold:
        return "below_threshold"
    needed = rule.min_origins.get(rule.tiers[0][0], 1) if rule.tiers else 1
    if len(best.origins) < needed:
        return "too_few_origins"
    return "no_spike" if rule.spike is not None else "held_back"
