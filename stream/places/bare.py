"""A bare name that can only be a town's: "a house in Haris, and six", "near al-Bara when"."""

import re

from stream.places.candidate import Candidate
from stream.places.wording import TOWN_WORDS
from stream.vocabulary import word_set

TOWNS = TOWN_WORDS | {"camp", "stronghold", "bastion", "outpost", "port"}
"""Natures of which a name that no place of the story's countries bears is a town's."""
_CUES = word_set("in near at outside around captured seized stormed overran shelled shelling bombed raided attacked")
"""Cues that make a lone name a town's although no gazetteer has it."""
_ARTICLE = re.compile(r"(?:[Aa]l|[Ee]l|[Aa]s|[Aa]sh|[Aa]n|[Aa]r|[Aa]d|[Aa]z)-[A-Z][\w'’]{1,24}(?![\w -][A-Z])")
"""One word behind an Arabic article."""
_NOTHING_MORE = re.compile(
    r"(?=[,.;)]|\Z| (?:and|on|in|near|from|by|for|since|this|was|were|had|has|when|where|after|while|killing|wounding"
    r"|overnight|late|early)(?!\w))"
)


def is_alone(text: str, candidate: Candidate) -> bool:
    """Is it one capital word after "in" or "near", and nothing of a name behind it?"""
    name = text[candidate.name_start : candidate.name_end]
    return (
        (candidate.first == candidate.last or _ARTICLE.fullmatch(name) is not None)
        and candidate.cue in _CUES
        and not candidate.possessive
        and not candidate.country
        and _NOTHING_MORE.match(text, candidate.name_end) is not None
    )
