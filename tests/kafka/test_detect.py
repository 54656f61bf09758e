"""Detect against a real broker: one leader publishes all of it, another takes over, and nothing is guessed."""

import json
import threading
from pathlib import Path

import pytest
from kafka import TopicPartition

from config.settings import HERE
from stream.records import TickRecord
from tests.kafka.brokers import Installation, until
from tests.kafka.stories import journal, send
from tests.ops.waiting import asked
from tocsin import replay
from tocsin.broker.journal import append
from tocsin.replay_command import read_rules

pytestmark = pytest.mark.kafka
WIRE = (HERE / "sample" / "wire.ndjson").read_bytes().splitlines()


def put_in_force(installation: Installation) -> None:
    """The default rules, and the whole sample wire published but for its records in the journal."""
    append(installation.settings, [replay.rules_command(read_rules(HERE / "rules.yaml"))])
    send(installation, *WIRE, partition=0)


def revisions(installation: Installation) -> list[tuple[str, int]]:
    """What the topic of alerts holds, every time it was published."""
    found = [json.loads(record.value) for record in installation.records(installation.topics.alerts)]
    return [(body["id"], body["revision"]) for body in found]


def decided(db: Path) -> set[tuple[str, int]]:
    """The revisions in a replica's file."""
    return set(asked(db, "SELECT alert_id, revision FROM revisions"))


def follow(installation: Installation, name: str) -> Path:
    """Start a replica with a file of its own; its path."""
    db = installation.home / f"{name}.db"
    installation.start(name, "worker", "detect", "--db", str(db))
    return db


def led(installation: Installation, name: str) -> bool:
    """Whether a replica has led, by its log."""
    return '"event": "leading"' in installation.processes.log(name).read_text()


def test_a_standby_takes_over_and_nothing_is_missing(installation: Installation) -> None:
    """The leader is killed with half of the wire decided; then a third replica, built from nothing, repeats nothing."""
    put_in_force(installation)
    files = {"one": follow(installation, "one")}
    until(lambda: led(installation, "one"), "the first to lead")
    files["two"] = follow(installation, "two")
    journal(installation, 0, range(60))
    until(lambda: len(revisions(installation)) > 5, "alerts")
    leader = _leader(installation, files)
    installation.processes.kill(leader)
    standby = next(name for name in files if name != leader)
    journal(installation, 0, range(60, len(WIRE)))
    until(lambda: installation.published(files[standby]), "all of the wire to be decided and published")
    assert len(decided(files[standby])) > 40
    assert decided(files[standby]) == set(revisions(installation))
    until(lambda: asked(files[standby], "SELECT position FROM published") == [_note(installation)], "its note of that")
    assert installation.stop(standby) == 0
    published = revisions(installation)

    third = follow(installation, "three")
    until(lambda: led(installation, "three"), "the third to lead")
    until(lambda: decided(third) == set(published), "the third to have read the journal")
    append(installation.settings, [TickRecord.model_validate({"at": "2020-03-01T00:00:00Z"})])
    until(lambda: decided(third) > set(published), "what the tick resolves")
    until(lambda: set(revisions(installation)) == decided(third), "it to be published")
    assert len(revisions(installation)) == len(published) + len(decided(third)) - len(set(published))
    assert installation.stop("three") == 0
    latest = {record.key for record in installation.records(installation.topics.alerts_latest)}
    assert latest == {alert.encode() for alert, _ in decided(third)}


def _leader(installation: Installation, files: dict[str, Path]) -> str:
    """Which of them led last, by its log."""
    return [name for name in files if led(installation, name)][-1]


def _note(installation: Installation) -> tuple[int]:
    """Up to where the journal is published, as the leader has left it for the next one."""
    admin, group = installation.admin(), installation.groups.leader
    try:
        (kept,) = admin.list_group_offsets(group)[group].values()
        return (int(kept.metadata or -1),)
    finally:
        admin.close()


def test_a_replica_is_not_built_from_half_a_journal(installation: Installation) -> None:
    """A journal that lost its beginning, and a file that is ahead of the journal, each end detect with a clear line."""
    put_in_force(installation)
    journal(installation, 0, range(5))
    db = follow(installation, "whole")
    until(lambda: led(installation, "whole"), "it to lead")
    assert installation.stop("whole") == 0
    admin = installation.admin()
    admin.delete_records({TopicPartition(installation.topics.journal, 0): 3})
    ended = installation.command("worker", "detect", "--db", str(installation.home / "new.db"))
    assert (ended.returncode, ended.stderr.decode().strip().splitlines()[-1]) == (
        1,
        f"tocsin: {installation.topics.journal} begins at 3, not at 0: no new replica can be built from it; "
        f"start with a copy of another replica's file as {installation.home / 'new.db'}",
    )
    admin.close()
    installation.delete(installation.topics.journal)
    assert installation.command("topics", "create").returncode == 0
    ended = installation.command("worker", "detect", "--db", str(db))
    assert ended.returncode == 1
    assert b"it is another journal, or was made anew" in ended.stderr


def test_a_record_that_cannot_be_applied_stops_detect_until_it_is_skipped(installation: Installation) -> None:
    """Detect drops nothing by itself; what is before the record is applied, and after the decision what follows.

    The exported journal gives the same alerts, byte for byte.
    """
    put_in_force(installation)
    journal(installation, 0, range(3))
    client = installation.producer()
    position = client.send(installation.topics.journal, value=b"no\nrecord").get(60).offset
    client.close()
    ended = installation.command("worker", "detect")
    assert (ended.returncode, ended.stderr.decode().strip().splitlines()[-1]) == (
        1,
        f"tocsin: {installation.topics.journal} offset {position} cannot be applied (ValidationError): update this "
        f"version, or decide to lose that record with `tocsin journal skip {position}`",
    )
    assert installation.command("journal", "skip", str(position)).returncode == 0
    journal(installation, 0, range(3, 60))
    replica = _Replica(installation)
    until(lambda: replica.position() == installation.journal_end() - 1, "the records behind it")
    replica.stop.set()
    replica.join()
    exported = installation.home / "journal.ndjson"
    exported.write_bytes(
        installation.command("journal", "export", "--bootstrap", installation.settings.bootstrap).stdout
    )
    replayed = installation.command("replay", "--journal", str(exported))
    assert f"journal.ndjson:{position + 1}: skipped, as the journal says" in replayed.stderr.decode().splitlines()
    rows = asked(installation.settings.db, "SELECT json FROM revisions ORDER BY engine_sequence, alert_id, revision")
    assert rows
    assert replayed.stdout.splitlines() == [row[0] for row in rows]


class _Replica(threading.Thread):
    """A replica of the engine in this process."""

    def __init__(self, installation: Installation) -> None:
        from alerts.app_replica import Replica

        super().__init__(daemon=True)
        self.stop = threading.Event()
        self._replica = Replica(installation.settings, installation.settings.db)
        self.start()

    def run(self) -> None:
        while not self.stop.is_set():
            self._replica.step(0.1)
        self._replica.close()

    def position(self) -> int:
        return self._replica.position
