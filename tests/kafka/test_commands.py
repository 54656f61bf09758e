"""The broker's commands, as an operator types them."""

import json

import pytest

from tests.kafka.brokers import Installation
from tests.kafka.stories import story
from tocsin.broker import journal

pytestmark = pytest.mark.kafka


def test_topics_are_made_once_and_checked(installation: Installation) -> None:
    """A second `create` makes nothing; `check` tells every difference."""
    again = installation.command("topics", "create", "--partitions", "2")
    assert (again.returncode, again.stdout) == (0, b"")
    assert installation.command("topics", "check").returncode == 0
    installation.delete(installation.topics.journal, installation.topics.delivery_results)
    admin = installation.admin()
    admin.create_topics(
        {
            installation.topics.journal: {"num_partitions": 2, "replication_factor": 1},
            installation.topics.delivery_results: {
                "num_partitions": 3,
                "replication_factor": 1,
                "configs": {"retention.ms": "-1"},
            },
        },
        wait_for_metadata=True,
    )
    admin.close()
    found = installation.command("topics", "check")
    names = installation.topics
    assert found.returncode == 1
    assert found.stdout.decode().splitlines() == [
        f"{names.journal}: retention.ms is 604800000, must be at least 34560000000",
        f"{names.journal}: max.message.bytes is 1048588, must be at least 8388608",
        f"{names.journal}: message.timestamp.type is CreateTime, must be LogAppendTime",
        f"{names.journal}: has 2 partitions, must have 1 (the total order)",
        f"{names.delivery_results}: has 3 partitions, must have 2 as {names.deliveries}",
    ]


def test_more_copies_than_brokers_are_refused_clearly(installation: Installation) -> None:
    """One line, exit code 1."""
    installation.delete(installation.topics.alerts)
    refused = installation.command("topics", "create", "--replication", "3")
    assert refused.returncode == 1
    assert refused.stderr.decode().strip() == (
        "tocsin: the cluster has fewer than 3 brokers; give --replication with what it has"
    )


def test_stories_are_published_as_they_are(installation: Installation) -> None:
    """Each line of a file is a message with the file's name as feed; a missing file is wrong usage."""
    file = installation.home / "agency.ndjson"
    file.write_bytes(story(1) + b"\n" + story(2) + b"\n")
    done = installation.command("publish", str(file), "--content-type", "application/json")
    assert (done.returncode, done.stderr) == (0, b"2 stories published\n")
    sent = installation.records(installation.topics.stories)
    assert sorted(record.value.strip() for record in sent) == [story(1), story(2)]
    assert {tuple(record.headers) for record in sent} == {(("feed", b"agency"), ("content-type", b"application/json"))}
    assert {record.timestamp_type for record in sent} == {1}, "stored with the broker's time"
    missing = installation.command("publish", str(installation.home / "nothing"))
    assert (missing.returncode, missing.stderr.count(b"\n")) == (2, 1)


def test_dead_letters_are_listed_shown_and_sent_again(installation: Installation) -> None:
    """The list has no text; the bytes are shown as they came; sent again they are a story like any other."""
    client = installation.producer()
    headers = [
        ("feed", b"agency"),
        ("tocsin-stage", b"intake"),
        ("tocsin-reason", b"not_json"),
        ("tocsin-detail", b"why"),
    ]
    client.send(installation.topics.dead_letters, value=b"{the text", headers=headers, partition=1)
    client.send(
        installation.topics.dead_letters, value=b"", key=b"k", headers=[("tocsin-reason", b"empty")], partition=0
    )
    client.close()
    listed = [json.loads(line) for line in installation.command("dead-letters", "list").stdout.splitlines()]
    assert [(each["id"], each["reason"], each["size"], each["feed"]) for each in listed] == [
        ("0-0", "empty", 0, "unnamed"),
        ("1-0", "not_json", 9, "agency"),
    ]
    assert all("text" not in json.dumps(each) for each in listed)
    assert installation.command("dead-letters", "show", "1-0").stdout == b"{the text"
    assert installation.command("dead-letters", "replay", "--reason", "not_json").returncode == 0
    (again,) = installation.records(installation.topics.stories)
    assert (again.value, dict(again.headers)["feed"]) == (b"{the text", b"agency")
    unknown = installation.command("dead-letters", "show", "7-7")
    assert (unknown.returncode, unknown.stderr) == (
        1,
        b"tocsin: 7-7: no dead letter is named so; see `tocsin dead-letters list`\n",
    )
    assert installation.command("dead-letters", "replay").returncode == 2


def test_the_journal_is_exported_as_it_stands(installation: Installation) -> None:
    """Byte for byte, one record a line; what is no record is wrapped."""
    client = installation.producer()
    lines = [b'{"at":"2020-01-01T00:00:00Z","type":"tick"}', b'{"at":"2020-01-01T00:01:00Z","type":"tick"}']
    for line in lines:
        client.send(installation.topics.journal, value=line)
    client.send(installation.topics.journal, value=b"no\nrecord")
    client.close()
    assert list(journal.read(installation.settings)) == list(enumerate([*lines, b"no\nrecord"]))
    exported = installation.command("journal", "export", "--bootstrap", installation.settings.bootstrap)
    wrapped = b'{"base64":"bm8KcmVjb3Jk","position":2}'
    assert exported.stdout.splitlines() == [*lines, wrapped]
