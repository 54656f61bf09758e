"""Places: the corpus, the gazetteer, spellings, hostile text."""

import pytest
from hypothesis import given, settings

from config.places.spelling import fold, join, keys, skeleton
from stream.places import country_name, country_of, find, gazetteer, region_named
from stream.places.gazetteer import Gazetteer, PlacesFault
from tests.stream.reading import rows
from tests.stream.work import is_linear, texts

ROWS = rows("places")


def said(mention):
    place = mention.place
    return f"{place.as_written} | {place.name} | {place.country} | {place.precision} | {mention.role}"


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:60] for row in ROWS])
def test_a_story_names_exactly_these_places(row):
    found = [said(mention) for mention in find(row["text"])]

    if row.get("open"):
        assert found[: len(row["places"])] == row["places"]
        assert not any(name in line for line in found for name in ("Mobile", "Bar |", "March"))
    else:
        assert found == row["places"]


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:60] for row in ROWS])
def test_words_are_the_texts_and_known_places_have_a_point(row):
    for mention in find(row["text"]):
        assert row["text"][mention.start : mention.end] == mention.place.as_written
        if mention.place.name not in {"Qworzan", "Bangi Zhar", "Mayo", "Mount Qworzan", "Bara"}:  # in no gazetteer
            assert -90 <= mention.place.lat <= 90
            assert -180 <= mention.place.lon <= 180


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kafr Nabl", "Kafar Nabl"),
        ("Deir ez-Zor", "Deir Ezzor"),
        ("Al-Qusayr", "al-Kusair"),
        ("Khān Yūnis", "Khan Younis"),
        ("Jebel Marra", "Jabal Marra"),
        ("Suqaylabiyah", "Suqaylabiya"),
        ("Ma‘arrat", "Maarrat"),
        ("Sheikh Zuweid", "Shaykh Zuwaid"),
        ("Orūzgān", "Oruzgan"),
        ("St. Petersburg", "Saint Petersburg"),
    ],
)
def test_spellings_of_one_name_fold_to_one_key(one, other):
    assert keys(one, arabic=True)[0] == keys(other, arabic=True)[0]


def test_the_article_may_be_left_out():
    assert keys("Bab", arabic=True)[0] in keys("al-Bab", arabic=True)
    assert keys("El Salvador", arabic=False) == ["elsalvador"]


def test_vocalisations_share_a_skeleton():
    assert skeleton(join([fold("Kafr"), fold("Nubl")])) == skeleton(join([fold("Kafr"), fold("Nabil")]))


def test_a_place_of_one_name_is_chosen_by_the_rest_of_the_story():
    lebanon = find("Clashes broke out in Tripoli. Lebanese soldiers closed the road to Beirut.")
    libya = find("Clashes broke out in Tripoli. Libyan soldiers closed the road to Misrata.")

    assert (lebanon[0].place.country, libya[0].place.country) == ("LB", "LY")


def test_a_direction_moves_the_point():
    north, south = (find(f"Jets struck {word} Syria.")[0].place for word in ("northern", "southern"))

    assert north.lat - south.lat > 1
    assert north.geonameid is None


def test_where_the_sender_says_it_happened_breaks_a_tie():
    assert find("Shells hit Tripoli.", located="Beirut, Lebanon")[0].place.country == "LB"


def test_countries_and_regions_by_name():
    assert country_name("SY") == "Syria"
    assert country_name("QQ") == "QQ"
    codes = [country_of(word) for word in ("Syrians", "Palestinian", "Burmese", "UK", "nobody")]
    assert codes == ["SY", "PS", "MM", "GB", None]
    assert region_named("Idlib province").admin1 == "Idlib"
    assert region_named("Borno State", "NG").country == "NG"
    assert region_named("Atlantis") is None


def test_every_country_has_a_name_a_code_and_a_point():
    for code, country in gazetteer().countries.items():
        assert len(code) == 2
        assert len(country.iso3) == 3
        assert country.row.box is not None
        assert -90 <= country.row.lat <= 90


def test_a_hand_made_row_lends_its_spelling_to_the_place_that_geonames_knows():
    (row, *_) = gazetteer().lookup(keys("Misurata", arabic=True)[0])

    assert (row.name, row.country) == ("Misrata", "LY")
    assert row.geonameid is not None


def test_all_faults_of_the_hand_made_files_are_told(tmp_path):
    from stream.places.gazetteer import HOME

    for path in HOME.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "regions.yaml").write_text("SY:\n- Somewhere @ north region\n- Elsewhere\nQQ:\n- Nowhere @ 1 2 town\n")

    with pytest.raises(PlacesFault) as fault:
        Gazetteer(tmp_path)
    assert [word in str(fault.value) for word in ("Somewhere", "Elsewhere", "QQ")] == [True, True, True]


WORDS = """
    Syria Syrian Idlib Homs , . the of in town village al-Bab Al - Deir ez Zor Paris Hilton President U.S. US Gaza
    Strip northern ' 's Tripoli Lebanon A An (Reporting by ) March said Damascus province and or King Xyz Kafr BEIRUT
    (AP) —
"""


@given(texts(WORDS))
@settings(max_examples=400, deadline=None)
def test_any_text_gives_mentions_that_are_its_own_words(text):
    """Nothing is raised; mentions are in order and apart, and as written."""
    reached = 0
    for mention in find(text):
        assert text[mention.start : mention.end] == mention.place.as_written
        assert reached <= mention.start < mention.end <= len(text)
        reached = mention.end


@pytest.mark.parametrize(
    "piece",
    [
        "A",
        "A ",
        "Al-",
        "Syria ",
        "Syria, ",
        "Tripoli ",
        "town of ",
        "the town of X ",
        "northern ",
        "Deir ez ",
        "Xyz Abc ",
        "(",
        "'s ",
        "St. ",
        "in Qx, ",
    ],
)
def test_hostile_repetition_costs_linear_work(piece):
    assert is_linear(find, piece)


def test_hand_made_places_lie_in_the_regions_that_the_gazetteer_knows() -> None:
    """Else "Borno" and "Borno State" would be two areas of one rule, and two towns in them never one event's."""
    names = gazetteer()
    made = {row for key in names.hand_keys for row in names.lookup(key) if row.listed and row.geonameid is None}
    strange = {
        (row.country, row.admin1, row.name)
        for row in made
        if row.admin1 and names.regions_of(row.country) and row.admin1 not in names.regions_of(row.country)
    }
    assert len(made) > 900
    assert strange == set()


def test_a_name_that_the_gazetteer_lacks_is_one_place_throughout_a_story() -> None:
    """A headline names it before the story has told its country; in another one it would be a second strike."""
    text = (
        "Air strike kills six in Karnoi\n"
        "KHARTOUM, Nov 8 (CNS) - An air strike on a yard in the north Darfur town of Karnoi killed six people late on "
        "Thursday, two residents said, as government and rebels met in neighbouring Chad."
    )
    told = [mention.place.country for mention in find(text) if mention.place.name == "Karnoi"]
    assert told == ["SD", "SD"]
