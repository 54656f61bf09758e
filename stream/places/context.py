"""How much a story speaks of each country and region."""

import re
from collections.abc import Collection, Iterable

from stream.datelines import Dateline
from stream.places.candidate import Candidate, is_weak
from stream.places.gazetteer import Row
from stream.places.nations import country_of

COUNTRY, PEOPLE, REGION, TOWN, RESOLVED = 3.0, 1.2, 1.5, 0.5, 0.5
"""What a name weighs for its country: its own, a demonym, a region or known town, a small town, one resolved."""
LOCATED, DATELINE, ACTING = 0.5, 0.4, 0.5
"""The sender's word for where the story is; the share that a name in the dateline keeps of its weight."""
KNOWN_TOWN = 60_000
_GREAT_TOWN, _AHEAD = 500_000, 50
"""A town so large, and so many times larger than its namesakes abroad, speaks for its country."""

_SHORT = 4
"""Names of so few letters are too often another place's to speak for a country."""


class Context:
    """Weights of the countries and regions of one story; grows while its names are resolved."""

    def __init__(self) -> None:
        self._weights: dict[str, float] = {}
        self.regions: set[tuple[str | None, str]] = set()

    @classmethod
    def of(
        cls, found: Iterable[Candidate], head: Dateline | None, located: str | None, acting: Collection[int] = ()
    ) -> "Context":
        """Votes of every name that can only mean one country; one whose `id` is among `acting` tells who acts."""
        context = cls()
        small: set[str] = set()
        for candidate in found:
            share = DATELINE if head is not None and candidate.start < head.end else 1.0
            share *= ACTING if id(candidate) in acting else 1.0
            if candidate.country is not None:
                context._add(candidate.country, share * (PEOPLE if candidate.demonym else COUNTRY))
            elif not candidate.person and not candidate.common and candidate.key not in small:
                if is_weak(candidate):  # a small town does not make its own country the story's by being named again
                    small.add(candidate.key)
                context._vote(candidate, share)
        for part in re.split(r"[,/;]", located or ""):
            context._add(country_of(part), LOCATED)
        return context

    def weight(self, country: str | None) -> float:
        """How much the story speaks of a country; 0 for none."""
        return self._weights.get(country or "", 0.0)

    def share(self, country: str | None) -> float:
        """The weight of a country among all of the story's, 0 to 1."""
        return self.weight(country) / (sum(self._weights.values()) or 1.0)

    @property
    def is_empty(self) -> bool:
        """Does nothing yet tell a country?"""
        return not self._weights

    def main_country(self) -> str | None:
        """The country that the story speaks of most, or null; of equals the first in the alphabet."""
        return min(self._weights, key=lambda code: (-self._weights[code], code), default=None)

    def next_country(self, but: Collection[str]) -> str | None:
        """The country that the story speaks of most and that is none of these, if it names it or a place of it."""
        codes = [code for code in self._weights if code not in but and self._weights[code] >= PEOPLE]
        return min(codes, key=lambda code: (-self._weights[code], code), default=None)

    def learn(self, row: Row) -> None:
        """A name has been resolved: later ones lean towards its country and region."""
        self._add(row.country, RESOLVED)
        if row.admin1:
            self.regions.add((row.country, row.admin1))

    def _add(self, country: str | None, weight: float) -> None:
        if country:
            self._weights[country] = self._weights.get(country, 0.0) + weight

    def _vote(self, candidate: Candidate, share: float) -> None:
        if any(row.listed and row.country is None for row in candidate.rows):
            return
        rows = [row for row in candidate.rows if row.country and (row.good or row.listed)]
        if not rows:
            return
        large = max(rows, key=lambda row: (row.listed, row.population))
        rivals = [row.population for row in rows if row.country != large.country]
        if not rivals:
            short = large.kind == "P" and len(candidate.key) <= _SHORT
            known = large.population > KNOWN_TOWN or (large.listed and not short)
            self._add(large.country, share * (REGION if known else TOWN))
        elif large.listed and large.kind in {"A", "R"}:
            self._add(large.country, share * REGION)
        elif large.population > _GREAT_TOWN and large.population > _AHEAD * max(rivals):
            self._add(large.country, share)
        else:
            return
        if large.admin1:
            self.regions.add((large.country, large.admin1))
