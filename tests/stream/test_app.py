"""The extract worker without a broker: what it does with one message, and when it ends or pauses."""

import json
import time
from typing import Any, NamedTuple

import pytest

from config.settings import Settings
from config.topics import MAX_RECORD
from stream import app as worker_app
from stream.app import Streak, Worker, within
from stream.messages import fitted, letter_headers, record_of_message
from stream.records import RejectedRecord, SourcePosition, StoryRecord, decode

PLACE = SourcePosition(topic="stories", partition=1, offset=7)
NOON = 1_583_236_800_000
"""3 March 2020, 12:00 UTC, in milliseconds."""
STORY = {
    "uri": "urn:test:1",
    "type": "text",
    "version": "1",
    "versioncreated": "2020-03-03T10:00:00Z",
    "pubstatus": "usable",
    "language": "en",
    "body_text": "BEIRUT - Warplanes bombed the town of Saraqib in Syria on Tuesday, killing 12 people, monitors said.",
}


class Sent(NamedTuple):
    """A record that a worker sent."""

    key: bytes | None
    value: bytes
    headers: dict[str, bytes] | None


class Topic:
    """Stands for a Faust topic: keeps what is sent, acknowledges at once."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    async def send(self, *, value: bytes, key: bytes | None = None, headers: dict[str, bytes] | None = None) -> Any:
        self.sent.append(Sent(key, value, headers))

        async def acknowledged() -> None:
            return None

        return acknowledged()


@pytest.fixture
def worker() -> tuple[Worker, Topic, Topic]:
    """A worker whose journal and dead letters are kept here."""
    made = Worker(Settings(max_rejected_in_a_row=3, clock="wall"))
    made._journal, made._dead_letters = journal, letters = Topic(), Topic()
    return made, journal, letters


class Message(NamedTuple):
    topic: str
    partition: int
    offset: int
    timestamp: float
    key: bytes | None = None


class Event(NamedTuple):
    message: Message
    value: bytes | None
    headers: dict[str, bytes]


def event(value: bytes | None, offset: int = 7, **headers: bytes) -> Event:
    named = {name.replace("_", "-"): each for name, each in headers.items()}
    return Event(Message("stories", 1, offset, NOON / 1000, b"a key"), value, named)


async def test_a_story_is_one_record_with_its_place_and_the_broker_s_time(worker: tuple[Worker, Topic, Topic]) -> None:
    made, journal, letters = worker
    await made._handle(event(json.dumps(STORY).encode(), feed=b"agency"))
    (sent,) = journal.sent
    record = decode(sent.value)
    assert isinstance(record, StoryRecord)
    assert (record.source, record.story.feed, len(record.signals)) == (PLACE, "agency", 1)
    assert record.received.isoformat() == "2020-03-03T12:00:00+00:00"
    assert not letters.sent
    assert made.state()[:2] == (1, 0)


async def test_a_rejected_story_is_in_dead_letters_as_it_came_before_it_is_in_the_journal(
    worker: tuple[Worker, Topic, Topic],
) -> None:
    made, journal, letters = worker
    await made._handle(event(b"\xff", feed=b"agency", trace=b"\x00\x01"))
    (letter,), (sent,) = letters.sent, journal.sent
    assert (letter.key, letter.value) == (b"a key", b"\xff")
    assert letter.headers is not None
    assert {name: letter.headers[name] for name in ("feed", "trace", "tocsin-reason", "tocsin-source")} == {
        "feed": b"agency",
        "trace": b"\x00\x01",
        "tocsin-reason": b"not_utf8",
        "tocsin-source": b"stories/0/1/7",
    }
    record = decode(sent.value)
    assert isinstance(record, RejectedRecord)
    assert (record.reason, record.feed, record.source) == ("not_utf8", "agency", PLACE)


async def test_no_bytes_at_all_are_a_rejected_story(worker: tuple[Worker, Topic, Topic]) -> None:
    made, journal, letters = worker
    await made._handle(event(None))
    assert [letter.value for letter in letters.sent] == [b""]
    assert json.loads(journal.sent[0].value)["reason"] == "empty"


async def test_a_story_that_takes_too_long_is_rejected_and_the_next_is_read(
    worker: tuple[Worker, Topic, Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    made, journal, letters = worker

    def endless(*_: Any) -> Any:
        while True:
            time.monotonic()

    with monkeypatch.context() as patched:
        patched.setattr(made._settings, "extract_seconds", 0.5)
        patched.setattr("stream.journal.extract", endless)
        await made._handle(event(json.dumps(STORY).encode()))
    await made._handle(event(json.dumps(STORY).encode(), offset=8))
    first, second = (json.loads(sent.value) for sent in journal.sent)
    assert (first["type"], first["reason"]) == ("rejected", "extractor_failed")
    assert second["type"] == "story"
    assert [letter.value for letter in letters.sent] == [json.dumps(STORY).encode()]


async def test_a_run_of_rejected_stories_of_several_feeds_pauses_the_worker(
    worker: tuple[Worker, Topic, Topic],
) -> None:
    made, journal, _ = worker
    for number, feed in enumerate((b"one", b"one", b"two")):
        assert made.state().paused is None
        await made._handle(event(b"\xff", offset=number, feed=feed))
    assert "3 stories in a row" in str(made.state().paused)
    assert len(journal.sent) == 3


def test_one_feed_gone_bad_pauses_nobody() -> None:
    """However long it goes on; and a good story of any feed begins the count anew."""
    streak = Streak(3)
    bad = [_rejected("one")] * 10
    assert not any(streak.seen(record) for record in bad)
    good = record_of_message(json.dumps(STORY).encode(), {}, PLACE, NOON, Settings())
    assert [streak.seen(record) for record in (good, _rejected("one"), _rejected("two"), _rejected("one"))] == [
        False,
        False,
        False,
        True,
    ]


def _rejected(feed: str) -> RejectedRecord:
    record = record_of_message(b"\xff", {"feed": feed.encode()}, PLACE, NOON, Settings())
    assert isinstance(record, RejectedRecord)
    return record


def test_a_record_too_large_for_the_journal_is_a_rejected_story() -> None:
    record = record_of_message(json.dumps(STORY).encode(), {}, PLACE, NOON, Settings())
    assert isinstance(record, StoryRecord)
    large = record.model_copy(update={"note": "x" * MAX_RECORD})
    instead, line = fitted(large, b"the bytes", {"feed": b"agency"})
    assert isinstance(instead, RejectedRecord)
    assert (instead.reason, instead.size, instead.feed, instead.source) == ("record_too_large", 9, "agency", PLACE)
    assert decode(line) == instead
    assert fitted(record, b"", {})[0] is record


def test_our_headers_replace_those_of_an_older_dead_letter() -> None:
    """A letter that was sent again and rejected again says why this time."""
    found = letter_headers(_rejected("one"), {"tocsin-reason": b"older", "trace": b"1"})
    assert (found["tocsin-reason"], found["trace"]) == (b"not_utf8", b"1")


def test_headers_that_are_no_text_do_no_harm() -> None:
    record = record_of_message(
        json.dumps(STORY).encode(), {"feed": b"\xff\xfe", "content-type": b""}, PLACE, NOON, Settings()
    )
    assert isinstance(record, StoryRecord)
    assert record.story.feed == "\ufffd\ufffd"


def _endless() -> None:
    with within(0.01):
        while True:
            time.monotonic()


def test_the_time_limit_leaves_no_alarm_behind() -> None:
    with pytest.raises(TimeoutError):
        _endless()
    with within(10.0):
        pass
    assert worker_app.signal.getitimer(worker_app.signal.ITIMER_REAL) == (0.0, 0.0)
