"""Whether a state, or the capital that stands for it, acts or is acted in."""

import re

from stream.places.candidate import Candidate
from stream.places.gazetteer import Gazetteer, Row
from stream.places.wording import LOCATIVE
from stream.vocabulary import one_of

_ADVERBS = one_of(
    """
    also; again; now; then; later; still; reportedly; immediately; only; never; officially; formally; today;
    yesterday; previously; and; or; in turn; each; both; all
    """
)
_AUXILIARIES = one_of(
    "has; have; had; will; would; could; may; might; can; must; should; did; does; do; is; are; was; were"
)
_SUFFERED = one_of(
    """
    hit; struck; bombed; attacked; shelled; targeted; flooded; rocked; pounded; besieged; devastated; home; under; the
    scene; evacuated; captured; retaken; left
    """
)
_NO_VERBS = one_of(
    """
    has; is; was; this; as; its; his; towns; cities; villages; areas; suburbs; provinces; districts; camps; residents;
    killed; wounded; injured; left; based; backed; overnight; and; or; [a-z]+ings; protests; elections; clashes;
    riots; blasts; explosions; floods; games; hospitals; schools; homes; houses; buildings; streets; markets;
    civilians; troops; positions; targets
    """
)
_VERBS = one_of(
    """[a-z]+s; [a-z]+ed; fought; struck; began; said; say; told; kept; took; gave; met; sent; broke; withdrew; hit"""
)
_TELLING = one_of("naming; saying; speaking of; telling of; accusing; claiming; insisting; denying; blaming; vowing")
_ACTS = re.compile(
    rf"(?:,[^,.\n]{{2,40}},)?[ ](?:{_ADVERBS}[ ]){{0,3}}(?:{_TELLING}\b|(?:each|both)[ ](?!of\b)|"
    rf"{_AUXILIARIES}[ ](?!(?:been[ ])?{_SUFFERED}\b)|(?!{_NO_VERBS}\b){_VERBS}\b(?!-))"
)
_TOGETHER = re.compile(
    r"(?: and|,) (?:the )?[A-Z][\w'’-]+(?:[ -][A-Z][\w'’-]+){0,2}(?: (?:forces|militants|fighters|rebels|group))?"
    r" (?:ha(?:s|ve) |also |again |are |were )?"
    + one_of(
        """
        accus[a-z]{1,3}; blam[a-z]{1,3}; charg[a-z]{1,3}; each; both; sa(?:y|id);
        trad[a-z]{1,3} (?:fire|blame|accusations); exchang[a-z]{1,3}; agre[a-z]{1,3};
        sign[a-z]{0,3}; resum[a-z]{1,3}; reach[a-z]{0,3}; h[eo]ld[a-z]{0,3}; negotiat[a-z]{1,3}; declar[a-z]{1,3};
        announc[a-z]{1,3}; violat[a-z]{1,3}; break; broke; fight; fought; clash[a-z]{0,3}; discuss[a-z]{0,3}
        """
    )
    + r"(?!\w)"
)
"""After a state: it and another party do something together, "Israel and Hezbollah accuse each other"."""
_GOVERNMENT = re.compile(
    r"(?:['’]s?)?[ ](?:[\w-]+[ ]){0,2}?"
    + one_of(
        """
        government; regime; army; military; president; prime minister; pm; foreign ministry; foreign minister;
        defen[cs]e ministry; defen[cs]e minister; foreign office; ministry; minister; air force; navy; forces; troops;
        soldiers; officials?; parliament; authorities; police; envoy; ambassador; delegation; spokesman; warplanes;
        jets; aircraft; planes; helicopters; drones?; ally; allies; leader; leadership; cabinet; state media;
        movement; rebels?; militants?; militias?; militiamen; fighters; separatists?; insurgents?; junta;
        intelligence; security; offensive; operation; campaign; invasion; war; intervention; ceasefire; truce;
        assault; bombardment; airstrikes?; own; failure; decision; refusal; use; actions; policy; side
        """
    )
    + r"\b",
    re.IGNORECASE,
)
_FORCES = re.compile(
    "[ ]"
    + one_of("government; army; military; president; forces; troops; soldiers; authorities; police; air force; navy")
    + r"\b"
)
_TOLD = re.compile(
    r"\b"
    + one_of(
        """
        accus(?:e|es|ed|ing); blam(?:e|es|ed|ing); condemn(?:s|ed|ing)?; urg(?:e|es|ed|ing); warn(?:s|ed|ing)?;
        tells?; told; asks?; asked; criticis(?:e|es|ed|ing); support(?:s|ed|ing)?; thank(?:s|ed)?; call(?:s|ed|ing)?
        on; press(?:es|ed|ing); pressur(?:e|es|ed|ing); sanction(?:s|ed|ing)?; ally; allies; rival; neighbou?r
        """
    )
    + r"[ ](?:the[ ])?\Z"
)
_JOINED = re.compile(
    "-"
    + one_of(
        """
        based; backed; led; brokered; mediated; sponsored; allied; born; trained; made; linked; aligned; supported;
        funded; supplied; friendly; educated; style; organi[sz]ed; dominated; era; sourced; drafted; hosted; run;
        appointed; installed; wide
        """
    )
)
"""After a hyphen: "Britain-based", "Turkey-backed"."""
_MISSION = re.compile(
    r"['’]s? (?:[\w-]{2,16} )?(?:embassy|consulate|consular|mission|ambassador|embassies|consul|peacekeepers"
    r"|contingent)(?!\w)"
)
"""After a state's possessive: its house or people abroad."""
_AGENT_CUES = frozenset({"by", "with", "between"})
_LOOK_AHEAD, _LOOK_BACK = 80, 24
_ARMED = re.compile(
    " "
    + one_of(
        """
        drones?; jets?; warplanes?; air; airstrikes?; aircraft; army; military; troops; forces; soldiers; strikes?;
        missiles?; helicopters?; planes?; tanks?; fighters?; raids?; navy; bombs?; bombing; bombardment; shelling;
        artillery; offensive; enemy; violations?; breach(?:es)?; fire; snipers?
        """
    )
    + r"(?!\w)"
)


def leans_little(text: str, candidate: Candidate) -> bool:
    """Does the name tell who acts, and so little of where: "Israeli drones", "Israel said"?"""
    if candidate.country is None:
        return False
    if candidate.demonym:
        held = text.startswith("-held ", candidate.name_end)
        return held or _ARMED.match(text, candidate.name_end) is not None
    return _ACTS.match(text, candidate.name_end, candidate.name_end + _LOOK_AHEAD) is not None


def is_actor(text: str, candidate: Candidate, row: Row, names: Gazetteer) -> bool:
    """Does the name stand for a state that does, says or is told something, rather than for where it happened?"""
    end = candidate.name_end
    if _JOINED.match(text, end):
        return True
    state = row.kind == "C"
    if not (state or candidate.key in names.capitals) or candidate.direction or candidate.nature:
        return False
    if candidate.possessive and _MISSION.match(text, end):
        return True
    if candidate.possessive:
        return _GOVERNMENT.match(text, end, end + _LOOK_AHEAD) is not None
    told = _TOLD.search(text, max(0, candidate.name_start - _LOOK_BACK), candidate.name_start)
    if told or candidate.cue in _AGENT_CUES:
        return True
    if candidate.cue in LOCATIVE:
        return state and _FORCES.match(text, end) is not None
    if state and text[candidate.name_start : end].replace(".", "").isupper() and row.country in {"US", "GB"}:
        return candidate.cue != "of" or not text.endswith(" the ", 0, candidate.name_start)
    if _TOGETHER.match(text, end, end + _LOOK_AHEAD):
        return True
    acts = _ACTS.match(text, end, end + _LOOK_AHEAD) or (state and _GOVERNMENT.match(text, end, end + _LOOK_AHEAD))
    return bool(acts)
