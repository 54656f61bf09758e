"""Names that no place of the gazetteer bears, where the words around them say that they are places."""

import re

from config.places.spelling import fold, join
from stream.places.candidate import KNOWN_TOWN, Candidate, is_ordinary
from stream.places.gazetteer import Gazetteer
from stream.places.naming import run_at
from stream.places.tokens import Token
from stream.places.wording import PARTICLES
from stream.vocabulary import one_of

_MOST_WORDS = 4
_TOWN = one_of("town; village; hamlet; city; neighbou?rhood; suburb; settlement; camp; kibbutz")
_PART = one_of(
    "district; commune; locality; township; enclave; outskirt; stronghold; bastion; port; island; centre; center"
)
_TOWN_OF = re.compile(
    rf"\b(?:(?:{_TOWN}|{_PART})s?"
    r" (?:of|called|named|known as)(?: the)?"
    rf"|(?:the|a|in|nearby) (?:[\w-]+ )?{_TOWN}) [\"'‘“]?\Z"
)
_TOWNS_OF = re.compile(
    r"\b(?:towns|villages|hamlets|cities|districts|neighbou?rhoods|suburbs|quarters|camps|settlements) of (?:the )?"
    r"(?:[A-ZÀ-Þ][\w’'-]{1,24}(?: (?:[A-ZÀ-Þ]|(?:al|as|ash|el|az|an|ar)-[A-ZÀ-Þ])[\w’'-]{1,24}){0,2}"
    r"(?:, and |, | and )){1,5}\Z"
)
"""Before a further name of a list: "the villages of Xyz, Zyx and ..."."""
_IS_TOWN = re.compile(
    "[ -]"
    + one_of(
        """
        village; town; refugee camp; displacement camp; training camp; camp; district; governorate; neighbou?rhood;
        market; pagoda; crossing point; (?:military|naval|army|missile|air force) base;
        sub-district; locality; region; province; peninsula; archipelago; processing plant; power (?:plant|station);
        nuclear plant; oil ?fields?; gas ?fields?; refinery; dam; raion; woreda; territory; county; area; oblast;
        municipality; sector; township; airfield; air ?base; airport; checkpoint; crossing; island; atoll; valley;
        forest; mountains?; hills; wards?; quarter; suburb; volcano; County; District; Republic; Island; Volcano;
        Delta
        """
    )
    + r"(?!\w)"
)
_MOUNTS = frozenset({"Mount", "Mt", "Mt."})
"""Before a name these make it a mountain's."""
LANDFORMS = _MOUNTS | {"Wadi", "Kafr", "Khirbet", "Jabal", "Jebel", "Barangay"}
"""Before a name these make it a place's."""
_CUE = re.compile(r"\b(?:in|near|around|outside|at|from|to|towards?|and|between|hit|struck|on) (?:the )?\Z")
_PEOPLE_OF = re.compile(
    r"\b(?:(?:[Vv]illagers|[Rr]esidents|[Pp]eople|[Ee]lders|[Ii]nhabitants|[Mm]en|[Ww]omen) of"
    r"|(?:[Vv]illagers|[Rr]esidents|[Pp]eople|[Ee]lders?|[Cc]hief|[Ff]amilies|[Cc]ivilians|[Rr]efugees"
    r"|[Hh]ouseholds|[Ff]armers?|arriv(?:ed|als|ing)|fled|fleeing|escaped|displaced|evacuated|driven|expelled"
    r"|moved) from) \Z"
)
_ADMIN = re.compile(r" (?:Oblast|Province|Governorate|State|Region|District|County|Department|Prefecture)\Z")
_NEAR = re.compile(r"\b(?:in|near|around|outside|at|landfall on) \Z")
_DESKS = (
    "analyst expert fellow professor researcher lecturer director scholar spokesman spokeswoman correspondent officer"
    " historian specialist studies adviser doctor surgeon nurse teacher editor looking aimed angry anger"
)
"""Before "at": what follows is where somebody works, or no place at all."""
_ONLY_IN = re.compile(
    r"(?<!\w)(?:[Ii]n|[Nn]ear|[Oo]utside|[Aa]round|nearby|vicinity of|outskirts of|[Ii]nside|"
    + "".join(f"(?<!{word} )" for word in _DESKS.split())
    + r"at) \Z"
)
_GROUP = re.compile(r" (?:group|faction|militia|network|movement|brigade|clan|tribe|gang|cartel|party)(?!\w)")
"""After a name: it is no place's."""
_IN_IT = re.compile(r"(?<!\w)(?:[Ii]n|[Nn]ear|nearby) \Z")
_STRUCK = re.compile(
    r"\b(?:[Bb]omb(?:s|ed|ing)?|pound(?:s|ed|ing)?|shell(?:s|ed)"
    r"|[Ff]led|[Ff]leeing|[Ff]lee|abandon(?:ed|ing)|escap(?:ed|ing)|out of|[Aa]ttacked|[Rr]aided|overran"
    r"|captured|seized|struck|hit|levelled|leveled|[Aa]ttacks? on"
    r"|[Ff]ighting (?:in|around|for)|(?:fell|dropped|landed|rained|crashed) (?:down )?(?:on|in|near)"
    r"|(?:[Aa]ir ?strikes?|[Aa]ir raids?|[Rr]aids?|[Ss]trikes?|[Bb]ombing|[Bb]ombardment|[Ss]helling|[Ss]hells"
    r"|(?:drone|air|missile|rocket|helicopter|aerial) attacks?)(?: by (?:the )?(?:[\w.-]{2,20} ){1,3}?| )"
    r"(?:on|of|in|near)) \Z"
)
_STRUCK_PLACE_ENDS = re.compile(
    r"[.,;)](?!\d)|\Z"
    r"| (?:and|in|on|near|killing|kills?|killed|wounding|with|after|while|during|overnight|destroying|had|has|have|that"
    r"|which|where|from|at|when|as|since|left|was|were|is|early|late|yesterday|before|amid"
    r"|the (?:same|previous|next)|rose|raised|continued"
    r"|destroyed|wounded|injured|damaged|hit|came|took|began|drove|forced|sent)(?!\w)"
)
"""After "bombed", a name that stands for itself and for nobody's positions is a place's."""
_LISTED = r"(?: and (?:the )?[A-ZÀ-Þ][\w’'-]*(?:[ -][A-ZÀ-Þ][\w’'-]*){0,2})?"
"""One more name of a list: "Xyz and Zyx, southern Lebanon"."""
_THEN_PLACE = re.compile(
    rf"{_LISTED}"
    r"(?:, (?:in |a (?:[\w-]+ ){1,3}in )?(?:the )?| in (?:the )?(?:[a-z]+ ){0,2}"
    r"|,? (?P<near>near|outside|(?:about |some |around )?(?:[\d,.]{1,6} ?(?:miles|km|kilomet(?:er|re)s) )?"
    r"(?:north|south|east|west)(?:-?(?:east|west))? of) (?:the )?)"
    r"(?:(?:north|south|east|west)[a-z-]{0,9} |central )?"
    r"(?P<name>[A-ZÀ-Þ][\w’'-]*(?:[ -][A-ZÀ-Þ][\w’'-]*){0,3})"
)


_SPOT = one_of(
    "pass; base; crossing; checkpoint; junction; oasis; port; hill; ridge; valley; locality; township; oil ?field"
    "; island"
)
_A_TOWN = re.compile(
    rf", (?:an? (?:[\w-]{{1,16}} ){{0,2}}(?:{_TOWN}|{_SPOT})(?: of [a-z -]{{3,24}}?)?"
    rf"|one of the (?:[\w-]{{1,16}} ){{0,3}}"
    r"(?:districts|neighbou?rhoods|villages|towns|suburbs|camps|cities|quarters))"
    r" (?:in|near|of|on|outside|at|just)(?!\w)"
    rf"|, an? (?:[\w-]{{1,16}} ){{0,2}}(?:{_TOWN}|district|quarter)(?: of [a-z -]{{3,24}})?[;,.]"
)
"""After a name: it is told what it is, "Xyz, a village in ..."."""


def unknown_at(text: str, words: list[Token], index: int, gazetteer: Gazetteer) -> Candidate | None:
    """An unknown place's name at word `index`, as in "the town of Xyz", "in Xyz, Syria" and "in Xyz"; or null."""
    run = run_at(words, index)
    length, landform = 0, run[0].word in LANDFORMS | {"A"} and len(run) > 1
    for position, token in enumerate(run):
        if token.capital and ((landform and position == 0) or not is_ordinary(token.word, gazetteer)):
            length = position + 1
        elif token.word.lower() not in PARTICLES:
            break
    if length and all(token.capital for token in run[length:]) and is_told(text, run[-1].end):
        length = len(run)  # "Ohe Htein Twin, a village in", though "twin" is a word
    end = run[length - 1].end if length else run[0].end
    start = run[0].start
    if length > 1:
        no_person = (
            _A_TOWN.match(text, end) is not None
            or _PEOPLE_OF.search(text, max(0, start - 32), start) is not None
            or _TOWN_OF.search(text, max(0, start - 60), start) is not None
            or landform
            or _STRUCK.search(text, max(0, start - 64), start) is not None
            or _IN_IT.search(text, max(0, start - 9), start) is not None
        )
    else:
        no_person = _ONLY_IN.search(text, max(0, start - 16), start) is not None
    if not _may_be_name(run[:length], gazetteer, no_person=no_person):
        return None
    told = (
        (landform and length > 1)
        or _TOWN_OF.search(text, max(0, start - 60), start) is not None
        or _TOWNS_OF.search(text, max(0, start - 120), start) is not None
        or _says_what(text, end)
    )
    if _GROUP.match(text, end):
        return None
    told = told or _PEOPLE_OF.search(text, max(0, start - 32), start) is not None
    if not (told or _lies_in(text, start, end, gazetteer) or _is_alone(text, words, index, index + length - 1)):
        return None
    key = join([fold(token.word) for token in run[:length] if fold(token.word)] or [""])
    return Candidate(
        start,
        end,
        start,
        end,
        index,
        index + length - 1,
        key,
        (),
        unknown=True,
        possessive=run[length - 1].possessive,
        nature="volcano" if landform and run[0].word in _MOUNTS else "",
    )


def is_told(text: str, end: int) -> bool:
    """Do the words behind a name that ends here tell that it is a town's or quarter's: "Xyz Zyx, a district of ..."?"""
    return _A_TOWN.match(text, end) is not None


def _says_what(text: str, end: int) -> bool:
    """Do the words behind a name say that it is a town's: "Xyz district", "Xyz, a village near ..."?"""
    return _IS_TOWN.match(text, end) is not None or _A_TOWN.match(text, end) is not None


def _may_be_name(run: list[Token], gazetteer: Gazetteer, *, no_person: bool) -> bool:
    """May these words name a place? A given name begins none, unless words beside it tell of `no_person`."""
    if not 0 < len(run) <= _MOST_WORDS or (run[0].word.lower() in gazetteer.words.first_names and not no_person):
        return False
    first, special = run[0].word, gazetteer.words
    none = first.isupper() or len(first) < 3 or first.lower() in special.titles or first.lower() in special.never
    return len(run) > 1 or not none


def _lies_in(text: str, start: int, end: int, gazetteer: Gazetteer) -> bool:
    """Does a known region or country follow that it lies in: "in Xyz, Syria", "in Xyz in Aleppo province"?"""
    following = _THEN_PLACE.match(text, end, min(len(text), end + 80))
    before = max(0, start - 16)
    if following is None or not _CUE.search(text, before, start):
        return False
    sure = following.group("near") or _ADMIN.search(following.group("name"))
    listed = text.endswith(("and ", "including "), 0, start) and bool(sure)
    if text[end : end + 1] != "," and not (listed or _NEAR.search(text, before, start)):
        return False
    names = following.group("name").split()
    for length in range(len(names), 0, -1):
        key = join([fold(part) for word in names[:length] for part in word.split("-") if fold(part)] or [""])
        rows = gazetteer.lookup(key)
        if key in gazetteer.country_keys or any(row.kind in "AR" for row in rows):
            return True
        if following.group("near") and any(row.listed or row.population > KNOWN_TOWN for row in rows):
            return True
    return False


def _is_alone(text: str, words: list[Token], first: int, last: int) -> bool:
    """Is it a bare name after "in" or "near", with no further capital word beside it?"""
    start = words[first].start
    if _STRUCK.search(text, max(0, start - 64), start):
        return not words[last].possessive and _STRUCK_PLACE_ENDS.match(text, words[last].end) is not None
    if not _ONLY_IN.search(text, max(0, start - 16), start):
        return False
    token = words[last]
    following = words[last + 1] if last + 1 < len(words) else None
    return not token.possessive and (following is None or token.gap != " " or not following.capital)
