"""Deliver and serve against a real broker: told once each, whatever dies; and the API writes by way of the journal."""

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from alerts.delivery.capacity import Limits
from alerts.delivery.circuit import LONGEST_PAUSE
from alerts.delivery.outbox import LOOK_AGAIN
from config.settings import HERE
from stream.records import CommandRecord
from tests.e2e.process import SECRET, Receiver
from tests.kafka.brokers import Installation, until
from tests.kafka.stories import STORY, journal, send
from tests.ops.waiting import free_port
from tocsin import replay
from tocsin.broker.journal import append
from tocsin.operator_commands import read_subscribers
from tocsin.replay_command import read_rules

pytestmark = pytest.mark.kafka
PATIENCE = 2 * LONGEST_PAUSE.total_seconds()
"""A receiver that was down is left alone for as long as its circuit is open."""
WIRE = (HERE / "sample" / "wire.ndjson").read_bytes().splitlines()


def put_in_force(installation: Installation, **endpoints: str) -> None:
    """The default rules, and one subscriber for each endpoint, tried again within seconds: by the usual schedule the
    third attempt waits five minutes, and how many there are while a receiver is down depends on the machine.
    """
    file = installation.home / "subscribers.yaml"
    rows = [
        f"  - id: {name}\n    endpoint: {url}\n    secrets: [{SECRET}]\n    schedule: {[5] * 20}\n"
        for name, url in endpoints.items()
    ]
    file.write_text("subscribers:\n" + "".join(rows))
    found, _ = read_subscribers(file, installation.settings)
    rules = replay.rules_command(read_rules(HERE / "rules.yaml"))
    told = CommandRecord(
        id="subscribers", name="subscribers.apply", body={"subscribers": found}, author="test", at=rules.at
    )
    append(installation.settings, [rules, told])


def deliveries(installation: Installation, subscriber: str) -> set[int]:
    """Sequences that the engine gave out."""
    found = [json.loads(record.value) for record in installation.records(installation.topics.deliveries)]
    return {body["sequence"] for body in found if body["subscriber"] == subscriber}


def ends(installation: Installation, subscriber: str) -> list[tuple[int, str]]:
    """How each sequence ended, every time it did."""
    found = [json.loads(record.value) for record in installation.records(installation.topics.delivery_results)]
    return sorted(
        (body["sequence"], body["settled"]) for body in found if body["settled"] and body["subscriber"] == subscriber
    )


def told(receiver: Receiver, subscriber: str) -> set[int]:
    """Sequences that a receiver has taken."""
    return {body["data"]["sequence"] for body in receiver.told.bodies if body["data"]["subscriber"] == subscriber}


def unrecorded(installation: Installation, subscriber: str, receiver: Receiver) -> set[int]:
    """Sequences that a receiver has taken of which no end is on record."""
    ended = {sequence for sequence, _ in ends(installation, subscriber)}
    return told(receiver, subscriber) - ended


def holds(installation: Installation, worker: str, partitions: list[int]) -> bool:
    """Whether these are the partitions that a deliver worker took last."""
    lines = (installation.home / "processes" / f"{worker}.log").read_text().splitlines()
    taken = [line for line in map(json.loads, lines) if line["event"] == "holding"]
    return bool(taken) and taken[-1]["partitions"] == partitions


def test_every_delivery_ends_once_although_workers_die(installation: Installation) -> None:
    """Two deliver workers; one is killed while the receiver fails, the other while it answers again."""
    receiver = Receiver()
    put_in_force(installation, desk=receiver.url, other=receiver.url)
    installation.start("detect", "worker", "detect")
    installation.start("one", "worker", "deliver")
    send(installation, *WIRE, partition=0)
    journal(installation, 0, range(40))
    until(lambda: len(receiver.told) >= 2, "the first webhooks")
    receiver.answer = 503
    installation.start("two", "worker", "deliver")
    journal(installation, 0, range(40, 80))
    until(lambda: len(deliveries(installation, "desk")) > 15, "deliveries while the receiver is down")
    installation.processes.kill("one")
    installation.start("one", "worker", "deliver")
    receiver.answer = 204
    journal(installation, 0, range(80, len(WIRE)))
    until(lambda: len(deliveries(installation, "other")) > 40, "the rest of the wire")
    installation.processes.kill("two")
    cut_off = {name: unrecorded(installation, name, receiver) for name in ("desk", "other")}
    until(installation.published, "all of the wire to be decided and published")
    for name in ("desk", "other"):
        until(
            lambda name=name: {each for each, _ in ends(installation, name)} == deliveries(installation, name),  # type: ignore[misc]
            f"every delivery to {name} to end",
            PATIENCE,
        )
    all_of_it = installation.ends(installation.topics.deliveries)
    until(
        lambda: installation.committed(installation.groups.deliver, installation.topics.deliveries) == all_of_it,
        "all of it to be committed",
    )
    assert installation.stop("one") == 0
    for name in ("desk", "other"):
        found = ends(installation, name)
        assert len(found) == len({sequence for sequence, _ in found}), "an end for each, and no second one"
        assert {how for _, how in found} <= {"delivered", "superseded"}
        delivered = {sequence for sequence, how in found if how == "delivered"}
        assert delivered <= told(receiver, name) <= delivered | cut_off[name], "what was cut off may be superseded"
    receiver.close()


def test_what_is_pending_is_not_forgotten_when_another_worker_comes_and_goes(installation: Installation) -> None:
    """The worker keeps one of its partitions when the second comes, and that one again when it is killed."""
    receiver = Receiver(answer=503)
    names = ("desk", "other", "paper", "radio", "agency", "clinic")
    put_in_force(installation, **dict.fromkeys(names, receiver.url))
    installation.start("detect", "worker", "detect")
    installation.start("one", "worker", "deliver")
    send(installation, *WIRE, partition=0)
    journal(installation, 0, range(len(WIRE)))
    until(installation.published, "all of the wire to be decided and published")
    given = {name: deliveries(installation, name) for name in names}
    assert all(given.values())
    assert all(installation.ends(installation.topics.deliveries)), "something is pending in each partition"
    until(lambda: holds(installation, "one", [0, 1]), "the first to hold both")
    installation.start("two", "worker", "deliver")
    until(lambda: holds(installation, "two", [0]) or holds(installation, "two", [1]), "the second to hold its own")
    installation.processes.kill("two")
    until(lambda: holds(installation, "one", [0, 1]), "the first to hold both again")
    receiver.answer = 204
    for name in names:
        until(
            lambda name=name: {each for each, _ in ends(installation, name)} == given[name],  # type: ignore[misc]
            f"every delivery to {name} to end",
            PATIENCE,
        )
    assert [installation.stop(name) for name in ("one", "detect")] == [0, 0]
    receiver.close()


def test_a_receiver_that_is_gone_is_disabled_through_the_journal(installation: Installation) -> None:
    """410: a command in the journal, the new state in the topic of subscribers, and an end for what was pending."""
    gone, there = Receiver(answer=410), Receiver()
    put_in_force(installation, gone=gone.url, there=there.url)
    installation.start("detect", "worker", "detect")
    installation.start("deliver", "worker", "deliver")
    send(installation, *WIRE, partition=0)
    journal(installation, 0, range(len(WIRE)))
    until(installation.published, "all of the wire to be decided and published")
    until(lambda: len(ends(installation, "there")) == len(deliveries(installation, "there")) > 3, "the other's")
    until(
        lambda: len(ends(installation, "gone")) == len(deliveries(installation, "gone")),
        "and all to the gone one",
        (Limits().grace + 8 * LOOK_AGAIN).total_seconds(),
    )
    assert len(gone.told) == 0
    assert {how for _, how in ends(installation, "gone")} == {"dead_lettered"}
    states = [
        each.body
        for each in installation.journal()
        if isinstance(each, CommandRecord) and each.name == "subscribers.state"
    ]
    assert states[0] == {"id": "gone", "state": "disabled", "reason": "gone"}
    until(lambda: b'"disabled"' in _last(installation, b"gone"), "its state in the topic")
    last = {record.key: record for record in installation.records(installation.topics.subscribers)}
    assert json.loads(last[b"gone"].value)["state"] == "disabled"
    assert json.loads(last[b"there"].value)["state"] == "active"
    assert there.url.encode() not in last[b"there"].value, "an endpoint is ciphertext"
    assert [installation.stop(name) for name in ("deliver", "detect")] == [0, 0]
    gone.close()
    there.close()


def ask(url: str, body: Any = None, method: str | None = None) -> tuple[int, Any]:
    """(status, JSON) of a request; 0 when nobody answers."""
    raw = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, raw, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as answer:
        return answer.code, json.loads(answer.read() or b"{}")
    except OSError:
        return 0, {}


def test_serve_takes_stories_and_commands_and_shows_what_became_of_them(
    installation: Installation, tmp_path: Path
) -> None:
    """202 when the broker has the story; a command is answered when it is applied; the log of deliveries is shown."""
    receiver, port = Receiver(), free_port()
    url = f"http://127.0.0.1:{port}"
    installation.start("serve", "serve", "--port", str(port), "--db", str(tmp_path / "serve.db"))
    installation.start("detect", "worker", "detect")
    installation.start("deliver", "worker", "deliver")
    installation.start("extract", "worker", "extract")
    assert installation.command("rules", "apply", str(HERE / "rules.yaml")).returncode == 0
    until(lambda: ask(f"{url}/readyz")[0] == 200, "serve to be ready")
    status, made = ask(f"{url}/v1/subscribers", {"id": "desk", "endpoint": receiver.url})
    assert (status, made["subscriber"]["id"]) == (201, "desk"), made
    assert [each["id"] for each in ask(f"{url}/v1/subscribers")[1]["subscribers"]] == ["desk"]
    assert ask(f"{url}/v1/subscribers", {"id": "desk", "endpoint": receiver.url})[0] == 409

    texts = [
        "KHARTOUM - Warplanes bombed the town of Saraqib in Syria on Tuesday, killing 12 people, monitors said.",
        "KHARTOUM - Warplanes bombed Maarat al-Numan in Syria on Tuesday, killing 15 people, monitors said.",
        "KHARTOUM - Warplanes bombed Kafranbel in Syria on Tuesday, killing 19 people, monitors said.",
    ]
    receipts = []
    for number, text in enumerate([*texts, "KHARTOUM - Nothing happened."]):
        at = f"2020-03-03T1{number}:00:00Z"
        story = STORY | {"uri": f"urn:test:{number}", "versioncreated": at, "body_text": text}
        status, taken = ask(f"{url}/stories", story)
        assert (status, taken["state"]) == (202, "accepted")
        receipts.append(taken["receipt"])
    assert ask(f"{url}/stories", {"no": "story"})[0] == 202, "durable first; what it is comes later"
    for receipt in receipts:
        until(lambda receipt=receipt: ask(f"{url}/stories/{receipt}")[1].get("state") == "read", "the story to be read")  # type: ignore[misc]
    assert ask(f"{url}/stories/0-0-99")[0] == 404
    until(lambda: receiver.told, "a webhook")
    shown = until(
        lambda: [
            each
            for each in ask(f"{url}/v1/subscribers/desk/deliveries")[1].get("deliveries", [])
            if each["state"] == "delivered"
        ],
        "a delivery to be shown as delivered",
    )
    assert shown[-1]["attempts"][0]["outcome"] == "delivered"
    assert ask(f"{url}/v1/subscribers/desk", method="DELETE")[0] == 204
    until(lambda: _last(installation, b"desk") is None, "the subscriber to be gone from the topic")
    assert [installation.stop(name) for name in ("serve", "extract", "deliver", "detect")] == [0, 0, 0, 0]
    receiver.close()


def _last(installation: Installation, key: bytes) -> bytes | None:
    """The last value of a key in the topic of subscribers."""
    values = [record.value for record in installation.records(installation.topics.subscribers) if record.key == key]
    return values[-1] if values else b"never"
