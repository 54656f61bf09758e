"""Days: the corpus, offsets, and hostile text."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.dates import days
from tests.stream.reading import phrases
from tests.stream.work import is_linear, texts

MONDAY = date(2019, 5, 13)


@pytest.mark.parametrize(("phrase", "says"), phrases("dates"))
def test_a_wording_means_these_days(phrase, says):
    found = days(phrase, MONDAY)

    if says == "none":
        assert found == []
    else:
        (mention,) = found
        assert {"first": mention.first, "last": mention.last, "kind": mention.kind, "certain": mention.certain} == says


def test_each_weekday_is_the_last_one_up_to_publication():
    for name in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        (mention,) = days(f"on {name}", MONDAY)
        assert mention.first == mention.last
        assert 0 <= (MONDAY - mention.first).days < 7
        assert mention.first.strftime("%A") == name


def test_a_day_without_a_year_in_january_is_last_years():
    assert days("on 28 December", date(2020, 1, 2))[0].first == date(2019, 12, 28)


def test_offsets_count_in_the_whole_text():
    text = "On 3 May. Jets came on Sunday. On Friday."
    (mention,) = days(text, MONDAY, 10, 31)

    assert text[mention.start : mention.end] == mention.word == "Sunday"


def test_a_date_that_does_not_exist_is_no_day():
    assert days("on 31 February 2019", MONDAY) == []


WORDS = """
    since between and to from on in the past last 24 hours days 3 March April 29 May , 2011 Sunday Monday yesterday
    late week year ago two - – 0 31 February 9999 anniversary 60th weekend
"""


@given(texts(WORDS), st.dates())
@settings(max_examples=400, deadline=None)
def test_any_text_on_any_day_gives_mentions_that_are_its_own_words(text, published):
    """Nothing is raised, words are the text's, first <= last, and mentions do not overlap."""
    reached = 0
    for mention in days(text, published):
        assert text[mention.start : mention.end] == mention.word
        assert reached <= mention.start < mention.end
        assert mention.first <= mention.last
        reached = mention.end


@pytest.mark.parametrize(
    "piece", ["May ", "3 ", "2011-", "since ", "3 May to ", "last ", "between ", "a few ", "Sunday and "]
)
def test_hostile_repetition_costs_linear_work(piece):
    assert is_linear(lambda text: days(text, MONDAY), piece)
