"""Where it happened: the place that the words of an event name, else what the story around them tells.

A place beside the words wins over one further off, one after a preposition of place over a bare name, a town over
its country.
Who speaks, who attacked and where copy was filed are no places of events, unless nothing else is named.
"""

import re
from dataclasses import dataclass

from stream.nesting import SPECIFIC, contains, first_of_list, holder, most_specific, struck_list, together
from stream.passages import Passage
from stream.places import PlaceMention
from stream.sides import at_home, attacker_of, of_people, over_the_border, own_ground
from stream.signals import Place
from stream.surroundings import LONG, around, aside, elsewhere, headed, main_country, party

OF_A_DEAL = re.compile(
    r" (?:cessation|armistice|pacts?|cease-?fires?|truces?|agreements?|accords?|deals?|protocols?|memorandum)(?!\w)"
)
"""After a place: a deal bears its name, and may have been made there only."""
SPEAKERS_AT = frozenset({"CH", "US", "BE", "AT", "GB", "NL", "FR", "DE"})
"""Where agencies and ministries that speak of wars elsewhere have their seats."""
SAID = re.compile(
    r",? (?:the |an? )?(?:[\w.'-]{1,20} ){1,7}"
    r"(?:said|says|told|warned|warns|urged|announced|called|reported|estimated)(?!\w)"
)
NAMED = re.compile(r",? [A-Z]")
OTHER_DEED = re.compile(
    r"(?<!\w)(?:blamed for|responsible for|accused of|behind (?:an?|the)|suspected of|wanted (?:for|over)"
    r"|c[ao]mes? (?:[\w-]{1,10} ){0,3}after)(?!\w)"
)
"""Between an attack on somebody and the place of what they did themselves."""
BORDER = re.compile(
    r"(?:'s|i|n|an)? (?:border|frontier)(?!\w| (?:town|city|village|region|province|area|post|crossing|district))"
)
"""After a country: what happens at its border happens as a rule on the other side of it."""
NEAR = re.compile(
    r"(?<!\w)(?:near|outside|close to|(?:north|south|east|west)(?:-?(?:east|west))? of"
    r"|(?:edges?|outskirts|fringes?) of)(?: (?!in |at |on |and |when |killed |killing )[\w'-]{1,20}){0,6} \Z"
)
"""Before a place that it happened near, "near the country's port of"."""
ACCORDING = re.compile(
    r"(?:according to [^,;.]{0,90}"
    r"|(?<!\w)(?:said|says|told|added|reported) (?:(?!that )[\w.'-]{1,20} ){1,6}in (?:the )?)\Z"
)
"""Before a place where those who tell of it are."""
Scored = tuple[float, int, PlaceMention]
"""How well a mention fits, how early it is (negated), and the mention."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The place of an event, further places that share its words, and whether it was taken from elsewhere in the
    story.
    """

    place: Place | None
    others: tuple[Place, ...] = ()
    inferred: bool = False
    within: Place | None = None
    """The region or country, named in the sentence, that holds the place and all the others."""


def whereabouts(passage: Passage, index: int, start: int, end: int) -> Whereabouts:
    """Where the event of the words [start, end) of sentence `index` happened.

    In order: a place in the same clause, "the area", the people who were hit, a place elsewhere in the sentence, and
    what stands outside it.
    """
    attacker = attacker_of(passage, index, start, end)
    abroad = attacker is not None and attacker.lower() in passage.lexicon.lists.get("strike_abroad", ())
    named = [
        m
        for m in passage.places_in(index)
        if m.role == "place" and m.place.country and not (abroad and m.place.country == attacker)
    ]
    scored = [(score(passage, index, m, start, end), -i, m) for i, m in enumerate(named)]
    fitting = [item for item in scored if item[0] > 0]
    near = [item for item in fitting if not passage.broken(min(end, item[2].end), max(start, item[2].start))]
    anaphora = elsewhere(passage, index, start, end)
    best = best_of(passage, named, near)
    far = best is None or SPECIFIC[best.place.precision] == 0 or capital_before(passage, end, best.start)
    far = far or here_filed(passage, index, start, end)
    if best is not None and not (far and anaphora is not None):
        best = first_of_list(passage, named, best)
        listed = together(passage, named, best) or struck_list(passage, named, best, end)
        return Whereabouts(best.place, listed, within=holder(passage, index, best.place, listed))
    if anaphora is not None:
        return Whereabouts(anaphora)
    people = of_people(passage, index, start, end)
    others = [item for item in fitting if item[2].place.country != attacker or item[2].place.precision != "country"]
    if people is not None and people.country != attacker:
        others = [item for item in others if among(passage, index, item[2], people, end)]
        if not others:
            return Whereabouts(people, inferred=True)
    if others:
        further = most_specific(passage, named, max(others, key=lambda item: item[:2])[2])
        return Whereabouts(
            further.place, together(passage, named, further), inferred=further.place.precision == "country"
        )
    return outside(passage, index, attacker, abroad=abroad)


def here_filed(passage: Passage, index: int, start: int, end: int) -> bool:
    """Does the clause speak of the town that copy was filed from: "in this village"?"""
    return passage.phrase("this_town").search(passage.plain, *passage.clause(index, start, end)) is not None


def capital_before(passage: Passage, end: int, start: int) -> bool:
    """Does a capital that is not named stand between the words and a place: "bombing the capital and shelling Taiz"?"""
    found = passage.phrase("the_capital").search(passage.plain, max(0, end - 12), start)
    return found is not None and NAMED.match(passage.text, found.end()) is None


def best_of(passage: Passage, named: list[PlaceMention], near: list[Scored]) -> PlaceMention | None:
    """The mention in the clause that fits best; inside a country, the place that a preposition names."""
    if not near:
        return None
    best = most_specific(passage, named, max(near, key=lambda item: item[:2])[2])
    if best.place.precision != "country":
        return best
    inner = [item for item in near if item[2].cue in {"in", "at", "near"} and contains(best.place, item[2].place)]
    return most_specific(passage, named, max(inner, key=lambda item: item[:2])[2]) if inner else best


def among(passage: Passage, index: int, mention: PlaceMention, people: Place, end: int) -> bool:
    """Is a place one of the people who were hit, named by a preposition, and not where the attack was answered?"""
    answered = passage.phrase("answered").search(passage.plain, end, max(end, mention.start))
    return mention.place.country == people.country and cued(passage, index, mention) and not answered


def outside(passage: Passage, index: int, attacker: str | None, *, abroad: bool) -> Whereabouts:
    """The place of an event whose own sentence names none: the ground of those who speak of it, the sentences around,
    the heading, the attacker's own country, the country of a party that is named.
    """
    near_by, home = around(passage, index, attacker, abroad=abroad), at_home(passage, attacker)
    told = own_ground(passage, index, attacker)
    if told is not None and (near_by is None or near_by.country != told.country):
        return Whereabouts(told, inferred=near_by is None)
    if home is not None and near_by is not None and near_by.country != home.country:
        near_by = home
    heading = headed(passage, attacker)
    near_by = near_by or over_the_border(passage, index, attacker)
    vague = len(passage.sentences) <= LONG and near_by is not None and near_by.precision == "country"
    if vague and heading is not None:
        near_by = heading
    last = near_by or heading or home or passage.known("party", lambda: party(passage))
    return Whereabouts(last, inferred=True)


def cued(passage: Passage, index: int, mention: PlaceMention) -> bool:
    """Does a preposition or verb of place stand before the mention?"""
    before = passage.plain[max(passage.sentences[index].start, mention.start - 48) : mention.start]
    return passage.phrase("at_place").search(before) is not None


def score(passage: Passage, index: int, mention: PlaceMention, start: int, end: int) -> float:
    """How well a mention fits as the place of the words [start, end); at or below 0: not at all."""
    plain = passage.plain
    before = plain[max(passage.sentences[index].start, mention.start - 48) : mention.start]
    value = 2.0 + SPECIFIC[mention.place.precision] * 0.5
    if passage.phrase("speaker").match(plain, mention.end) or BORDER.match(plain, mention.end):
        value -= 4
    if mention.start < start and passage.phrase("miles_off").search(plain, end, end + 60):
        value -= 5
    if mention.start > end and passage.phrase("fired_at").search(plain, end, mention.start):
        value -= 6
    if (
        passage.phrase("at_place").search(before)
        or passage.phrase("road_to").search(before)
        or any(passage.phrase(name).match(plain, mention.end) for name in ("its_people", "suffers"))
    ):
        value += 2
    elif passage.phrase("not_there").search(before):
        value -= 3
    if aside(passage, index, mention):
        value -= 5
    if far_off(passage, index, mention):
        value -= 4
    if OF_A_DEAL.match(plain, mention.end):
        value -= 3
    if mention.start > end and OTHER_DEED.search(plain, end, mention.start):
        value -= 6
    told_by = ACCORDING.search(plain, max(passage.sentences[index].start, mention.start - 100), mention.start)
    if told_by is not None and not told_by.start() < start < mention.start:  # "he said the bombs fell in X"
        value -= 4
    if passage.phrase("office_of").search(before) and passage.phrase("speaker").match(plain, mention.end):
        value -= 5
    if passage.phrase("way_from").search(before):
        value -= 2.5
    if any(
        passage.phrase(name).search(before)
        for name in ("part_place", "war_ended", "deal_made", "bordering", "agents", "seated_in")
    ):
        value -= 8
    if mention.start >= start:
        value += 1.5
    if passage.broken(min(end, mention.end), max(start, mention.start)):
        value -= 1.5
    return value - passage.words_between(min(mention.end, end), max(mention.start, start)) / 12


def far_off(passage: Passage, index: int, mention: PlaceMention) -> bool:
    """Does a sentence begin with where somebody far from the war speaks: "In Geneva the refugee agency said"?"""
    if mention.place.country not in SPEAKERS_AT or mention.start - passage.sentences[index].start != len("In "):
        return False
    whole = passage.known("country", lambda: main_country(passage))
    told = SAID.match(passage.plain, mention.end) is not None
    return told and whole is not None and whole.country != mention.place.country


def nearer(passage: Passage, index: int, found: Whereabouts, *, victims_too: bool = True) -> Whereabouts:
    """A nearer place from one of the next sentences that goes on about the same attack: "The attack took place in the
    village of X".
    """
    if found.others:
        return found
    if found.place is not None and SPECIFIC[found.place.precision] > 2 and not only_near(passage, index, found.place):
        return found
    for at in range(index + 1, min(index + 1 + (MOST_AHEAD if vague(found) else 1), len(passage.sentences))):
        if goes_on(passage, at, next_one=at == index + 1, victims_too=victims_too and vague(found)):
            place = placed_there(passage, at, found.place)
            if place is not None:
                return Whereabouts(place)
    return found


MOST_AHEAD = 4
"""Sentences behind one that tells of an attack in a whole country or region, in which its town may be told."""


def goes_on(passage: Passage, index: int, *, next_one: bool, victims_too: bool) -> bool:
    """Does a sentence go on about the attack told before: by naming it, or right behind it by its dead and hurt?"""
    sentence = passage.sentences[index]
    if passage.phrase("that_attack").search(passage.plain, sentence.start, sentence.end):
        return True
    of_its_own = bool(passage.hits("air_strike", "trigger", index))
    return next_one and victims_too and not of_its_own and tells_of_victims(passage, index)


def placed_there(passage: Passage, index: int, here: Place | None) -> Place | None:
    """The place that a sentence names more nearly than `here`, as where things happen."""
    for m in passage.places_in(index):
        before = passage.plain[max(passage.sentences[index].start, m.start - 48) : m.start]
        more = (
            here is None
            or (here.precision == "town" and m.place.country == here.country and m.place.name != here.name)
            or (contains(here, m.place) and SPECIFIC[m.place.precision] > SPECIFIC[here.precision])
        )
        if (
            m.role == "place"
            and (m.place.precision in ("town", "site") or (here is not None and here.precision == "country"))
            and more
            and passage.phrase("at_place").search(before)
            and not passage.phrase("way_from").search(before)
        ):
            return m.place
    return None


def vague(found: Whereabouts) -> bool:
    """Is no more told than a country or region, or was the place taken from elsewhere?"""
    return found.place is None or found.inferred or SPECIFIC[found.place.precision] < 3


def tells_of_victims(passage: Passage, index: int) -> bool:
    """Does a sentence tell of dead or hurt people, or who was where, and of no attack of its own?"""
    sentence = passage.sentences[index]
    hurt = any(passage.hits("victims", role, index) for role in ("killed", "injured"))
    gathered = passage.phrase("gathered").search(passage.plain, sentence.start, sentence.end) is not None
    return (hurt or gathered) and not passage.phrase("an_attack").search(passage.plain, sentence.start, sentence.end)


def only_near(passage: Passage, index: int, place: Place) -> bool:
    """Is the place named as one that it happened near?"""
    return any(
        NEAR.search(passage.plain, max(passage.sentences[index].start, m.start - 64), m.start)
        for m in passage.places_in(index)
        if m.place == place
    )
