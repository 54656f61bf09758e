"""Whose ground it is: who attacks, whom it hits, who speaks of an attack on themselves."""

import re
from itertools import pairwise

from stream.passages import Passage
from stream.places import PlaceMention, country_name
from stream.signals import Place


def attacker_of(passage: Passage, index: int, start: int, end: int) -> str | None:
    """Country of the state that the words name as the attacker, or that stands before them as the subject of their
    clause.
    """
    first, _ = passage.clause(index, start, end)
    subjects = [
        m
        for m in passage.places_in(index)
        if first <= m.start < end
        and (
            m.role in ("actor", "demonym")
            or (
                m.place.precision == "country"
                and (
                    beside(passage, m, start, end) or passage.phrase("speaker").match(passage.plain, m.end) is not None
                )
            )
        )
    ]
    inside = [m for m in subjects if m.start >= start]
    chosen = inside or [m for m in subjects if passage.words_between(m.end, start) <= 6]
    if not chosen and passage.has("israeli_forces", first, end):
        return "IL"
    return chosen[-1].place.country if chosen else None


def beside(passage: Passage, mention: PlaceMention, start: int, end: int) -> bool:
    """Is a country named right before the words or in them, and not as a place: "a United States air strike"?"""
    before = passage.plain[max(0, mention.start - 48) : mention.start]
    return start - 2 <= mention.end <= end and passage.phrase("at_place").search(before) is None


def of_people(passage: Passage, index: int, start: int, end: int) -> Place | None:
    """The country of the people who were hit: "kills 11 Palestinians", "Two Afghan civilians were killed in"."""
    first, last = passage.clause(index, start, end)
    people = [
        m
        for m in passage.places_in(index)
        if m.role == "demonym"
        and not passage.plain.startswith(" border", m.end)
        and not passage.phrase("tells").match(passage.plain, m.end)
        and not passage.plain.endswith(("from ", " by "), 0, m.start)
        and (end <= m.start < last or (first <= m.start < start and victims_at(passage, m.end, start + 8)))
    ]
    return people[0].place if people else None


def victims_at(passage: Passage, after: int, start: int) -> bool:
    """Do the words between a people's name and the attack say that they were hit?"""
    return (
        re.search(r"(?<!\w)(?:killed|wounded|injured|died|dead|hit|struck|targeted)(?!\w)", passage.plain[after:start])
        is not None
    )


def accuser(passage: Passage, index: int) -> Place | None:
    """The country that accuses another of the attack, on whose ground it was if nothing else is told: "X accuses Y of
    breaking the truce", "X says it lost 105 soldiers to Y, which it accuses"; null where they accuse each other.
    """
    sentence = passage.sentences[index]
    verb = passage.phrase("accuses").search(passage.plain, sentence.start, sentence.end)
    if verb is None or passage.hits("sources", "mutual", index):
        return None
    before = [
        m
        for m in passage.places_in(index)
        if m.end <= verb.start()
        and m.place.country
        and (m.role == "actor" or (m.place.precision == "country" and m.role != "container"))
    ]
    if not before:
        return None
    chosen = before[0] if passage.plain.startswith(("which ", "whom "), verb.start()) else before[-1]
    return of_country(str(chosen.place.country), chosen.place.as_written)


def own_ground(passage: Passage, index: int, attacker: str | None) -> Place | None:
    """The country of those who speak of the attack as one on themselves: "X accuses Y of raids on its territory",
    "X condemns the strike as a violation of its sovereignty", "X officials say" of another's strike.
    """
    sentence = passage.sentences[index]
    speakers = [
        m
        for m in passage.places_in(index)
        if m.role in ("actor", "demonym") and m.place.country not in (None, attacker) and m.place.precision == "country"
    ]
    its = passage.phrase("its_ground").search(passage.plain, sentence.start, sentence.end) is not None
    for m in speakers:
        third = str(m.place.country).lower() in passage.lexicon.lists.get("strike_abroad", ())
        if (its and m.role == "actor") or (
            attacker is not None and not third and passage.phrase("its_officials").match(passage.plain, m.end)
        ):
            return of_country(str(m.place.country), m.place.as_written)
    return None


def over_the_border(passage: Passage, index: int, attacker: str | None) -> Place | None:
    """The other side of a border that the attacker's country is named at: "along the Israeli-Lebanese border"."""
    people = [m for m in passage.places_in(index) if m.role == "demonym"]
    for one, two in pairwise(people):
        joint = passage.plain[one.end : two.start] in ("-", "–")
        if joint and passage.plain.startswith((" border", " frontier"), two.end):
            other = next((m for m in (one, two) if m.place.country != attacker), None)
            if attacker in (one.place.country, two.place.country) and other is not None:
                return other.place
    return None


def at_home(passage: Passage, attacker: str | None) -> Place | None:
    """The attacker's own country, unless it is one that strikes abroad."""
    if attacker is None or attacker.lower() in passage.lexicon.lists.get("strike_elsewhere", ()):
        return None
    mention = next((m for m in passage.places if m.place.country == attacker), None)
    return of_country(attacker, mention.place.as_written if mention else attacker)


def of_country(code: str, as_written: str) -> Place:
    return Place(name=country_name(code), as_written=as_written, country=code, precision="country")
