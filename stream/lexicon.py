"""The lexicon: every pattern, trigger, hedge and word list as a named row of config/lexicon/*.yaml.

A file names either a `kind` of signal or a `concern` (status, victims, sources, words, languages) and holds
`lists`, named word lists,
and `rows`. A pattern is a regular expression over the *reading* of a text (lower case, plain quotes and dashes,
single spaces), with two
additions: `{name}` stands for a word list and `~3` for at most three words in between.

Every repetition is bounded, which is checked, so that a row costs linear time on any text.
From each pattern the literal strings are derived, one of which every match contains (its *anchors*): a text without
an anchor of any
trigger is quiet, which is decided before any other work.
"""

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ConfigDict, ValidationError, field_validator

from config.settings import HERE
from stream.patterns import alternation, expand, parse, required_of, unbounded
from stream.signals import Cause, Claim, Frozen, Measure, Status, Unit, Weapon

Scope = Literal["before", "after", "clause", "sentence", "next", "story"]
TELLING = ("trigger", "craft")
"""Roles of rows that tell of an event by themselves."""
CONCERNS = ("status", "victims", "sources", "words", "languages", "displaced", "parties", "grammar")


class LexiconFault(Exception):
    """The lexicon cannot be used; `faults` names every one of them as "file:line: what, and what to do"."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class Row(Frozen):
    """One pattern with what it means. Only `name`, `role`, `pattern` and `comment` are needed."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: str
    role: str
    pattern: str
    comment: str
    kinds: tuple[str, ...] = ()
    """The kinds it speaks of; empty: all."""
    status: Status | None = None
    reason: str | None = None
    scope: Scope = "before"
    reach: int = 6
    """How many words may stand between a cue and the words it governs."""
    needs: str | None = None
    """Name of a word list: the row holds only where one of its words stands in the same sentence."""
    without: str | None = None
    """Name of a word list: the row holds only where none of its words stands in the same sentence."""
    weapon: Weapon | None = None
    certain: bool = True
    claim: Claim | None = None
    cause: Cause | None = None
    measure: Measure | None = None
    wins: bool = False
    """It stands even where words that look alike overlap it."""
    unit: Unit | None = None
    number: Literal["before", "after", "either"] | None = None
    """On which side of the words its number stands."""
    object: Literal["place"] | None = None
    """What must follow the words within few: the name of a place ("left Khan Younis")."""

    @field_validator("comment")
    @classmethod
    def says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("a row needs a comment that says why it is there")
        return value


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that matched, and where (offsets into the text)."""

    row: Row
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Compiled:
    """A row ready to be looked for. `required`: sets of strings, of each of which every match contains one."""

    row: Row
    pattern: re.Pattern[str]
    required: tuple[tuple[str, ...], ...]

    def possible(self, reading: str) -> bool:
        """False means that it certainly matches nowhere; substring searches only."""
        return all(any(anchor in reading for anchor in anchors) for anchors in self.required)


@dataclass(frozen=True)
class Scanner:
    """Finds the rows of one role; looks only into the stretches of text that hold one of their anchors."""

    compiled: tuple[Compiled, ...]
    by_anchor: tuple[tuple[str, tuple[int, ...]], ...]

    @classmethod
    def of(cls, compiled: Sequence[Compiled]) -> "Scanner":
        by_anchor: dict[str, list[int]] = {}
        for index, one in enumerate(compiled):
            for anchor in one.required[0]:
                by_anchor.setdefault(anchor, []).append(index)
        return cls(tuple(compiled), tuple((anchor, tuple(indexes)) for anchor, indexes in by_anchor.items()))

    def without(self, name: str) -> "Scanner":
        """The same rows less one."""
        kept = [one for one in self.compiled if one.row.name != name]
        return self if len(kept) == len(self.compiled) else Scanner.of(kept)

    def present(self, reading: str) -> bool:
        """False means certainly no row matches; microseconds on a quiet text."""
        return any(
            self.compiled[index].possible(reading)
            for anchor, indexes in self.by_anchor
            if anchor in reading
            for index in indexes
        )

    def scan(self, reading: str, starts: Sequence[int], ends: Sequence[int]) -> dict[int, list[Hit]]:
        """Hits by stretch; stretch i is [starts[i], ends[i]), ascending, and no hit leaves its stretch."""
        wanted: dict[int, set[int]] = {}
        if not starts:
            return {}
        first, last = starts[0], ends[-1]
        for anchor, indexes in self.by_anchor:
            at = reading.find(anchor, first, last)
            while at >= 0:
                stretch = bisect_right(starts, at) - 1
                if stretch >= 0 and at < ends[stretch]:
                    wanted.setdefault(stretch, set()).update(indexes)
                    at = reading.find(anchor, ends[stretch], last)
                else:
                    at = reading.find(anchor, at + 1, last)
        found: dict[int, list[Hit]] = {}
        for stretch in sorted(wanted):
            words = reading[starts[stretch] : ends[stretch]]
            hits = [
                Hit(one.row, match.start(), match.end())
                for one in (self.compiled[i] for i in sorted(wanted[stretch]))
                if one.possible(words)
                for match in one.pattern.finditer(reading, starts[stretch], ends[stretch])
            ]
            if hits:
                found[stretch] = sorted(hits, key=lambda hit: (hit.start, -hit.end))
        return found

    def within(self, reading: str, start: int, end: int) -> list[Hit]:
        """Hits inside [start, end), in order."""
        return self.scan(reading, (start,), (end,)).get(0, [])


@dataclass(frozen=True)
class Lexicon:
    """Everything that was read: word lists, rows, and a scanner for each (kind or concern, role)."""

    lists: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, re.Pattern[str]]
    rows: tuple[Row, ...]
    kinds: tuple[str, ...]
    scanners: Mapping[tuple[str, str], Scanner]
    triggers: Scanner
    """All trigger rows of all kinds that hold without a word elsewhere in the story: the prefilter."""
    looser: Scanner
    """All rows that need such a word, of kinds: they open a story only with it."""

    def scanner(self, concern: str, role: str) -> Scanner:
        """The rows of a kind or concern with this role; empty when there is none."""
        return self.scanners.get((concern, role), NOTHING)

    def without(self, name: str) -> "Lexicon":
        """The same lexicon less one row: what that row is needed for."""
        scanners = {key: scanner.without(name) for key, scanner in self.scanners.items()}
        rows = tuple(row for row in self.rows if row.name != name)
        triggers, looser = self.triggers.without(name), self.looser.without(name)
        return Lexicon(self.lists, self.phrases, rows, self.kinds, scanners, triggers, looser)

    def opens(self, plain: str) -> bool:
        """May any row of any kind match in this reading? False is certain; microseconds on a quiet text."""
        if self.triggers.present(plain):
            return True
        return any(
            one.possible(plain) and self.word_patterns[one.row.needs or ""].search(plain) is not None
            for one in self.looser.compiled
        )

    @functools.cached_property
    def sets(self) -> Mapping[str, frozenset[str]]:
        """Each word list as a set, for lists of plain words."""
        return {name: frozenset(words) for name, words in self.lists.items()}

    def words(self, name: str) -> frozenset[str]:
        """The words of a list of plain words."""
        return self.sets[name]

    @functools.cached_property
    def word_patterns(self) -> Mapping[str, re.Pattern[str]]:
        """Each word list as one pattern of whole words."""
        return {name: re.compile(rf"(?<!\w){alternation(words)}(?!\w)") for name, words in self.lists.items()}


NOTHING = Scanner((), ())
TRANSLATION = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "\u00a0": " ",
        "\t": " ",
        "\n": " ",
        "\r": " ",
    }
)


def reading(text: str) -> str:
    """The text as patterns see it: lower case, plain quotes, dashes and spaces; the same length, so offsets agree."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := c.lower()) == 1 else c for c in text)
    return lowered.translate(TRANSLATION)


@functools.cache
def lexicon(directory: Path = HERE / "lexicon") -> Lexicon:
    """The lexicon of a directory, read and checked once. Raises LexiconFault with every fault found."""
    return load(directory)


def load(directory: Path) -> Lexicon:
    """Reads and checks every *.yaml of the directory. Raises LexiconFault with every fault found."""
    faults: list[str] = []
    lists: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, re.Pattern[str]] = {}
    sections: list[tuple[str, str, list[tuple[int, dict[str, Any]]]]] = []
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        raise LexiconFault([f"{directory}: no *.yaml in it; restore config/lexicon"])
    for path in paths:
        sections.extend(section(path, lists, phrases, faults))
    rows: list[Row] = []
    seen: dict[str, str] = {}
    grouped: dict[tuple[str, str], list[Compiled]] = {}
    for filename, concern, raw_rows in sections:
        for line, raw in raw_rows:
            where = f"{filename}:{line}"
            compiled = compile_row(raw, where, lists, faults)
            if compiled is None:
                continue
            row = compiled.row
            if row.name in seen:
                faults.append(f"{where}: the name {row.name!r} is taken by {seen[row.name]}; choose another")
            seen[row.name] = where
            rows.append(row)
            grouped.setdefault((concern, row.role), []).append(compiled)
    if faults:
        raise LexiconFault(faults)
    kinds = tuple(dict.fromkeys(concern for _, concern, _ in sections if concern not in CONCERNS))
    telling = [
        compiled
        for (concern, role), group in grouped.items()
        if concern in kinds and role in TELLING
        for compiled in group
    ]
    looser = [one for one in telling if one.row.role != "trigger" or one.row.object is not None]
    triggers = [one for one in telling if one not in looser]
    scanners = {key: Scanner.of(group) for key, group in grouped.items()}
    return Lexicon(lists, phrases, tuple(rows), kinds, scanners, Scanner.of(triggers), Scanner.of(looser))


def section(
    path: Path, lists: dict[str, tuple[str, ...]], phrases: dict[str, re.Pattern[str]], faults: list[str]
) -> Iterator[tuple[str, str, list[tuple[int, dict[str, Any]]]]]:
    """What one file says: (file name, kind or concern, [(line, row)]). Adds its word lists to `lists`."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        document = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(f"{path.name}: not readable as YAML: {str(error).splitlines()[0]}")
        return
    if not isinstance(document, dict) or not isinstance(node, yaml.MappingNode):
        faults.append(f"{path.name}:1: a lexicon file is a mapping with `kind` or `concern`, `lists` and `rows`")
        return
    unknown = sorted(document.keys() - {"kind", "concern", "lists", "phrases", "rows"})
    if unknown:
        faults.append(f"{path.name}:1: unknown {', '.join(unknown)}; known are kind, concern, lists, phrases, rows")
    concern = document.get("kind") or document.get("concern")
    if not isinstance(concern, str) or ("concern" in document and concern not in CONCERNS):
        faults.append(f"{path.name}:1: `kind: name`, or `concern:` one of {', '.join(CONCERNS)}")
        return
    for name, words in (document.get("lists") or {}).items():
        if not isinstance(words, str) or not words.strip():
            faults.append(f"{path.name}:1: list {name!r} must be words separated by a comma and a space")
            continue
        lists[name] = tuple(dict.fromkeys(word.strip() for word in re.split(r",\s", words.strip()) if word.strip()))
    for name, pattern in (document.get("phrases") or {}).items():
        try:
            if unbounded(parse(str(pattern))):
                faults.append(f"{path.name}:1: phrase {name!r}: unbounded repetition; write {{0,20}} instead of *")
            phrases[name] = re.compile(str(pattern))
        except re.error as error:
            faults.append(f"{path.name}:1: phrase {name!r}: not a regular expression: {error}")
    lines = [
        item.start_mark.line + 1
        for key, value in node.value
        if key.value == "rows" and isinstance(value, yaml.SequenceNode)
        for item in value.value
    ]
    raw_rows = document.get("rows") or []
    good = [(line, raw) for line, raw in zip(lines, raw_rows, strict=False) if isinstance(raw, dict)]
    if len(good) != len(raw_rows):
        faults.append(f"{path.name}:1: each row is a mapping: name, role, pattern, comment")
    yield path.name, concern, good


def compile_row(
    raw: dict[str, Any], where: str, lists: Mapping[str, Sequence[str]], faults: list[str]
) -> Compiled | None:
    """One row ready to be looked for, or None after its faults were told."""
    try:
        row = Row.model_validate(raw)
    except ValidationError as error:
        faults.extend(
            f"{where}: {'.'.join(str(part) for part in e['loc']) or 'row'}: {e['msg']}" for e in error.errors()
        )
        return None
    for key, words in (("needs", row.needs), ("without", row.without)):
        if words is not None and words not in lists:
            faults.append(f"{where}: {row.name}: {key} {words!r}, which is no word list")
            return None
    try:
        expression = expand(row.pattern, lists)
        parsed = parse(expression)
        pattern = re.compile(expression)
    except KeyError as error:
        faults.append(f"{where}: {row.name}: {{{error.args[0]}}} is no word list; known are {', '.join(sorted(lists))}")
        return None
    except re.error as error:
        faults.append(f"{where}: {row.name}: not a regular expression: {error}")
        return None
    if unbounded(parsed):
        faults.append(
            f"{where}: {row.name}: unbounded repetition; write {{0,20}} instead of * and {{1,20}} instead of +"
        )
        return None
    required = required_of(parsed)
    if not required or pattern.match(""):
        faults.append(f"{where}: {row.name}: no fixed word of two letters or more that every match contains; add one")
        return None
    return Compiled(row, pattern, required)
