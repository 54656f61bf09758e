"""The words around a name: its direction, its nature, the cue before it, the body it belongs to."""

import re

from stream.places.candidate import Candidate, is_direction
from stream.places.tokens import Token, beside
from stream.places.wording import BETWEEN, LOCATIVE, NATURES, OF_ANOTHER, OTHER_CUES, POINTS
from stream.vocabulary import one_of

_ADJECTIVES = one_of(
    """
    central; northern; southern; eastern; western; northeastern; northwestern; southeastern; southwestern; far;
    remote; rural; besieged; occupied; coastal; border; divided; strategic; ancient; embattled; war-torn; ravaged;
    historic; key; nearby; downtown; uptown; suburban; inner; outer
    """
)
_HELD = r"[a-z]+-(?:held|controlled|majority|ruled|run|besieged|occupied|dominated|populated|administered)"
_NATURE_BEFORE = re.compile(
    r"\b(?:(?:refugee|displacement|IDP) )?(?P<word>"
    + one_of(
        """
        camp; towns?; city; cities; villages?; hamlet; neighbou?rhood; suburbs?; settlement; kibbutz; districts?;
        provinces?; governorates?; regions?; state; county; islands?; port; enclave; stronghold; bastion; areas?;
        outskirts; countryside; department; prefecture; locality; municipality; capital; commune; oasis; valley;
        outpost; township; subdistrict; republic; peninsula
        """
    )
    + ")(?:[ ,]+(?:of|called|named|known as|at|around|in|near|like|and|such as))?(?:[ ]the)?"
    + rf"(?:[ ](?:{_ADJECTIVES}|{_HELD}))?[ ,]*[\"'‘“(]?\Z",
    re.IGNORECASE,
)
_DETERMINERS = one_of(
    "the; both; all; parts of; areas of; much of; most of; large parts of; its; their; neighbou?ring; nearby"
)
_CUE = re.compile(
    rf"\b(?P<cue>in and around|{'|'.join(sorted(LOCATIVE | OTHER_CUES))})"
    rf"(?:[ ]{_DETERMINERS})*"
    rf"(?:[ ](?:{_HELD}|{_ADJECTIVES}))*[ ]?[\"“‘'(]?\Z",
    re.IGNORECASE,
)
_LAST_WORDS = re.compile(r"(?:[ ](?:the|a|an|its|his|their))?(?:[ ][\w-]+){0,2}[ ]\Z")
_LOOK_BACK = 70
_MOST_DIRECTIONS = 3
_BODY_AFTER = re.compile(
    " (?:[A-Z][a-z]+ ){0,2}?"
    + one_of(
        """
        National Guard; Guards?; Police; Army; Navy; Air Force; Department; Brigades?; Battalion; Regiment; Division;
        Front; Movement; Party; Council; Government; Ministry; Ministries; Times; Post; Herald; Tribune; News;
        Journal; Gazette; Daily; TV; Radio; Airlines?; Airways; FC; Stock Exchange; Bank; Corporation; Group;
        Islamic University; National University; State University;
        Initiative; Foundation; Institute; Office; Authority; Agency; Commission; Committee; Court; Conference;
        Campaign; Coalition; Federation; Association; Union; Congress; Parliament; Command; Corps; Liberation; Forces;
        Fire
        """
    )
    + r"(?!\w)"
)
_PEOPLE_AFTER = re.compile(
    " (?:(?!(?:and|or|as|when|where|while|after|with|by|said|that|which|from|for|if) )[a-z-]+ )?"
    + one_of(
        """
        forces; rebels?; fighters?; insurgents?; militants?; troops; soldiers?; separatists?; militias?;
        militiam[ae]n; guerrillas?; gunm[ae]n; tribes(?:m[ae]n)?; warlords?; Muslims; Christians; Jews; refugees
        """
    )
    + r"(?!\w)"
)
_STORM = re.compile(r"\b(?:Typhoon|Hurricane|Cyclone|Storm|Depression) (?:[A-Z]\w{1,20} \()?\Z")
"""Before the name of a storm, "Typhoon Hagupit (Ruby)"."""
_STREET = re.compile(r" (?:Street|Road|Avenue|Boulevard|Highway)(?!\w)")
"""After the name that a street has of a place: "Quds Street" is not in Jerusalem."""
_KIND_OF = re.compile(r" (?:town|city|village|district|province) of ")
"""After "market", "port" or "border": what kind of town the next name is."""


def look_around(text: str, words: list[Token], candidate: Candidate, floor: int) -> None:
    """Adds to a name its nature, body, direction and cue; no word before `floor` belongs to it."""
    _nature_after(text, words, candidate)
    _body(text, words, candidate)
    _direction(words, candidate, floor)
    _side(text, candidate, floor)
    _suburbs(text, candidate)
    lead = text[max(floor, candidate.start - _LOOK_BACK) : candidate.start]
    nature = None if candidate.nature else _NATURE_BEFORE.search(lead)
    if nature is not None:
        candidate.nature, candidate.cue = nature.group("word").lower(), "of"
        lead = lead[: nature.start()]
    cue = _CUE.search(lead) or (_CUE.search(_LAST_WORDS.sub(" ", lead)) if nature else None)
    if cue is not None:
        candidate.cue = cue.group("cue").lower().split()[-1]


_ITS_SUBURBS = re.compile(
    r"['’]s (?P<side>(?:north|south|east|west)(?:-?(?:east|west))?ern) (?P<nature>suburbs|outskirts"
    r"|countryside|districts|neighbou?rhoods)(?!\w)"
)


def _suburbs(text: str, candidate: Candidate) -> None:
    """ "Beirut's southern suburbs" are a part of it."""
    found = _ITS_SUBURBS.match(text, candidate.name_end) if candidate.possessive and not candidate.direction else None
    if found is not None and candidate.country is None:
        candidate.direction, candidate.nature, candidate.end = found["side"], found["nature"], found.end()
        candidate.possessive = False


def _nature_after(text: str, words: list[Token], candidate: Candidate) -> None:
    """ "Idlib province", "Rafah refugee camp"; but in "Gaza Strip town of Rafah" the town is Rafah, and in "the Darfur
    market town of Mellit" there is no market.
    """
    here = candidate.last
    while here + 1 < len(words) and here - candidate.last < 2 and beside(words[here]):
        following = words[here + 1]
        small = following.word.lower()
        here += 1
        if small in BETWEEN:
            continue
        of_another = small in OF_ANOTHER and text.startswith(" of ", following.end)
        if small in NATURES and not of_another and not _KIND_OF.match(text, following.end):
            candidate.nature, candidate.end, candidate.last = small, following.end, here
            candidate.possessive = following.possessive
        return


def _body(text: str, words: list[Token], candidate: Candidate) -> None:
    """ "Pakistan Army" and "Kachin rebels" tell a country; "New Jersey National Guard" and an operation no place."""
    if candidate.possessive or candidate.barred or candidate.demonym:
        return
    named_so = _STORM.search(text, max(0, candidate.start - _LOOK_BACK), candidate.start)
    street = candidate.country is None and _STREET.match(text, candidate.name_end)
    if named_so or street or (candidate.first and words[candidate.first - 1].word == "Operation"):
        candidate.barred = True
    elif candidate.nature_follows:
        return
    elif _BODY_AFTER.match(text, candidate.name_end):
        candidate.demonym, candidate.barred = candidate.country is not None, candidate.country is None
    elif candidate.country is None and _PEOPLE_AFTER.match(text, candidate.name_end):
        listed = [row for row in candidate.rows if row.listed] or [row for row in candidate.rows if row.kind == "A"]
        countries = {row.country for row in listed}
        if len(countries) == 1 and None not in countries:
            candidate.country, candidate.demonym = countries.pop(), True


_BEARING = re.compile(r"\b(?:km|kilomet(?:er|re)s?|miles?|just|lies?|area|village|town|base) to \Z")
"""Before "the south of Baghdad": not a part of it but the way there, "20 km to"."""
_SIDE_OF = re.compile(
    r"\b(?:the|in|strikes?|raids?|attacks?) (?P<side>(?:north|south)(?:-?(?:east|west))?|east|west)(?:ern part)? of"
    r" (?:the )?\Z",
    re.IGNORECASE,
)


def _side(text: str, candidate: Candidate, floor: int) -> None:
    """ "The south of France" is southern France."""
    if candidate.direction or candidate.demonym or candidate.barred:
        return
    side = _SIDE_OF.search(text, max(floor, candidate.start - 28), candidate.start)
    if side is not None and not _BEARING.search(text, max(floor, side.start() - 16), side.start()):
        candidate.direction, candidate.start = side.group("side").lower(), side.start("side")


def _direction(words: list[Token], candidate: Candidate, floor: int) -> None:
    """Takes in "northern", "north-west", "rebel-held eastern" before the name; a holder alone is no direction."""
    index = candidate.first
    while index > 0 and candidate.first - index < _MOST_DIRECTIONS:
        token = words[index - 1]
        if token.start < floor or not beside(token) or not is_direction(token.word):
            break
        index -= 1
    points = [token for token in words[index : candidate.first] if token.word.lower() in POINTS]
    if points:
        candidate.direction = " ".join(token.word.lower() for token in points)
        candidate.start = points[0].start
