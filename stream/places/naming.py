"""What the words from some place in the text name: the longest name that the gazetteer has."""

import re

from config.places.spelling import ARABIC, ARTICLES, fold, join
from stream.places.candidate import Candidate, is_direction
from stream.places.gazetteer import Gazetteer, Row
from stream.places.tokens import Token
from stream.places.wording import NATURES, PARTICLES, REGION_WORDS, SITE_WORDS
from stream.vocabulary import one_of, word_set

_INNER = PARTICLES | word_set("of the and sur en aux der e y us uz au upon under o na a i in for to")
"""Small words inside a name or a phrase."""
_LAST = REGION_WORDS | SITE_WORDS | word_set("border river heights front talks agreement accord accords deal")
"""Small words that may end the name of a hand-made row or of a phrase: "Indo-Pak border", "Minsk talks"."""
_JOINTS = frozenset({" ", "-", "–", "\xa0", "  ", "' ", "’ "})
"""Between two words of one name; the last two after a plural, in "Kurdistan Workers' Party"."""
_LONGEST_PHRASE, _LONGEST_NAME, _LONGEST_ACRONYM = 8, 6, 4
_ARMIES = frozenset({"Army", "Navy", "Force", "Forces", "Rangers", "Guard", "Guards", "Military", "Marines"})
_DEAL = re.compile(
    rf"[ -](?:{one_of('peace; ceasefire; truce; Peace; nuclear; climate')}[ ])?"
    + one_of(
        """
        [Aa]ccords?; [Aa]greements?; deal; [Tt]reaty; [Pp]rotocols?; [Dd]eclaration; process; talks; summit;
        [Cc]onference; pact; [Cc]onventions?; formula; communiqu[eé]; memorandum
        """
    )
    + r"(?!\w)"
)
"""After a name: not where something happened but what was agreed there."""


def name_at(text: str, words: list[Token], index: int, gazetteer: Gazetteer, head_end: int) -> Candidate | None:
    """The longest name at word `index` that the gazetteer has, or null. The dateline ends at `head_end`."""
    run = run_at(words, index)
    folded = [fold(token.word) for token in run]
    for length in range(len(run), 0, -1):
        pieces = [piece for piece in folded[:length] if piece]
        if not pieces or not (run[length - 1].capital or run[length - 1].word in _LAST):
            continue
        found = _named(words, index, run[:length], pieces, gazetteer, head_end)
        if found is not None:
            found.barred = found.barred or (not found.demonym and _DEAL.match(text, found.end) is not None)
            return found
    return None


def run_at(words: list[Token], index: int) -> list[Token]:
    """The words from `index` that one name may hold: capitals, small words between them, no punctuation."""
    run = [words[index]]
    while len(run) < _LONGEST_PHRASE and index + len(run) < len(words):
        last, following = run[-1], words[index + len(run)]
        if last.possessive or (last.gap not in _JOINTS and not (last.gap == ". " and len(last.word) == 2)):
            break
        if not (following.capital or following.word in _INNER or following.word in _LAST):
            break
        run.append(following)
        if following.word in _LAST:
            break
    return run


def _named(
    words: list[Token], index: int, run: list[Token], pieces: list[str], gazetteer: Gazetteer, head_end: int
) -> Candidate | None:
    """What the words of `run` name, or null."""
    key, alone, small = join(pieces), len(run) == 1, run[0].word.lower()
    special = gazetteer.words
    base = Candidate(
        run[0].start, run[-1].end, run[0].start, run[-1].end, index, index + len(run) - 1, key, (),
        possessive=run[-1].possessive,
        common=alone and (small in special.common or small in special.titles or small in NATURES),
    )  # fmt: skip
    if (alone and small in special.never) or special.phrases.get(key) == len(run):
        return _body(base, run, pieces, gazetteer)
    if not base.common and _is_nation(base, key, run, pieces, gazetteer):
        return base
    if _is_refused(words, index, run, key, gazetteer, head_end):
        return None
    base.rows = gazetteer.lookup(key) or _without_article(run, pieces, gazetteer)
    return base if base.rows else None


def _body(base: Candidate, run: list[Token], pieces: list[str], gazetteer: Gazetteer) -> Candidate:
    """A phrase that is no place; an army's name still tells its country: "Pakistan Army"."""
    nation = gazetteer.demonyms.get(pieces[0]) or gazetteer.country_keys.get(pieces[0])
    if nation is not None and run[-1].word in _ARMIES:
        base.country, base.demonym = nation, True
        base.name_end = base.end = run[0].end
    else:
        base.barred = True
    return base


def _is_nation(base: Candidate, key: str, run: list[Token], pieces: list[str], gazetteer: Gazetteer) -> bool:
    country, demonym = gazetteer.country_keys.get(key), gazetteer.demonyms.get(key)
    if country is not None and not (key == "us" and not run[0].word.replace(".", "").isupper()):
        namesakes = (row for row in gazetteer.lookup(key) if row.kind == "A")  # Georgia in the United States
        base.country, base.rows = country, (gazetteer.countries[country].row, *namesakes)
    elif demonym is not None and len(pieces) == len(run):
        base.country, base.demonym = demonym, True
    return base.country is not None


def _is_refused(
    words: list[Token], index: int, run: list[Token], key: str, gazetteer: Gazetteer, head_end: int
) -> bool:
    """Is the run too long, too short, an acronym or a direction, and so no place's name?"""
    if len(run) > _LONGEST_NAME or (not run[-1].capital and key not in gazetteer.hand_keys):
        return True
    if len(run) > 1:
        return False
    word = run[0].word
    if is_direction(word) or (len(word) < 3 and key not in gazetteer.hand_keys):
        return True
    acronym = word.isupper() and len(word) <= _LONGEST_ACRONYM and key not in gazetteer.acronyms
    return acronym and run[0].start >= head_end and not _among_capitals(words, index)


def _among_capitals(words: list[Token], index: int) -> bool:
    around = words[max(0, index - 2) : index] + words[index + 1 : index + 3]
    return bool(around) and all(token.word.isupper() for token in around)


def _without_article(run: list[Token], pieces: list[str], gazetteer: Gazetteer) -> tuple[Row, ...]:
    """Places of this name with its articles as "al", else left out: "ash-Shaykh Zuwayd"."""
    articles = [
        token.word.lower() in ARTICLES and (token.gap in "-–" or not token.capital or token.word in {"Al", "El"})
        for token in run
    ]
    if not any(articles[:-1]) or len(pieces) != len(run):
        return ()
    canonical = join(["al" if article else piece for article, piece in zip(articles, pieces, strict=True)])
    bare = join([piece for article, piece in zip(articles, pieces, strict=True) if not article] or [""])
    found = gazetteer.lookup(bare) if len(bare) > 2 else ()
    return gazetteer.lookup(canonical) or tuple(row for row in found if row.country in ARABIC)
