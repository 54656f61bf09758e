"""A story as a Kafka message: what the message says beside the bytes, and how a dead letter says why it is one."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from config.settings import Settings
from config.topics import MAX_RECORD
from stream.journal import record_of, rejected_record
from stream.records import RejectedRecord, SourcePosition, StoryRecord, encode

ROOM = 64 * 1024
"""For headers, keys and framing."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CONTENT_TYPE, FEED = "content-type", "feed"
STAGE, REASON, DETAIL, SOURCE = "tocsin-stage", "tocsin-reason", "tocsin-detail", "tocsin-source"
Headers = Mapping[str, bytes]


def record_of_message(
    value: bytes | None, headers: Headers, source: SourcePosition, timestamp: int, settings: Settings
) -> StoryRecord | RejectedRecord:
    """The journal record of one message. `timestamp`: the broker's (LogAppendTime), milliseconds since 1970."""
    return record_of(
        value or b"",
        source=source,
        received=received(timestamp),
        content_type=text(headers, CONTENT_TYPE),
        feed=text(headers, FEED) or "unnamed",
        clock="story" if settings.clock == "story" else "wall",
        limit=settings.max_story_bytes,
    )


def rejected_message(
    value: bytes | None, headers: Headers, source: SourcePosition, timestamp: int, *, reason: str, detail: str
) -> RejectedRecord:
    """The journal record of a message that no extractor survives."""
    return rejected_record(
        value or b"",
        source=source,
        received=received(timestamp),
        stage="extract",
        reason=reason,
        detail=detail,
        feed=text(headers, FEED) or "unnamed",
    )


def fitted(
    record: StoryRecord | RejectedRecord, value: bytes | None, headers: Headers
) -> tuple[StoryRecord | RejectedRecord, bytes]:
    """The record and its bytes; a record that is too large for the journal becomes the record of a rejected story."""
    line = encode(record)
    if len(line) <= MAX_RECORD - ROOM:
        return record, line
    detail = f"{len(line):,} bytes of signals and mentions; please report the story, which is kept in dead-letters"
    rejected = rejected_record(
        value or b"",
        source=record.source,
        received=record.received,
        stage="extract",
        reason="record_too_large",
        detail=detail,
        feed=text(headers, FEED) or "unnamed",
    )
    return rejected, encode(rejected)


def letter_headers(record: RejectedRecord, headers: Headers) -> dict[str, bytes]:
    """A dead letter's headers: the story's own, and why and where it was rejected."""
    source = record.source
    return dict(headers) | {
        STAGE: record.stage.encode(),
        REASON: record.reason.encode(),
        DETAIL: record.detail.encode(),
        SOURCE: f"{source.topic}/{source.epoch}/{source.partition}/{source.offset}".encode(),
    }


def received(timestamp: int) -> datetime:
    """When the broker stored a message."""
    return EPOCH + timedelta(milliseconds=timestamp)


def text(headers: Headers, name: str) -> str | None:
    """A header as text, at most 200 characters; null when it is missing or empty."""
    value = headers.get(name)
    return value.decode("utf-8", errors="replace")[:200] or None if value else None
