"""The service as a user meets it: a story posted, the webhook received; then kill -9, bad bytes, a dead receiver."""

import json
import random
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from alerts.delivery.schedule import WAITS
from config.settings import HERE
from stream.records import StoryRecord, decode
from tests.e2e.process import SECRET, Process, Receiver, command, until
from tests.ops.waiting import asked

WIRE = HERE / "sample" / "wire.ndjson"


def story(uri: str = "urn:test:1", **changes: object) -> bytes:
    return json.dumps(
        {
            "uri": uri,
            "type": "text",
            "version": "1",
            "versioncreated": "2024-05-20T12:00:00Z",
            "pubstatus": "usable",
            "language": "en",
            "infosource": [{"name": "Test Press"}],
            "headline": "Warplanes strike three towns",
            "body_text": "BEIRUT: Warplanes bombed the towns of Saraqib, Kafranbel and Khan Sheikhun in Idlib province "
            "of Syria on Monday, killing four people in Saraqib, a war monitor said.",
            **changes,
        }
    ).encode()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def test_a_story_goes_in_and_a_signed_alert_comes_out_and_is_taken_back(tmp_path: Path, receiver: Receiver) -> None:
    service = Process(tmp_path, "--clock", "story", endpoint=receiver.url)

    status, told = service.post("/stories", story())
    assert status == 202
    assert service.get(f"/stories/{told['receipt']}")[1]["state"] == "read"

    until(lambda: len(receiver.told) >= 1, "the webhook")
    headers, body = receiver.told[0]
    Webhook(SECRET).verify(body, headers)
    alert = json.loads(body)["data"]
    assert (alert["transition"], alert["rule"], alert["sequence"]) == ("opened", "air-strikes-country", 1)
    assert alert["incidents"][0]["quotes"][0]["text"] in story().decode()

    service.post(
        "/stories", story(version="2", versioncreated="2024-05-20T13:00:00Z", pubstatus="canceled", body_text="")
    )
    until(lambda: len(receiver.told) >= 2, "the retraction")
    taken_back = receiver.told.bodies[1]["data"]
    assert (taken_back["transition"], taken_back["id"]) == ("retracted", alert["id"])
    assert taken_back["references"] == [f"{alert['id']}/1"]

    settled = 'tocsin_deliveries_settled_total{settled="delivered"} 2.0'
    until(lambda: settled in service.get("/metrics")[1], "both deliveries to be on record")
    assert 'tocsin_stories_total{outcome="signals"} 1.0' in service.get("/metrics")[1]
    assert service.stop() == 0


def test_bad_bytes_are_kept_and_the_next_story_is_read(tmp_path: Path) -> None:
    service = Process(tmp_path)
    for raw in (b"{broken", b"\xff\xfe\x00bad", story(versioncreated="2090-01-01T00:00:00Z"), story(uri="")):
        status, told = service.post("/stories", raw)
        assert 400 <= status < 500
        assert told["detail"]
    assert service.post("/stories", story())[0] == 202
    assert service.stop() == 0
    rejected = sqlite3.connect(service.db).execute("SELECT reason, raw FROM rejected ORDER BY position").fetchall()
    assert [reason for reason, _ in rejected] == ["not_json", "not_utf8", "date_in_future", "no_id"]
    assert rejected[0][1] == b"{broken"


@pytest.mark.slow
def test_a_dead_receiver_is_told_when_it_lives_again_even_across_a_kill(tmp_path: Path, receiver: Receiver) -> None:
    receiver.answer = 503
    service = Process(tmp_path, "--clock", "story", endpoint=receiver.url)
    service.post("/stories", story())
    until(lambda: "http_5xx" in service.get("/metrics")[1], "a failed attempt")
    service.kill()
    receiver.answer = 204
    again = Process(tmp_path, "--clock", "story", endpoint=receiver.url)
    until(lambda: len(receiver.told) == 1, "the webhook after all", 2 * WAITS[1])
    assert receiver.told.bodies[0]["data"]["transition"] == "opened"
    again.stop()


def outgoing(db: Path) -> tuple[list[bytes], list[bytes]]:
    """Revisions and deliveries as the engine wrote them."""
    connection = sqlite3.connect(db)
    revisions = connection.execute("SELECT json FROM revisions ORDER BY engine_sequence, alert_id, revision")
    deliveries = connection.execute("SELECT json FROM deliveries ORDER BY subscriber, sequence")
    return [row[0] for row in revisions], [row[0] for row in deliveries]


@pytest.mark.slow
def test_law_a_killed_and_resumed_equals_its_own_undisturbed_replay(tmp_path: Path, receiver: Receiver) -> None:
    """The sample wire is played, the process killed with -9 five times on the way; nothing is lost, nothing doubled."""
    stories = WIRE.read_bytes().splitlines()
    arguments = ("--clock", "story", "--stories", str(WIRE))
    for stop_after in sorted(random.Random(4).sample(range(5, len(stories)), 5)):
        service = Process(tmp_path, *arguments, endpoint=receiver.url)
        until(partial(reached, service.db, stop_after), f"{stop_after} stories")
        service.kill()
    service = Process(tmp_path, *arguments, endpoint=receiver.url)
    until(partial(reached, service.db, len(stories)), "all stories")
    until(partial(settled, service.db), "every delivery to end", 2 * WAITS[1])
    until(lambda: "tocsin_outbox_depth 0.0" in service.get("/metrics")[1], "every webhook to be sent")
    assert service.stop() == 0

    exported = tmp_path / "journal.ndjson"
    exported.write_bytes(command("journal", "export", "--db", str(service.db)))
    records = [decode(line) for line in exported.read_bytes().splitlines()]
    offsets = [record.source.offset for record in records if isinstance(record, StoryRecord)]
    assert offsets == list(range(len(stories)))

    revisions, deliveries = outgoing(service.db)
    assert revisions
    assert command("replay", "--journal", str(exported)).splitlines() == revisions
    assert command("replay", "--deliveries", "--journal", str(exported)).splitlines() == deliveries
    sequences = {body["data"]["sequence"] for body in receiver.told.bodies}
    named = {each for body in receiver.told.bodies for each in body["data"]["supersedes"]}
    assert sequences | named == set(range(1, len(deliveries) + 1))
    assert len({headers["webhook-id"] for headers, _ in receiver.told}) == len(sequences)


def reached(db: Path, number: int) -> bool:
    """Are so many stories in the journal?"""
    found = asked(db, "SELECT done FROM progress WHERE source = 'stories'")
    return bool(found) and found[0][0] + 1 >= number


def settled(db: Path) -> bool:
    """Has every delivery ended?"""
    ended = "SELECT subscriber, sequence FROM delivery_results WHERE settled IS NOT NULL"
    return asked(db, f"SELECT count(*) FROM deliveries WHERE (subscriber, sequence) NOT IN ({ended})") == [(0,)]
