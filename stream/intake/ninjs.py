"""ninjs 1.x, read as agencies send it (IPTC, ninjs 1.0-1.6): mapped by field, never validated strictly.

Dialects add and drop fields: Superdesk has `guid` for `uri`; several send `version` as a number.
"""

from typing import Any

from lxml import html

from stream.intake.fields import Item, identity, moment, names, optional_moment, words
from stream.stories import Link, PubStatus, Rejected, Story

STATUSES: dict[str, PubStatus] = {
    "usable": "usable",
    "withheld": "withheld",
    "embargoed": "withheld",
    "canceled": "canceled",
    "cancelled": "canceled",
    "killed": "canceled",
}
"""`pubstatus` as sent. A value that is not here is read as withheld: better silent than wrong."""


def read(item: Item, feed: str) -> Story:
    """The item as a story. Raises Rejected: no id, no time, not text."""
    kind = words(item, "type")
    if kind not in (None, "text"):
        raise Rejected("not_text", f"`type` is {kind[:40]!r}; only text items are read")
    embargoed = item.get("embargoed")
    return Story(
        uri=identity(item, "uri", "guid"),
        version=words(item, "version") or "1",
        published=moment(item, "versioncreated"),
        first_published=optional_moment(item, "firstcreated"),
        status=STATUSES.get((words(item, "pubstatus") or "usable").lower(), "withheld"),
        language=words(item, "language"),
        headline=words(item, "headline"),
        credits=_credits(item),
        feed=feed,
        url=words(item, "canonicalurl", "url"),
        located=words(item, "located"),
        slugline=words(item, "slugline"),
        ednote=words(item, "ednote"),
        urgency=_number(item.get("urgency")),
        embargoed_until=optional_moment(item, "embargoed") if embargoed else None,
        embargo_open=bool(embargoed) and optional_moment(item, "embargoed") is None,
        links=_links(item),
        body=_body(item),
    )


def _credits(item: Item) -> tuple[str, ...]:
    return names(item.get("infosource")) or names([words(item, "source", "creditline", "provider", "copyrightholder")])


def _links(item: Item) -> tuple[Link, ...]:
    before = words(item, "evolvedfrom")
    return (Link(role="replaces", uri=before),) if before else ()


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float | str) and str(value).strip().isdigit() else None


def _body(item: Item) -> str:
    text = words(item, "body_text")
    if text is not None:
        return text
    marked_up = words(item, "body_xhtml", "body_html")
    return _plain(marked_up) if marked_up else ""


def _plain(markup: str) -> str:
    """The words of HTML, a line per block element."""
    try:
        root: Any = html.fromstring(f"<div>{markup}</div>")
    except (ValueError, html.etree.ParserError):
        return ""
    for element in root.iter("script", "style"):
        element.text = ""
    for element in root.iter("p", "br", "div", "li", "h1", "h2", "h3", "h4", "tr", "blockquote"):
        element.tail = "\n" + (element.tail or "")
    lines = (" ".join(line.split()) for line in str(root.text_content()).splitlines())
    return "\n".join(line for line in lines if line)
