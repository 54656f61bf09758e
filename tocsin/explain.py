"""A story with the words of its signals marked, and why each counts or not: for a terminal, and as a page."""

from dataclasses import dataclass
from html import escape

from rich.console import Group
from rich.table import Table
from rich.text import Text

from stream.extract import Extraction
from stream.signals import Figure, Mention, Place, Signal
from stream.stories import Story

WHY = {
    "reported": "reported as having happened",
    "negated": "the story says it did not happen",
    "denied": "it is denied, and nobody says that it did happen",
    "modal": "it may, will or should happen",
    "threat": "it is threatened or warned of",
    "plan": "it is planned, considered or decided",
    "call": "somebody calls for it",
    "feared": "it is feared or possible",
    "conditional": "it depends on a condition",
    "purpose": "it is what something is for, or protects from",
    "exercise": "an exercise, a game or a story",
    "principle": "a statement of law or principle",
    "ordered": "an order to leave is no movement yet",
    "anniversary": "history or an anniversary",
    "trial": "courts speak of what happened before",
    "inquiry": "an inquiry speaks of what happened before",
    "halted": "a halt speaks of attacks made before",
    "past": "longer ago than counts as new",
    "cumulative": "a toll of a long time",
    "future": "a day that has not come",
    "generic": "spoken of in general",
    "untied": "a number that the story ties to no event of this kind",
    "return": "these people went home",
    "stock_as_of_now": "people who live displaced now: counts as stock, adds nothing to the newly displaced",
    "homes_destroyed": "homes were lost; the story does not say that people were displaced",
    "no_quantity": "people moved, with no word of how many",
    "no_attack": "the words look like an attack and are none",
    "other_attack": "an attack of another kind",
    "no_deal": "no deal is in force: it is called for, offered or negotiated",
    "no_displacement": "a journey of another kind",
}
NOTES = {
    "no_trigger": "No word of any kind of signal is in it.",
    "other_language": "It is not in English and was set aside.",
    "not_prose": "There are no words in it.",
    "sport": "It is a report of a game.",
    "nothing_new": "What it tells is background, hypothetical or denied.",
    "look_alikes": "The words look like signals and are none.",
}
STYLES = {
    "new": "bold white on red",
    "background": "black on yellow",
    "hypothetical": "black on cyan",
    "denied": "black on white",
}
MENTION_STYLE = "underline"
CSS = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
article{white-space:pre-wrap;border-left:3px solid #ccc;padding-left:1rem}
mark{padding:0 .15em;border-radius:.2em}mark.new{background:#c62828;color:#fff}mark.background{background:#ffe082}
mark.hypothetical{background:#b2ebf2}mark.denied{background:#e0e0e0}mark.mention{background:none;border-bottom:2px
dotted #757575}
mark
sup{font-size:.7em}table{border-collapse:collapse;width:100%;margin-top:1.5rem}td,th{text-align:left;padding:.35rem
.6rem;border-bottom:1px solid #ddd;vertical-align:top}
@media (prefers-color-scheme:dark){body{background:#161616;color:#eee}td,th{border-color:#444}mark.background,mark.h
ypothetical,mark.denied{color:#111}}
"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of the text: `style` is a status, `mention`, or "" for plain; `number` counts signals and mentions
    from 1.
    """

    text: str
    style: str
    number: int


def stretches(story: Story, extraction: Extraction) -> list[Marked]:
    """The whole text in order; where marks overlap the first stands, signals before mentions."""
    marks: list[tuple[int, int, str, int]]
    marks = [(s.evidence.start, s.evidence.end, s.status, n) for n, s in enumerate(extraction.signals, 1)]
    offset = len(extraction.signals)
    marks += [(m.evidence.start, m.evidence.end, "mention", offset + n) for n, m in enumerate(extraction.mentions, 1)]
    found: list[Marked] = []
    taken: list[tuple[int, int, str, int]] = []
    for mark in sorted(marks, key=lambda m: (m[2] == "mention", m[0])):
        if all(mark[1] <= t[0] or t[1] <= mark[0] for t in taken):
            taken.append(mark)
    text, at = story.text, 0
    for start, end, style, number in sorted(taken):
        if start > at:
            found.append(Marked(text[at:start], "", 0))
        found.append(Marked(text[start:end], style, number))
        at = end
    if at < len(text):
        found.append(Marked(text[at:], "", 0))
    return found


def verdict(status: str, reason: str) -> str:
    """Why it counts or not, in a line."""
    return f"{'counts' if status == 'new' else 'does not count'}: {WHY.get(reason, reason)}"


def facts(signal: Signal) -> str:
    """Place, day, figures and source of a signal in one line."""
    parts = [where(signal.place), signal.day and f"{signal.day}{'' if signal.day_certain else ' (day not certain)'}"]
    parts += [
        f"{name} {figure(value)}" for name in ("killed", "injured") if (value := getattr(signal, name)) is not None
    ]
    if signal.displaced is not None:
        d = signal.displaced
        parts.append(f"displaced {figure(d)} {d.unit} ({d.measure}, {d.cause})")
        parts += [
            f"{name} {place.name}" for name, place in (("from", signal.from_), ("to", signal.to)) if place is not None
        ]
    parts.append(f"{signal.count} in number" if signal.count else None)
    parts.append(f"weapon {signal.weapon}" if signal.weapon else None)
    parts.append(f"claim {signal.claim}" if signal.claim else None)
    parts.append(signal.certainty)
    parts.append("a total over other places" if signal.umbrella else None)
    parts.append(f"by {', '.join(signal.actors)}" if signal.actors else None)
    parts.append(f"source: {signal.source}" if signal.source else None)
    return " · ".join(part for part in parts if part)


def where(place: Place | None) -> str:
    return (
        "unplaced"
        if place is None
        else ", ".join(dict.fromkeys(x for x in (place.name, place.admin1, place.country) if x))
    )


def figure(value: Figure) -> str:
    """Best, with the range when it is not exact."""
    low, high = value.low, value.high
    if low == value.best == high:
        return f"{value.best:,}"
    return f"{value.best:,} ({'?' if low is None else f'{low:,}'}–{'?' if high is None else f'{high:,}'})"


def note(extraction: Extraction) -> str:
    """Why nothing counts, or an empty line."""
    return NOTES.get(extraction.note or "", "")


def render_text(story: Story, extraction: Extraction) -> Group:
    """The story for a rich console: marked text, then a table of signals and look-alikes."""
    body = Text()
    for part in stretches(story, extraction):
        body.append(part.text, STYLES.get(part.style, MENTION_STYLE if part.style else ""))
        if part.number:
            body.append(f"[{part.number}]", "bold")
    table = Table("", "kind", "why", "what", "pattern", box=None, padding=(0, 1))
    for number, kind, why, what, pattern in rows(extraction):
        table.add_row(str(number), kind, why, what, pattern)
    said = note(extraction)
    return Group(body, Text(""), *([table] if table.row_count else []), *([Text(said, "italic")] if said else []))


def rows(extraction: Extraction) -> list[tuple[int, str, str, str, str]]:
    """Number, kind, verdict, facts or quote, and pattern of each signal and mention."""
    found = [
        (n, s.kind, verdict(s.status, s.reason), facts(s), s.evidence.pattern)
        for n, s in enumerate(extraction.signals, 1)
    ]
    offset = len(found)
    mentions: list[Mention] = list(extraction.mentions)
    return found + [
        (offset + n, m.kind, f"no signal: {WHY.get(m.reason, m.reason)}", m.evidence.quote, m.evidence.pattern)
        for n, m in enumerate(mentions, 1)
    ]


def render_html(story: Story, extraction: Extraction) -> str:
    """The same as one self-contained page: every word escaped, no script, nothing fetched."""
    parts = []
    for part in stretches(story, extraction):
        words = escape(part.text)
        parts.append(
            f'<mark class="{escape(part.style)}">{words}<sup>{part.number}</sup></mark>' if part.style else words
        )
    lines = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>" for row in rows(extraction))
    table = (
        f"<table><tr><th></th><th>kind</th><th>why</th><th>what</th><th>pattern</th></tr>{lines}</table>"
        if lines
        else ""
    )
    title = escape(story.headline or story.uri)
    said = escape(note(extraction))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{CSS}</style></head><body><h1>{title}</h1><p>{escape(story.published.isoformat())}</p>"
        f"<article>{''.join(parts)}</article>{table}<p><em>{said}</em></p></body></html>"
    )
