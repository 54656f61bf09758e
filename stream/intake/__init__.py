"""One entry point for every accepted wire format: bytes in, one Story out."""

from datetime import datetime, timedelta

import orjson

from stream.intake import brief, ninjs, plain
from stream.stories import Rejected, Story

MAX_AHEAD = timedelta(hours=24)
"""A publication time further ahead of its arrival than this is a fault, not a time zone."""


def read_story(
    raw: bytes, content_type: str | None = None, *, received: datetime, feed: str = "unnamed", limit: int = 1_048_576
) -> Story:
    """The story in `raw`, whatever accepted format it is in.

    JSON is told from text by the content type, or else by its first character. `received` is when the bytes came
    (UTC): the publication time of a text that names none, and the bound for one that lies in the future.
    Raises Rejected with a reason from a closed list and what to do about it.
    """
    if len(raw) > limit:
        raise Rejected(
            "too_large",
            f"{len(raw):,} bytes; at most {limit:,} are read (TOCSIN_MAX_STORY_BYTES). Send one story at a time",
        )
    text = _decoded(raw)
    story = _from_json(text, feed) if _is_json(text, content_type) else plain.read(text, received, feed)
    _check(story, received)
    return story


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise Rejected(
            "not_utf8", f"byte {fault.start} is not UTF-8; convert the story to UTF-8 and send it again"
        ) from None
    if not text.strip():
        raise Rejected("empty", "there are no words in it; send a ninjs object or a text with a dateline")
    return text.replace("\x00", " ")


def _is_json(text: str, content_type: str | None) -> bool:
    if content_type and "json" in content_type.lower():
        return True
    return text.lstrip()[:1] in "{["


def _from_json(text: str, feed: str) -> Story:
    try:
        item = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise Rejected(
            "not_json", f"line {fault.lineno}, column {fault.colno}: {fault.msg}; send one valid JSON object"
        ) from None
    if not isinstance(item, dict):
        raise Rejected("not_a_story", "the JSON is no object; send one ninjs object, or one object a line")
    if brief.fits(item):
        return brief.read(item, feed)
    return ninjs.read(item, feed)


def _check(story: Story, received: datetime) -> None:
    if story.published > received + MAX_AHEAD:
        raise Rejected(
            "date_in_future",
            f"published {story.published:%Y-%m-%d %H:%M} UTC, after it was received; correct `versioncreated`",
        )
    if story.status == "usable" and not story.body.strip():
        raise Rejected(
            "empty_body", "a usable story needs a text; send `body_text`, or `pubstatus: canceled` to withdraw it"
        )
