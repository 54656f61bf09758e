"""Mentions of one event in one story are one signal.

Same kind and status, places that agree (the same, one inside the other, or one taken from elsewhere in the story)
and days that agree.
A mention that says "also" or "another" is an event of its own. A region with a total of its own over named places
inside it is an umbrella.
"""

from collections.abc import Sequence
from dataclasses import replace

from stream.nesting import contains, is_part, near, same_place
from stream.passages import Candidate
from stream.signals import Figure, Place


def merge(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate for each event, in story order; candidates with several places become several."""
    groups: list[Candidate] = []
    for candidate in spread(candidates):
        order = range(len(groups) - 1, -1, -1) if candidate.again else range(len(groups))
        home = next((i for i in order if same_event(groups[i], candidate)), None)
        if home is None:
            groups.append(replace(candidate, again=False))
        else:
            groups[home] = joined(groups[home], candidate)
    return umbrellas(settle(groups))


def spread(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Words that name several places, as one candidate for each. A number told of all of them stands on none (codebook:
    "only when the story ties it to that event"), but on the region that holds them, where one is named.
    """
    found: list[Candidate] = []
    for candidate in candidates:
        if candidate.status != "new" or candidate.displaced is not None or not candidate.others:
            found.append(candidate)
        else:
            whole = candidate.place
            candidate = replace(candidate, definite=False, again=False, listed=True)
            if whole is not None and all(contains(whole, place) for place in candidate.others):
                found.append(replace(candidate, others=[], umbrella=True))
                found.extend(bare(candidate, place) for place in candidate.others)
                continue
            if candidate.within is not None and (candidate.killed or candidate.injured or candidate.count):
                found.append(replace(candidate, place=candidate.within, others=[], umbrella=True))
            found.append(replace(candidate, others=[], killed=None, injured=None, count=None))
            found.extend(bare(candidate, place) for place in candidate.others)
    return found


def bare(candidate: Candidate, place: Place) -> Candidate:
    """The same words at one of several places, without the numbers that are told of all."""
    return replace(candidate, place=place, others=[], killed=None, injured=None, count=None)


def same_event(one: Candidate, other: Candidate) -> bool:
    """Do two mentions tell one event?"""
    if one.kind != other.kind or one.status != other.status or one.umbrella != other.umbrella:
        return False
    if (one.start, one.end) == (other.start, other.end) and not same_place(one.place, other.place):
        return False  # two places of the same words
    if one.displaced is not None and other.displaced is not None:
        if one.measure != other.measure or one.unit != other.unit:
            return False
        if one.displaced.best == other.displaced.best:
            return True
        if one.sentence == 0 and in_words(one.displaced, other.displaced):
            return places_agree(one, other)
        if one.sentence != other.sentence and rounded(one.displaced.best, other.displaced.best):
            return places_agree(one, other)
        return (
            same_place(one.place, other.place)
            and one.day == other.day
            and one.period == other.period
            and one.sentence != other.sentence
        )
    if one.status != "new":
        return places_agree(one, other) and (one.day is None or other.day is None or one.day == other.day)
    if (
        (one.additional or other.additional)
        and one.place != other.place
        and not (one.inferred_place or other.inferred_place)
    ):
        return False
    if (
        one.day != other.day
        and one.day_certain
        and other.day_certain
        and (one.period is None or one.period != other.period)
    ):
        return False
    if dated_apart(*sorted((one, other), key=lambda c: c.start)):
        return False
    return places_agree(one, other)


STILL_THE_STRIKE = 3
"""Days before publication up to which "Tuesday's strike" may be the one just told of without a day."""


def dated_apart(one: Candidate, later: Candidate) -> bool:
    """Does a later mention name a day of its own, days off that of the first, and no place, or another number of dead?
    Then it tells of another attack, unless the first is in a heading or lead, which may name no day.
    """
    if one.day is None or later.day is None or one.day_certain or not later.day_certain:
        return False
    days = abs((one.day - later.day).days)
    if later.definite:
        return days > STILL_THE_STRIKE and one.told_last > 0
    elsewhere = later.inferred_place and one.sentence > 0
    others = one.killed is not None and later.killed is not None and one.killed.best != later.killed.best
    return (elsewhere or others) and days > 1


def in_words(one: Figure, other: Figure) -> bool:
    """May the first, told in words ("tens of thousands"), be the second, told in figures?"""
    return one.vague and not other.vague and one.best <= other.best <= 10 * one.best


def rounded(one: int, other: int) -> bool:
    """Are two numbers the same, one of them rounded ("passes 110,000" in a headline over "more than 112,000")?"""
    return abs(one - other) * 20 <= max(one, other)


def places_agree(one: Candidate, other: Candidate) -> bool:
    """The same place, one inside the other, or one of them not named beside its words."""
    if one.place is None or other.place is None or same_place(one.place, other.place) or one_toll(one, other):
        return True
    if one.sentence == 0 and one.killed and other.killed and one.killed.best > other.killed.best and one.inferred_place:
        return False
    if one.place.country != other.place.country:
        return (other.inferred_place and other.place.precision == "country") or (
            one.inferred_place and one.place.precision == "country"
        )
    if other.inferred_place or one.inferred_place:
        return not far_apart(*sorted((one, other), key=lambda c: c.start))
    if other.again and one.place.admin1 is not None and one.place.admin1 == other.place.admin1:
        return True
    if one.killed and other.killed and one.killed.best != other.killed.best:
        return False
    if one.killed and other.killed and (is_part(one.place, other.place) or is_part(other.place, one.place)):
        return True  # "20 killed in northern Yemen" and "in Hajjah province"
    if one.sentence == 0 and one.place.name == one.place.admin1 == other.place.admin1 and not one.killed:
        return True
    led = one.nearby and one.sentence <= LEAD and other.sentence - one.told_last <= SENTENCES_APART
    if (other.definite or led) and near(one.place, other.place):
        return True
    if one.listed or other.listed:
        return False  # the region of a list holds its total
    return contains(one.place, other.place) or contains(other.place, one.place)


def far_apart(one: Candidate, later: Candidate) -> bool:
    """Is a later mention of another town told sentences away: "In Sanaa residents reported raids"?"""
    if one.place is None or later.place is None or later.inferred_place or later.definite:
        return False
    towns = one.place.precision in ("town", "site") and later.place.precision in ("town", "site")
    return towns and one.sentence > 0 and later.sentence - one.told_last > SENTENCES_APART and one.killed is not None


SENTENCES_APART = 3
LEAD = 2
"""The last sentence of a lead, which may tell only near which town it was."""


def one_toll(one: Candidate, other: Candidate) -> bool:
    """Do both tell the same number of dead, by the same words or again in another sentence, in one country?"""
    if one.killed is None or other.killed is None or one.killed.best != other.killed.best:
        return False
    if one.place is None or other.place is None or one.place.country != other.place.country:
        return False
    if one.listed or other.listed or one.additional or other.additional:
        return False
    if one.sentence == other.sentence:
        return one.killed is other.killed or one.killed.quote == other.killed.quote
    return not one.killed.vague and one.killed.best >= TELLING_TOLL


TELLING_TOLL = 5
"""So many dead are told of twice in one story only when it tells of one attack twice."""


def joined(one: Candidate, other: Candidate) -> Candidate:
    """Two mentions as one: the nearer place, the surer day, all figures."""
    place, inferred = one.place, one.inferred_place
    if other.place is not None and (
        place is None
        or (inferred and not other.inferred_place)
        or (
            one.nearby
            and not (other.nearby or other.inferred_place or same_place(place, other.place))
            and other.place.precision in ("town", "site")
        )
        or (place.precision == "country" and other.place.precision == "town" and contains(place, other.place))
        or (one.sentence == 0 < other.sentence and not other.inferred_place and one_toll(one, other))
        or (inferred == other.inferred_place and (contains(place, other.place) or is_part(place, other.place)))
    ):
        place, inferred = other.place, other.inferred_place
    dated = other if other.day_certain and not one.day_certain else one
    claim = (
        one.claim
        if one.claim == "mutual"
        else other.claim
        if other.claim == "mutual"
        else one.claim
        if one.claim == "observed"
        else other.claim
    )
    bigger = other if (other.displaced and one.displaced and other.displaced.best > one.displaced.best) else one
    return replace(
        one,
        certain=one.certain or other.certain,
        claim=claim,
        uninvolved=one.uninvolved or other.uninvolved,
        weapon=one.weapon if one.certain >= other.certain else other.weapon,
        place=place,
        inferred_place=inferred,
        nearby=one.nearby if place is one.place else other.nearby,
        from_=bigger.from_ or one.from_ or other.from_,
        to=bigger.to or one.to or other.to,
        day=dated.day,
        day_certain=dated.day_certain,
        period=one.period or other.period,
        killed=combined(one.killed, other.killed),
        injured=combined(one.injured, other.injured),
        displaced=bigger.displaced or other.displaced,
        count=one.count or other.count,
        actors=tuple(dict.fromkeys((*one.actors, *other.actors)))[:4],
        source=one.source or other.source,
        additional=one.additional,
        follow_up=one.follow_up and other.follow_up,
        latest=max(one.told_last, other.told_last),
    )


def combined(one: Figure | None, other: Figure | None) -> Figure | None:
    """Conflicting figures: the lowest, the first told, the highest."""
    if one is None or other is None or one.best == other.best:
        return one or other
    if one.vague and not other.vague:  # "dozens dead" in a heading over "at least 40 were killed"
        one, other = other, one
    lows = [f.low if f.low is not None else f.best for f in (one, other)]
    highs = [f.high if f.high is not None else f.best for f in (one, other)]
    return Figure(low=min(lows), best=one.best, high=max(highs), vague=one.vague, quote=one.quote)


def settle(groups: list[Candidate]) -> list[Candidate]:
    """Merging again until nothing changes: a later mention may have shown that two earlier ones are one."""
    again = True
    while again:
        again = False
        for i in range(len(groups)):
            for j in range(i + 1, len(groups)):
                if groups[i].displaced is None and same_event(groups[i], groups[j]) and not groups[j].additional:
                    groups[i] = joined(groups[i], groups.pop(j))
                    again = True
                    break
            if again:
                break
    return groups


def umbrellas(groups: list[Candidate]) -> list[Candidate]:
    """Marks a region's total over two or more named places, or over one whose number is a part of it."""
    for group in groups:
        told = group.killed or group.injured or group.count
        if group.status != "new" or group.place is None or group.displaced is not None or not told:
            continue
        others = [o for o in groups if o is not group and o.kind == group.kind and may_be_in(group, o)]
        inside = [o for o in others if o.place is not None and contains(group.place, o.place)]
        if group.inferred_place and group.place.precision not in ("town", "site"):
            inside = inside or [o for o in others if o.place is not None and o.place.country == group.place.country]
        smaller = [o for o in inside if group.killed and o.killed and o.killed.best < group.killed.best]
        group.umbrella = bool(smaller) or len(inside) > 1
    return groups


def may_be_in(total: Candidate, part: Candidate) -> bool:
    """May an attack be one of those that a total counts: it is new, and not on another day than a total of one day?"""
    if part.status != "new" or total.day is None or part.day is None:
        return part.status == "new"
    one_day = total.day_certain and total.period is None
    return not one_day or abs((total.day - part.day).days) <= 1
