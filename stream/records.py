"""The journal's records: whatever can change an alert, in one total order.

A record is stored as the bytes `encode` gives: JSON with sorted keys, one line. `decode` is its inverse.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import AwareDatetime, Field, TypeAdapter

from stream.signals import Frozen, Mention, Signal
from stream.stories import StoryHead


class SourcePosition(Frozen):
    """Where a story's bytes came from: the topic's epoch grows when a topic is made anew."""

    topic: str
    epoch: int = 0
    partition: int = 0
    offset: int


class Fingerprint(Frozen):
    """What is needed to see that two texts are one: SHA-256 of the normalised text, and a sketch of its word 3-grams.

    `sketch`: the k smallest 32-bit hashes of the 3-grams, ascending (bottom-k); `words`: length of the normalised text.
    """

    sha256: str
    sketch: tuple[int, ...] = ()
    words: int = 0


class StoryRecord(Frozen):
    """One story was read: also when there is nothing in it."""

    type: Literal["story"] = "story"
    source: SourcePosition
    received: AwareDatetime
    story: StoryHead
    fingerprint: Fingerprint | None = None
    signals: tuple[Signal, ...] = ()
    mentions: tuple[Mention, ...] = ()
    note: str | None = None
    """Why there is no signal, or null."""


class RejectedRecord(Frozen):
    """Bytes came that are no story; they are kept in dead-letters or in the rejected table."""

    type: Literal["rejected"] = "rejected"
    source: SourcePosition
    received: AwareDatetime
    stage: str
    reason: str
    detail: str
    sha256: str
    size: int
    feed: str = "unnamed"


class TickRecord(Frozen):
    """Time passes. A whole UTC minute; the only record that moves the engine's clock."""

    type: Literal["tick"] = "tick"
    at: AwareDatetime


class CommandRecord(Frozen):
    """Somebody decided something. `body` is checked by the engine, which answers with an outcome."""

    type: Literal["command"] = "command"
    id: str
    """Chosen by the sender: the same id twice is the same command."""
    name: str
    body: dict[str, Any] = {}
    author: str
    at: AwareDatetime
    """When it was given; told, never used as the engine's time."""


Record = Annotated[StoryRecord | RejectedRecord | TickRecord | CommandRecord, Field(discriminator="type")]
_ADAPTER: TypeAdapter[Record] = TypeAdapter(Record)


def encode(record: Record) -> bytes:
    """Canonical bytes of a record: equal records give equal bytes."""
    return canonical(record.model_dump(mode="json", by_alias=True))


def decode(raw: bytes | str) -> Record:
    """The record of such bytes. Raises pydantic.ValidationError."""
    return _ADAPTER.validate_json(raw)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces: the form in which things are hashed, compared and stored."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def whole_minute(moment: datetime) -> datetime:
    """The start of the minute that `moment` is in."""
    return moment.replace(second=0, microsecond=0)
