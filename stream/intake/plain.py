"""Plain text with a dateline: no id, no version, no status, as texts come by mail or are pasted by hand."""

from datetime import UTC, date, datetime, time

from stream import text as prose
from stream.dates import days
from stream.signals import content_hash
from stream.stories import Story


def read(text: str, received: datetime, feed: str) -> Story:
    """The text as a story in its only version.

    Published on the day its dateline names (the year being the latest that does not lie after `received`),
    or, with no day there, when it was received. The id is a hash of the words: the same text is the same story.
    """
    body = text.strip()
    line = prose.dateline(body)
    day = _day(line.day, received) if line is not None and line.day else None
    return Story(
        uri=f"urn:tocsin:text:{content_hash(' '.join(body.split()))}",
        published=_on(day, received) if day is not None else received,
        language=None,
        credits=(line.agency,) if line is not None and line.agency else (),
        feed=feed,
        located=line.place_words if line is not None else None,
        body=body,
    )


def _day(words: str, received: datetime) -> date | None:
    named = days(words, received.date())
    return named[0].first if named else None


def _on(day: date, received: datetime) -> datetime:
    """That day: at the hour of arrival when it is the day of arrival, else at its end, when all of it is known."""
    if day == received.date():
        return received
    return datetime.combine(day, time(23, 59), UTC)
