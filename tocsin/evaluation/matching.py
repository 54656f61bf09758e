"""Which predicted signal answers which labelled one: kind, words, place and number as a reader would compare them."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from stream.signals import Figure, Signal
from tocsin.evaluation.gold import Gold

FIGURES = ("killed", "injured", "displaced")
GENERIC_PLACE_WORDS = frozenset(
    [
        "city",
        "town",
        "village",
        "province",
        "district",
        "region",
        "state",
        "county",
        "governorate",
        "prefecture",
        "area",
        "camp",
        "refugee",
        "the",
        "of",
        "in",
        "and",
        "near",
        "island",
        "islands",
        "northern",
        "southern",
        "eastern",
        "western",
        "central",
        "north",
        "south",
        "east",
        "west",
        "northwest",
        "northeast",
        "southwest",
        "southeast",
        "northwestern",
        "northeastern",
        "southwestern",
        "southeastern",
        "upper",
        "lower",
        "strip",
        "mount",
        "volcano",
        "city's",
        "republic",
        "democratic",
        "al",
        "el",
    ]
)


def folded(name: str | None) -> frozenset[str]:
    """The words of a place name without accents and without words like province."""
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z]+", plain.replace("'", "").replace("-", " "))
    return frozenset(w for w in words if w not in GENERIC_PLACE_WORDS)


def skeleton(words: frozenset[str]) -> str:
    """Consonants in order: what transliterations of one name share."""
    return (
        "".join(re.sub(r"(.)\1+", r"\1", re.sub("[aeiouy]", "", w)) for w in sorted(words))
        .replace("q", "k")
        .replace("ph", "f")
    )


def same_place(gold: Gold, signal: Signal) -> bool:
    """Is this the place the reader named? A signal of a whole country fits where the reader named none."""
    if not gold.get("place"):
        return signal.place is None or signal.place.precision == "country"
    if signal.place is None:
        return False
    wanted = folded(gold["place"])
    for name in (signal.place.name, signal.place.as_written):
        found = folded(name)
        if found and wanted and (found <= wanted or wanted <= found or skeleton(found) == skeleton(wanted) != ""):
            return True
    whole = not wanted or (signal.place.precision == "country" and signal.place.country == gold.get("country"))
    return whole and gold["place"].lower() == signal.place.name.lower()


def same_country(gold: Gold, signal: Signal) -> bool:
    return gold.get("country") == (signal.place.country if signal.place else None)


def same_number(wanted: int, found: Figure | None) -> bool:
    """Exact, with the rule that "more than N" may be read as N or N + 1."""
    if found is None:
        return False
    if found.best == wanted:
        return True
    return (
        found.high is None
        and found.best + 1 == wanted
        and re.match(r"(?i)(?:more than|over|above|in excess)", found.quote) is not None
    )


def pairs(
    gold: Sequence[Gold],
    said: Sequence[Signal],
    fits: Callable[[Gold, Signal], bool],
    like: Callable[[Gold, Signal], float],
) -> list[tuple[int, int]]:
    """The largest set of (gold, said) pairs that fit, one to one; among those that fit, the likelier first."""

    def options_of(one: Gold) -> list[int]:
        return sorted((s for s in range(len(said)) if fits(one, said[s])), key=lambda s: -like(one, said[s]))

    options = {g: options_of(gold[g]) for g in range(len(gold))}
    taken: dict[int, int] = {}

    def place(g: int, seen: set[int]) -> bool:
        for s in options[g]:
            if s not in seen:
                seen.add(s)
                if s not in taken or place(taken[s], seen):
                    taken[s] = g
                    return True
        return False

    for g in sorted(options, key=lambda g: -max((like(gold[g], said[s]) for s in options[g]), default=0)):
        place(g, set())
    return sorted((g, s) for s, g in taken.items())


def likeness(gold: Gold, signal: Signal) -> float:
    """How well a pair agrees beyond kind and country: place, figures, words."""
    value = 4.0 * same_place(gold, signal)
    value += sum(
        2.0 for name in FIGURES if gold.get(name) is not None and same_number(gold[name], getattr(signal, name))
    )
    return value + overlap(gold.get("quote") or "", signal.evidence.quote)


def overlap(one: str, other: str) -> float:
    """Share of the words of the shorter text that stand in the other."""
    a, b = set(re.findall(r"\w+", one.lower())), set(re.findall(r"\w+", other.lower()))
    return len(a & b) / max(1, min(len(a), len(b)))
