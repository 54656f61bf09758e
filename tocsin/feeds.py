"""RSS and Atom feeds as stories: an entry is a story, a changed entry its next version.

Neither format has a status or a version, and publication times often stay when a text is edited, so that a change is
seen by the hash of the words. An entry that has left the feed was not withdrawn: it is only old.
"""

import hashlib
from calendar import timegm
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, NamedTuple

import feedparser
import orjson


class Entry(NamedTuple):
    """One entry, as it stands now: `sha256` of its words tells whether it has changed."""

    id: str
    sha256: str
    headline: str
    markup: str
    published: datetime
    url: str | None
    language: str | None


def entries(raw: bytes, now: datetime) -> list[Entry]:
    """The entries of a feed document, oldest first. `now` stands in for a time that an entry does not give.

    Raises ValueError when the bytes are no feed.
    """
    document = feedparser.parse(BytesIO(raw))
    if document.bozo and not document.entries:
        raise ValueError("not an RSS or Atom feed")
    found = [_entry(entry, document.feed.get("language"), now) for entry in document.entries]
    return sorted((entry for entry in found if entry is not None), key=lambda entry: (entry.published, entry.id))


def story_bytes(entry: Entry, version: int, credit: str) -> bytes:
    """The entry as a ninjs object."""
    return orjson.dumps(
        {
            "uri": entry.id,
            "type": "text",
            "version": str(version),
            "versioncreated": entry.published.isoformat(),
            "pubstatus": "usable",
            "language": entry.language,
            "headline": entry.headline,
            "body_html": entry.markup,
            "canonicalurl": entry.url,
            "infosource": [{"name": credit}],
        }
    )


def _entry(entry: Any, language: str | None, now: datetime) -> Entry | None:
    identity = entry.get("id") or entry.get("link")
    contents = entry.get("content") or []
    markup = max((part.get("value", "") for part in contents), key=len, default="") or entry.get("summary", "")
    headline = entry.get("title", "")
    if not identity or not (headline or markup):
        return None
    moment = (entry.get("updated_parsed") if "updated" in entry else None) or entry.get("published_parsed")
    return Entry(
        id=identity,
        sha256=hashlib.sha256(f"{headline}\n{markup}".encode()).hexdigest(),
        headline=headline,
        markup=markup or headline,
        published=datetime.fromtimestamp(timegm(moment), UTC) if moment else now,
        url=entry.get("link"),
        language=language,
    )
