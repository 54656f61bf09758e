"""Law A on a cluster: the journal decides everything, whatever was killed while it was written.

A long wire goes through a real broker with two partitions, two extract workers, detect and deliver. Each of them is
killed with -9 on the way, and the extract group's offsets are moved ahead once, as Faust might lose a block. Then every
story is in the effective journal exactly once, and the exported journal gives the same alerts and deliveries elsewhere.
"""

import json
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from kafka import OffsetAndMetadata, TopicPartition

from alerts.engine.engine import Engine
from alerts.engine.store import Store
from stream.records import CommandRecord, RejectedRecord, StoryRecord, canonical, decode
from tests.e2e.process import SECRET, Receiver
from tests.kafka.brokers import Installation, installation, until
from tests.laws.corpus_wire import wire
from tocsin import replay
from tocsin.broker.journal import append
from tocsin.broker.publishing import publish
from tocsin.operator_commands import read_subscribers
from tocsin.replay_command import read_rules
from tocsin.sources import Chunk

__all__ = ["installation"]

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
PATIENCE = 600
"""Seconds: longer than a delivery waits that failed twice."""
AHEAD = 4_000
"""Stories that may be published and not yet in the journal; of a short wire a quarter."""
LOST = 40
"""Offsets that the extract group is made to jump over, in each partition."""
KILLS = (
    (0.08, "extract-1"),
    (0.20, "detect"),
    (0.30, "extract-2"),
    (0.40, "deliver"),
    (0.50, "both extract workers, and the group jumps ahead"),
    (0.70, "detect"),
    (0.80, "extract-1"),
    (0.90, "deliver"),
)
"""(share of the wire that is in the journal, who is killed then)."""
PROCESSES = {
    "extract-1": ("worker", "extract"),
    "extract-2": ("worker", "extract"),
    "detect": ("worker", "detect"),
    "deliver": ("worker", "deliver"),
}


def test_the_journal_of_a_killed_cluster_gives_its_own_alerts_everywhere(
    installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = time.monotonic()
    stories, receiver = wire(), Receiver()
    _put_in_force(installation, receiver, tmp_path)
    for name in PROCESSES:
        installation.start(name, *PROCESSES[name])
    publishing = _Publishing(installation, stories)
    _kill_on_the_way(installation, publishing)
    publishing.join()
    _wait_until_done(installation, len(stories), receiver)
    codes = {name: installation.stop(name) for name in PROCESSES}
    ran = time.monotonic() - begun
    assert codes == dict.fromkeys(PROCESSES, 0)

    exported = tmp_path / "journal.jsonl"
    exported.write_bytes(
        installation.command("journal", "export", "--bootstrap", installation.settings.bootstrap).stdout
    )
    engine_db = tmp_path / "replay.db"
    effective, revisions, deliveries = _replay(exported, engine_db)
    assert sorted(effective) == sorted(
        (partition, offset)
        for partition, end in enumerate(installation.ends(installation.topics.stories))
        for offset in range(end)
    )
    assert len(effective) == len(stories)

    assert _rows(installation.settings.db) == _rows(engine_db)
    assert _differences(_published(installation, installation.topics.alerts, "id", "revision"), revisions) == ([], [])
    published = _published(installation, installation.topics.deliveries, "subscriber", "sequence")
    assert _differences(published, deliveries) == ([], [])
    replayed = installation.command("replay", "--journal", str(exported)).stdout.splitlines()
    assert sorted(replayed) == sorted(revisions), "each step's revisions are printed in the order of their ids"
    told = installation.command("replay", "--journal", str(exported), "--deliveries").stdout.splitlines()
    assert told == deliveries
    ends = _ends_of_deliveries(installation)
    assert ends.keys() == {_key(json.loads(row)) for row in deliveries}
    assert set(ends.values()) <= {("delivered",), ("superseded",)}
    assert revisions
    filled = _closed_by_the_guard(installation)
    with capsys.disabled():
        print(
            f"\nlaw A: {len(stories):,} stories, {len(KILLS) + 1} kills, {filled} offsets filled by the guard, "
            f"{installation.journal_end():,} journal records, {len(revisions)} revisions, "
            f"{len(deliveries)} deliveries, {len(receiver.told)} POSTs, {ran:.0f} s of {time.monotonic() - begun:.0f} s"
        )


def _put_in_force(installation: Installation, receiver: Receiver, folder: Path) -> None:
    from config.settings import HERE

    file = folder / "subscribers.yaml"
    file.write_text(f"subscribers:\n  - id: desk\n    endpoint: {receiver.url}\n    secrets: [{SECRET}]\n")
    found, _ = read_subscribers(file, installation.settings)
    at = datetime.now(UTC)
    told = CommandRecord(id="subscribers", name="subscribers.apply", body={"subscribers": found}, author="test", at=at)
    append(installation.settings, [replay.rules_command(read_rules(HERE / "rules.yaml")), told])


class _Publishing(threading.Thread):
    """Publishes the wire, never more than so many stories ahead of the journal."""

    def __init__(self, installation: Installation, stories: list[bytes]) -> None:
        super().__init__(daemon=True)
        self._installation, self._stories = installation, stories
        self.total, self.journaled, self.sent = len(stories), 0, 0
        self.ahead = min(AHEAD, len(stories) // 4)
        self.start()

    def run(self) -> None:
        for _ in publish(self._installation.settings, self._chunks(), window=500):
            self.sent += 1

    def _chunks(self) -> Iterator[Chunk]:
        for number, raw in enumerate(self._stories):
            while number - self.journaled > self.ahead:
                time.sleep(0.05)
            yield Chunk(raw, "wire", f"wire:{number}", "briefs", number, 0.0)

    def reached(self, share: float, installation: Installation) -> bool:
        """Whether the engine has seen that share of the wire."""
        self.journaled = sum(installation.seen()[0].values())
        return self.journaled >= share * self.total


def _kill_on_the_way(installation: Installation, publishing: _Publishing) -> None:
    for share, who in KILLS:
        until(lambda share=share: publishing.reached(share, installation), f"{share:.0%} of the wire", PATIENCE)  # type: ignore[misc]
        victims = [who] if who in PROCESSES else ["extract-1", "extract-2"]
        for victim in victims:
            installation.processes.kill(victim)
        if who not in PROCESSES:
            _jump_ahead(installation, publishing)
        for victim in victims:
            installation.start(victim, *PROCESSES[victim])
    until(lambda: publishing.reached(1.0, installation), "the end of the wire", PATIENCE)


def _jump_ahead(installation: Installation, publishing: _Publishing) -> None:
    """Commit for the dead extract group that it is further than it is: a block of each partition is lost to Faust."""
    admin, group, topic = installation.admin(), installation.groups.extract, installation.topics.stories
    try:
        until(lambda: _is_empty(admin, group), "the group to notice that its members are dead")
        until(installation.applied, "detect to have applied what is in the journal")
        seen, _ = installation.seen()
        publishing.journaled += publishing.ahead
        until(lambda: all(end > seen[number] for number, end in enumerate(installation.ends(topic))), "stories to lose")
        moved = {
            TopicPartition(topic, number): OffsetAndMetadata(min(seen[number] + LOST, end), "", -1)
            for number, end in enumerate(installation.ends(topic))
        }
        outcome = admin.alter_group_offsets(group, moved)
        assert {fault.__name__ for fault in outcome.values()} == {"NoError"}
    finally:
        admin.close()


def _is_empty(admin: Any, group: str) -> bool:
    return bool(admin.describe_groups([group])[group]["group_state"] == "Empty")


def _wait_until_done(installation: Installation, stories: int, receiver: Receiver) -> None:
    def seen() -> bool:
        known, open_ = installation.seen()
        return open_ == 0 and sum(known.values()) == stories

    until(seen, "every story to be seen by the engine", PATIENCE)
    until(installation.published, "every revision to be published", PATIENCE)

    def told() -> bool:
        deliveries = _published(installation, installation.topics.deliveries, "subscriber", "sequence")
        return len(_ends_of_deliveries(installation)) == len(deliveries)

    until(told, "every delivery to have ended", PATIENCE, every=1.0)
    admin = installation.admin()
    until(lambda: _members(admin, installation.groups.extract) == 2, "both extract workers to be up again")
    until(lambda: _members(admin, installation.groups.deliver) == 1, "deliver to be up again")
    admin.close()


def _members(admin: Any, group: str) -> int:
    """Members that a group has, when it is not being rebuilt."""
    found = admin.describe_groups([group])[group]
    return len(found["members"]) if found["group_state"] == "Stable" else 0


def _replay(exported: Path, db: Path) -> tuple[list[tuple[int, int]], list[bytes], list[bytes]]:
    """Replay an exported journal into a file: source positions of the effective stories, revisions, deliveries."""
    store = Store.open(db)
    effective, revisions, deliveries = [], [], []
    records = (decode(line) for line in exported.read_bytes().splitlines())
    for record, applied in replay.through(records, Engine(store), store):
        if isinstance(record, StoryRecord | RejectedRecord) and applied.effective:
            effective.append((record.source.partition, record.source.offset))
        revisions += [canonical(each.model_dump(mode="json", by_alias=True)) for each in applied.revisions]
        deliveries += [canonical(each.model_dump(mode="json", by_alias=True)) for each in applied.deliveries]
    store.close()
    return effective, revisions, deliveries


def _rows(db: Path) -> tuple[list[bytes], list[bytes]]:
    """Revisions and deliveries that an engine's file holds: those of lately."""
    connection = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
    try:
        revisions = connection.execute("SELECT json FROM revisions ORDER BY engine_sequence, alert_id, revision")
        deliveries = connection.execute("SELECT json FROM deliveries ORDER BY engine_sequence, subscriber, sequence")
        return [bytes(row[0]) for row in revisions], [bytes(row[0]) for row in deliveries]
    finally:
        connection.close()


def _published(installation: Installation, topic: str, *key: str) -> list[bytes]:
    """What a topic says, as a reader takes it: once per key; and the same bytes each time."""
    found: dict[tuple[Any, ...], bytes] = {}
    for record in installation.records(topic):
        body = json.loads(record.value)
        name = tuple(body[part] for part in key)
        assert found.setdefault(name, record.value) == record.value, f"{name} was published in two versions"
    return sorted(found.values())


def _differences(one: list[bytes], other: list[bytes]) -> tuple[list[str], list[str]]:
    """What is only in one, what only in the other: each by the beginning of its bytes."""
    only = sorted(set(one) - set(other)), sorted(set(other) - set(one))
    assert len(one) == len(set(one))
    assert len(other) == len(set(other))
    return [row.decode()[:300] for row in only[0]], [row.decode()[:300] for row in only[1]]


def _key(body: dict[str, Any]) -> tuple[str, int]:
    return body["subscriber"], body["sequence"]


def _ends_of_deliveries(installation: Installation) -> dict[tuple[str, int], tuple[str, ...]]:
    """How each delivery ended: (settled,) for one that ended once."""
    ends: dict[tuple[str, int], tuple[str, ...]] = {}
    for record in installation.records(installation.topics.delivery_results):
        body = json.loads(record.value)
        if body["settled"]:
            ends[_key(body)] = (*ends.get(_key(body), ()), body["settled"])
    return ends


def _closed_by_the_guard(installation: Installation) -> int:
    """Offsets that the guard appended, by the log of detect."""
    lines = [
        json.loads(line)
        for line in installation.processes.log("detect").read_text().splitlines()
        if line.startswith("{")
    ]
    counts = Counter(line["event"] for line in lines)
    assert counts["hole"]
    return sum(line["last"] - line["first"] + 1 for line in lines if line["event"] == "hole")
