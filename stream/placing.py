"""Which place belongs to these words: of the places a story names, the one where a reported event happened."""

from stream.places import PlaceMention
from stream.signals import Place
from stream.text import Positions, Sentence

Span = tuple[int, int]
_AFTER = frozenset(
    "in at near around outside inside within on over across against into onto of hit hits hitting struck strike strikes striking bomb bombs bombed bombing "
    "pound pounds pounded pounding shell shells shelled target targets targeted targeting attack attacks attacked attacking raid raids raided".split()
)


def place_of(span: Span, mentions: list[PlaceMention], sentences: list[Sentence]) -> Place | None:
    """The place of the event that `span` tells, or null when the story names none."""
    places = places_of(span, mentions, sentences)
    return places[0] if places else None


def places_of(span: Span, mentions: list[PlaceMention], sentences: list[Sentence]) -> list[Place]:
    """All places that share the verb of `span`, the nearest first; empty when the story names no place.

    In order: a place of the same sentence, best after the words with a preposition of place; the last place named before
    in the paragraph; the story's main place; the dateline.
    """
    own = [mention for mention in mentions if mention.role == "place"]
    if not sentences:
        return [own[0].place] if own else _dateline(mentions)
    positions = Positions(sentences)
    sentence = positions.index(span[0])
    bounds = sentences[sentence]
    inside = [mention for mention in own if bounds.start <= mention.start < max(bounds.end, span[1])]
    if inside:
        best = min(inside, key=lambda mention: (_distance(span, mention), mention.start))
        return [best.place, *(mention.place for mention in _shared(best, inside))]
    return _elsewhere(span, own, sentences, positions, sentence) or _dateline(mentions)


def _distance(span: Span, mention: PlaceMention) -> float:
    """Characters between the words and the place, a place before them or without a preposition counting as farther."""
    if mention.start >= span[0]:
        apart = max(0, mention.start - span[1])
        return apart + (0 if mention.cue in _AFTER else 40)
    return (span[0] - mention.end) + (60 if mention.cue in _AFTER else 90)


_JOINING = 12


def _shared(best: PlaceMention, inside: list[PlaceMention]) -> list[PlaceMention]:
    """The places in one list with `best`: "in Homs, Hama and Idlib"."""
    shared = []
    last = best
    for mention in inside:
        if mention.start > last.end and mention.start - last.end <= _JOINING and mention.cue in {"and", "or", "", last.cue}:
            shared.append(mention)
            last = mention
    return shared


def _elsewhere(
    span: Span, own: list[PlaceMention], sentences: list[Sentence], positions: Positions, sentence: int
) -> list[Place]:
    """The last place named in an earlier sentence of the paragraph, else the next one in it, else the most named place."""
    paragraph = sentences[sentence].paragraph
    before = [m for m in own if m.end <= span[0] and sentences[positions.index(m.start)].paragraph == paragraph]
    if before:
        return [before[-1].place]
    main = main_place(own)
    return [main] if main is not None else []


def main_place(mentions: list[PlaceMention]) -> Place | None:
    """The place a story is about: named most often, of equals the more exact, then the first."""
    counts: dict[tuple[str | None, str], int] = {}
    first: dict[tuple[str | None, str], tuple[int, Place]] = {}
    for mention in mentions:
        if mention.role == "place":
            key = (mention.place.country, mention.place.name)
            counts[key] = counts.get(key, 0) + 1
            first.setdefault(key, (mention.start, mention.place))
    if not counts:
        return None
    exactness = {"site": 0, "town": 1, "region": 2, "country": 3}
    key = min(counts, key=lambda k: (-counts[k], exactness[first[k][1].precision], first[k][0]))
    return first[key][1]


def _dateline(mentions: list[PlaceMention]) -> list[Place]:
    return [mention.place for mention in mentions if mention.role == "dateline"][:1]
