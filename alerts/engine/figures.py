"""The figures of an incident: of all that is claimed, the latest word of the best source."""

from collections.abc import Sequence
from typing import Any

from alerts.engine.facts import Fact
from alerts.engine.flows import length

Figure = dict[str, Any]


def figures(members: list[Fact]) -> dict[str, Figure]:
    """What is known of the incident: killed, injured, displaced, strikes, violations; {low, best, high} each.

    `displaced` has its unit, measure and cause as well, and is in that unit.
    """
    found: dict[str, Figure] = {}
    for name in ("killed", "injured"):
        claims = [fact for fact in members if fact.body[name] is not None]
        if claims:
            found[name] = _figure(claims, name)
    flows = [fact for fact in members if fact.body["displaced"] is not None]
    if flows:
        found["displaced"] = _displaced(flows)
    counted = {"air_strike": "strikes", "ceasefire_violation": "violations"}.get(members[0].body["kind"])
    if counted is not None:
        counts = [fact for fact in members if fact.body["count"] is not None]
        number = chosen(counts).body["count"] if counts else 1
        found[counted] = {"low": number, "best": number, "high": number}
    return found


def chosen(claims: list[Fact]) -> Fact:
    """The fact whose figure stands: of those whose source is not a party to the quarrel, the latest."""
    return max(claims, key=_standing)


def _standing(fact: Fact) -> tuple[bool, int, str]:
    return (fact.body["certainty"] != "possible", fact.story["published"], fact.id)


def _figure(claims: list[Fact], name: str) -> Figure:
    """The chosen figure, widened by later claims of lesser sources."""
    stands = chosen(claims)
    figure = stands.body[name]
    later = [f.body[name] for f in claims if f.story["published"] > stands.story["published"]]
    low, high = figure["low"], figure["high"]
    for claim in later:
        low = None if low is None else min(low, claim["best"])
        high = None if high is None else max(high, claim["best"])
    return {"low": low, "best": figure["best"], "high": high}


def standing_flow(flows: Sequence[Fact]) -> Fact:
    """The fact whose number of displaced stands."""
    return chosen(_whole(flows))


def _whole(flows: Sequence[Fact]) -> list[Fact]:
    """The facts that tell of most of the time and most of the people: a part never replaces the whole."""
    longest = max(map(length, flows))
    lasting = [fact for fact in flows if 2 * length(fact) >= longest]
    largest = max(_persons(fact) for fact in lasting)
    return [fact for fact in lasting if 2 * _persons(fact) >= largest]


def _persons(fact: Fact) -> int:
    """Roughly, to compare: a household is several."""
    displaced = fact.body["displaced"]
    return int(displaced["best"]) * (5 if displaced["unit"] == "households" else 1)


def _displaced(flows: list[Fact]) -> Figure:
    figure = standing_flow(flows).body["displaced"]
    causes = sorted({f.body["displaced"]["cause"] for f in flows} - {"unknown"})
    return {
        **_figure(_whole(flows), "displaced"),
        "unit": figure["unit"],
        "measure": figure["measure"],
        "cause": causes[0] if causes else "unknown",
    }
