"""Where a truce breaks: where the story places the fight, and not where the deal was made or who accuses."""

from itertools import islice

from stream.aftermath import happened_in
from stream.lexicon import Hit
from stream.locating import OF_A_DEAL, whereabouts
from stream.nesting import SPECIFIC, contains
from stream.passages import Candidate, Passage
from stream.sides import accuser
from stream.signals import Place
from stream.surroundings import LONG, main_country

DECLARED = ("calls off the ceasefire", "ceasefire declared over")
"""Rows of a party that says its truce is over: no fight has a place yet."""


MOST_ATTACKS = 6
"""Words of attack in one sentence of which the place is asked."""


def fought_here(passage: Passage, index: int) -> Place | None:
    """The town or site where a sentence places an attack; or null."""
    sentence = passage.sentences[index]
    attacks = passage.lexicon.word_patterns["attacks"].finditer(passage.plain, sentence.start, sentence.end)
    for attack in islice(attacks, MOST_ATTACKS):
        where = whereabouts(passage, index, *attack.span())
        if where.place is not None and not where.inferred and SPECIFIC[where.place.precision] > 2:
            return where.place
    return None


def names_a_deal(passage: Passage, found: Candidate) -> bool:
    """Does the place of a breach only name the deal, "the Hodeidah truce"?"""
    return any(
        m.place == found.place and OF_A_DEAL.match(passage.plain, m.end) is not None
        for m in passage.places_in(found.sentence)
    )


def nearer_than(passage: Passage, here: Place, found: Candidate) -> bool:
    """Is it told more nearly than the place that the words of the breach have? Where each accuses the other, theirs is
    the place of both.
    """
    if found.place is None or found.inferred_place or names_a_deal(passage, found):
        return True
    return (
        found.claim != "mutual"
        and SPECIFIC[found.place.precision] < 3
        and (found.place.country in (here.country, None))
    )


def of_no_one_fight(passage: Passage, index: int, hit: Hit) -> bool:
    """Does a party only declare its truce over, or was it broken many times, all over?"""
    last = min(hit.end + MANY_TIMES_WITHIN, passage.sentences[index].end)
    many = passage.phrase("many_times").search(passage.plain, hit.start, last)
    return hit.row.name in DECLARED or many is not None


MANY_TIMES_WITHIN = 60
"""Characters behind the words of a breach in which it is told how often."""


def front(passage: Passage) -> Place | None:
    """Where the first attack is that a longer story places in the country it is about; else that country."""
    country = passage.known("country", lambda: main_country(passage))
    fought = (fought_over(passage, index, country) for index in range(len(passage.sentences)))
    return next((place for place in fought if place is not None), country)


def fought_over(passage: Passage, index: int, country: Place | None) -> Place | None:
    """A place of the country where this sentence tells of an attack; or null."""
    if not 0 <= index < len(passage.sentences):
        return None
    sentence = passage.sentences[index]
    attack = passage.lexicon.word_patterns["attacks"].search(passage.plain, sentence.start, sentence.end)
    if attack is None:
        return None
    where = whereabouts(passage, index, *attack.span())
    inside = where.place is not None and (country is None or contains(country, where.place))
    return where.place if inside and not where.inferred else None


def named_in(passage: Passage, index: int) -> Place | None:
    """The first town or site that a sentence names as where something was; or null."""
    if index >= len(passage.sentences):
        return None
    towns = (m.place for m in passage.places_in(index) if m.role == "place" and happened_in(passage, index, m.start))
    return next((place for place in towns if SPECIFIC[place.precision] > 2), None)


def place_breach(passage: Passage, index: int, hit: Hit, found: Candidate, attack: tuple[int, int] | None) -> None:
    """Gives the breach that `hit` tells its place. `attack`: the attack that its row sets beside the deal.

    In order: where that attack was, the town where the sentence places any, the ground of who accuses, a fight in the
    sentences beside, and in a longer story the first fight or, where it is of no one fight, the country.
    """
    if attack is not None and passage.broken(min(attack[1], hit.end), max(attack[0], hit.start)):
        where = whereabouts(passage, index + (hit.row.scope == "next"), *attack)
        if where.place is not None and not where.inferred:
            found.place, found.inferred_place = where.place, False
    here = fought_here(passage, index)
    if here is not None and nearer_than(passage, here, found):
        found.place, found.inferred_place = here, False
    told = accuser(passage, index) if found.claim == "alleged" or found.place is None else None
    if told is not None and (found.place is None or found.inferred_place):
        found.place, found.inferred_place = told, True
    everywhere = of_no_one_fight(passage, index, hit)
    if (found.place is None or found.place.precision == "country") and not everywhere:
        country = None if found.inferred_place else found.place
        near = fought_over(passage, index + 1, found.place) or fought_over(passage, index - 1, country)
        if near is None and found.inferred_place:
            near = named_in(passage, index + 1)
        found.place = near or found.place
    if found.inferred_place and found.place is not None and len(passage.sentences) > LONG:
        whole = passage.known("country", lambda: main_country(passage))
        at_front = whole if everywhere else passage.known("front", lambda: front(passage))
        found.place = at_front or found.place
