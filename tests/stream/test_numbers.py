"""Quantities: the corpus, offsets, and hostile text."""

import pytest
from hypothesis import given, settings

from stream.numbers import quantities
from tests.stream.reading import phrases
from tests.stream.work import is_linear, texts


@pytest.mark.parametrize(("phrase", "says"), phrases("numbers"))
def test_a_wording_says_exactly_this(phrase, says):
    found = quantities(phrase)

    if says == "none":
        assert found == []
    else:
        (quantity,) = found
        said = {"low": quantity.low, "best": quantity.best, "high": quantity.high, "unit": quantity.unit}
        assert said | {"vague": quantity.vague} == {"vague": False} | says


def test_parts_of_a_sum_are_kept():
    """The total once, with the summands beside it."""
    (quantity,) = quantities("Clashes killed 16 loyalists and 19 rebels.")

    assert quantity.best == 35
    assert [(part.best, part.noun) for part in quantity.parts] == [(16, "loyalists"), (19, "rebels")]


def test_a_second_number_with_a_verb_of_its_own_is_no_summand():
    found = quantities("A raid killed five soldiers and 12 militants were wounded.")

    assert [quantity.best for quantity in found] == [5, 12]


def test_a_total_and_its_parts_named_with_including_stay_apart():
    assert [quantity.best for quantity in quantities("35 people died, including 16 children and 4 women.")] == [35, 20]


def test_offsets_count_in_the_whole_text():
    text = "On Monday. At least 35 fighters died."
    (quantity,) = quantities(text, 11)

    assert text[quantity.start : quantity.end] == quantity.quote == "At least 35"
    assert text[quantity.end : quantity.noun_end].strip() == "fighters"


def test_nothing_outside_the_bounds_is_read():
    assert quantities("5 died. 6 died. 7 died.", 8, 15)[0].best == 6


WORDS = """
    at least between and to up 30 40 12,000 1.2 m million dozens of hundreds thousands people families one a half $ %
    km March 2011 , . - – 16 woman her two sons several F-16 killed wounded 99999999999999999999 ١٢ ½ ²
"""


@given(texts(WORDS))
@settings(max_examples=400, deadline=None)
def test_any_text_gives_quantities_that_are_its_own_words(text):
    """Nothing is raised, quotes are the text's, low <= best <= high, and quantities do not overlap."""
    reached = 0
    for quantity in quantities(text):
        assert text[quantity.start : quantity.end] == quantity.quote
        assert reached <= quantity.start < quantity.end <= quantity.noun_end <= len(text)
        assert (quantity.low or 0) <= quantity.best <= (quantity.high or quantity.best)
        reached = quantity.end


@pytest.mark.parametrize(
    "piece",
    ["9", "9,", "9.", "9 ", "30 to ", "one ", "million ", "a ", "at least ", "hundreds of ", "1 and ", "a man, "],
)
def test_hostile_repetition_costs_linear_work(piece):
    assert is_linear(quantities, piece)
