"""Keeps the stored incidents what `incidents.cluster` would make of the stored facts, redoing the days that changed.

From the earliest changed day of a part on, day by day, until the incidents that still take facts in are what they were
before: then nothing later can differ.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from alerts.engine.facts import Fact, of_stored, sort_of, stored
from alerts.engine.incidents import Group, incident, join, members_hash
from alerts.engine.likeness import reach
from alerts.engine.store import Store, dump, load


class Changed(NamedTuple):
    """An incident before and after; null where there was or is none."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None


def replace_facts(store: Store, threads: Iterable[str], facts: list[Fact]) -> list[Changed]:
    """Put `facts` in the place of all facts of these threads; what that changed."""
    run = store.connection.execute
    old: dict[str, Any] = {}
    for thread in threads:
        for row in run("SELECT id, part, day, hash, incident FROM facts WHERE thread = ?", (thread,)):
            old[row["id"]] = row
    new = {fact.id: fact for fact in facts}
    gone = [row for row in old.values() if row["id"] not in new or new[row["id"]].hash != row["hash"]]
    come = [fact for fact in facts if fact.id not in old or old[fact.id]["hash"] != fact.hash]
    parts: dict[str, _Extent] = {}
    for row in gone:
        run("DELETE FROM facts WHERE id = ?", (row["id"],))
        parts.setdefault(row["part"], _Extent()).take(row["day"], row["incident"])
    for fact in come:
        row = (fact.id, fact.thread, fact.part, fact.day, fact.hash, stored(fact))
        run("INSERT INTO facts VALUES (?, ?, ?, ?, ?, NULL, ?)", row)
        parts.setdefault(fact.part, _Extent()).take(fact.day, None)
    return [change for part in sorted(parts) for change in _redo(store, part, parts[part])]


class _Extent:
    """The days of a part on which facts came or went, and the incidents that lost one."""

    def __init__(self) -> None:
        self.first = self.last = 0
        self.incidents: set[str] = set()

    def take(self, day: int, incident_id: str | None) -> None:
        self.first, self.last = min(self.first or day, day), max(self.last, day)
        if incident_id is not None:
            self.incidents.add(incident_id)


def _redo(store: Store, part: str, extent: _Extent) -> list[Changed]:
    """Cluster the days from the first that changed, at least to the last, and on until it makes no difference."""
    run = store.connection.execute
    days = reach(sort_of(part))
    groups = _groups(store, part, extent.first - days, extent.first - 1)
    stale = set(extent.incidents)
    before: dict[str, str | None] = {}
    day = extent.first
    while True:
        rows = run("SELECT id, incident, body FROM facts WHERE part = ? AND day = ?", (part, day)).fetchall()
        still_open = [group for group in groups if group.founded + days >= day]
        shut = [group for group in groups if group.founded + days < day]
        join(still_open, [of_stored(row["body"]) for row in rows])
        groups = shut + still_open
        before.update((row["id"], row["incident"]) for row in rows)
        for group in still_open:
            for fact in group.members:
                was = before.get(fact.id, group.id)
                if was != group.id:
                    run("UPDATE facts SET incident = ? WHERE id = ?", (group.id, fact.id))
                    before[fact.id] = group.id
                    stale.update({group.id, was} - {None})  # type: ignore[arg-type]
        following = run("SELECT min(day) FROM facts WHERE part = ? AND day > ?", (part, day)).fetchone()[0]
        if following is None or (following > extent.last and _settled(store, groups, stale, following, days)):
            return _write(store, part, stale)
        day = following


def _settled(store: Store, groups: list[Group], stale: set[str], day: int, days: int) -> bool:
    """Has none of the incidents that differ, as they were or as they are, an influence on `day`?"""
    if any(group.id in stale and group.founded + days >= day for group in groups):
        return False
    marks = ",".join("?" * len(stale))
    found = store.connection.execute(f"SELECT max(founded) FROM incidents WHERE id IN ({marks})", tuple(stale))
    latest = found.fetchone()[0]
    return latest is None or latest + days < day


def _groups(store: Store, part: str, first: int, last: int) -> list[Group]:
    """The stored incidents founded in these days, with their facts of these days only."""
    rows = store.connection.execute(
        "SELECT f.incident, f.body FROM facts f JOIN incidents i ON i.id = f.incident"
        " WHERE i.part = ? AND i.founded BETWEEN ? AND ? AND f.day <= ?",
        (part, first, last, last),
    ).fetchall()
    members: dict[str, list[Fact]] = {}
    for row in rows:
        members.setdefault(row["incident"], []).append(of_stored(row["body"]))
    groups = [Group(sorted(facts, key=lambda fact: fact.order)) for facts in members.values()]
    return sorted(groups, key=lambda group: group.members[0].order)


def _write(store: Store, part: str, stale: set[str]) -> list[Changed]:
    """Make the incidents that differ anew from their facts."""
    run = store.connection.execute
    changes = []
    for incident_id in sorted(stale):
        row = run("SELECT body, hash FROM incidents WHERE id = ?", (incident_id,)).fetchone()
        facts = run("SELECT body FROM facts WHERE incident = ?", (incident_id,)).fetchall()
        members = sorted((of_stored(fact[0]) for fact in facts), key=lambda fact: fact.order)
        before = None if row is None else load(row["body"])
        if not members:
            if before is not None:
                run("DELETE FROM incidents WHERE id = ?", (incident_id,))
                changes.append(Changed(before, None))
            continue
        hash_ = members_hash(members)
        if row is not None and row["hash"] == hash_:
            continue
        after = incident(members)
        run(
            "INSERT OR REPLACE INTO incidents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                incident_id,
                part,
                after["kind"],
                _country(after["place"]),
                _country(after["to"]),
                members[0].day,
                after["day"],
                int(after["umbrella"]),
                hash_,
                dump(after),
            ),
        )
        changes.append(Changed(before, after))
    return changes


def _country(place: dict[str, Any] | None) -> str | None:
    return None if place is None else place["country"]
