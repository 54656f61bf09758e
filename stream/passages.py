"""A story while it is being read: its text, sentences, and what other readers found in them, each worked out at
most once.
"""

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from stream import dates, numbers, text
from stream.lexicon import Hit, Lexicon, reading
from stream.places import PlaceMention
from stream.places import find as find_places
from stream.signals import Cause, Claim, Figure, Measure, Place, Status, Unit, Weapon
from stream.stories import Story

T = TypeVar("T")
MOST_CANDIDATES = 150
"""More mentions of one kind than this in one story are not read: no real story has them."""
LONGEST_TEXT = 200_000
LONGEST_SENTENCE = 2_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """One sentence as offsets; a sentence longer than LONGEST_SENTENCE is several stretches."""

    start: int
    end: int
    paragraph: int


class Passage:
    """A story being read. Offsets count in `text`; `plain` is its reading, of the same length."""

    def __init__(self, story: Story, lexicon: Lexicon) -> None:
        self.story = story
        self.lexicon = lexicon
        self.text = story.text[:LONGEST_TEXT]
        self.plain = reading(self.text)
        self.published = story.published.date()
        self._quantities: dict[int, list[numbers.Quantity]] = {}
        self._days: dict[int, list[dates.DayMention]] = {}
        self._cues: dict[tuple[str, str, int], list[Hit]] = {}
        self._known: dict[Hashable, Any] = {}

    def known(self, key: Hashable, work_out: Callable[[], T]) -> T:
        """What was worked out for `key` before, or now: so that no question about the whole story is answered twice."""
        if key not in self._known:
            self._known[key] = work_out()
        return self._known[key]  # type: ignore[no-any-return]

    @functools.cached_property
    def sentences(self) -> list[Stretch]:
        return [
            Stretch(start, min(start + LONGEST_SENTENCE, sentence.end), sentence.paragraph)
            for sentence in text.sentences(self.text)
            for start in range(sentence.start, sentence.end, LONGEST_SENTENCE)
        ]

    @functools.cached_property
    def flat(self) -> str:
        """The text with a space for each line break inside a sentence, as in copy set to a width."""
        if "\n" not in self.text:
            return self.text
        pieces, reached = [], 0
        for sentence in self.sentences:
            pieces += [self.text[reached : sentence.start], self.text[sentence.start : sentence.end].replace("\n", " ")]
            reached = sentence.end
        return "".join([*pieces, self.text[reached:]])

    @functools.cached_property
    def starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @functools.cached_property
    def ends(self) -> list[int]:
        return [sentence.end for sentence in self.sentences]

    @functools.cached_property
    def places(self) -> list[PlaceMention]:
        """Every mention of a place in the story, in order; the dateline's too."""
        return find_places(self.flat, located=self.story.located)

    def places_in(self, index: int) -> list[PlaceMention]:
        """The mentions of places in a sentence, in order."""
        sentence = self.sentences[index]
        first = bisect_right(self._place_starts, sentence.start - 1)
        last = bisect_right(self._place_starts, sentence.end - 1)
        return self.places[first:last]

    @functools.cached_property
    def _place_starts(self) -> list[int]:
        return [mention.start for mention in self.places]

    @functools.cached_property
    def _head(self) -> int:
        """Where the dateline ends: the day in it is that of the filing, and no number of people."""
        line = text.dateline(self.text)
        return 0 if line is None else line.end

    def quantities(self, index: int) -> list[numbers.Quantity]:
        """The quantities of a sentence, in order."""
        if index not in self._quantities:
            sentence = self.sentences[index]
            start = min(max(sentence.start, self._head), sentence.end)
            self._quantities[index] = numbers.quantities(self.flat, start, sentence.end)
        return self._quantities[index]

    def days(self, index: int) -> list[dates.DayMention]:
        """The mentions of time in a sentence, in order."""
        if index not in self._days:
            sentence = self.sentences[index]
            start = min(max(sentence.start, self._head), sentence.end)
            self._days[index] = dates.days(self.flat, self.published, start, sentence.end)
        return self._days[index]

    def hits(self, concern: str, role: str, index: int) -> list[Hit]:
        """The rows of a concern with this role that match in a sentence."""
        key = (concern, role, index)
        if key not in self._cues:
            sentence = self.sentences[index]
            self._cues[key] = self.lexicon.scanner(concern, role).within(self.plain, sentence.start, sentence.end)
        return self._cues[key]

    def scan(self, concern: str, role: str) -> dict[int, list[Hit]]:
        """The rows of a concern with this role in the whole story, by sentence."""
        return self.lexicon.scanner(concern, role).scan(self.plain, self.starts, self.ends)

    def phrase(self, name: str) -> re.Pattern[str]:
        """A phrase of the lexicon's grammar."""
        return self.lexicon.phrases[name]

    def has(self, words: str, start: int, end: int) -> bool:
        """Does a word of the list `words` stand in [start, end)?"""
        return self.lexicon.word_patterns[words].search(self.plain, start, end) is not None

    def speaks_of(self, words: str) -> bool:
        """Does a word of the list `words` stand anywhere in the story?"""
        return self.known(("speaks of", words), lambda: self.has(words, 0, len(self.plain)))

    @functools.cached_property
    def _break(self) -> re.Pattern[str]:
        words = "|".join(self.lexicon.lists["clause_breaks"])
        return re.compile(
            rf"[;:()]|, (?:and|with|or|in which|including)\b|, \w{{3,15}}ing\b| - |(?<!\w)(?:{words})(?!\w)"
        )

    @functools.cached_property
    def _breaks(self) -> tuple[list[int], list[int]]:
        """Where words that end a clause begin and end, in order, in the whole text."""
        spans = [match.span() for match in self._break.finditer(self.plain)]
        return [start for start, _ in spans], [end for _, end in spans]

    def broken(self, start: int, end: int) -> bool:
        """Does a clause end between these offsets?"""
        starts, ends = self._breaks
        first = bisect_left(starts, start)
        return first < len(ends) and ends[first] <= end

    def clause(self, index: int, start: int, end: int) -> tuple[int, int]:
        """The clause of sentence `index` around [start, end): from the last break before it to the first after it."""
        sentence = self.sentences[index]
        starts, ends = self._breaks
        before = bisect_right(ends, start) - 1
        after = bisect_left(starts, end)
        first = max(sentence.start, ends[before]) if before >= 0 else sentence.start
        last = min(sentence.end, starts[after]) if after < len(starts) else sentence.end
        return first, max(first, last)

    def following(self, index: int) -> tuple[int, int] | None:
        """The sentence behind this one, as offsets; null when none follows in its paragraph."""
        if index + 1 >= len(self.sentences) or self.sentences[index + 1].paragraph != self.sentences[index].paragraph:
            return None
        return self.sentences[index + 1].start, self.sentences[index + 1].end

    def words_between(self, start: int, end: int) -> int:
        """How many words stand between two offsets."""
        return len(self.plain[start:end].split()) if end > start else 0


@dataclass(slots=True)
class Candidate:
    """What one mention says, before the mentions of a story are merged into signals."""

    kind: str
    pattern: str
    start: int
    end: int
    sentence: int
    status: Status = "new"
    reason: str = "reported"
    certain: bool = True
    claim: Claim | None = None
    uninvolved: bool = True
    """The reporter's own account, or an uninvolved source."""
    weapon: Weapon | None = None
    place: Place | None = None
    inferred_place: bool = False
    """The place was not named beside the words but taken from elsewhere in the story."""
    from_: Place | None = None
    to: Place | None = None
    day: date | None = None
    day_certain: bool = False
    period: tuple[date, date] | None = None
    killed: Figure | None = None
    injured: Figure | None = None
    displaced: Figure | None = None
    unit: Unit = "persons"
    measure: Measure = "flow"
    cause: Cause = "unknown"
    count: int | None = None
    actors: tuple[str, ...] = ()
    source: str | None = None
    additional: bool = False
    """The words say that it is one more event ("also", "another", "a separate strike")."""
    definite: bool = False
    """The words go on about an attack told before ("the strikes on the quarter")."""
    nearby: bool = False
    """The place is named as one that it happened near."""
    listed: bool = False
    """The place is one of several that share the words."""
    again: bool = False
    """They do so without saying anew what was attacked: "the strike, which hit", "Wednesday's raid came"."""
    follow_up: bool = False
    """The words stand in a reaction to the event, or give a new toll of it."""
    umbrella: bool = False
    within: Place | None = None
    """The region or country, named beside them, that holds all of several places."""
    others: list[Place] = field(default_factory=list)
    """Further places of the same words: "hit Homs and Hama"."""
    latest: int = -1
    """The last sentence of the mentions that were merged with this one; -1 when none was."""

    @property
    def told_last(self) -> int:
        """The last sentence that tells of it."""
        return max(self.sentence, self.latest)


def is_part(passage: Passage, quantity: numbers.Quantity) -> bool:
    """Do the words behind a number say that it is a part of those told of before: "three of them children"?"""
    after = passage.phrase("part_after")
    return any(after.match(passage.plain, end) for end in (quantity.end, quantity.noun_end or quantity.end))


def nearest(items: Sequence[Hit], start: int, end: int) -> Hit | None:
    """The hit nearest to [start, end), or None."""
    return min(items, key=lambda hit: max(hit.start - end, start - hit.end), default=None)


def holds(passage: Passage, hit: Hit, start: int, end: int) -> bool:
    """Does a word that the row needs stand in the sentence [start, end), or for a row of that scope in the story or the
    next sentence, and none that it may not have in the sentence?
    """
    words, barred = hit.row.needs, hit.row.without
    if barred is not None and passage.has(barred, start, end):
        return False
    if words is not None and hit.row.scope == "story":
        return passage.speaks_of(words)
    if hit.row.scope == "next":
        start, end = passage.following(bisect_right(passage.starts, start) - 1) or (start, start)
    return words is None or passage.has(words, start, end)
