"""Quantity: how many, and of what, as a text says it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quantity:
    """`quote == text[start:end]` says how many; `low` or `high` is null where that side is left open.

    `noun` is what is counted as far as the next words tell ("militants", "homes", "" in "12 were killed"), and ends
    at `noun_end`. `unit` is persons, households or null for anything else and for a bare number. `parts` holds the
    summands of a sum ("a mother and her two sons"), else nothing.
    """

    start: int
    end: int
    low: int | None
    best: int
    high: int | None
    vague: bool
    quote: str
    unit: str | None = None
    noun: str = ""
    noun_end: int = 0
    parts: tuple["Quantity", ...] = field(default=())


def one_person(text: str, start: int, end: int, noun: str) -> Quantity:
    """One person, told by the words `text[start:end]`."""
    return Quantity(start, end, 1, 1, 1, False, text[start:end], "persons", noun.lower(), end)
