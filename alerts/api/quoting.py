"""Quotes with their words marked, and the way to their stories."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from alerts.api.schemas import Mark, Said, ShownQuote, What

JSON = dict[str, Any]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
FIGURES: tuple[What, ...] = ("killed", "injured", "displaced")
LONGEST = 240
"""Characters of a quote, as in a revision."""


def of_signal(signal: JSON) -> ShownQuote:
    """The words of a signal, as `incident_views.incident` gives it."""
    evidence, story = signal["evidence"], signal["story"]
    text = evidence["quote"][:LONGEST]
    within, beyond = marks(said(signal), text)
    return ShownQuote(
        text=text,
        credit=story["credits"][0] if story["credits"] else None,
        story=story["uri"],
        start=evidence["start"],
        end=evidence["start"] + len(text),
        url=story.get("url"),
        feed=story["feed"],
        published=story["published"],
        marks=within,
        beyond=beyond,
    )


def of_revision(quote: JSON, signals: Sequence[JSON]) -> ShownQuote:
    """A quote of a revision, with what its signal tells beyond it, where that is still known."""
    for signal in signals:
        if signal["story"]["uri"] == quote["story"] and signal["evidence"]["start"] == quote["start"]:
            return of_signal(signal).model_copy(update={"text": quote["text"], "end": quote["end"]})
    return ShownQuote(**quote, url=None, feed=None, published=None, marks=[], beyond=[])


def newest_first(quotes: Sequence[ShownQuote]) -> list[ShownQuote]:
    """By the time their stories were published; one of each story's words."""
    found = {(quote.story, quote.start): quote for quote in quotes}
    return sorted(found.values(), key=lambda quote: (quote.published or NEVER, quote.story, -quote.start), reverse=True)


def said(signal: JSON) -> list[Said]:
    """The words that gave the signal's figures and places."""
    figures = [Said(what=name, text=signal[name]["quote"]) for name in FIGURES if signal[name]]
    places = [Said(what="place", text=signal[name]["as_written"]) for name in ("place", "from", "to") if signal[name]]
    return [each for each in figures + places if each.text]


def marks(words: Sequence[Said], text: str) -> tuple[list[Mark], list[Said]]:
    """Where in the quote the words stand, none over another; and those that stand elsewhere, each once."""
    found: list[Mark] = []
    beyond: list[Said] = []
    for each in words:
        start = text.find(each.text)
        end = start + len(each.text)
        if start >= 0 and all(end <= mark.start or start >= mark.end for mark in found):
            found.append(Mark(start=start, end=end, what=each.what))
        elif start < 0 and each not in beyond:
            beyond.append(each)
    return sorted(found, key=lambda mark: mark.start), beyond
