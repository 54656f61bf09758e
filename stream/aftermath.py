"""What a story says of an attack in the sentences after it has told of it: the dead and the hurt, and the town.

A long telling names the attack once and gives its numbers paragraphs later: "The Health Ministry counted 50 dead and 77
injured". Such a number is that of the attack told last, as long as the sentence speaks of no other attack, place or
time, and the attack has no number of that sort yet. The one attack of a story that names a region has its town there.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from stream.dates import DayMention
from stream.figures import TOLL_OF_A_WAR
from stream.nesting import SPECIFIC, beside, contains, degrees_apart, same_place
from stream.passages import Candidate, Passage
from stream.places import PlaceMention
from stream.signals import Figure, Place
from stream.status import judge
from stream.surroundings import aside
from stream.victims import Victims, victims

WHERE = re.compile(
    r"(?<!\w)(?:in|at|near|on|around|across|outside|inside|of|(?:gone|went|came|come|returned|called|summoned|sent"
    r"|circled|turned)(?: back)? to)(?: (?:the|nearby|neighbouring|neighboring|central"
    r"|(?:city|town|village|district|province|region|suburb|quarter|neighbou?rhood) of)){0,2} \Z"
)
CARE = re.compile(r"(?<!\w)(?:hospitals?|clinics?|morgues?|wards?|mortuary|surgeons?|doctors?|medics?)(?!\w)")
"""Before a place: where the dead and the hurt were brought, or who counted them."""
FURTHEST = 8
"""Sentences between an attack that the story tells alone and a number of it."""
LATELY = timedelta(days=2)
"""How long before publication an attack may have been for which no day is told."""
FURTHEST_PLACE = 6
"""Sentences between an attack told of a region and its town."""
FURTHER_ON = re.compile(
    r"(?<!\w)(?:warn(?:s|ed|ing)?|assault on|offensive|fled|flee|fleeing|displaced|could|would|might|talks"
    r"|last (?:month|year))(?!\w)"
)
"""A sentence that tells of something else than what was hit."""
FURTHEST_OF_SEVERAL = 3
"""The same where the story tells of several."""


def with_later_numbers(passage: Passage, told: Sequence[Candidate]) -> list[Candidate]:
    """The attacks of a story, those without dead or hurt with the numbers that later sentences tell of them."""
    found = list(told)
    counted = [i for i, c in enumerate(found) if c.status == "new" and not c.umbrella and not c.listed]
    for index in range(len(passage.sentences)):
        before = [i for i in counted if found[i].sentence < index]
        if not before or not victims(passage, index) or speaks_of_attack(passage, index, found[before[0]].kind):
            continue
        last = max(before, key=lambda i: min(found[i].told_last, index))
        if index - found[last].told_last > (FURTHEST if len(counted) == 1 else FURTHEST_OF_SEVERAL):
            continue
        if not goes_on_about(passage, index, found[last]) or lost(passage, found[last], index):
            continue
        numbers = victims(passage, index)
        killed = found[last].killed
        if killed is not None and any(of_another(killed, number) for number in numbers):
            continue
        for number in numbers:
            found[last] = with_number(passage, index, found[last], number)
    return found


def with_later_place(passage: Passage, told: Sequence[Candidate]) -> list[Candidate]:
    """The attacks told of a whole region or country, or only "near" a town, each with the town that a later sentence
    names there; where the story tells of several, before it comes to the next.
    """
    found = list(told)
    counted = [i for i, c in enumerate(found) if c.status == "new"]
    starts = sorted({found[i].sentence for i in counted})
    for i in counted:
        attack = found[i]
        if attack.place is None or attack.umbrella or attack.listed:
            continue
        if SPECIFIC[attack.place.precision] > 2 and not attack.nearby:
            continue
        following = next((at for at in starts if at > attack.sentence), len(passage.sentences))
        furthest = FURTHEST_PLACE if len(counted) == 1 else FURTHEST_OF_SEVERAL
        last = min(attack.sentence + 1 + furthest, following, len(passage.sentences))
        town = later_place(passage, attack, attack.place, range(attack.sentence + 1, last))
        if town is not None and not any(c.place is not None and same_place(c.place, town) for c in found):
            found[i] = replace(attack, place=town, inferred_place=False, nearby=False)
    return found


def later_place(passage: Passage, attack: Candidate, whole: Place, sentences: range) -> Place | None:
    """The first town in or around `whole` that one of these sentences names and tells no attack and no other time."""
    for index in sentences:
        if speaks_of_attack(passage, index, attack.kind) or not all(
            in_time(passage, attack, m) for m in passage.days(index)
        ):
            continue
        if FURTHER_ON.search(passage.plain, passage.sentences[index].start, passage.sentences[index].end):
            continue
        towns = [m.place for m in passage.places_in(index) if stands_in(passage, index, m, whole)]
        if attack.nearby and index < attack.told_last:  # the town it was near to is told further on
            towns = [town for town in towns if town.lat is not None]
        town = next(iter(towns), None)
        if town is not None:
            return town
    return None


def stands_in(passage: Passage, index: int, mention: PlaceMention, whole: Place) -> bool:
    """Is it a town of the region, named as where something happened?"""
    if mention.role != "place" or mention.place.precision not in ("town", "site"):
        return False
    if not contains(whole, mention.place) and (same_place(whole, mention.place) or not close_by(whole, mention.place)):
        return False
    return happened_in(passage, index, mention.start) and not aside(passage, index, mention)


WITHIN_REACH = 0.6
"""Degrees from a town to what happened "near" it."""


def close_by(town: Place, other: Place) -> bool:
    """Does another place of its country lie around a town?"""
    if town.precision == "country" or town.country != other.country or None in (town.lat, town.lon):
        return False
    apart = degrees_apart(town, other)
    return other.admin1 in (None, town.admin1) if apart is None else apart < WITHIN_REACH


def in_time(passage: Passage, attack: Candidate, mention: DayMention) -> bool:
    day = attack.day if attack.day is not None and attack.day_certain else passage.published - LATELY
    last = mention.first if mention.kind == "since" else mention.last
    return day - timedelta(days=1) <= last <= passage.published


def speaks_of_attack(passage: Passage, index: int, kind: str) -> bool:
    return any(passage.hits(kind, role, index) for role in ("trigger", "other_event"))


def lost(passage: Passage, attack: Candidate, index: int) -> bool:
    """Does the story tell, between the attack and a sentence, of people harmed in an attack of another kind?"""
    return any(
        passage.hits(attack.kind, "other_event", at) and victims(passage, at)
        for at in range(attack.told_last + 1, index)
    )


def goes_on_about(passage: Passage, index: int, attack: Candidate) -> bool:
    """Does a sentence name no place but that of the attack, and no time before it?"""
    places = [m.place for m in passage.places_in(index) if m.role == "place" and happened_in(passage, index, m.start)]
    if attack.place is not None and any(not beside(attack.place, place) for place in places):
        return False
    return all(in_time(passage, attack, m) for m in passage.days(index))


def happened_in(passage: Passage, index: int, start: int) -> bool:
    """Is the place that begins here where something happened: behind "in" or "near", but no hospital's, and not where
    somebody was brought or speaks from?
    """
    before = passage.plain[max(passage.sentences[index].start, start - 48) : start]
    return WHERE.search(before) is not None and CARE.search(before) is None


def of_another(killed: Figure, number: Victims) -> bool:
    """Is it the toll of something else: more than four times as many dead as the attack has, or less than a quarter?"""
    one, other = sorted((killed.best, number.figure.best))
    return number.role == "killed" and 4 * one < other


def feared(passage: Passage, number: Victims) -> bool:
    return "feared" in passage.plain[max(0, number.start - 16) : number.end]


def with_number(passage: Passage, index: int, attack: Candidate, number: Victims) -> Candidate:
    """The attack with this number, where it has none of the sort."""
    if number.figure.best >= TOLL_OF_A_WAR or number.figure.best == 0:
        return attack
    if judge(passage, index, number.start, number.end, attack.kind)[0] != "new" or feared(passage, number):
        return attack
    raised = number.raised and attack.killed is not None and number.figure.best > attack.killed.best
    if number.role == "killed" and (attack.killed is None or raised):
        return replace(attack, killed=number.figure)
    if number.role == "injured" and attack.injured is None:
        return replace(attack, injured=number.figure)
    return attack
