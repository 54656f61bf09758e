"""Stories in a line, as tests tell them: published at noon of Friday 14 June 2024."""

from datetime import UTC, datetime

from stream.extract import Extraction, extract
from stream.signals import Signal
from stream.stories import Story

PUBLISHED = datetime(2024, 6, 14, 12, tzinfo=UTC)  # a Friday


def told(body: str, headline: str | None = None, **fields: object) -> Extraction:
    return extract(Story(uri="urn:test:1", published=PUBLISHED, headline=headline, body=body, language="en", **fields))


def counted(body: str, kind: str | None = None) -> list[Signal]:
    return [s for s in told(body).signals if s.counted and kind in (None, s.kind)]


def one(body: str, kind: str | None = None) -> Signal:
    (signal,) = counted(body, kind)
    return signal
