"""Briefs: one JSON object {"id", "published", "text"} with, perhaps, "sources": a dated wire kept as lines."""

from stream.intake.fields import Item, identity, moment, names
from stream.stories import Story


def fits(item: Item) -> bool:
    """Is this a brief, rather than ninjs?"""
    return "text" in item and "published" in item and "uri" not in item


def read(item: Item, feed: str) -> Story:
    """The brief as a story in its only version. Raises Rejected."""
    text = item["text"]
    return Story(
        uri=identity(item, "id"),
        published=moment(item, "published"),
        language="en",
        credits=names(item.get("sources")),
        feed=feed,
        body=text if isinstance(text, str) else "",
    )
