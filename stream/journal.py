"""Bytes of a story in, one journal record out: the one pure function that every process uses."""

import hashlib
from datetime import datetime
from typing import Literal

from stream.extract import extract
from stream.fingerprint import fingerprint
from stream.intake import read_story
from stream.lexicon import LexiconFault
from stream.records import RejectedRecord, SourcePosition, StoryRecord
from stream.stories import Rejected, Story

Clock = Literal["wall", "story"]


def record_of(
    raw: bytes,
    *,
    source: SourcePosition,
    received: datetime,
    content_type: str | None = None,
    feed: str = "unnamed",
    clock: Clock = "wall",
    limit: int = 1_048_576,
) -> StoryRecord | RejectedRecord:
    """What the journal says of these bytes: a story with its signals, or why they were rejected.

    With `clock` story, a story is taken as received when it was published. An exception of the extractor is a fact
    about this one story (reason `extractor_failed`), so that the next one is read. Raises LexiconFault.
    """
    stage = "intake"
    try:
        story = read_story(raw, content_type, received=received, feed=feed, limit=limit)
        stage = "extract"
        return story_record(story, source=source, received=story.published if clock == "story" else received)
    except LexiconFault:
        raise  # a fault of ours in every story, none of this one's
    except Rejected as fault:
        reason, detail = fault.reason, fault.detail
    except Exception as fault:
        reason = "extractor_failed" if stage == "extract" else "unreadable"
        detail = f"{type(fault).__name__}; please report the story, which is kept with the rejected ones"
    return rejected_record(raw, source=source, received=received, stage=stage, reason=reason, detail=detail, feed=feed)


def story_record(story: Story, *, source: SourcePosition, received: datetime) -> StoryRecord:
    """The record of a story that could be read. A story that is not usable says nothing, whatever its words are."""
    head = story.head()
    if story.status != "usable":
        return StoryRecord(source=source, received=received, story=head, note=f"status_{story.status}")
    found = extract(story)
    return StoryRecord(
        source=source,
        received=received,
        story=head,
        fingerprint=fingerprint(story.body) if found.signals else None,
        signals=tuple(found.signals),
        mentions=tuple(found.mentions),
        note=found.note,
    )


def rejected_record(
    raw: bytes,
    *,
    source: SourcePosition,
    received: datetime,
    stage: str,
    reason: str,
    detail: str,
    feed: str = "unnamed",
) -> RejectedRecord:
    """The record of bytes that are no story; the bytes themselves are kept elsewhere, under their SHA-256."""
    return RejectedRecord(
        source=source,
        received=received,
        stage=stage,
        reason=reason,
        detail=detail[:300],
        sha256=hashlib.sha256(raw).hexdigest(),
        size=len(raw),
        feed=feed,
    )
