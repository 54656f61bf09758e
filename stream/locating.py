"""Where it happened: the place that the words of an event name, else what the story around them tells.

A place beside the words wins over one further off, one after a preposition of place over a bare name, a town over
its country.
Who speaks, who attacked and where copy was filed are no places of events, unless nothing else is named.
"""

import re
from collections import Counter
from dataclasses import dataclass

from stream.passages import Passage
from stream.places import PlaceMention, capital_named, country_name
from stream.signals import Place

LONGEST_HEADING = 80
LONG = 6
"""A story of more sentences than this has a focus; in a shorter one the sentence before tells where."""
SPECIFIC = {"site": 3, "town": 3, "region": 2, "country": 0}


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

    In order: a place in the same clause, "the area", the people who were hit, a place elsewhere in the sentence,
    the sentences around,
    the country of a party that is named, the attacker's own country.
    """
    attacker = attacker_of(passage, index, start, end)
    abroad = attacker is not None and attacker.lower() in passage.lexicon.lists.get("strike_abroad", ())
    named = [
        m
        for m in passage.places_in(index)
        if m.role == "place" and m.place.country and not (abroad and m.place.country == attacker)
    ]
    scored = [(score(passage, index, m, start, end), -i, m) for i, m in enumerate(named)]
    good = [item for item in scored if item[0] > 0]
    near = [item for item in good if not passage.broken(min(end, item[2].end), max(start, item[2].start))]
    anaphora = elsewhere(passage, index, start, end)
    if near:
        best = most_specific(passage, named, max(near, key=lambda item: item[:2])[2])
        if best.place.precision == "country":
            inner = [
                item for item in near if item[2].cue in {"in", "at", "near"} and contains(best.place, item[2].place)
            ]
            best = most_specific(passage, named, max(inner, key=lambda item: item[:2])[2]) if inner else best
        if anaphora is None or SPECIFIC[best.place.precision] > 0:
            listed = together(passage, named, best) or struck_list(passage, named, best, end)
            return Whereabouts(best.place, listed, within=holder(passage, index, best.place, listed))
    if anaphora is not None:
        return Whereabouts(anaphora)
    people = of_people(passage, index, start, end)
    others = [item for item in good if item[2].place.country != attacker or item[2].place.precision != "country"]
    if people is not None and people.country != attacker:
        theirs = [
            item
            for item in others
            if item[2].place.country == people.country
            and cued(passage, index, item[2])
            and not passage.phrase("answered").search(passage.plain, end, max(end, item[2].start))
        ]
        if not theirs:
            return Whereabouts(people, inferred=True)
        others = theirs
    if others:
        best = most_specific(passage, named, max(others, key=lambda item: item[:2])[2])
        return Whereabouts(best.place, together(passage, named, best), inferred=best.place.precision == "country")
    near_by, home = around(passage, index, attacker, abroad=abroad), at_home(passage, attacker)
    told = own_ground(passage, index, attacker)
    if told is not None and (near_by is None or near_by.country != told.country):
        return Whereabouts(told, inferred=True)
    if home is not None and near_by is not None and near_by.country != home.country:
        near_by = home
    last = near_by or headed(passage, attacker) or home or passage.known("party", lambda: party(passage))
    return Whereabouts(last, inferred=True)


def cued(passage: Passage, index: int, mention: PlaceMention) -> bool:
    """Does a preposition or verb of place stand before the mention?"""
    before = passage.plain[max(passage.sentences[index].start, mention.start - 48) : mention.start]
    return passage.phrase("at_place").search(before) is not None


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
    chosen = before[0] if passage.plain.startswith(("which ", "whom ", "who "), verb.start()) else before[-1]
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
        if (its and m.role == "actor") or (
            attacker is not None and passage.phrase("its_officials").match(passage.plain, m.end)
        ):
            return of_country(str(m.place.country), m.place.as_written)
    return None


def headed(passage: Passage, attacker: str | None) -> Place | None:
    """The country that a heading before a colon names: "2011 Libyan civil war: jets strike again"."""
    colon = passage.plain.find(":", 0, LONGEST_HEADING)
    named = [m for m in passage.places if m.end <= colon and m.place.country not in (None, attacker)]
    for m in named:
        if m.role == "place" and passage.phrase("fought_for").search(passage.plain[max(0, m.start - 24) : m.start]):
            return m.place
    return of_country(str(named[-1].place.country), named[-1].place.as_written) if named else None


def nearer(passage: Passage, index: int, found: Whereabouts, *, victims_too: bool = True) -> Whereabouts:
    """A nearer place from the next sentence, when that goes on about the same attack: "The attack took place in
    the village of X".
    """
    if index + 1 >= len(passage.sentences):
        return found
    if found.place is not None and SPECIFIC[found.place.precision] > 2 and not only_near(passage, index, found.place):
        return found
    following = passage.sentences[index + 1]
    if not (
        passage.phrase("that_attack").search(passage.plain, following.start, following.end)
        or (victims_too and vague(found) and tells_of_victims(passage, index + 1))
    ):
        return found
    for m in passage.places_in(index + 1):
        here = found.place
        before = passage.plain[max(following.start, m.start - 48) : m.start]
        more = (
            here is None
            or (here.precision == "town" and m.place.country == here.country and m.place.name != here.name)
            or (m.place.country == here.country and SPECIFIC[m.place.precision] > SPECIFIC[here.precision])
        )
        if (
            m.role == "place"
            and m.place.precision in ("town", "site")
            and more
            and passage.phrase("at_place").search(before)
        ):
            return Whereabouts(m.place)
    return found


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
        passage.plain.endswith("near ", max(0, m.start - 5), m.start)
        for m in passage.places_in(index)
        if m.place == place
    )


WATER = re.compile(r"(?<!\w)(?:river|sea|bay|gulf|ocean|strait|lake|channel)(?!\w)", re.IGNORECASE)


def on_water(place: Place) -> bool:
    """A river, a sea or a lake: where people neither live nor are displaced from."""
    return place.country is None or WATER.search(place.as_written) is not None


def score(passage: Passage, index: int, mention: PlaceMention, start: int, end: int) -> float:
    """How well a mention fits as the place of the words [start, end); at or below 0: not at all."""
    plain = passage.plain
    before = plain[max(passage.sentences[index].start, mention.start - 48) : mention.start]
    value = 2.0 + SPECIFIC[mention.place.precision] * 0.5
    if passage.phrase("speaker").match(plain, mention.end):
        value -= 4
    if passage.phrase("at_place").search(before) or passage.phrase("suffers").match(plain, mention.end):
        value += 2
    elif passage.phrase("not_there").search(before):
        value -= 3
    if aside(passage, index, mention):
        value -= 2
    if passage.phrase("way_from").search(before):
        value -= 2.5
    if passage.phrase("part_place").search(before) or passage.phrase("war_ended").search(before):
        value -= 8
    if mention.start >= start:
        value += 1.5
    if passage.broken(min(end, mention.end), max(start, mention.start)):
        value -= 1.5
    return value - passage.words_between(min(mention.end, end), max(mention.start, start)) / 12


def most_specific(passage: Passage, named: list[PlaceMention], best: PlaceMention) -> PlaceMention:
    """In "Kafranbel, Idlib province, Syria" the first, whichever part scored best."""
    at = named.index(best)
    while (
        at + 1 < len(named)
        and SPECIFIC[named[at].place.precision] < 3
        and province_of(passage, named[at], named[at + 1])
    ):
        at += 1
    while at > 0 and chained(passage, named[at - 1], named[at]):
        at -= 1
    return named[at]


def province_of(passage: Passage, outer: PlaceMention, inner: PlaceMention) -> bool:
    """ "the southern Afghanistan province of Helmand": the second name is the place."""
    between = passage.plain[outer.end : inner.start]
    return (
        re.fullmatch(
            r"(?:'s)? (?:\w{1,15} )?(?:province|state|city|town|village|district|region|port|capital|suburb"
            r"|county|governorate|island|enclave)(?: of)?,? (?:the )?",
            between,
        )
        is not None
        and outer.place.country == inner.place.country
    )


def chained(passage: Passage, inner: PlaceMention, outer: PlaceMention) -> bool:
    """Does `outer` follow right after `inner` and contain it?"""
    between = passage.plain[inner.end : outer.start]
    if len(between) > 30 or not re.fullmatch(
        r"(?: (?:city|town|village|province|district|region|state|area|camp|county|governorate))?,?(?: (?:in|of"
        r"|the|and|northern|southern|eastern|western|central|north|south|province|district|'s|state|region)){0,5} "
        r"?(?:'s )?\(?",
        between,
    ):
        return False
    return contains(outer.place, inner.place)


def contains(outer: Place, inner: Place) -> bool:
    """Is `inner` inside `outer`, as far as country and first-level region tell?"""
    if outer.country != inner.country or outer.country is None:
        return False
    if outer.precision == "country":
        return inner.precision != "country"
    if outer.precision == "region" and outer.admin1 is None and inner.precision in ("town", "site"):
        return True
    if outer.precision == "region":
        return inner.precision in ("town", "site") and (
            same_name(outer.name, inner.admin1) or (outer.admin1 is not None and outer.admin1 == inner.admin1)
        )
    return False


def same_name(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.lower() == other.lower()


def together(passage: Passage, named: list[PlaceMention], best: PlaceMention) -> tuple[Place, ...]:
    """Places that share the words of `best`: "Homs, Hama and Aleppo"."""
    others: list[Place] = []
    joined = 0
    last = best
    outer = [m for m in passage.places if m.role == "container" and m.start > best.end]
    for mention in named[named.index(best) + 1 :]:
        last = next((m for m in outer if m.start >= last.end and m.end <= mention.start), last)
        between = passage.plain[last.end : mention.start]
        if (
            not passage.phrase("next_place").fullmatch(between)
            or contains(mention.place, best.place)
            or contains(best.place, mention.place)
        ):
            if len(between) < 30 and (contains(mention.place, last.place) or between == " in "):
                last = mention
                continue
            break
        if mention.place.precision == "country" != best.place.precision or mention.place.name == best.place.name:
            break
        others.append(mention.place)
        joined = len(others) if re.search(r"and|or|/|as well", between) else joined
        last = mention
    return tuple(others[: min(joined, 6)])


STRUCK_LIST = re.compile(
    r"(?<!\w)(?:hitting|striking|targeting|bombing|including|among them|namely)(?: (?!and\b)[\w'-]{1,20}){0,5} ?\Z"
)
"""Before a list of places that spells out where in a country or region an attack hit."""


def struck_list(passage: Passage, named: list[PlaceMention], whole: PlaceMention, end: int) -> tuple[Place, ...]:
    """The places inside `whole` that a list behind the words names: "across Syria, hitting Homs, Hama and Tartus"."""
    for mention in named:
        if mention.start < end or not contains(whole.place, mention.place):
            continue
        if STRUCK_LIST.search(passage.plain, max(end, mention.start - 80), mention.start):
            rest = together(passage, named, mention)
            return (mention.place, *rest) if rest else ()
    return ()


def holder(passage: Passage, index: int, place: Place, others: tuple[Place, ...]) -> Place | None:
    """The smallest place named in the sentence that contains all of these."""
    if not others:
        return None
    holding = [
        m.place
        for m in passage.places_in(index)
        if m.role in ("place", "container", "demonym") and all(contains(m.place, p) for p in (place, *others))
    ]
    return max(holding, key=lambda p: SPECIFIC[p.precision], default=None)


def elsewhere(passage: Passage, index: int, start: int, end: int) -> Place | None:
    """What "the area" and "the region" refer to: the last place before them, the region the story names most."""
    first, last = passage.clause(index, start, end)
    if passage.phrase("the_capital").search(passage.plain, first, last):
        capital = passage.known("capital", lambda: main_capital(passage))
        if capital is not None:
            return capital
    if passage.phrase("the_country").search(passage.plain, first, last):
        country = passage.known("country", lambda: main_country(passage))
        if country is not None:
            return country
    if passage.phrase("the_region").search(passage.plain, first, last):
        named = direction(passage, first, last)
        if named is not None:
            return named
        region = passage.known("region", lambda: main_region(passage))
        if region is not None:
            return region
    if passage.phrase("the_area").search(passage.plain, first, last):
        for at in range(index - 1, max(-1, index - 12), -1):
            inside = [m for m in passage.places_in(at) if m.role == "place" and m.place.precision != "country"]
            if inside:
                return max(inside, key=lambda m: (SPECIFIC[m.place.precision], -m.start)).place
    return None


def main_country(passage: Passage) -> Place | None:
    """The country that the story names most, by whatever place."""
    countries: Counter[str | None] = Counter()
    for m in passage.places:
        if m.place.country and m.role in ("place", "container", "demonym"):
            countries[m.place.country] += 1 if m.role == "demonym" else 3
    countries = countries or Counter(m.place.country for m in passage.places if m.role == "actor" and m.place.country)
    if not countries:
        return None
    code = countries.most_common(1)[0][0]
    whole = next((m.place for m in passage.places if m.place.country == code and m.place.precision == "country"), None)
    return whole or of_country(str(code), str(code))


def main_capital(passage: Passage) -> Place | None:
    """The capital of the country that the story names most."""
    country = main_country(passage)
    return capital_named(country.country) if country is not None and country.country else None


def main_region(passage: Passage) -> Place | None:
    """The region that the story names most, itself or by its towns."""
    inside = [m.place for m in passage.places if m.role in ("place", "container") and m.place.precision != "country"]
    regions = Counter(place.admin1 or place.name for place in inside)
    if not regions:
        return None
    name = regions.most_common(1)[0][0]
    return min(
        (p for p in inside if name in (p.admin1, p.name)), key=lambda p: (p.precision != "region", p.name != name)
    )


def direction(passage: Passage, first: int, last: int) -> Place | None:
    """ "The northwestern region" is the place that was named with that direction before."""
    said = passage.phrase("the_region").search(passage.plain, first, last)
    words = said.group().split()[1:-1] if said else []
    for m in passage.places[:200] if words else ():
        if m.role == "place" and m.place.as_written.lower().startswith(words[0]):
            return m.place
    return None


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
        and (end <= m.start < last or (first <= m.start < start and victims_at(passage, m.end, start)))
    ]
    return people[0].place if people else None


def victims_at(passage: Passage, after: int, start: int) -> bool:
    """Do the words between a people's name and the attack say that they were hit?"""
    return (
        re.search(r"(?<!\w)(?:killed|wounded|injured|died|dead|hit|struck|targeted)(?!\w)", passage.plain[after:start])
        is not None
    )


def around(passage: Passage, index: int, attacker: str | None, *, abroad: bool = False) -> Place | None:
    """The place of the sentences before, then after, then the one the story names most, then the dateline's."""
    focus = passage.known("focus", lambda: passage_focus(passage))
    if focus is not None and len(passage.sentences) > LONG:
        return focus
    order = [*range(index - 1, max(-1, index - 4), -1), *range(index + 1, min(len(passage.sentences), index + 3))]
    for at in order:
        sentence = passage.sentences[at]
        named = [
            m
            for m in passage.places_in(at)
            if m.role == "place"
            and not (m.place.country == attacker and (abroad or m.place.precision == "country"))
            and not aside(passage, at, m)
        ]
        if named:
            best = max(
                named,
                key=lambda m: (
                    SPECIFIC[m.place.precision]
                    + 2
                    * bool(
                        passage.phrase("suffers").match(passage.plain, m.end)
                        or passage.phrase("at_place").search(passage.plain[max(sentence.start, m.start - 48) : m.start])
                    ),
                    -m.start,
                ),
            )
            return most_specific(passage, named, best).place
    return passage.known(("anywhere", attacker), lambda: anywhere(passage, attacker))


def aside(passage: Passage, index: int, mention: PlaceMention) -> bool:
    """Is it where somebody comes from, goes to or speaks, and not where things happen?"""
    before = passage.plain[max(passage.sentences[index].start, mention.start - 48) : mention.start]
    return passage.phrase("aside").search(before) is not None


def anywhere(passage: Passage, attacker: str | None) -> Place | None:
    """The first place of the country that the story names most, less the attacker's; else the dateline's."""
    countries = Counter(
        m.place.country for m in passage.places if m.role == "place" and m.place.country not in (None, attacker)
    )
    if countries:
        country = countries.most_common(1)[0][0]
        return next(m.place for m in passage.places if m.role == "place" and m.place.country == country)
    dateline = [m for m in passage.places if m.role == "dateline" and m.place.country != attacker]
    return dateline[0].place if dateline else None


def passage_focus(passage: Passage) -> Place | None:
    """The place a longer story is about: the one it names most, places of its lead counting double, towns before
    countries.
    """
    lead = passage.sentences[min(2, len(passage.sentences) - 1)].end
    weights: Counter[tuple[str | None, str]] = Counter()
    first: dict[tuple[str | None, str], Place] = {}
    countries: Counter[str | None] = Counter()
    for m in passage.places:
        if m.role in ("place", "demonym", "container"):
            countries[m.place.country] += 1
        if m.role == "place":
            key = (m.place.country, m.place.name)
            first.setdefault(key, m.place)
            weights[key] += 2 if m.start < lead else 1
    home = countries.most_common(1)[0][0] if countries else None
    inside = {
        key: weight
        for key, weight in weights.items()
        if key[0] == home and first[key].precision != "country" and weight >= 3
    }
    best = max(inside or {k: w for k, w in weights.items() if k[0] == home}, key=lambda key: weights[key], default=None)
    return first[best] if best else None


def party(passage: Passage) -> Place | None:
    """The country where a party that the story names fights."""
    found = [
        (hit.end - hit.start, -hit.start, country, hit)
        for (concern, country), scanner in passage.lexicon.scanners.items()
        if concern == "parties"
        for hit in scanner.within(passage.plain, 0, len(passage.plain))
    ]
    if not found:
        return None
    *_, country, hit = max(found, key=lambda item: item[:3])
    return of_country(country, passage.text[hit.start : hit.end])


def at_home(passage: Passage, attacker: str | None) -> Place | None:
    """The attacker's own country, unless it is one that strikes abroad."""
    if attacker is None or attacker.lower() in passage.lexicon.lists.get("strike_elsewhere", ()):
        return None
    mention = next((m for m in passage.places if m.place.country == attacker), None)
    return of_country(attacker, mention.place.as_written if mention else attacker)


def of_country(code: str, as_written: str) -> Place:
    return Place(name=country_name(code) or code, as_written=as_written, country=code, precision="country")
