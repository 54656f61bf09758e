"""Where an event happened, told with stories of our own."""

import pytest

from tests.stream.tell import counted, one


def where(body: str, kind: str | None = None) -> list[tuple[str, str | None]]:
    return [(s.place.name, s.place.country) for s in counted(body, kind) if s.place]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("Jets bombed a depot at Na'ameh, Lebanon, on Thursday, wounding two people.", ("Na'ameh", "LB")),
        ("Jets bombed Saada on Thursday.", ("Saada", "YE")),
        ("Clashes go on around Tripoli. Air strikes are reported in the Libyan capital.", ("Tripoli", "LY")),
        ("Armenia accuses Azerbaijan of violating the ceasefire.", ("Armenia", "AM")),
        ("Iraqi officials say a Turkish air strike killed three people.", ("Iraq", "IQ")),
        (
            "Israel bombs an arms depot. The attack took place in the village of Qana in southern Lebanon.",
            ("Qana", "LB"),
        ),
    ],
)
def test_the_place_of_an_attack(body: str, place: tuple[str, str]) -> None:
    assert where(body) == [place]


def test_a_strike_on_anothers_ground_is_not_the_one_before() -> None:
    body = "US aircraft bombed a camp in Somalia. Iraqi officials say a Turkish air strike killed three people."
    assert where(body) == [("Somalia", "SO"), ("Iraq", "IQ")]


def test_a_mutual_accusation_has_no_victim() -> None:
    (signal,) = counted("Armenia and Azerbaijan accuse each other of violating the ceasefire in Karabakh.")
    assert signal.claim == "mutual"


def test_people_flee_from_one_place_to_another() -> None:
    signal = one("Some 4,000 people fled Masisi for Goma this week as rebels advanced.")
    assert signal.from_ is not None
    assert signal.to is not None
    assert (signal.from_.name, signal.to.name) == ("Masisi", "Goma")


@pytest.mark.parametrize("lead", ["In the spring of 2015", "In spring 2015", "In March 2015", "In 2015"])
def test_what_a_sentence_sets_in_the_past_is_not_new(lead: str) -> None:
    assert counted(f"{lead}, when jets bombed the port of Aden, the family fled.") == []
    assert len(counted("On Thursday, when jets bombed the port of Aden, the family fled.")) == 1


def test_the_first_sentence_has_none_before_it() -> None:
    signal = one("Some 4,000 people crossed into Goma on Thursday. Rebels advanced. Fighting was reported in Kinshasa.")
    assert signal.place is None or signal.place.name != "Kinshasa"


def test_a_bearing_is_no_part_of_a_town() -> None:
    assert where("Jets bombed a village 20 km to the south of Aleppo.") == [("Aleppo", "SY")]
    assert where("Jets bombed the south of Lebanon.") == [("southern Lebanon", "LB")]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("Jets bombed Haris and Talloussa, southern Lebanon.", ("Haris", "LB")),
        ("A raid by helicopters on the village of Kotli, in Badghis, killed six people.", ("Kotli", "AF")),
        ("Drones bombed the Raso training camp, 190 km north of Mogadishu.", ("Raso", "SO")),
        ("Jets bombed a market at Tora, north of El Fasher.", ("Tora", "SD")),
        ("A drone hit an ambulance in Tehran's Sattarkhan district.", ("Sattarkhan", "IR")),
        ("Nan Gwe, a hamlet of rice farmers in Sagaing region, was bombed by jets on Thursday.", ("Nan Gwe", "MM")),
        ("Two air strikes northwest of Pakistan killed 20 militants.", ("northwestern Pakistan", "PK")),
        ("Jets hit rebels in Homs, according to a spokesman for the rebels in Beirut.", ("Homs", "SY")),
        ("Helicopters fired rockets in Marawi and soldiers went from house to house.", ("Marawi", "PH")),
        ("Lawyers said the bombs fell on Monday in Kabkabiya, a town west of al-Fashir.", ("Kabkabiya", "SD")),
        (
            "Air strikes in western Afghanistan killed nine people. Elders showed the ruins in the Azizabad area.",
            ("Azizabad", "AF"),
        ),
        (
            "Jets hit a prison on the edge of Tripoli on Friday, killing nine. Its roof fell in, in Tajoura.",
            ("Tajoura", "LY"),
        ),
        (
            "A jet bombed a camp in Nigeria's northeast. Nurses had gone to Rann with food.",
            ("Rann", "NG"),
        ),
    ],
)
def test_the_words_beside_a_name_tell_where_it_is(body: str, place: tuple[str, str]) -> None:
    assert where(body)[0] == place


def test_where_a_deal_was_made_is_not_where_it_breaks() -> None:
    hub = "a railway hub between Donetsk and Luhansk"
    assert where(f"Heavy fighting shook Debaltseve, {hub}, two days after the Minsk ceasefire.") == [
        ("Debaltseve", "UA")
    ]
    assert where("Shells fell on Kosti in breach of a truce signed on Monday in Jeddah.") == [("Kosti", "SD")]


def test_the_capital_that_is_not_named_is_meant_before_the_town_behind_it() -> None:
    body = "A truce in Yemen broke down, with warplanes bombing the capital and rebels shelling Taiz."
    assert where(body, "air_strike") == [("Sanaa", "YE")]


def test_a_second_target_has_a_place_of_its_own() -> None:
    body = "Pakistani jets bombed positions near Spin Boldak and a residential quarter in the north of Kabul."
    assert where(body) == [("Spin Boldak", "AF"), ("northern Kabul", "AF")]


def test_some_of_them_went_on_is_no_origin() -> None:
    body = "A fire reached Fort McMurray. All of the city's 88,000 residents fled, many of them south to Edmonton."
    assert where(body) == [("Fort McMurray", "CA")]


def test_a_whole_people_is_counted_from_its_country() -> None:
    (signal,) = counted("Some 270,000 Rohingya have sought refuge in Bangladesh over the past two weeks.")
    assert (signal.place, signal.to) != (None, None)
    assert signal.place is not None
    assert signal.place.country == "MM"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("Aircraft bombed the road to the Masnaa crossing into Syria.", ("Masnaa", "LB")),
        (
            "In the Iranian town of Astara nine died when jets destroyed houses, a governor of Gilan province said.",
            ("Astara", "IR"),
        ),
        ("The Observatory, which has its office in Coventry, says barrel bombs killed two in Homs.", ("Homs", "SY")),
        ("Armenia and Azerbaijan accused each other of breaking a truce in Nagorno-Karabakh as shells fell on Shusha.",
         ("Nagorno-Karabakh", "AZ")),
    ],
)  # fmt: skip
def test_a_way_a_seat_and_a_quarrel(body: str, place: tuple[str, str]) -> None:
    assert where(body)[0] == place


@pytest.mark.parametrize(
    ("body", "number", "place"),
    [
        ("About 1,000 of the camp's 1,500 residents have fled Yarmouk, in Syria.", 1000, "Yarmouk"),
        ("Some 7,000 Lebanese have been driven from their homes, 1,000 of them to schools in Beirut.", 7000, "Lebanon"),
        ("The number of people who have fled Kutum, in Sudan, since Monday crossed 5,000.", 5000, "Kutum"),
        ("Some 7,500 people, half of Karabakh's population, have been displaced.", 7500, "Nagorno-Karabakh"),
        (
            "Swat is in Pakistan. The number of displaced people had passed 5,000, and it airlifted tents from Dubai.",
            5000,
            "Swat",
        ),
    ],
)
def test_the_number_and_the_place_of_those_who_fled(body: str, number: int, place: str) -> None:
    signal = one(body, "displacement")
    assert signal.displaced is not None
    assert signal.place is not None
    assert (signal.displaced.best, signal.place.name) == (number, place)


def test_a_headline_in_words_is_the_figure_behind_it() -> None:
    body = "Tens of thousands flee Kobani in Syria\n\nSome 40,500 people have fled Kobani since Monday, the UN said."
    signal = one(body, "displacement")
    assert signal.displaced is not None
    assert signal.displaced.best == 40_500


def test_a_breach_told_as_one_of_many_is_no_single_fights() -> None:
    body = (
        "Jets bombed Haris in Lebanon on Monday. Nobody was hurt. Schools stayed shut. The road was cut. "
        "Talks go on in Paris. Aid is short. "
        "The army of Lebanon accuses Israel of having breached the ceasefire many times."
    )
    assert where(body, "ceasefire_violation") == [("Lebanon", "LB")]


def test_the_town_it_was_near_to_may_be_told_behind_a_post_on_the_way() -> None:
    body = (
        "Pakistan bombs its militants\n\nSoldiers at the Saidgo checkpoint write down names.\n\nThe road is long.\n\n"
        "Planes attacked hide-outs near Mir Ali, in Pakistan, killing 15 militants."
    )
    assert where(body) == [("Mir Ali", "PK")]


def test_the_city_is_not_that_of_an_office() -> None:
    body = (
        "Fighting went on in Homs, in Syria. Aid is short. The Observatory, which has its office in Coventry, England, "
        "says barrel bombs killed two people in the city."
    )
    assert where(body) == [("Homs", "SY")]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("Figures compiled by IOM in Libya say that 3,000 people are homeless in Derna.", ["Derna"]),
        ("From Sumy, 350km to the north, some 5,000 people had left for Poltava, fleeing shells.", ["Sumy"]),
        (
            "Shells fell on Kutum in Sudan all day. By dark 4,000 people had left the town for Tawila.",
            ["Kutum"],
        ),
        (
            "Troops in Iraq's Sadr City built a wall on Quds Street. A drone killed three men with a mortar.",
            ["Sadr City"],
        ),
        ("Turkish jets bombed Ras al-Ain on Thursday.", ["Ras al-Ain"]),
        ("A drone hit Goma airport. Rwanda denied that it had sent it. Rwanda said so twice.", ["Goma airport"]),
    ],
)
def test_words_around_a_name_that_once_misled(body: str, places: list[str]) -> None:
    assert [name for name, _ in where(body)] == places


def test_a_village_nobody_lists_is_not_in_the_land_that_strikes_abroad() -> None:
    body = "Israel said Israel would answer. Warplanes wrecked a house in Talqirsa, killing five, Lebanese medics said."
    assert where(body, "air_strike") == [("Talqirsa", "LB")]


def test_jets_that_people_say_hit_a_town_are_not_those_told_before() -> None:
    body = "A house in Deir al-Balah, in Gaza, was flattened from the air. Residents said that jets hit Jabalia."
    assert [name for name, _ in where(body)] == ["Deir al-Balah", "Jabaliya"]


def test_a_town_is_no_total_of_its_country() -> None:
    body = (
        "Jet bombs bread line, killing 60\n\nPeople had queued since noon in Halfaya, in Syria, when a jet fired.\n\n"
        "Elsewhere on Friday an air raid on Saqba killed five people."
    )
    assert not any(signal.umbrella for signal in counted(body))


def test_a_district_holds_no_town_a_province_away() -> None:
    body = "Jets killed 47 people in Khyber, in Pakistan. Other jets killed 15 people near Mir Ali."
    assert [(signal.place and signal.place.name, signal.umbrella) for signal in counted(body)] == [
        ("Khyber", False),
        ("Mir Ali", False),
    ]


@pytest.mark.parametrize(
    ("body", "places"),
    [
        (
            "Shelling hit Terter. Each army says that the other fired first, Baku naming Terter. A truce is a day old.",
            "Terter",
        ),
        (
            "The truce worked out over ten hours in Moscow was shattered on Thursday when shells hit Stepanakert.",
            "Stepanakert",
        ),
    ],
)
def test_who_names_a_town_and_where_a_truce_was_worked_out(body: str, places: str) -> None:
    assert [name for name, _ in where(body, "ceasefire_violation")] == [places]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("Helicopters pounded the groves of Barangay Dualing in Aleosan, in the Philippines.", "Barangay Dualing"),
        ("Air raids struck Talqirsa on Thursday, Syrian medics said.", "Talqirsa"),
        ("Shells fell on Omdurman, in Sudan. Some 4,000 people have fled the capital.", "Khartoum"),
    ],
)
def test_a_name_by_what_stands_around_it(body: str, place: str) -> None:
    assert [name for name, _ in where(body)] == [place]
