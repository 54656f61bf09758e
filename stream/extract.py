"""One story in, its signals out, with the words they came from and the reason each counts or not. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from stream import attacks, ceasefires, displacements
from stream.aftermath import with_later_numbers, with_later_place
from stream.attacks import asserting, evidence
from stream.attribution import certainty
from stream.figures import untied
from stream.languages import recognise
from stream.lexicon import Lexicon, lexicon, reading
from stream.merging import merge
from stream.passages import LONGEST_TEXT, Candidate, Passage
from stream.signals import DisplacedFigure, Mention, Place, Signal, signal_id
from stream.stories import Story

Finder = Callable[[Passage, str], tuple[list[Candidate], list[Mention]]]
MOST_SPORT_WORDS = 4
"""A text with this many different words of sport is a report of a game, whatever it bombards."""
FINDERS: dict[str, Finder] = {"ceasefire_violation": ceasefires.find, "displacement": displacements.find}
"""Kinds that rows alone cannot tell; every other kind of the lexicon is found by `attacks.find`."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a story says. `note`: why no signal counts, from a closed list, or None when one does."""

    signals: tuple[Signal, ...] = ()
    mentions: tuple[Mention, ...] = ()
    note: str | None = None


def extract(story: Story, words: Lexicon | None = None) -> Extraction:
    """Signals and look-alikes of a story, in story order.

    Notes: `no_trigger` (no word of any kind in it), `other_language`, `not_prose`, `sport`, `nothing_new` (only
    background,
    hypothetical
    or denied), `look_alikes` (only mentions). Linear in the length of the text; what lies beyond LONGEST_TEXT
    characters is not read.
    """
    words = words or lexicon()
    plain = reading(story.text[:LONGEST_TEXT])
    if not words.opens(plain):
        return Extraction(note="no_trigger")
    language = recognise(plain, story.language, words)
    if language != "english":
        return Extraction(note=language)
    if len(set(words.word_patterns["sport"].findall(plain))) >= MOST_SPORT_WORDS:
        return Extraction(note="sport")
    passage = Passage(story, words)
    candidates: list[Candidate] = []
    mentions: list[Mention] = []
    for kind in words.kinds:
        found, dropped = FINDERS.get(kind, attacks.find)(passage, kind)
        merged = merge(of_old_times(passage, found))
        candidates.extend(merged if kind in FINDERS else with_later_numbers(passage, with_later_place(passage, merged)))
        mentions.extend(dropped)
    if candidates:
        mentions.extend(untied_numbers(passage, candidates))
    signals = tuple(numbered(story, passage, sorted(candidates, key=lambda c: (c.start, c.kind))))
    return Extraction(signals, tuple(sorted(mentions, key=lambda m: m.evidence.start)), note_of(signals, mentions))


def of_old_times(passage: Passage, found: list[Candidate]) -> list[Candidate]:
    """A heading names no day: where all that the story dates is long past, so is what its heading tells."""
    first = passage.sentences[0]
    told = [c for c in found if c.sentence > 0]
    heading = (
        len(passage.sentences) > 1 and passage.sentences[1].paragraph > 0 and passage.text[first.end - 1] not in '.!?”"'
    )
    if not heading or not told or any(c.status != "background" for c in told):
        return found
    if not any(c.reason == "past" for c in told):
        return found
    return [
        replace(c, status="background", reason="past", day=None) if c.sentence == 0 and c.status == "new" else c
        for c in found
    ]


def untied_numbers(passage: Passage, candidates: list[Candidate]) -> list[Mention]:
    """Numbers of victims that no candidate took, each with why: a toll of a long time, or tied to no event of
    these kinds.
    """
    quotes = {f.quote for c in candidates for f in (c.killed, c.injured) if f is not None}
    kind = next((c.kind for c in candidates if c.displaced is None), candidates[0].kind)
    found: list[Mention] = []
    reached = -1
    for index in range(len(passage.sentences)):
        for reason, start, end in sorted(untied(passage, index), key=lambda item: item[1]):
            words = passage.text[start:end]
            if start >= reached and not any(quote in words or words in quote for quote in quotes):
                found.append(Mention(kind=kind, reason=reason, evidence=evidence(passage, start, end, "victims")))
                reached = end
    return found


def numbered(story: Story, passage: Passage, candidates: list[Candidate]) -> list[Signal]:
    """Signals with their ids: the ordinal counts equal kind, place and day from 0."""
    ordinals: dict[tuple[object, ...], int] = {}
    signals: list[Signal] = []
    for candidate in candidates:
        key = (candidate.kind, place_key(candidate.place), candidate.day)
        ordinal = ordinals.get(key, 0)
        ordinals[key] = ordinal + 1
        signals.append(signal(story, passage, candidate, ordinal))
    return signals


def place_key(place: Place | None) -> object:
    return None if place is None else place.geonameid or (place.country, place.admin1, place.name)


def signal(story: Story, passage: Passage, found: Candidate, ordinal: int) -> Signal:
    """A candidate as the signal it is."""
    displaced = found.displaced and DisplacedFigure(
        **found.displaced.model_dump(), unit=found.unit, measure=found.measure, cause=found.cause
    )
    return Signal(
        id=signal_id(story.uri, found.kind, found.place, found.day, ordinal),
        kind=found.kind,
        status=found.status,
        counted=found.status == "new",
        reason=found.reason,
        certain=found.certain,
        certainty=certainty(found.claim, certain=found.certain, uninvolved=found.uninvolved),
        claim=found.claim,
        weapon=found.weapon,
        umbrella=found.umbrella,
        follow_up=found.follow_up,
        place=found.place,
        from_=found.from_,
        to=found.to,
        day=found.day,
        day_certain=found.day_certain,
        period=found.period,
        killed=found.killed,
        injured=found.injured,
        displaced=displaced,
        count=found.count,
        actors=found.actors,
        source=found.source,
        evidence=asserting(passage, found.sentence, found.start, found.end, found.pattern),
    )


def note_of(signals: tuple[Signal, ...], mentions: list[Mention]) -> str | None:
    """Why nothing counts, or None when something does."""
    if any(s.counted for s in signals):
        return None
    return "nothing_new" if signals else "look_alikes" if mentions else "no_trigger"
