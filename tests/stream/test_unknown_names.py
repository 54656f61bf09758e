"""Names that no gazetteer has, told as places by the words around them; namesakes that another state's arms name."""

import pytest

from stream.places import find


def named(text: str) -> list[tuple[str, str | None]]:
    return [(m.place.name, m.place.country) for m in find(text) if m.role == "place"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Myanmar. Jets bombed Loi Nan Hpa on Friday.", "Loi Nan Hpa"),
        ("The toll of the strike on Jouaiya had risen to six, Lebanon's health ministry said.", "Jouaiya"),
        ("Yemen's air force hit fighters at al-Fardha, a mountain pass north-east of the capital.", "al-Fardha"),
        ("A car was hit in Wadi Abida, in central Marib province.", "Wadi Abida"),
        ("Jets bombed the Vaziani military base outside Tbilisi, Georgia's capital.", "Vaziani"),
        ("In Sudan, raids on the stronghold of Golo went on.", "Golo"),
        ("In Sudan, bombs fell on Sirba the same morning.", "Sirba"),
        ("Jets bombed a village in A Vang Tu, in Myanmar's Kachin state.", "A Vang Tu"),
        ("In Sudan, families from Nertiti took to the hills.", "Nertiti"),
        ("The raid came in Htan Shauk Well, a village of weavers in Myanmar's Sagaing region.", "Htan Shauk Well"),
    ],
)
def test_a_place_by_its_words(text: str, name: str) -> None:
    assert name in [one for one, _ in named(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Lebanon. The strikes on Hezbollah had killed four.",
        "Sudan. She is an analyst at Oxfam, she said.",
        "Israel and Lebanon. The agreement of Nov. 27 provides for calm near Sept. 3. In Sept rain fell.",
        "Gaza. A strike in Rafah killed eight of the al-Bureij family.",
        "Afghanistan. The strikes hit camps of the Hafiz Gul Bahadur group.",
    ],
)
def test_no_place(text: str) -> None:
    assert not {"Hezbollah", "Oxfam", "Hafiz Gul Bahadur", "Bureij", "al-Bureij", "Nov", "Sept"} & {
        name for name, _ in named(text)
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Russian drones hit the town of Konotop on Friday.", ("Konotop", "UA")),
        ("In Russian-held Tokmak, a Ukrainian drone strike killed two officers.", ("Tokmak", "UA")),
        ("Sudanese government aircraft bombed Abu Suruj on Friday, people in Chad and Chad's ministers said.",
         ("Abu Suruj", "SD")),
        ("Rescue teams were searching in Zahraa, Yemen.", ("Zahraa", "YE")),
        ("In Aleppo jets hit the neighbourhoods of Zahrawi, Karm al-Jabal and Bab Sur.", ("Zahrawi", "SY")),
        ("Iran, Iran, Tehran. A drone hit a car at Kfar Zayn, near Nabatieh, the ministry said.", ("Kfar Zayn", "LB")),
        ("In Syria a barrel fell on Masaken Sur, a district of public housing; six died.", ("Masaken Sur", "SY")),
        ("Syria. In New York envoys met, hours after jets bombed a Syrian post on Jebel Rima.", ("Jebel Rima", "SY")),
    ],
)  # fmt: skip
def test_in_which_country(text: str, place: tuple[str, str]) -> None:
    assert place in named(text)


def test_a_quarter_and_not_its_town() -> None:
    assert [name for name, _ in named("The Podil district of Kyiv was hit.")] == ["Podil"]


def test_told_where_it_lies() -> None:
    roles = {
        m.place.name: m.role for m in find("Bombs fell on Abu Qelia, a village of 900 people near El Fasher, Sudan.")
    }
    assert (roles["Abu Qelia"], roles["El Fasher"]) == ("place", "container")


def test_what_was_told_once_to_be_a_place_is_one_again() -> None:
    text = "Jets bombed the village of Htan Shauk in Myanmar. Htan Shauk Mya said so. Htan Shauk lies empty."
    assert [name for name, _ in named(text)] == ["Htan Shauk", "Htan Shauk"]


def test_a_name_told_in_full_is_no_part_of_itself_later() -> None:
    text = "Jets hit Htan Shauk Twin, a village in Myanmar. Some 4,000 people have fled Htan Shauk Twin since then."
    assert [name for name, _ in named(text)] == ["Htan Shauk Twin", "Htan Shauk Twin"]


def test_a_part_of_a_town_is_no_other_towns() -> None:
    text = "In Syria 90 people were led out of the Old City of Homs, a ruin. Homs is in Syria."
    assert {country for _, country in named(text)} == {"SY"}


def test_the_last_of_a_list_holds_none_of_the_others() -> None:
    text = "Jets hit targets in the areas of Zap, Avashin and Metina in northern Iraq."
    assert [name for name, _ in named(text)][:2] == ["Zap", "Avashin"]


def test_a_small_town_abroad_is_a_namesake() -> None:
    text = "Israel and Hamas fought in Gaza. Jets hit Rafah. " * 6 + "Jets hit a house in Banki."
    assert named(text)[-1] == ("Banki", "PS")


def test_of_two_at_war_it_lies_where_most_towns_are() -> None:
    text = "Israel, Israel. Jets from Haifa hit Tyre, Nabatieh and Sidon in Lebanon.\nIn Beit Zayf a drone fired."
    assert named(text)[-1] == ("Beit Zayf", "LB")


def test_a_name_lies_where_the_story_does_and_not_with_a_town_it_names_once() -> None:
    text = (
        "In northern Iraq jets hit the village of Zargelo. Iraq and Iraq's Kurdistan protest.\n"
        "A wreck is kept in Bole, and in Zargelo they mourn."
    )
    assert {country for name, country in named(text) if name == "Zargelo"} == {"IQ"}


def test_a_town_is_held_by_the_province_and_not_by_its_capital() -> None:
    (idlib,) = [m.place for m in find("Jets bombed a town in Syria's Idlib.") if m.place.name == "Idlib"]
    assert idlib.precision == "region"
