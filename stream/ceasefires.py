"""Truces reported broken: somebody says so, or the story itself sets an attack beside a deal in force."""

from stream.attacks import candidate, mention, sift
from stream.passages import Candidate, Passage
from stream.signals import Mention


def find(passage: Passage, kind: str) -> tuple[list[Candidate], list[Mention]]:
    """Candidates in story order, and the mentions of deals that are not in force."""
    triggers = passage.scan(kind, "trigger")
    nothing = passage.scan(kind, "not_event")
    candidates: list[Candidate] = []
    mentions: list[Mention] = []
    for index in sorted(triggers.keys() | nothing.keys()):
        standing, _ = sift(passage, index, triggers.get(index, []), nothing.get(index, []))
        mentions.extend(mention(passage, kind, hit, index) for hit in nothing.get(index, [])[:2] if not standing)
        attacks = [(hit.start, hit.end) for hit in standing]
        candidates.extend(candidate(passage, kind, index, hit, attacks) for hit in standing)
    for found in candidates:
        found.weapon = None
    return candidates, mentions
