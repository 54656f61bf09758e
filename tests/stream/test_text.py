"""Sentences, quotations and datelines of wire copy."""

import pytest
from hypothesis import given, settings

from stream.text import Positions, dateline, quoted, sentences
from tests.stream.work import is_linear, texts


def split(text):
    return [text[sentence.start : sentence.end] for sentence in sentences(text)]


@pytest.mark.parametrize(
    "whole",
    [
        "Gen. Ahmad al-Sayed of the U.S. Army said 1.2 million people fled to St. Petersburg.",
        "Lt. Col. J. R. Smith met Mr. Hassan at 5 p.m. on Sept. 11.",
        "The U.N. Security Council met at No. 10, e.g. on Jan. 3.",
        "About 12.5 per cent of the town burned, Dr. A. B. Karim said.",
        "He said: “Why now?” and left.",
        "The truce ... was over by noon.",
        "George W. Bush spoke.",
        'The village (pop. 300) was hit, "twice".',
    ],
)
def test_stops_inside_a_sentence_do_not_end_it(whole):
    assert split(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Jets struck the town. Two died.", ["Jets struck the town.", "Two died."]),
        ("They flew from the U.S. The raid killed two.", ["They flew from the U.S.", "The raid killed two."]),
        ("It began at 5 p.m. Two hours later it ended.", ["It began at 5 p.m.", "Two hours later it ended."]),
        ('"We fled. They bombed us," she said.', ['"We fled.', 'They bombed us," she said.']),
        ('"They bombed us." She wept.', ['"They bombed us."', "She wept."]),
        ("Was it a drone? Nobody knew! It burned.", ["Was it a drone?", "Nobody knew!", "It burned."]),
        ("Air raid kills five\nJets struck the town.", ["Air raid kills five", "Jets struck the town."]),
        ("- First item\n- Second item. 3 died.", ["First item", "Second item.", "3 died."]),
        ("• Homs was hit\n• Hama was hit", ["Homs was hit", "Hama was hit"]),
        ("1. Attacks on towns. 2. Attacks on roads.", ["1. Attacks on towns.", "2. Attacks on roads."]),
    ],
)
def test_sentences_end_where_they_end(text, parts):
    assert split(text) == parts


def test_hard_wrapped_lines_are_one_sentence():
    assert split("The army said that jets had\nstruck the town.\nTwo died.") == [
        "The army said that jets had\nstruck the town.",
        "Two died.",
    ]


def test_paragraphs_are_counted_by_line_breaks():
    assert [sentence.paragraph for sentence in sentences("Head\nOne. Two.\n\nThree.")] == [0, 1, 1, 2]


def test_an_offset_is_in_the_sentence_that_holds_it():
    text = "One here. Two here.\nThree here."
    positions = Positions(sentences(text))

    assert [positions.index(text.index(word)) for word in ("One", "Two", "Three")] == [0, 1, 2]
    assert positions.index(text.index("here.\n") + 4) == 1


def test_a_quotation_runs_over_sentences():
    text = 'He said: "We left. They bombed us." Then “he wept”.'

    assert [text[start:end] for start, end in quoted(text)] == ['"We left. They bombed us."', "“he wept”"]


def test_a_quotation_that_is_not_closed_ends_with_its_paragraph():
    text = '"We left early.\n"They bombed us," she said. The army\'s jets flew.'

    assert [text[start:end] for start, end in quoted(text)] == ['"We left early.', '"They bombed us,"']


MAY = "May 16, 2021"


@pytest.mark.parametrize(
    ("text", "place", "agency", "day"),
    [
        ("STOCKHOLM, Aug 29, 2014 (AFP) - Sweden said", "STOCKHOLM", "AFP", "Aug 29, 2014"),
        ("Gaza City, Palestinian Territories, May 16, 2021 (AFP) -", "Gaza City, Palestinian Territories", "AFP", MAY),
        ("Strasbourg, 10 juil 2024 (AFP) Le Parlement", "Strasbourg", "AFP", "10 juil 2024"),
        ("BUFFALO, N.Y. (AP) — A man", "BUFFALO, N.Y.", "AP", None),
        ("AP - It was over by noon.", None, "AP", None),
        ("BEIJING (AP) _ The army", "BEIJING", "AP", None),
        ("BEIRUT (Reuters) - Rebels", "BEIRUT", "Reuters", None),
        ("LIMA, Jan 21 (Reuters) - Peru", "LIMA", "Reuters", "Jan 21"),
        ("April 14 (Reuters) - A company", None, "Reuters", "April 14"),
        ("Tel Aviv/Beirut (dpa) - Israel", "Tel Aviv/Beirut", "dpa", None),
        ("Peine (dpa/lni) - Die", "Peine", "dpa/lni", None),
        ("San Diego\xa0(tca/dpa)\xa0- A ship", "San Diego", "tca/dpa", None),
        ("Tegucigalpa, Jan 2 (EFE).- The army", "Tegucigalpa", "EFE", "Jan 2"),
        ("(ANSA) - NAPOLI\nA man", "NAPOLI", "ANSA", None),
        ("BEIRUT: Clashes on the edge", "BEIRUT", None, None),
        ("RAMALLAH, West Bank — Troops", "RAMALLAH, West Bank", None, None),
        ("PORT-AU-PRINCE, Haiti, March 3 - The", "PORT-AU-PRINCE, Haiti", None, "March 3"),
        ("N'DJAMENA, Chad (AP) — Rebels", "N'DJAMENA, Chad", "AP", None),
        ("Peshawar (Pakistan) (AFP) - A bomb", "Peshawar (Pakistan)", "AFP", None),
        ("Raid kills five\nBEIRUT (Reuters) - Jets", "BEIRUT", "Reuters", None),
        ("New York, 3 March 2022 – The council", "New York", None, "3 March 2022"),
    ],
)
def test_a_dateline_in_the_style_of_each_agency(text, place, agency, day):
    found = dateline(text)

    assert found is not None
    assert (found.place_words, found.agency, found.day) == (place, agency, day)
    if place is not None:
        assert text[found.place_start :].startswith(place)


@pytest.mark.parametrize(
    "text",
    [
        "Israeli-Palestinian conflict: Israel fires rockets",
        "Syria: US launches raids",
        "U.S. forces struck the town",
        "Jets struck the town of Rafah (see map) - again",
        "Football (soccer): Greece beat Portugal",
        "Federal Police (AFP) and local police raid a house",
        "ODM-Kenya, a party, splits in two",
        "",
        "\n\n\n",
    ],
)
def test_copy_without_a_dateline(text):
    assert dateline(text) is None


WORDS = """
    . ! ? … " “ ” ‘ ’ ' - – ( ) U.S. Gen. A B. word Word 1.2 , : (AFP) May 3 (Reuters) BEIRUT « » 。
"""


@given(texts(WORDS))
@settings(max_examples=400, deadline=None)
def test_any_text_is_split_without_loss_or_overlap(text):
    """Nothing is raised; sentences and quotations are in order and apart; only white space and bullets are left out."""
    reached = 0
    for sentence in sentences(text):
        assert reached <= sentence.start < sentence.end <= len(text)
        assert not text[sentence.start].isspace()
        assert not text[sentence.end - 1].isspace()
        assert not any(character.isalnum() for character in text[reached : sentence.start])
        reached = sentence.end
    assert not any(character.isalnum() for character in text[reached:])
    reached = 0
    for start, end in quoted(text):
        assert reached <= start < end <= len(text)
        reached = end
    found = dateline(text)
    assert found is None or 0 <= found.start < found.end <= len(text)


@pytest.mark.parametrize("piece", [".", ". ", "A. ", '"', "‘a", "\n", "- ", "a.b. ", "U.S. ", "((", "'s “", "…"])
@pytest.mark.parametrize("function", [sentences, quoted, dateline])
def test_hostile_repetition_costs_linear_work(function, piece):
    assert is_linear(function, piece)
