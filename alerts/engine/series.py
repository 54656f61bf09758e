"""Keeps the daily series and the folds of every (rule, area) what the stored incidents make of them."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from alerts.engine import episodes, measures
from alerts.engine.detection import lookback
from alerts.engine.episodes import IDLE, Episode, State
from alerts.engine.fold import Folded, fold
from alerts.engine.measures import NOTHING, Daily, Incident
from alerts.engine.overlaps import LONGEST_PERIOD, first_day, holds, wide, within
from alerts.engine.recluster import Changed
from alerts.engine.rules import Rule, Rules
from alerts.engine.store import Store, dump, load
from alerts.revisions import Area

Pair = tuple[str, str]
"""(rule id, area key)."""


def update(store: Store, rules: Rules, changes: Iterable[Changed]) -> dict[Pair, int]:
    """Recompute the days that the changed incidents touch; the pairs that differ, each with its earliest such day."""
    dirty: set[tuple[str, str, int]] = set()
    for before, after in changes:
        for incident in (before, after):
            if incident is not None:
                for rule in rules.rules:
                    dirty |= _touched(store, rule, incident)
    return recompute(store, rules, dirty)


def recompute(store: Store, rules: Rules, dirty: Iterable[tuple[str, str, int]]) -> dict[Pair, int]:
    """Recompute these (rule, area, day); the pairs that differ, each with its earliest such day."""
    by_id = {rule.id: rule for rule in rules.rules}
    first: dict[Pair, int] = {}
    loaded: dict[tuple[str, str, str, int], list[Incident]] = {}
    for rule_id, key, day in sorted(dirty):
        rule, area = by_id[rule_id], area_of_key(store, key)
        value = _daily(store, rule, rules.household_size, area, day, loaded)
        if _put(store, rule_id, key, day, value):
            first[rule_id, key] = min(first.get((rule_id, key), day), day)
    return first


def rebuild(store: Store, rules: Rules, rule: Rule) -> dict[Pair, int]:
    """The series of a rule anew from all incidents."""
    dirty: set[tuple[str, str, int]] = set()
    for row in store.connection.execute("SELECT body FROM incidents WHERE kind = ?", (rule.kind,)).fetchall():
        dirty |= _touched(store, rule, load(row[0]))
    return recompute(store, rules, dirty)


def forget(store: Store, rule_id: str) -> None:
    """Drop the series and folds of a rule."""
    for table in ("daily", "folds", "active"):
        store.connection.execute(f"DELETE FROM {table} WHERE rule = ?", (rule_id,))


def refold(store: Store, rule: Rule, key: str, first: int, today: int, monitored: set[int]) -> Folded:
    """Fold a pair from `first` to today, and keep the states at the end of the whole days."""
    run = store.connection.execute
    row = run("SELECT state FROM folds WHERE rule = ? AND area = ? AND day = ?", (rule.id, key, first - 1)).fetchone()
    before = IDLE if row is None else episodes.of_stored(load(row[0]))
    series = days_of(store, rule.id, key, first - lookback(rule))
    folded = fold(rule, series, monitored, before, first, today)
    run("DELETE FROM folds WHERE rule = ? AND area = ? AND day >= ?", (rule.id, key, first))
    for day, state in folded.states.items():
        run("INSERT INTO folds VALUES (?, ?, ?, ?)", (rule.id, key, day, dump(episodes.stored(state))))
    if folded.today.blank:
        run("DELETE FROM active WHERE rule = ? AND area = ?", (rule.id, key))
    else:
        run("INSERT OR IGNORE INTO active VALUES (?, ?)", (rule.id, key))
    return folded


def ended(store: Store, rule_id: str, key: str, first: int, today: int) -> list[Episode]:
    """The episodes of a pair that were going on at the end of `first` or later, and are over."""
    rows = store.connection.execute(
        "SELECT day, state FROM folds WHERE rule = ? AND area = ? AND day >= ? ORDER BY day", (rule_id, key, first)
    )
    last: dict[int, tuple[int, State]] = {}
    for day, body in rows:
        state = episodes.of_stored(load(body))
        if state.phase == "open":
            last[state.since] = (day, state)
    return [Episode(state, day + 1) for day, state in last.values() if day + 1 < today]


def days_of(store: Store, rule_id: str, key: str, first: int, last: int = 2**31) -> dict[int, Daily]:
    """The daily series of a pair in these days; days on which there is nothing are left out."""
    rows = store.connection.execute(
        "SELECT day, body FROM daily WHERE rule = ? AND area = ? AND day BETWEEN ? AND ?", (rule_id, key, first, last)
    )
    return {row[0]: daily_of(row[1]) for row in rows}


def daily_of(body: bytes) -> Daily:
    values = load(body)
    values["origins"] = tuple(values.get("origins", ()))
    return Daily(**values)


def area_of_key(store: Store, key: str) -> Area:
    return Area(**load(store.connection.execute("SELECT body FROM areas WHERE key = ?", (key,)).fetchone()[0]))


def _country_column(rule: Rule) -> str:
    """Where an incident's country stands that the rule counts by: of the place, or of where people went."""
    return "to_country" if rule.side == "to" else "country"


def incidents_of(store: Store, rule: Rule, area: Area, first: int, last: int) -> list[Incident]:
    """The incidents that the rule counts in the area in these days, both inside; by day and id."""
    column = _country_column(rule)
    rows = store.connection.execute(
        f"SELECT body FROM incidents WHERE kind = ? AND {column} = ? AND day BETWEEN ? AND ? AND umbrella = 0"
        " ORDER BY day, id",
        (rule.kind, area.country, first, last),
    )
    return [incident for row in rows if _counts_in(rule, area, incident := load(row[0]))]


def totals_of(store: Store, rule: Rule, area: Area, first: int, last: int) -> list[Incident]:
    """The totals over regions that lie in the area, of these days."""
    if rule.by == "place":
        return []
    column = _country_column(rule)
    rows = store.connection.execute(
        f"SELECT body FROM incidents WHERE kind = ? AND {column} = ? AND day BETWEEN ? AND ? AND umbrella = 1"
        " ORDER BY day, id",
        (rule.kind, area.country, first, last),
    )
    return [incident for row in rows if _counts_in(rule, area, incident := load(row[0]))]


def _counts_in(rule: Rule, area: Area, incident: Incident) -> bool:
    found = measures.area_of(rule, incident) if measures.counted(rule, incident) else None
    return found is not None and found.key == area.key


def _touched(store: Store, rule: Rule, incident: Incident) -> set[tuple[str, str, int]]:
    """The (rule, area, day) that an incident has a part in."""
    if not measures.counted(rule, incident):
        return set()
    area = measures.area_of(rule, incident)
    if area is None:
        return set()
    store.connection.execute(
        "INSERT OR IGNORE INTO areas VALUES (?, ?)", (area.key, dump(area.model_dump(mode="json")))
    )
    days = {incident["day"]}
    if not incident["umbrella"]:
        day = incident["day"]
        totals = totals_of(store, rule, area, day - LONGEST_PERIOD, day + LONGEST_PERIOD)
        days |= {total["day"] for total in totals if total["span"][0] <= day <= total["span"][1]}
        if rule.kind == "displacement":
            later = incidents_of(store, rule, area, day, day + LONGEST_PERIOD)
            days |= {flow["day"] for flow in later if holds(flow, incident)}
    return {(rule.id, area.key, day) for day in days}


def _daily(
    store: Store,
    rule: Rule,
    household: int,
    area: Area,
    day: int,
    loaded: dict[tuple[str, str, str, int], list[Incident]],
) -> Daily:
    column = _country_column(rule)
    key = (rule.kind, column, area.country or "", day)
    if key not in loaded:
        rows = store.connection.execute(
            f"SELECT body FROM incidents WHERE kind = ? AND {column} = ? AND day = ? ORDER BY id",
            (rule.kind, area.country, day),
        )
        loaded[key] = [load(row[0]) for row in rows]
    mine = [incident for incident in loaded[key] if _counts_in(rule, area, incident)]
    events = [incident for incident in mine if not incident["umbrella"]]
    totals = [] if rule.by == "place" else [incident for incident in mine if incident["umbrella"]]
    nested = [(event, _held(store, rule, area, event)) for event in events]
    return measures.daily(rule, household, nested, [(total, _inside(store, rule, area, total)) for total in totals])


def _held(store: Store, rule: Rule, area: Area, flow: Incident) -> Sequence[Incident]:
    """The narrower flows that a flow counts already."""
    if not wide(flow):
        return ()
    return [i for i in incidents_of(store, rule, area, first_day(flow), flow["day"]) if holds(flow, i)]


def _inside(store: Store, rule: Rule, area: Area, total: Incident) -> Sequence[Incident]:
    first, last = total["span"]
    return [i for i in incidents_of(store, rule, area, first, last) if within(i["place"], total["place"])]


def _put(store: Store, rule_id: str, key: str, day: int, value: Daily) -> bool:
    """Store a day of a series; whether it differs from what was stored."""
    run = store.connection.execute
    row = run("SELECT body FROM daily WHERE rule = ? AND area = ? AND day = ?", (rule_id, key, day)).fetchone()
    if value == NOTHING:
        if row is not None:
            run("DELETE FROM daily WHERE rule = ? AND area = ? AND day = ?", (rule_id, key, day))
        return row is not None
    body = dump(_content(value))
    if row is not None and row[0] == body:
        return False
    run("INSERT OR REPLACE INTO daily VALUES (?, ?, ?, ?)", (rule_id, key, day, body))
    return True


def _content(value: Daily) -> dict[str, Any]:
    values = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: item for name, item in values.items() if item != getattr(NOTHING, name)}
