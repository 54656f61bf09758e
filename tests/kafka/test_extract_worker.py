"""The extract worker against a real broker: one record out for every story in, whatever the story is."""

import json

import pytest

from stream.records import RejectedRecord, StoryRecord
from tests.kafka.brokers import Installation, until
from tests.kafka.stories import STORY, send, story
from tests.ops.waiting import body, free_port

pytestmark = pytest.mark.kafka


def test_every_message_becomes_one_record_and_bad_ones_are_kept(installation: Installation) -> None:
    """A story, bytes that are none, no bytes at all, and a story of 2 MB: the last three go to dead-letters."""
    large = json.dumps(STORY | {"uri": "urn:test:large", "body_text": "x" * 2_000_000}).encode()
    send(installation, story(1), headers=[("feed", b"agency"), ("content-type", b"application/json")])
    send(installation, b"\xff\xfe no story", headers=[("feed", b"broken"), ("trace", b"\x01\x02")])
    send(installation, None, key=b"a key")
    send(installation, large)
    installation.start("extract", "worker", "extract")
    until(lambda: installation.journal_end() == 4, "four records")
    journal = installation.journal()
    stories = [record for record in journal if isinstance(record, StoryRecord)]
    assert [(record.story.uri, record.story.feed, len(record.signals)) for record in stories] == [
        ("urn:test:1", "agency", 1)
    ]
    assert stories[0].received == stories[0].story.published
    rejected = {record.reason: record for record in journal if isinstance(record, RejectedRecord)}
    assert rejected.keys() == {"not_utf8", "empty", "too_large"}
    letters = {
        dict(each.headers)["tocsin-reason"].decode(): each
        for each in installation.records(installation.topics.dead_letters)
    }
    assert letters.keys() == rejected.keys()
    assert letters["not_utf8"].value == b"\xff\xfe no story"
    assert dict(letters["not_utf8"].headers)["trace"] == b"\x01\x02"
    assert letters["too_large"].value == large
    source = rejected["not_utf8"].source
    place = f"{source.topic}/0/{source.partition}/{source.offset}"
    assert dict(letters["not_utf8"].headers)["tocsin-source"].decode() == place
    assert installation.stop("extract") == 0


def test_a_worker_tells_how_it_is(installation: Installation) -> None:
    """Ready and live; its metrics count what it read, and what waits."""
    send(installation, *(story(number) for number in range(3)), b"\xff")
    port = free_port()
    installation.start("extract", "worker", "extract", "--port", str(port))
    until(lambda: installation.journal_end() == 4, "four records")
    url = f"http://127.0.0.1:{port}"
    for page in ("livez", "readyz"):
        until(lambda page=page: body(f"{url}/{page}") == '{"ok":true,"reasons":[]}', page)  # type: ignore[misc]
    until(lambda: body(f"{url}/metrics").count("tocsin_extract_lag_stories{") == 2, "a lag for each partition")
    for line in (
        'tocsin_extract_lag_stories{partition="0"} 0.0',
        'tocsin_stories_total{outcome="signals"} 3.0',
        'tocsin_stories_rejected_total{reason="not_utf8",stage="intake"} 1.0',
    ):
        until(lambda line=line: line in body(f"{url}/metrics"), line)  # type: ignore[misc]
    assert installation.stop("extract") == 0


def test_a_killed_worker_takes_up_where_it_was(installation: Installation) -> None:
    """Every offset is in the journal after kill -9; a graceful end has nothing twice."""
    send(installation, *(story(number) for number in range(600)))
    installation.start("extract", "worker", "extract")
    until(lambda: installation.journal_end() > 100, "some records")
    installation.processes.kill("extract")
    installation.start("extract", "worker", "extract")
    until(lambda: sum(installation.committed(installation.groups.extract, installation.topics.stories)) == 600, "all")
    assert installation.stop("extract") == 0
    before = installation.journal()
    assert len({(record.source.partition, record.source.offset) for record in before}) == 600  # type: ignore[union-attr]
    installation.start("extract", "worker", "extract")
    send(installation, story(600))
    until(
        lambda: sum(installation.committed(installation.groups.extract, installation.topics.stories)) == 601, "the last"
    )
    assert len(installation.journal()) == len(before) + 1


def test_what_a_transaction_took_back_is_not_read(installation: Installation) -> None:
    """Stories of an aborted transaction are no stories; the worker goes on behind them."""
    client = installation.producer(transactional_id=f"{installation.settings.topic_prefix}aborting")
    client.init_transactions()
    client.begin_transaction()
    for number in range(5):
        client.send(installation.topics.stories, value=story(number), partition=0)
    client.flush()
    client.abort_transaction()
    client.begin_transaction()
    client.send(installation.topics.stories, value=story(9), partition=0)
    client.commit_transaction()
    client.close()
    installation.start("extract", "worker", "extract")
    until(lambda: installation.journal_end() == 1, "the committed story")
    assert [record.story.uri for record in installation.journal() if isinstance(record, StoryRecord)] == ["urn:test:9"]
    assert installation.stop("extract") == 0


def test_a_missing_topic_is_said_in_one_line(installation: Installation) -> None:
    """A worker does not start to retry for ever."""
    installation.delete(installation.topics.journal)
    ended = installation.command("worker", "extract")
    assert ended.returncode == 1
    assert ended.stderr.decode().strip().splitlines() == [
        f"tocsin: topic {installation.topics.journal} does not exist; make the topics with `tocsin topics create`"
    ]
