"""The guard's extractor: the pure function in a process of its own, and what becomes of a story that ends it."""

import json
from collections.abc import Iterator

import pytest

from config.settings import Settings
from stream.messages import record_of_message
from stream.records import RejectedRecord, SourcePosition, encode
from tocsin.extractor import Extractor

NOON = 1_583_236_800_000
"""3 March 2020, 12:00 UTC, in milliseconds."""
PLACE = SourcePosition(topic="stories", partition=1, offset=7)
STORY = json.dumps(
    {
        "uri": "urn:test:1",
        "type": "text",
        "version": "1",
        "versioncreated": "2020-03-03T10:00:00Z",
        "pubstatus": "usable",
        "language": "en",
        "body_text": "BEIRUT - Warplanes bombed the town of Saraqib in Syria on Tuesday, killing 12 people.",
    }
).encode()


@pytest.fixture
def extractor() -> Iterator[Extractor]:
    made = Extractor(Settings(max_story_bytes=100_000, clock="story"))
    yield made
    made.close()


@pytest.mark.parametrize(
    "value", [STORY, b"", b"\xff", None, b"x" * 100_001], ids=["story", "empty", "bytes", "none", "large"]
)
def test_it_answers_as_the_pure_function_does(extractor: Extractor, value: bytes | None) -> None:
    """Byte for byte, for good stories and bad."""
    settings = Settings(max_story_bytes=100_000, clock="story")
    headers = {"feed": b"agency", "trace": b"\xff"}
    expected = record_of_message(value, headers, PLACE, NOON, settings)
    assert encode(extractor.record_of(value, headers, PLACE, NOON)) == encode(expected)


def test_a_story_that_ends_it_twice_is_rejected_and_the_next_is_read(extractor: Extractor) -> None:
    """No time at all stands for a text that takes for ever."""
    extractor._settings.extract_seconds = 0.0
    record = extractor.record_of(STORY, {"feed": b"agency"}, PLACE, NOON)
    assert isinstance(record, RejectedRecord)
    assert (record.reason, record.stage, record.feed, record.size) == (
        "extractor_killed",
        "extract",
        "agency",
        len(STORY),
    )
    extractor._settings.extract_seconds = 20.0
    assert not isinstance(extractor.record_of(STORY, {}, PLACE, NOON), RejectedRecord)


def test_a_child_that_died_between_two_stories_is_started_anew(extractor: Extractor) -> None:
    extractor.record_of(STORY, {}, PLACE, NOON)
    assert extractor._child is not None
    extractor._child.kill()
    extractor._child.wait()
    assert not isinstance(extractor.record_of(STORY, {}, PLACE, NOON), RejectedRecord)


def test_memory_is_limited() -> None:
    """A child that may use next to nothing rejects the story, by its own words or by dying."""
    extractor = Extractor(Settings(extract_megabytes=16))
    record = extractor.record_of(STORY, {}, PLACE, NOON)
    extractor.close()
    assert isinstance(record, RejectedRecord)
    assert record.reason in ("extractor_failed", "extractor_killed")
