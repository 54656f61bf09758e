"""How alike two counts of displaced people are: of one movement, or of the same people who live displaced."""

from typing import Any

from alerts.engine.facts import Fact, sort_of

NEVER = float("-inf")
"""The score of two facts that cannot be one event."""
FLOW_DAYS = 30
"""Two flows further apart than this are two movements."""
UNDATED_FLOW_DAYS = {"disaster": 8}
"""What a flow without a period is taken to span, up to its day, by cause: waters and fires drive out in a week."""
UNDATED_OTHER_DAYS = 14
ONE_FLOW_DAYS = 3
"""Within these days the same exact number of people, driven out by the same cause, is one movement wherever told, and
those who left the country may be those of whom only the flight is told."""
STOCK_DAYS = 7
MOST_APART = 3.0
"""Two counts of one flow, over a border and without a word whither, are apart by no more."""


def flow_likeness(a: Fact, b: Fact) -> float:
    """The score of two flows: 1.0 from one place, 0.7 from places within another, `NEVER` for two movements."""
    if abs(a.day - b.day) > FLOW_DAYS or not _overlap(a, b) or _differ(a, b, "cause"):
        return NEVER
    if _elsewhere(a.body["to"], b.body["to"]):
        return NEVER
    if a.spot.key == b.spot.key:
        return 1.0
    crossing = {_crosses(a), _crosses(b)}
    soon = abs(a.day - b.day) <= ONE_FLOW_DAYS and _about_as_many(a, b)
    return NEVER if crossing == {True, False} or (crossing == {True, None} and not soon) else 0.7


def moved(fact: Fact) -> tuple[int, str] | None:
    """How many people moved, and in what unit; null unless a flow in figures and not in words tells."""
    figure = fact.body["displaced"]
    if figure is None or figure["vague"] or sort_of(fact.part).removeprefix("umbrella ") != "flow":
        return None
    return figure["best"], figure["unit"]


def one_number(a: Fact, b: Fact) -> bool:
    """Is the same number of people told of within few days?"""
    return moved(a) is not None and moved(a) == moved(b) and abs(a.day - b.day) <= ONE_FLOW_DAYS


def _about_as_many(a: Fact, b: Fact) -> bool:
    """Do two flows count about as many people, or is one of them told in words?"""
    one, other = a.body["displaced"], b.body["displaced"]
    if one["vague"] or other["vague"] or one["unit"] != other["unit"]:
        return True
    low, high = sorted((one["best"], other["best"]))
    return bool(high <= low * MOST_APART)


def stock_likeness(a: Fact, b: Fact) -> float:
    """The score of two stocks: 1.0 in one place within a week and of one cause, else `NEVER`."""
    if abs(a.day - b.day) > STOCK_DAYS or _differ(a, b, "cause"):
        return NEVER
    return 1.0 if a.spot.key == b.spot.key else NEVER


def _overlap(a: Fact, b: Fact) -> bool:
    cause = next((f.body["displaced"]["cause"] for f in (a, b) if f.body["displaced"]["cause"] != "unknown"), "unknown")
    return _start(a, cause) <= b.last and _start(b, cause) <= a.last


def _start(fact: Fact, cause: str) -> int:
    """The first day of a flow that is taken to have this cause."""
    return fact.first if fact.body["period"] is not None else fact.last - undated_days(cause) + 1


def length(fact: Fact) -> int:
    """Days that a flow spans: its period, or what one without a period is taken to span."""
    if fact.body["period"] is not None:
        return fact.last - fact.first + 1
    return undated_days(fact.body["displaced"]["cause"])


def undated_days(cause: str) -> int:
    """Days that a flow without a period is taken to span."""
    return UNDATED_FLOW_DAYS.get(cause, UNDATED_OTHER_DAYS)


def _differ(a: Fact, b: Fact, name: str) -> bool:
    """Do both say, and not the same?"""
    pair = {a.body["displaced"][name], b.body["displaced"][name]} - {"unknown"}
    return len(pair) == 2


def _elsewhere(a: dict[str, Any] | None, b: dict[str, Any] | None) -> bool:
    return a is not None and b is not None and a["country"] != b["country"]


def _crosses(fact: Fact) -> bool | None:
    """Do people leave the country? Null where nothing tells whither they went."""
    to = fact.body["to"]
    return None if to is None else to["country"] != fact.body["place"]["country"]
