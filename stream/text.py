"""Text to sentences and quoted spans; every offset counts in the text that was given.

Each function looks at every character a bounded number of times, however hostile the text.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from stream.datelines import Dateline, dateline
from stream.vocabulary import word_set

__all__ = ["Dateline", "Positions", "Sentence", "dateline", "quoted", "sentences"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]` without the white space and bullets around it; `paragraph` counts from 0."""

    start: int
    end: int
    paragraph: int


# Never the end of a sentence, whatever follows: titles, and words that want a name or a number after them.
_TITLES = word_set(
    "mr mrs ms dr prof gen lt col maj capt cpt sgt cpl pte brig adm cmdr comdr cdr vice-adm rear-adm sen rep gov pres "
    "rev fr hon st ste mt ft no nos art arts pp vs fig al ven amb insp supt det const sr-col lt-gen maj-gen brig-gen "
    "msgr sec u.n u.n.h.c.r approx est e.g i.e cf ca pop incl"
)
# May end a sentence or not: it does when the next word is one that starts sentences.
_ABBREVIATIONS = word_set(
    "u.s u.k u.a.e e.u d.c u.s.a a.m p.m inc ltd co corp jr sr etc n.y calif fla tex va md mass mich minn wash "
    "ore ariz "
    "jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun ph.d m.d b.c a.d "
    "p.k.k p.l.o i.d.f d.r n.w n.e s.w s.e ave blvd rd univ dept min max"
)
_STARTERS = word_set(
    "a about according after all also although amid among an and another any as at authorities because before both but "
    "by civilians despite during each earlier eight elsewhere even every eyewitnesses five following for four from he "
    "hours however hundreds i if in initially it its last later local many meanwhile medics more most mr mrs "
    "much neither "
    "nevertheless new nine no none nor not now of officials on once one only or other others our over people police "
    "rebels reports residents seven several she since six so some sources such ten that the their then there "
    "these they "
    "this those though three thousands to two under until up we what when where whether which while who why with "
    "witnesses "
    "yesterday you your"
)
_BOUNDARY = re.compile(r"""\n+|[.!?…]["'”’)\]]*(?=\s)|[。！？]""")
_WORD_BEFORE = re.compile(r"[^\s\"'“”‘’()\[\]]*\Z")
_NEXT_WORD = re.compile(r"""\s*["'“‘(\[]*([^\W\d_]+|\d)?""")
_BULLET = re.compile(r"\s*(?:[-–—•*·▪◦●»>]+\s+)?")
_LOOK_BACK = 24


def sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order, never empty, never overlapping, none across two paragraphs.

    A line break ends a sentence unless the copy is hard-wrapped there (no full stop before, a small letter after).
    A quotation of several sentences is several sentences.
    """
    found: list[Sentence] = []
    start = paragraph = 0
    joints = _joints(text)
    for match in _BOUNDARY.finditer(text):
        if match.start() < start:
            continue
        newline = text[match.start()] == "\n"
        if newline and (match.start() in joints or _wrapped(text, match.start(), match.end())):
            continue
        if not newline and not _ends(text, start, match.start(), match.end()):
            continue
        _append(found, text, start, match.start() if newline else match.end(), paragraph)
        start = match.end()
        paragraph += newline and bool(found)
    _append(found, text, start, len(text), paragraph)
    return found


def _append(found: list[Sentence], text: str, start: int, end: int, paragraph: int) -> None:
    bullet = _BULLET.match(text, start, end)
    start = bullet.end() if bullet else start
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        found.append(Sentence(start, end, paragraph))


def _wrapped(text: str, start: int, end: int) -> bool:
    """Is this one line break in the middle of a sentence of hard-wrapped copy?"""
    if end - start != 1 or start == 0 or end >= len(text):
        return False
    return text[end].islower() and (text[start - 1].isalnum() or text[start - 1] in ",;-–—\r ")


_WIDTHS = range(40, 111)
"""Characters of the longest line of copy that is set to a width."""
_SLACK = 8
"""Characters by which the longest line of a text may be longer than the others were allowed to be."""


def _joints(text: str) -> frozenset[int]:
    """Where lines of copy that is set to a width, as on the old wires, break in the middle of a sentence.

    Such copy shows by its lines: most end where the next word would have been too much.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    if width not in _WIDTHS or len(lines) < 4:
        return frozenset()
    joints, breaks, end = [], 0, -1
    for line, following in pairwise(lines):
        end += len(line) + 1
        if not line.strip() or not following.strip():
            continue
        breaks += 1
        if len(line) + 1 + len(following.split(None, 1)[0]) > width - _SLACK and following[0].isalnum():
            joints.append(end)
    full = len(joints) * 2 > breaks
    return frozenset(at for at in joints if text[at - 1] not in ".!?:…") if full else frozenset()


def _ends(text: str, start: int, stop: int, end: int) -> bool:
    """Does the stop at `stop`, in a sentence begun at `start`, end it? `end` is past the closing quotes."""
    after = _NEXT_WORD.match(text, end)
    following = after.group(1) if after else None
    if following is None:
        return True
    if following[0].islower() and text[stop] != "。":
        return False
    if text[stop] != "." or end - stop > 1:
        return True
    tail = _WORD_BEFORE.search(text, max(start, stop - _LOOK_BACK), stop)
    raw = tail.group() if tail else ""
    word = raw.lower().rsplit("-", 1)[-1] if raw.lower() not in _TITLES else raw.lower()
    if word in _TITLES:
        return False
    if word in _ABBREVIATIONS:
        return following.lower() in _STARTERS
    if len(word) == 1 and raw[-1].isupper():  # an initial: "George W. Bush", but "Plan B. The ..."
        return following.lower() in _STARTERS
    # a numbered line: "1. Attacks ..."
    return not (word.isdigit() and len(word) < 3 and not text[start : stop - len(word)].strip())


class Positions:
    """Which sentence an offset is in."""

    def __init__(self, found: list[Sentence]) -> None:
        self._found = found
        self._starts = [sentence.start for sentence in found]

    def index(self, offset: int) -> int:
        """Index of the sentence that holds `offset`, or of the last one before it; 0 before the first."""
        return max(0, bisect_right(self._starts, offset) - 1)


_QUOTE = re.compile(r"[\"“”„«»\n]|‘(?=\w)|’(?!\w)")
_LONGEST_QUOTE = 4_000


def quoted(text: str) -> list[tuple[int, int]]:
    """Spans between quotation marks, marks included, in order and apart.

    A quotation that is not closed ends with its paragraph: in a long one each paragraph opens anew.
    """
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    closer = ""
    for match in _QUOTE.finditer(text):
        mark = match.group()
        if opened is None:
            if mark in '"“„«‘':
                opened, closer = match.start(), {"“": "”", "„": "“”", "«": "»", "‘": "’"}.get(mark, '"')
        elif mark == "\n" or mark in closer or match.start() - opened > _LONGEST_QUOTE:
            if not (mark == "\n" and closer == "’"):  # an apostrophe that was taken for a quotation mark
                spans.append((opened, match.start() if mark == "\n" else match.end()))
            opened = None
    if opened is not None and closer != "’":
        spans.append((opened, len(text)))
    return spans
