"""Flows told of a whole region or country, and the narrower flows that they count already."""

from typing import Any

from alerts.engine.facts import PRECISIONS, place_key
from alerts.engine.flows import undated_days

Incident = dict[str, Any]
LONGEST_PERIOD = 31
"""Days that a total or a flow with a period may span."""


def wide(incident: Incident) -> bool:
    """Is it a flow of a region or country, in which flows of narrower places may be counted?"""
    return _is_flow(incident) and incident["place"]["precision"] in ("region", "country")


def holds(outer: Incident, inner: Incident) -> bool:
    """Does a wide flow count a narrower one: told of a place inside, no later, within the days it spans, driven out by
    the same and both, or neither, to another country?
    """
    if not (_is_flow(inner) and wide(outer)) or _rank(inner) >= _rank(outer):
        return False
    causes = {flow["figures"]["displaced"]["cause"] for flow in (inner, outer)} - {"unknown"}
    if len(causes) == 2 or inner["ordered"] != outer["ordered"] or _leaves(inner) != _leaves(outer):
        return False
    return within(inner["place"], outer["place"]) and first_day(outer) <= inner["day"] <= outer["day"]


def first_day(outer: Incident) -> int:
    """The first day that a wide flow spans: of its period, else as many days as are taken for one without."""
    start: int = outer["span"][0]
    day: int = outer["day"]
    if outer["dated"]:
        return max(start, day - LONGEST_PERIOD)
    return day - undated_days(outer["figures"]["displaced"]["cause"]) + 1


def within(inner: dict[str, Any] | None, outer: dict[str, Any] | None) -> bool:
    """Does the place `inner` lie in the place `outer` (or is it the same)?"""
    if inner is None or outer is None or inner["country"] != outer["country"]:
        return False
    if outer["precision"] == "country" or place_key(inner) == place_key(outer):
        return True
    return outer["precision"] == "region" and outer["admin1"] is not None and inner["admin1"] == outer["admin1"]


def _is_flow(incident: Incident) -> bool:
    displaced = incident["figures"].get("displaced")
    return incident["place"] is not None and displaced is not None and displaced["measure"] == "flow"


def _rank(incident: Incident) -> int:
    return PRECISIONS.index(incident["place"]["precision"])


def _leaves(flow: Incident) -> bool:
    """Do people go to another country?"""
    return flow["to"] is not None and flow["to"]["country"] != flow["place"]["country"]
