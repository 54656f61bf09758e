"""Which of the places of one name is meant, and whether a state acts or is acted in."""

import math
import re
from collections import Counter

from stream.datelines import Dateline
from stream.places.gazetteer import Gazetteer, Row
from stream.places.scan import ADMIN_WORDS, SITE_WORDS, TOWN_WORDS, Candidate, Token
from stream.vocabulary import word_set

_LOCATIVE = word_set(
    "in at near nearby around outside inside within from to into toward towards on onto over across through "
    "throughout against off along beyond "
    "leave left leaving hit hits hitting struck strike strikes striking bomb bombs bombed bombing bombard "
    "bombarded bombarding pound pounds pounded pounding shell shells "
    "shelled target targets targeted targeting attack attacks attacked attacking raid raids raided rock rocks "
    "rocked flee flees fled fleeing enter enters entered reached reach evacuate evacuated evacuates "
    "besiege besieged captured capture captures seize seized seizes retake retook take takes took past behind "
    "under above via"
)
_INSIDE = word_set("in near at outside inside")
_SURE = _INSIDE | (_LOCATIVE - word_set("from to into toward towards on onto over across through against off along left leave"))
_WORLD_CITY = 1_000_000
_KNOWN_TOWN = 60_000


class Context:
    """How much the story speaks of each country and region."""

    def __init__(self) -> None:
        self.countries: Counter[str] = Counter()
        self.regions: Counter[tuple[str | None, str]] = Counter()

    @classmethod
    def of(cls, found: list[Candidate], head: Dateline | None, located: str | None, names: Gazetteer) -> "Context":
        """Votes of every name that can only mean one country; the dateline and the sender's word weigh little."""
        context = cls()
        for candidate in found:
            weight = 0.4 if head is not None and candidate.start < head.end else 1.0
            if candidate.country is not None:
                context.countries[candidate.country] += weight * (1.2 if candidate.demonym else 3.0)
            elif not candidate.person and not candidate.common:
                context._vote(candidate, weight)
        if located:
            for part in re.split(r"[,/;]", located):
                from stream.places.find import country_of

                code = country_of(part)
                if code:
                    context.countries[code] += 0.5
        return context

    def _vote(self, candidate: Candidate, weight: float) -> None:
        if any(row.listed and row.country is None for row in candidate.rows):
            return
        rows = [row for row in candidate.rows if row.country and (row.good or row.population > _KNOWN_TOWN)]
        if not rows:
            return
        countries = {row.country for row in rows}
        large = max(rows, key=lambda row: (row.listed, row.population))
        rivals = [row.population for row in rows if row.country != large.country]
        if len(countries) == 1:
            strength = 1.5 if large.listed or large.kind == "A" or large.population > _KNOWN_TOWN else 0.5
        elif large.population > 500_000 and large.population > 50 * max(rivals):
            strength = 1.0
        else:
            return
        self.countries[str(large.country)] += weight * strength
        if large.admin1:
            self.regions[(large.country, large.admin1)] += weight  # type: ignore[assignment]

    def learn(self, row: Row) -> None:
        """A name has been resolved: later ones lean towards its country and region."""
        if row.country:
            self.countries[row.country] += 0.5
        if row.admin1:
            self.regions[(row.country, row.admin1)] += 1

    def main_country(self) -> str | None:
        """The country that the story speaks of most, or null; of equals the first in the alphabet."""
        if not self.countries:
            return None
        return min(self.countries.items(), key=lambda item: (-item[1], item[0]))[0]


def choose(
    text: str, candidate: Candidate, following: Candidate | None, owner: Row | None, context: Context, names: Gazetteer
) -> Row | None:
    """The place that `candidate` means here, or null when it is not a place. It lies in `owner`, if that is given."""
    rows = _inside(candidate.rows, owner)
    if not rows or (candidate.person and candidate.cue not in {"in", "near", "at"}):
        return None
    if candidate.person and not any(row.kind in "RST" or row.population > _KNOWN_TOWN for row in rows):
        return None
    qualified = _qualifier(text, candidate, following)
    if any(row.listed for row in rows):
        rows = tuple(row for row in rows if row.good or row.population > _WORLD_CITY)
    best = max(rows, key=lambda row: _score(row, candidate, qualified, context))
    return best if _is_plausible(best, candidate, qualified, context, names) else None


def _inside(rows: tuple[Row, ...], owner: Row | None) -> tuple[Row, ...]:
    if owner is None or owner.country is None:
        return rows
    return tuple(
        row for row in rows
        if row.country in {owner.country, None} and (owner.kind == "C" or owner.admin1 is None or row.admin1 in {owner.admin1, None})
    )  # fmt: skip


def _qualifier(text: str, candidate: Candidate, following: Candidate | None) -> Candidate | None:
    """The name that says where this one is: "Tripoli, Lebanon", "Bryan, TX", "Tripoli in northern Lebanon"."""
    if following is None or following.demonym or following.start - candidate.end > 60:
        return None
    between = text[candidate.end : following.start]
    return following if _QUALIFIES.fullmatch(between) else None


_QUALIFIES = re.compile(r",? (?:in |of )?(?:the )?|,? ?\(|,? (?:in|near|a|an|the)? ?(?:[\w-]+ ){0,5}(?:in|of) (?:the )?")


def qualifies(text: str, candidate: Candidate, following: Candidate) -> bool:
    """Does the next name say where this one is?"""
    return _qualifier(text, candidate, following) is not None


def _score(row: Row, candidate: Candidate, qualified: Candidate | None, context: Context) -> float:
    score = math.log10(row.population + 200) if row.kind != "C" else 7.0
    total = sum(context.countries.values()) or 1.0
    votes = context.countries.get(row.country or "", 0.0)
    score += (2.0 + 3.0 * votes / total) if votes > 0 else 2.0 if row.country is None else 0.0
    score += 0.7 if context.regions.get((row.country, row.admin1 or "")) else 0.0
    score += 0.0 if row.good else -2.5
    score += {"R": 0.6, "A": -1.3, "B": -2.0}.get(row.kind, 0.0) + (1.5 if row.listed else 0.0)
    if candidate.generic in ADMIN_WORDS:
        score += {"A": 4.0, "R": 4.0, "B": 3.0 if candidate.generic.startswith(("district", "county", "sub", "raion")) else 1.0}.get(row.kind, 0.0)
        if candidate.generic.startswith(("district", "county")) and row.kind == "B":
            score += 2.0
    elif candidate.generic in TOWN_WORDS and row.kind in {"P", "T"}:
        score += 2.0
    elif candidate.direction and row.kind in {"A", "R"}:
        score += 0.7
    if qualified is not None and any(row.country == other.country and (other.kind == "C" or other.admin1 == row.admin1 or not row.admin1) for other in qualified.rows[:4]):
        score += 4.0
    return score


def _is_plausible(
    row: Row, candidate: Candidate, qualified: Candidate | None, context: Context, names: Gazetteer
) -> bool:
    """Is the name a place's here at all? A known region always; a small far town only with a word that says so."""
    common = candidate.common
    told = bool(candidate.generic) or (qualified is not None and row.country in {other.country for other in qualified.rows[:4]})
    locative = candidate.cue in _LOCATIVE or candidate.cue in {"of", "and", "or", "between", "including", "as", "capital"}
    in_story = context.countries.get(row.country or "", 0.0) > 0.6
    if row.listed and row.population < _KNOWN_TOWN and len(candidate.key) < 5 and not (in_story or told or row.country is None) and context.countries:
        return False
    if row.listed and row.kind in {"P", "T", "S"} and not (in_story or told or locative) and context.countries:
        return False
    if row.kind == "C" or row.listed:
        return not common or told or candidate.cue in _SURE
    if common:
        return in_story and (told or (row.population > 20_000 and candidate.cue in _INSIDE))
    if told and (in_story or row.population > (_KNOWN_TOWN if candidate.generic in SITE_WORDS else 1_000)):
        return True
    if row.population >= _WORLD_CITY or (row.kind == "A" and row.good and len(candidate.key) > 3 and row.population > 50_000):
        return row.good or in_story
    if in_story:
        return row.good or locative
    return row.good and locative and (row.population >= 15_000 or row.kind == "A") and len(candidate.key) > 3


_ACTS = re.compile(
    r"(?:,[^,.\n]{2,40},)?[ ](?:(?:also|again|now|then|later|still|reportedly|immediately|only|never|officially"
    r"|formally|today|yesterday|previously|and|or|in turn)[ ]){0,3}"
    r"(?:(?:has|have|had|will|would|could|may|might|can|must|should|did|does|do|is|are|was|were)[ ](?!(?:been[ "
    r"])?(?:hit|struck|bombed|attacked|shelled|targeted|flooded|rocked|pounded|besieged|devastated|home|under"
    r"|the scene|evacuated|captured|retaken|left)\b)"
    r"|(?!(?:has|is|was|this|as|its|his|towns|cities|villages|areas|suburbs|provinces|districts|camps|residents"
    r"|killed|wounded|injured|left|based|backed|overnight|and|or|[a-z]+ings|protests|elections|clashes|riots"
    r"|blasts|explosions|floods|games|residents|hospitals|schools|homes|houses|buildings|streets|markets"
    r"|civilians|troops|positions|targets)\b)(?:[a-z]+(?:s|ed)|fought|struck|began|said|told|kept|took|gave|met"
    r"|sent|broke|withdrew|responded|say|hit)\b(?![-]))"
)
_GOVERNMENT = re.compile(
    r"(?:['’]s?)?[ ](?:[\w-]+[ ]){0,2}?(?:government|regime|army|military|president|prime minister|pm|foreign "
    r"ministry|foreign minister|defen[cs]e ministry|defen[cs]e minister|ministry|minister|air force|navy|forces"
    r"|troops|soldiers|officials?|parliament|authorities"
    r"|police|envoy|ambassador|delegation|spokesman|warplanes|jets|aircraft|planes|helicopters|drones?|ally"
    r"|allies|leader|leadership|cabinet|state media|intelligence|security|offensive|operation|campaign|invasion"
    r"|war|intervention|ceasefire|truce|assault|bombardment|airstrikes?|own|failure|decision|refusal|use|actions"
    r"|policy|side)\b",
    re.IGNORECASE,
)
_BODY = re.compile(r"[ ](?:government|army|military|president|forces|troops|soldiers|authorities|police|air force|navy)\b")
_TOLD = re.compile(
    r"\b(?:accus(?:e|es|ed|ing)|blam(?:e|es|ed|ing)|condemn(?:s|ed|ing)?|urg(?:e|es|ed|ing)|warn(?:s|ed|ing)?"
    r"|tells?|told|asks?|asked|criticis(?:e|es|ed|ing)"
    r"|support(?:s|ed|ing)?|thank(?:s|ed)?|call(?:s|ed|ing)? on|press(?:es|ed|ing)|pressur(?:e|es|ed|ing)"
    r"|sanction(?:s|ed|ing)?|ally|allies|rival|neighbou?r)[ ](?:the[ ])?\Z"
)
_AGENT_CUES = frozenset({"by", "with", "between"})
_NO_PLACE_AFTER = re.compile(
    r"-(?:based|backed|led|brokered|mediated|sponsored|allied|born|trained|made|linked|aligned|supported|funded"
    r"|supplied|friendly|educated|style|organised|organized|dominated|era|sourced|drafted|hosted|run|appointed"
    r"|installed|wide)"
)


def is_actor(text: str, words: list[Token], candidate: Candidate, row: Row, names: Gazetteer) -> bool:
    """Does the name stand for a state that does, says or is told something, rather than for where it happened?"""
    after = text[candidate.name_end : candidate.name_end + 80]
    if _NO_PLACE_AFTER.match(after):
        return True
    state = row.kind == "C" or candidate.key in names.capitals
    if not state or candidate.direction or (candidate.generic and candidate.generic not in {"strip"}):
        return False
    if candidate.possessive:
        return _GOVERNMENT.match(text[candidate.name_end : candidate.name_end + 60]) is not None
    if candidate.cue in _AGENT_CUES or _TOLD.search(text, max(0, candidate.name_start - 24), candidate.name_start):
        return True
    if candidate.cue in _LOCATIVE:
        return _BODY.match(after) is not None and row.kind == "C"
    if row.country in {"US", "GB"} and row.kind == "C" and text[candidate.name_start : candidate.name_end].replace(".", "").isupper():
        return candidate.cue not in {"of", "across"} or not text[: candidate.name_start].endswith(" the ")
    return _ACTS.match(after) is not None or (row.kind == "C" and _GOVERNMENT.match(after) is not None)
