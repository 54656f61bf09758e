"""Where a text may name a place: names, the words around them, and every place each could be."""

import re
from dataclasses import dataclass, field

from config.places.spelling import ARTICLES, fold, join
from stream.places.gazetteer import Gazetteer, Row
from stream.vocabulary import word_set


@dataclass(slots=True)
class Token:
    """One word: `text[start:end] == word`, a possessive 's apart; `gap` is what stands between it and the next word."""

    start: int
    end: int
    word: str
    possessive: bool
    gap: str
    capital: bool


@dataclass(slots=True)
class Candidate:
    """A name in the text and the places that bear it.

    `cue` is the preposition before it, small, "" if none; `generic` the word that says what it is ("province",
    "village", "camp"), "" if none; `direction` "southern" and the like. Offsets cover the name with both.
    """

    start: int
    end: int
    name_start: int
    name_end: int
    first: int
    last: int
    """Tokens of the name, both inside."""
    key: str
    rows: tuple[Row, ...]
    country: str | None = None
    """Set when the name is a country's or a demonym's."""
    demonym: bool = False
    organisation: bool = False
    media: bool = False
    cue: str = ""
    generic: str = ""
    direction: str = ""
    possessive: bool = False
    person: bool = False
    common: bool = False
    """The word is English, or a surname, before it is a place."""
    unknown: bool = False
    credit: bool = False
    """It stands in the credit of the writers."""
    chosen: Row | None = field(default=None)


_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_](?:[^\W_]|[’'‘`´ʻʼ](?=[^\W\d_]))*\.?")
_DIRECTION = re.compile(
    r"(?:(?:north|south|east|west|northern|southern|eastern|western|central|upper|lower|rural|greater|outer"
    r"|inner|far|extreme"
    r"|northeast|northwest|southeast|southwest|north-east|north-west|south-east|south-west|northeastern"
    r"|northwestern|southeastern"
    r"|southwestern|north-eastern|north-western|south-eastern|south-western|mid-western|north-central"
    r"|south-central|coastal|mountainous|peninsular|mainland|continental|opposition-held|rebel-held"
    r"|government-held|regime-held|occupied|besieged|downtown))\Z",
    re.IGNORECASE,
)
_POINTS = word_set("north south east west northern southern eastern western upper lower central greater")
REGION_WORDS = word_set(
    "province provinces governorate governorates district districts region regions county counties state states oblast "
    "oblasts raion department departments prefecture prefectures division agency subdistrict sub-district municipality "
    "valley valleys mountains mountain hills peninsula countryside suburbs suburb outskirts area areas desert "
    "plain plains "
    "island islands basin delta enclave pocket republic territory voivodeship canton corridor gorge woreda zone "
    "regency "
    "steppe plateau triangle highlands coast reserve forest"
)
ADMIN_WORDS = word_set(
    "province provinces governorate governorates district districts region regions county counties state states oblast "
    "oblasts raion department departments prefecture prefectures division agency republic territory zone regency"
)
SITE_WORDS = word_set(
    "camp camps airport airfield airbase base crossing checkpoint hospital dam bridge refinery port harbour "
    "harbor prison barracks "
    "volcano gate terminal airstrip strip oilfield checkpoint monastery mosque market university roundabout "
    "junction power"
)
TOWN_WORDS = word_set("city town village villages neighbourhood neighborhood quarter hamlet settlement kibbutz township")
_GENERIC_BEFORE = re.compile(
    r"\b(?P<word>(?:refugee |displacement |IDP )?camp|town|towns|city|cities|village|villages|hamlet"
    r"|neighbou?rhood|suburb|suburbs|settlement|kibbutz|district|districts|province|provinces"
    r"|governorate|governorates|region|regions|state|county|island|islands|port|enclave|stronghold|bastion|area"
    r"|areas|outskirts|countryside|department|prefecture|locality"
    r"|municipality|capital|commune|oasis|valley|outpost|township|sub-district|subdistrict|republic"
    r"|peninsula)(?:[ ,]+(?:of|called|named|at|around|in|near|like|and|such as))?"
    r"(?:[ ]the)?(?:[ ](?:central|northern|southern|eastern|western|northeastern|northwestern|southeastern"
    r"|southwestern|rebel-held|government-held|nearby|remote))?[ ,]*[\"'‘“(]?\Z",
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?P<cue>in and around|in|at|near|nearby|around|outside|inside|within|from|to|into|toward|towards|of|on"
    r"|onto|over|across|through|throughout|against|between|by|with|off|along|beyond|leave|left|leaving"
    r"|hit|hits|hitting|struck|strike|strikes|striking|bomb|bombs|bombed|bombing|bombard|bombarded|bombarding"
    r"|pound|pounds|pounded|pounding|shell|shells|shelled|target|targets|targeted|targeting|attack|attacks"
    r"|attacked|attacking|raid|raids|raided|rock|rocks|rocked|and|or|including|as|like|for|than|flee|flees|fled"
    r"|fleeing|enter|enters|entered|reached|reach|evacuate|evacuated|evacuates|capital|besiege|besieged|captured"
    r"|capture|captures|seize|seized|seizes|retake|retook|take|took|via|past|behind|under|above)"
    r"(?:[ ](?:the|both|all|parts of|areas of|much of|most of|large parts of|its|their|neighbou?ring|nearby))*"
    r"(?:[ ](?:[a-z]+-(?:held|controlled|majority|ruled|run|besieged|occupied|dominated|populated|administered)"
    r"|besieged|occupied|coastal|border|divided|strategic|ancient|embattled|war-torn|ravaged|historic|key|eastern"
    r"|western|northern|southern|central|northeastern|northwestern|southeastern|southwestern|far|remote|rural))*[ "
    r"]?[\"“‘'(]?\Z",
    re.IGNORECASE,
)
_INNER = word_set(
    "al el ez az as ash ad an ar at es ed er de del la le les los las do da dos das di of the and sur en aux der "
    "e y bin ibn ul us uz "
    "upon under o na a i in for to"
)
_LAST = word_set("border crossing river heights front talks agreement accord accords deal") | REGION_WORDS | SITE_WORDS
"""Small words that may end the name of a hand-made row or of a phrase: "Indo-Pak border", "Minsk talks"."""
_LONGEST = 8
_LONGEST_NAME = 6
_LETTERS_ONLY = 4


def tokens(text: str) -> list[Token]:
    """The words of `text`; each character is read once."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word, start = match.group(), match.start()
        end = match.end()
        if found:
            last = found[-1]
            last.gap = text[last.end : start if start - last.end < _GAP else last.end + _GAP]
        if word[-1] == "." and "." not in word[:-1] and word.lower() not in _SHORTENED:
            word, end = word[:-1], end - 1
        possessive = word[-2:] in _POSSESSIVE
        if possessive:
            word, end = word[:-2], end - 2
        found.append(Token(start, end, word, possessive, "", _is_capital(word)))
    if found:
        found[-1].gap = text[found[-1].end : found[-1].end + _GAP]
    return found


def _is_capital(word: str) -> bool:
    """Also "d'Ivoire"."""
    return word[:1].isupper() or (word[1:2] in {"'", "’"} and word[2:3].isupper())


_GAP = 8
_SHORTENED = frozenset({"st.", "mt.", "ft.", "n.", "s."})
_POSSESSIVE = frozenset({"'s", "’s"})


def candidates(text: str, words: list[Token], gazetteer: Gazetteer, head_end: int = 0) -> list[Candidate]:
    """Every name that could be a place's, the longest at each word, in order and apart; the dateline ends at `head_end`."""
    found: list[Candidate] = []
    index = 0
    while index < len(words):
        token = words[index]
        if token.word in {"A", "I"} or not token.capital and not (token.word in ARTICLES and _may_begin(words, index)):
            index += 1
            continue
        candidate = _longest(text, words, index, gazetteer, head_end)
        if candidate is None or _goes_on(words, candidate, gazetteer):
            longer = _unknown(text, words, index, gazetteer)
            candidate = longer if longer is not None and (candidate is None or longer.last > candidate.last) else candidate
        if candidate is None:
            index += 1
            continue
        _surroundings(text, words, candidate, gazetteer, found[-1] if found else None)
        found.append(candidate)
        index = candidate.last + 1
    return found


def _goes_on(words: list[Token], candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """Is the known name perhaps only the first half of an unknown one: "Harf" in "Harf Ashan"?"""
    last = candidate.last
    if candidate.organisation or candidate.media or candidate.country or last + 1 >= len(words) or words[last].gap not in " -":
        return False
    return words[last + 1].capital and not words[last].possessive and _is_weak(candidate) and _is_unknown_name(words, last + 1, gazetteer)


def _may_begin(words: list[Token], index: int) -> bool:
    token = words[index]
    # "al-Bab", "‘ayn": a small article with a hyphen and a capital behind it
    return token.gap in {"-", "–"} and index + 1 < len(words) and words[index + 1].capital


def _longest(text: str, words: list[Token], index: int, gazetteer: Gazetteer, head_end: int) -> Candidate | None:
    run = _run(words, index)
    folded = [fold(token.word) for token in run]
    for length in range(len(run), 0, -1):
        if not run[length - 1].capital and run[length - 1].word not in _LAST:
            continue
        pieces = [piece for piece in folded[:length] if piece]
        if not pieces:
            continue
        found = _named(words, index, run[:length], pieces, gazetteer, head_end)
        if found is not None:
            found.media = found.media or (not found.demonym and _DEAL.match(text, found.end) is not None)
            return found
    return None


def _run(words: list[Token], index: int) -> list[Token]:
    """The words from `index` that one name may hold: capitals, small particles between them, no punctuation."""
    run = [words[index]]
    while len(run) < _LONGEST and index + len(run) < len(words):
        last, following = run[-1], words[index + len(run)]
        if last.gap not in _JOINTS and not (last.gap == ". " and last.word.lower() in {"st", "mt", "ft"}):
            break
        if last.possessive or not (following.capital or following.word in _INNER or following.word in _LAST):
            break
        run.append(following)
        if following.word in _LAST:
            break
    return run


_ARMIES = frozenset({"Army", "Navy", "Force", "Forces", "Rangers", "Guard", "Guards", "Military", "Marines"})
_JOINTS = frozenset({" ", "-", "–", "\xa0", "  ", "' ", "’ "})
"""Between two words of one name; the last two after a plural, in "Kurdistan Workers' Party"."""


def _named(
    words: list[Token], index: int, run: list[Token], pieces: list[str], gazetteer: Gazetteer, head_end: int
) -> Candidate | None:
    """What the words of `run` name, or null."""
    key = join(pieces)
    last = index + len(run) - 1
    base = Candidate(
        run[0].start, run[-1].end, run[0].start, run[-1].end, index, last, key, (), possessive=run[-1].possessive
    )  # fmt: skip
    special = gazetteer.words
    if len(run) == 1 and run[0].word.lower() in special.never:
        base.organisation = True
        return base
    small = run[0].word.lower()
    base.common = len(run) == 1 and (small in special.common or small in special.titles)
    if special.media.get(key) == len(run) or special.organisations.get(key) == len(run):
        base.media, base.organisation = key in special.media, key in special.organisations
        nation = gazetteer.demonyms.get(pieces[0]) or gazetteer.country_keys.get(pieces[0])
        if nation is not None and run[-1].word in _ARMIES:
            base.country, base.demonym, base.organisation = nation, True, False
            base.name_end = base.end = run[0].end
        return base
    if index and key == "republikofchina" and words[index - 1].possessive:  # People's
        key = base.key = "china"
    country = gazetteer.country_keys.get(key) if not base.common else None
    acronym = len(run) == 1 and run[0].word.isupper() and len(run[0].word) <= _LETTERS_ONLY
    if country is not None and not (key in {"us"} and not run[0].word.replace(".", "").isupper()):
        base.country, base.rows = country, (gazetteer.countries[country].row, *_namesakes(key, gazetteer))
        return base
    demonym = gazetteer.demonyms.get(key) if not base.common else None
    if demonym is not None and (len(run) == 1 or len(pieces) == len(run)):
        base.country, base.demonym = demonym, True
        return base
    if len(run) > _LONGEST_NAME or (not run[-1].capital and key not in gazetteer.hand_keys):
        return None
    if acronym and run[0].start >= head_end and key not in gazetteer.acronyms and not _whole_line_capital(words, index):
        return None
    if len(run) == 1 and _DIRECTION.match(run[0].word):
        return None
    if len(run) == 1 and len(run[0].word) < 3 and key not in gazetteer.hand_keys:
        return None
    rows = gazetteer.lookup(key)
    if not rows:
        articles = [token.word.lower() in ARTICLES and (token.gap in "-–" or not token.capital or token.word in {"Al", "El"}) for token in run]
        if any(articles[:-1]) and len(pieces) == len(run):
            canonical = join(["al" if article else piece for article, piece in zip(articles, pieces, strict=True)])
            rows = gazetteer.lookup(canonical)
            if not rows:
                kept = [piece for article, piece in zip(articles, pieces, strict=True) if not article]
                rows = gazetteer.lookup(join(kept)) if kept and len(join(kept)) > 2 else ()
    if not rows:
        return None
    base.rows = rows
    return base


_DEAL = re.compile(
    r"[ -](?:(?:peace|ceasefire|truce|Peace|nuclear|climate)[ ])?(?:[Aa]ccords?|[Aa]greements?|deal|[Tt]reaty"
    r"|[Pp]rotocols?|[Dd]eclaration|process|talks|summit"
    r"|[Cc]onference|pact|[Cc]onventions?|formula|communiqu[eé]|memorandum)(?!\w)"
)
"""After a name: not where something happened but what was agreed there."""


def _namesakes(key: str, gazetteer: Gazetteer) -> tuple[Row, ...]:
    """Large places that share a country's name: Georgia in the US, Jordan, Lebanon."""
    return tuple(row for row in gazetteer.lookup(key) if row.kind == "A")


def _whole_line_capital(words: list[Token], index: int) -> bool:
    around = words[max(0, index - 2) : index] + words[index + 1 : index + 3]
    return bool(around) and all(token.word.isupper() for token in around)


def _unknown(text: str, words: list[Token], index: int, gazetteer: Gazetteer) -> Candidate | None:
    """A name that no place bears, where words around it say that it is one: "the town of Xyz", "in Xyz, Syria"."""
    run = _run(words, index)
    length = 0
    for position, token in enumerate(run):
        if token.capital and not _is_known(token, gazetteer):
            length = position + 1
        elif token.word not in _PARTICLES:
            break
    first = words[index].word
    if length == 0 or length > 4 or not first[:1].isalpha() or first.lower() in gazetteer.words.first_names:
        return None
    if length == 1 and (first.isupper() or len(first) < 3 or first.lower() in gazetteer.words.titles):
        return None
    end = run[length - 1].end
    if not (_told_before(text, run[0].start) or _told_after(text, end, run[0].start, gazetteer)):
        if not _alone(text, words, index, index + length - 1):
            return None
    key = join([fold(token.word) for token in run[:length] if fold(token.word)] or [""])
    return Candidate(
        run[0].start, end, run[0].start, end, index, index + length - 1, key, (), unknown=True,
        possessive=run[length - 1].possessive,
    )  # fmt: skip


def _is_known(token: Token, gazetteer: Gazetteer) -> bool:
    """Is this capital word English, a direction, a country or a people, and so no part of an unknown name?"""
    key = fold(token.word)
    if token.word.lower() in gazetteer.words.common or _DIRECTION.match(token.word):
        return True
    return key in gazetteer.country_keys or key in gazetteer.demonyms


_PARTICLES = word_set("al el ez az as ash ad an ar at es ed er de del la le les los las do da dos das di bin ibn ul")
_TOWN_OF = re.compile(
    r"\b(?:(?:town|village|hamlet|city|neighbou?rhood|suburb|settlement|district|camp|commune|locality|township"
    r"|enclave|outskirts)s? (?:of|called|named)(?: the)?"
    r"|(?:the|a|in|nearby) (?:[\w-]+ )?(?:town|village|hamlet|city|neighbou?rhood|settlement|kibbutz|camp"
    r"|suburb)) [\"'‘“]?\Z"
)
_IS_TOWN = re.compile(
    r"[ -](?:village|town|refugee camp|displacement camp|camp|district|governorate|neighbou?rhood|sub-district"
    r"|raion|woreda|territory|county|area"
    r"|oblast|municipality|sector|township|airfield|air ?base|airport|checkpoint|crossing|island|atoll|valley"
    r"|ward|wards)(?!\w)"
)
_IN = re.compile(r"\b(?:in|near|around|outside|at|from|to|towards?|and|between|hit|struck|on) (?:the )?\Z")
_NEAR = re.compile(r"\b(?:in|near|around|outside|at) \Z")
_THEN_PLACE = re.compile(
    r"(?:, (?:in |a (?:[\w-]+ ){1,3}in |near )?(?:the )?| in (?:the )?(?:[a-z]+ "
    r"){0,2})(?P<name>(?:[A-ZÀ-Þ][\w’'-]*)(?:[ -][A-ZÀ-Þ][\w’'-]*){0,3})"
)


_ONLY_IN = re.compile(r"(?<!\w)(?:[Ii]n|[Nn]ear|[Oo]utside|[Aa]round) \Z")


def _alone(text: str, words: list[Token], first: int, last: int) -> bool:
    """Is it a bare unknown name after "in" or "near", with no further capital word beside it?"""
    if not _ONLY_IN.search(text, max(0, words[first].start - 9), words[first].start):
        return False
    token = words[last]
    following = words[last + 1] if last + 1 < len(words) else None
    return not token.possessive and (following is None or token.gap != " " or not following.capital)


def _told_before(text: str, start: int) -> bool:
    return _TOWN_OF.search(text, max(0, start - 60), start) is not None


def _told_after(text: str, end: int, start: int, gazetteer: Gazetteer) -> bool:
    """Does "village" follow the name, or after "in" and the like a region or country that it lies in?"""
    if _IS_TOWN.match(text, end):
        return True
    following = _THEN_PLACE.match(text, end, min(len(text), end + 80))
    if following is None or not _IN.search(text, max(0, start - 16), start):
        return False
    if text[end : end + 1] != "," and not _NEAR.search(text, max(0, start - 16), start):
        return False
    names = following.group("name").split()
    for length in range(len(names), 0, -1):
        key = join([fold(part) for word in names[:length] for part in word.split("-") if fold(part)] or [""])
        if key in gazetteer.country_keys or any(row.kind in "AR" for row in gazetteer.lookup(key)):
            return True
    return False


_BODY_AFTER = re.compile(
    r" (?:[A-Z][a-z]+ ){0,2}?(?:National Guard|Guards?|Police|Army|Navy|Air Force|Department|Brigades?|Battalion"
    r"|Regiment|Division|Front|Movement|Party|Council|Government"
    r"|Ministry|Ministries|Times|Post|Herald|Tribune|News|Journal|Gazette|Daily|TV|Radio|Airlines?|Airways|FC"
    r"|Stock Exchange|Bank|Corporation|Group|Initiative|Foundation|Institute"
    r"|Office|Authority|Agency|Commission|Committee|Court|Conference|Campaign|Coalition|Federation|Association"
    r"|Union|Congress|Parliament|Command|Corps|Liberation|Forces|Fire)(?!\w)"
)
_PEOPLE_AFTER = re.compile(
    r" (?:[a-z-]+ ){0,1}?(?:forces|rebels?|fighters?|insurgents?|militants?|troops|soldiers?|separatists?"
    r"|militias?|militiam[ae]n|guerrillas?|gunm[ae]n|tribes(?:m[ae]n)?|warlords?|Muslims|Christians|Jews"
    r"|refugees)(?!\w)"
)


def _part_of_a_body(text: str, words: list[Token], candidate: Candidate) -> None:
    """"Pakistan Army" and "Kachin rebels" tell a country; "New Jersey National Guard" tells no place."""
    if candidate.possessive or candidate.organisation or candidate.media or candidate.demonym:
        return
    before = words[candidate.first - 1].word if candidate.first else ""
    if before == "Operation":
        candidate.organisation = True
    elif _BODY_AFTER.match(text, candidate.name_end) and candidate.end == candidate.name_end:
        if candidate.country is not None:
            candidate.demonym = True
        else:
            candidate.organisation = True
    elif candidate.country is None and candidate.end == candidate.name_end and _PEOPLE_AFTER.match(text, candidate.name_end):
        listed = [row for row in candidate.rows if row.listed] or [row for row in candidate.rows if row.kind == "A"]
        regions = {row.country for row in listed}
        if len(regions) == 1 and None not in regions:
            candidate.country, candidate.demonym = regions.pop(), True


def _surroundings(text: str, words: list[Token], candidate: Candidate, gazetteer: Gazetteer, before: Candidate | None) -> None:
    """Adds to a name its direction, generic words, cue, and whether it looks like a part of a person's name."""
    floor = before.end if before is not None else 0
    candidate.person = _looks_like_person(text, words, candidate, gazetteer)
    _generic_after(text, words, candidate)
    _part_of_a_body(text, words, candidate)
    _direction_before(words, candidate, floor)
    lead = text[max(floor, candidate.start - 70) : candidate.start]
    generic = _GENERIC_BEFORE.search(lead)
    if generic is not None and not candidate.generic:
        candidate.generic = generic.group("word").lower().split()[-1]
        lead = lead[: generic.start()]
        candidate.cue = "of"
    cue = _CUE.search(lead) or _CUE.search(re.sub(r"(?:[ ](?:the|a|an|its|his|their))?(?:[ ][\w-]+){0,2}[ ]\Z", " ", lead) if generic else "")
    if cue is not None:
        candidate.cue = cue.group("cue").lower().split()[-1]


def _generic_after(text: str, words: list[Token], candidate: Candidate) -> None:
    here = candidate.last
    for _ in range(3):
        token = words[here]
        if token.possessive or token.gap not in {" ", "-", "\xa0"} or here + 1 >= len(words):
            return
        following = words[here + 1]
        small = following.word.lower()
        if small in {"refugee", "displacement", "idp", "border", "international", "cargo", "military", "air", "oil", "tribal", "mountain"}:
            here += 1
            continue
        if small in REGION_WORDS or small in TOWN_WORDS or small in SITE_WORDS:
            if text.startswith(" of ", following.end) and small in _OF_ANOTHER:
                return
            if small == "strip" or (small == "power" and not words[here + 1].gap == " "):
                return
            candidate.generic = small
            candidate.end = following.end
            candidate.possessive = following.possessive
            candidate.last = here + 1
        return


_OF_ANOTHER = word_set("province state region town city village port island republic provinces towns cities villages")
"""After a name and before "of" these words say what the next name is: "the Gaza Strip town of Rafah"."""


def _direction_before(words: list[Token], candidate: Candidate, floor: int) -> None:
    index = candidate.first - 1
    taken: list[str] = []
    while index >= 0 and len(taken) < 3:
        token = words[index]
        if token.start < floor or token.gap not in {" ", "-", "\xa0"} or token.possessive:
            break
        joined = token.word.lower()
        if not _DIRECTION.match(joined):
            break
        taken.insert(0, joined)
        candidate.start = token.start
        index -= 1
    points = [word for word in taken if not word.endswith(("held", "occupied", "besieged", "downtown"))]
    candidate.direction = " ".join(points)
    if taken and not points:
        candidate.start = candidate.name_start
    elif points and len(points) < len(taken):
        candidate.start = next(words[i].start for i in range(index + 1, candidate.first) if words[i].word.lower() == points[0])


_SPEAKS = re.compile(
    r",? (?:said|says|told|claims|claimed|added|adds|tweeted|argues|argued|recalls|recalled|explained|insisted"
    r"|insists|wrote|describes|described|believes|believed|married|knew|thinks|thought|smiled|was born|grew "
    r"up)(?!\w)"
    r"|, \d{1,2},(?! \d)| \(\d{1,2}\)"
)
"""After a name: it is a person's, since no town speaks or has an age."""


def _is_weak(candidate: Candidate) -> bool:
    """Is no place of this name one that the wire would name alone?"""
    return not any(row.listed or (row.good and row.population > _KNOWN) or row.kind in "AC" for row in candidate.rows)


_KNOWN = 100_000


def _is_unknown_name(words: list[Token], index: int, gazetteer: Gazetteer) -> bool:
    """Is this word a capital one that is no English word, no nation, no direction: the first half of a name?"""
    token = words[index]
    small = token.word.lower()
    if not token.capital or token.word.isupper() or small in gazetteer.words.common or _DIRECTION.match(small):
        return False
    if small in REGION_WORDS or small in SITE_WORDS or small in TOWN_WORDS or small in ARTICLES:
        return False
    return fold(token.word) not in gazetteer.demonyms and fold(token.word) not in gazetteer.country_keys


def _looks_like_person(text: str, words: list[Token], candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """Does a given name, a title or an unknown capital word stand at it, as in "Paris Hilton" or "President Lincoln"?"""
    if candidate.country is not None and not candidate.demonym and candidate.key not in {"jordan", "chad", "georgia", "israel", "cuba", "america"}:
        return False
    special = gazetteer.words
    if candidate.country is None and not any(row.listed for row in candidate.rows):
        if _SPEAKS.match(text, candidate.name_end) and candidate.key not in gazetteer.capitals:
            return True
    if candidate.first > 0:
        previous = words[candidate.first - 1]
        small = previous.word.lower().rstrip(".")
        adjacent = previous.gap in {" ", "-", "\xa0", ". "} and not previous.possessive
        if adjacent and previous.capital and (small in special.first_names or small in special.titles):
            return True
        if previous.word in _PARTICLES and candidate.first > 1 and previous.gap == " " and words[candidate.first - 2].gap == " ":
            if _is_unknown_name(words, candidate.first - 2, gazetteer):
                return True
        if adjacent and previous.word in {"Camp", "Fort", "Operation"}:
            return True
        if adjacent and re.fullmatch(r"[A-Z]", previous.word.rstrip(".")) and not previous.word.isdigit():
            return True
        if adjacent and previous.gap != ". " and _is_unknown_name(words, candidate.first - 1, gazetteer) and _is_weak(candidate):
            return True
        if previous.gap == "-" and previous.capital and not candidate.demonym and small not in ARTICLES:
            return candidate.country is None
    token = words[candidate.last]
    if candidate.last + 1 < len(words) and token.gap in {" ", "-"} and not token.possessive:
        following = words[candidate.last + 1]
        small = following.word.lower()
        if not following.capital or candidate.demonym or candidate.country is not None:
            return False
        if candidate.first == candidate.last and words[candidate.first].word.lower() in special.first_names:
            return True
        known = small in REGION_WORDS or small in SITE_WORDS or small in TOWN_WORDS or small in gazetteer.demonyms
        words_known = {"international", "refugee", "cargo", "military", "air", "hospital", "on", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "zoo", "strait", "sea", "bay", "gulf", "river", "lake", "road", "street", "avenue", "square", "heights", "cathedral", "railway", "station", "museum", "stadium", "medical", "general", "national", "central", "nuclear", "old", "new", "highway", "crossing"}
        fold_key = fold(following.word)
        if known or small in words_known or fold_key in gazetteer.country_keys or fold_key in gazetteer.demonyms:
            return False
        return not any(row.population > 200_000 and row.good for row in candidate.rows) or small in special.first_names
    return False
