"""Incidents: real events, each told by one or more threads.

Facts are taken in the order (day, precision, id). Each joins the incident it is most like, or founds its own. An
incident has at most one fact of a thread, and every pair of its facts could be one event: so a fact that is placed
only by its region joins one incident and never bridges two. An incident takes facts in for `reach` days from its first
day (one day, so that an event spans at most two; a month for a movement of people).

Since the order is fixed, and a day looks back only on the incidents that still take facts in, the incidents of a set of
facts are one and the same whatever order they came in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from alerts.engine import figures
from alerts.engine.facts import Fact, Spot, sort_of
from alerts.engine.flows import NEVER, moved
from alerts.engine.likeness import ALIKE, likeness, place_likeness, reach
from alerts.engine.origins import origin_names
from alerts.engine.store import dump
from stream.signals import content_hash


@dataclass(slots=True)
class Group:
    """An incident while it is being put together: its facts in the order in which they joined."""

    members: list[Fact] = field(default_factory=list)

    @property
    def id(self) -> str:
        return content_hash("incident", self.members[0].id)

    @property
    def founded(self) -> int:
        """The day of its first fact."""
        return self.members[0].day

    def identity(self) -> frozenset[tuple[str, str]]:
        """What it is made of: equal groups have equal identities."""
        return frozenset((fact.id, fact.hash) for fact in self.members)

    def likeness(self, fact: Fact) -> float:
        """How like the fact is to the one of the group that it is most like; `NEVER` when one of them rules it out."""
        best = NEVER
        for member in self.members:
            score = likeness(member, fact)
            if score == NEVER:
                return NEVER
            best = max(best, score)
        return best


def join(groups: list[Group], facts: Iterable[Fact]) -> None:
    """Let the facts of one day join the groups that are still open, or found new ones (appended)."""
    at: dict[Spot, list[int]] = {}
    of: dict[tuple[int, str] | None, list[int]] = {}
    for number, group in enumerate(groups):
        for member in group.members:
            at.setdefault(member.spot, []).append(number)
            of.setdefault(moved(member), []).append(number)
    for fact in sorted(facts, key=lambda fact: fact.order):
        best, found = NEVER, len(groups)
        for number in _near(fact, at, of):
            score = groups[number].likeness(fact)
            if score >= ALIKE and score > best:
                best, found = score, number
        if found == len(groups):
            groups.append(Group())
        groups[found].members.append(fact)
        at.setdefault(fact.spot, []).append(found)
        of.setdefault(moved(fact), []).append(found)


def _near(fact: Fact, at: dict[Spot, list[int]], of: dict[tuple[int, str] | None, list[int]]) -> list[int]:
    """The groups with a fact at a place that may be the fact's, or of as many people, in their order."""
    near = [numbers for spot, numbers in at.items() if place_likeness(spot, fact.spot) != NEVER]
    if moved(fact) is not None:
        near.append(of.get(moved(fact), []))
    return sorted({number for numbers in near for number in numbers})


def cluster(facts: Sequence[Fact]) -> list[Group]:
    """All the incidents of the facts of one part, from nothing: what recomputing day by day must agree with."""
    done: list[Group] = []
    still_open: list[Group] = []
    for day in sorted({fact.day for fact in facts}):
        spent = [g for g in still_open if g.founded + reach(sort_of(g.members[0].part)) < day]
        done += spent
        still_open = [g for g in still_open if g not in spent]
        join(still_open, [fact for fact in facts if fact.day == day])
    return done + still_open


def incident(members: Sequence[Fact]) -> dict[str, Any]:
    """What is known of an incident, of its facts in the order in which they joined."""
    ordered = sorted(members, key=lambda fact: fact.order)
    where = min(ordered, key=lambda fact: (fact.rank, fact.spot.admin1 is None, fact.order))
    bodies = [fact.body for fact in ordered]
    origins = origin_names(fact.story for fact in ordered)
    flow = bodies[0]["displaced"] is not None
    if flow and figures.standing_flow(ordered).body["place"] is not None:
        where = figures.standing_flow(ordered)  # the place of the figure that stands, and not the narrowest one named
    standing = figures.figures(ordered)
    claim = _claim(bodies)
    return {
        "id": content_hash("incident", members[0].id),
        "kind": bodies[0]["kind"],
        "day": _day(ordered),
        "span": [min(fact.first for fact in ordered), max(fact.last for fact in ordered)],
        "umbrella": bodies[0]["umbrella"],
        "ordered": bodies[0]["status"] != "new",
        "place": where.body["place"],
        "from": next((b["from"] for b in bodies if b["from"] is not None), None) if flow else None,
        "to": next((b["to"] for b in bodies if b["to"] is not None), None) if flow else None,
        "dated": flow and figures.standing_flow(ordered).body["period"] is not None,
        "figures": standing,
        "origins": list(origins),
        "certainty": _certainty(bodies, claim, len(origins)),
        "claim": claim,
        "weapon": next((b["weapon"] for b in bodies if b["weapon"] not in (None, "unknown")), bodies[0]["weapon"]),
        "actors": sorted({actor for body in bodies for actor in body["actors"]}),
        "sources": sorted({body["source"] for body in bodies if body["source"]}),
        "members": [fact.id for fact in members],
    }


def members_hash(members: Sequence[Fact]) -> str:
    """Changes with any of the facts and with the order in which they joined."""
    return content_hash("members", dump([[fact.id, fact.hash] for fact in members]).decode())


def _day(ordered: Sequence[Fact]) -> int:
    """The day on which it counts: for a movement, the day of the figure that stands; else its first certain day."""
    if ordered[0].body["displaced"] is not None:
        return figures.standing_flow(ordered).day
    return next((fact.day for fact in ordered if fact.body["day_certain"]), ordered[0].day)


def _claim(bodies: Sequence[dict[str, Any]]) -> str | None:
    """Observed when anybody uninvolved saw it; mutual when accusations go both ways."""
    claims = {body["claim"] for body in bodies} - {None}
    if not claims or "observed" in claims:
        return "observed" if claims else None
    accused = [set(body["actors"]) for body in bodies if body["claim"] == "alleged" and body["actors"]]
    crossed = any(not one & other for one in accused for other in accused)
    return "mutual" if "mutual" in claims or crossed else "alleged"


def _certainty(bodies: Sequence[dict[str, Any]], claim: str | None, origins: int) -> str:
    """Observed, likely or possible; a breach of which only the parties speak is possible, however many repeat it."""
    if bodies[0]["kind"] == "ceasefire_violation" and claim in ("alleged", "mutual"):
        return "possible"
    if origins >= 2 or any(body["certainty"] == "observed" for body in bodies):
        return "observed"
    return "likely" if any(body["certainty"] == "likely" for body in bodies) else "possible"
