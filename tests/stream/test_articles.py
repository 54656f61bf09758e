"""How a story of several paragraphs tells one event: again, later, nearer, with more figures."""

import pytest

from tests.stream.tell import counted, one, told


def summary(body: str, kind: str = "air_strike") -> list[tuple[str | None, int | None, int | None]]:
    """Place, killed and injured of each signal that counts."""
    return [
        (s.place and s.place.name, s.killed and s.killed.best, s.injured and s.injured.best)
        for s in counted(body, kind)
    ]


def test_a_strike_told_again_with_its_town_is_one() -> None:
    body = (
        "A coalition air strike on a fish market near the port of Hodeidah killed 17 people, medics said Thursday.\n\n"
        "Wednesday's strike comes as the coalition prepares to move on Hodeidah.\n\n"
        "The air strike, which hit stalls in the town of Bayt al-Faqih, also wounded eight people."
    )
    assert summary(body) == [("Bayt al Faqih", 17, 8)]
    assert one(body).day is not None
    assert one(body).day.isoformat() == "2024-06-12"  # the strike's, not that of the saying


def test_a_strike_on_another_town_is_not_told_again() -> None:
    body = "Jets bombed Bayt al-Faqih on Tuesday. The strike on Zabid on Wednesday killed two people."
    assert [place for place, *_ in summary(body)] == ["Bayt al Faqih", "Zabid"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "An air strike killed 16 people in southern Helmand province. "
            "The air strike was launched in Sangin district.",
            ("Sangin", 16, None),
        ),
        (
            "Two air strikes killed eight people in Yemen's Amran province. "
            "Officials said that the air strikes, which hit the Zuqaq quarter of Amran, had injured 20 others.",
            ("Zuqaq", 8, 20),
        ),
        (
            "LASHKAR GAH, Afghanistan, June 13 (Xinhua) -- Several people were killed after an air strike hit a house "
            "in Helmand.",
            ("Helmand", 3, None),  # the day of a dateline is no number
        ),
    ],
)
def test_the_nearest_place_and_the_toll(body: str, expected: tuple[str, int, int | None]) -> None:
    assert summary(body) == [expected]


def test_copy_set_to_a_width_is_read_as_sentences() -> None:
    body = (
        "SANAA, June 12 At least 6 people were killed on Wednesday when an\n"
        "air strike hit a house in western Yemen, residents and medics said.\n"
        "Jets launched missiles at a palace in the Red Sea port city of\n"
        "Hodeidah occupied by leaders of the movement, a resident told one\n"
        "agency, and one more was seen over the road to the capital."
    )
    assert summary(body) == [("Hodeidah", 6, None)]


@pytest.mark.parametrize(
    ("body", "killed", "injured"),
    [
        ("A drone strike on Kharkiv left one person dead and another injured.", 1, 1),
        ("A US air strike kills villagers in Kunduz, officials say. Thirteen people were killed.", 13, None),
        ("A raid by jets on Kunduz. At least ten children were among the 13 people killed.", 13, None),
        ("Two U.S. drone attacks are reported to have killed at least 15 people in Wana.", 15, None),
    ],
)
def test_figures_of_a_strike(body: str, killed: int | None, injured: int | None) -> None:
    ((_, *figures),) = summary(body)
    assert figures == [killed, injured]


def test_the_part_of_a_total_that_a_town_has() -> None:
    body = "A wave of air strikes across the Gaza Strip killed 400 people, including at least 44 in Khan Younis."
    assert summary(body) == [("Gaza Strip", 400, None), ("Khan Younis", 44, None)]
    assert [s.umbrella for s in counted(body)] == [True, False]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("Five people are hurt in Gaza City in an air raid following the firing of a rocket towards Ashkelon.", "PS"),
        ("The army says a ceasefire brokered by the United States and Russia in Syria is over.", "SY"),
        ("Air strikes on a tribal area bordering Afghanistan kill nine militants.", None),
        ("A raid on the MSF-run al-Quds hospital in rebel-held Aleppo, in Syria, by jets kills 27.", "SY"),
        ("Nigeria says its jet bombed a camp in Rann, near the border with Cameroon.", "NG"),
        ("In Libya both report breaches of the truce, with shelling in Salah al-Din, south of Tripoli.", "LY"),
        ("The Pentagon confirms that the leader of al-Shabaab was killed in an air strike on Monday.", "SO"),
    ],
)
def test_the_country(body: str, place: str | None) -> None:
    (signal,) = counted(body)
    assert (signal.place.country if signal.place else None) == place


@pytest.mark.parametrize(
    ("body", "place", "best"),
    [
        ("Two million Florida residents fled Hurricane Ida, which had hit the Bahamas.", "Florida", 2_000_000),
        ("Four million are homeless after the Pakistan floods, he says, speaking in New York.", "Pakistan", 4_000_000),
        ("Another 8,000 are reported to have been internally displaced by fighting near Yei.", "Yei", 8_000),
        ("Some 6,500 refugees cross from Sudan into Chad.", "Sudan", 6_500),
        ("Manila is hit. Vietnam has begun evacuating 500,000 people from its central coast.", "Vietnam", 500_000),
        ("Laos is wet. A typhoon hit Philippine islands, and 400,000 people were evacuated.", "Philippines", 400_000),
    ],
)
def test_where_people_fled(body: str, place: str, best: int) -> None:
    signal = one(body, "displacement")
    assert signal.place is not None
    assert signal.displaced is not None
    assert (signal.place.name, signal.displaced.best) == (place, best)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("Drones killed 40 people in Wana in the deadliest such attack since 2006.", "new"),
        ("The United States apologises for a helicopter strike that killed three soldiers in Kurram.", "new"),
        ("Up to 300,000 people may have been left homeless by floods in North Korea.", "new"),
        ("Floods in North Korea may leave 300,000 people homeless.", "hypothetical"),
    ],
)
def test_status(body: str, status: str) -> None:
    assert [s.status for s in told(body).signals] == [status]


def test_days_that_have_gone_by_date_what_was_before_them() -> None:
    body = "The movement names a new leader six days after its chief was killed in a drone strike in North Waziristan."
    signal = one(body)
    assert signal.day is not None
    assert signal.day.isoformat() == "2024-06-08"


def test_the_heading_of_an_old_event_is_as_old() -> None:
    body = "Army says its air strikes killed civilians\n\nA jet bombed a truck in Mosul on 9 January 2017, it said."
    assert [s.status for s in told(body).signals] == ["background"]


def test_one_night_has_two_days() -> None:
    late = one("A drone hit a clinic in Taiz late on Tuesday, killing two people.")
    early = one("A drone hit a clinic in Taiz early on Wednesday, killing two people.")
    assert late.period == early.period
    assert late.day != early.day
    assert one("A drone hit a clinic in Taiz on Wednesday, killing two people.").period is None


def test_a_total_over_a_region_and_its_towns() -> None:
    body = (
        "At least 20 people were killed yesterday when air strikes hit several areas of northwestern Syria.\n\n"
        "The warplanes targeted the villages of Talmenes, Bidama and Maasaran in Idlib province."
    )
    assert summary(body) == [
        ("northwestern Syria", 20, None),
        ("Talmenes", None, None),
        ("Bidama", None, None),
        ("Maasaran", None, None),
    ]


def test_attacks_of_one_sentence_share_a_place() -> None:
    body = (
        "An air strike hit a wedding in northern Yemen, killing 20 people.\n\n"
        "On Tuesday, at least 21 civilians were killed in an air raid after fighter jets bombed a bus near Taiz."
    )
    assert summary(body) == [("northern Yemen", 20, None), ("Taiz", 21, None)]


def test_a_quarter_with_the_name_of_a_town_abroad() -> None:
    (signal,) = counted("In Yemen, jets hit a house in the Raqqa neighbourhood of Bani Qais, killing two, Yemen says.")
    assert signal.place is not None
    assert signal.place.country == "YE"


def test_citizens_who_are_taken_home_are_not_displaced() -> None:
    assert counted("More than 3,000 Chinese citizens were evacuated from Vietnam after riots.") == []


def test_a_story_of_some_length_has_its_one_day() -> None:
    body = (
        "Troops hit a shopping street in Kharkiv at noon on 12 June, the mayor said.\n\n"
        "The governor said that two guided bombs hit a hardware store.\n\n"
        "Firemen worked for sixteen hours.\n\n"
        "Eighteen people were killed and 48 injured in the air strikes."
    )
    signal = one(body, "air_strike")
    assert signal.day is not None
    assert (signal.day.isoformat(), signal.count) == ("2024-06-12", None)


def test_a_month_is_no_modal_verb() -> None:
    assert [s.status for s in told("Israel on May 25 bombed a store in Khan Younis.").signals] == ["background"]
    assert one("Israel on June 12 bombed a store in Khan Younis.")


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("The health ministry counted 21 dead and 30 wounded.", ("Taiz", 21, 30)),
        ("Surgeons at a hospital in Aden said that 30 wounded people had been brought in.", ("Taiz", None, 30)),
        ("In Hajjah, a province to the north, two people were killed on the same day.", ("Taiz", None, None)),
        ("Mortar fire killed four people and wounded nine.", ("Taiz", None, None)),
        ("Rockets fired at a base killed a guard. Five others were wounded.", ("Taiz", None, None)),
        ("In March 2023 a fire at the market killed 12 people.", ("Taiz", None, None)),
        ("The war has killed 10,000 people since 2015.", ("Taiz", None, None)),
    ],
)
def test_a_toll_told_paragraphs_later(later: str, expected: tuple[str, int | None, int | None]) -> None:
    body = (
        "Coalition warplanes bombed a market in Taiz on Thursday, residents said.\n\n"
        "Stalls burned for hours, and the smoke was seen from the hills.\n\n"
        "The coalition did not comment at first.\n\n"
        f"The Houthi movement spoke of a crime.\n\n{later}"
    )
    assert summary(body) == [expected]


def test_a_toll_far_from_the_number_told_is_of_something_else() -> None:
    body = (
        "An air strike on a car in Taiz killed two people on Thursday.\n\nThe driver was a teacher.\n\n"
        "His neighbours had come to the house.\n\nNobody spoke for the coalition.\n\n"
        "The ministry counted 33 killed and 118 wounded in the province in a day."
    )
    assert summary(body)[0] == ("Taiz", 2, None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (  # a later paragraph names the town of what the lead tells of a region
            "At least 43 people were killed when an aircraft bombed a market in Ethiopia's Tigray region.\n\n"
            "Traders had come from the hills around for the day.\n\n"
            "The blast occurred at noon in Togoga, west of Mekelle.",
            [("Togoga", 43, None)],
        ),
        (  # "this town" is the one that copy was filed from
            "QANA, Lebanon, June 12 - Israeli aircraft bombed a house where two families had taken cover in this "
            "village before dawn on Wednesday, killing 54 people.",
            [("Qana", 54, None)],
        ),
        (  # the same dead, told of the quarter and of the city
            "Air strikes kill 20 in Aleppo\n\n"
            "Overnight air strikes on the Sukkari quarter killed 20 people, a monitor said.",
            [("Sukkari", 20, None)],
        ),
        (  # another day and nothing of where: another attack
            "Officials said that a coalition air strike on Hajjah had killed 30 people.\n\nThey had no names.\n\n"
            "On Saturday coalition jets bombed a bus and killed 18 civilians.",
            [("Hajjah", 30, None), ("Hajjah", 18, None)],
        ),
        (  # a part told behind its number, an age, and a new toll
            "At least 51 people, a six-year-old boy among them, died when jets bombed a cafe in Hroza.\n\n"
            "The building had no cellar.\n\nBy Tuesday the mayor had raised the toll to 52.",
            [("Hroza", 52, None)],
        ),
        (  # copy set to a width
            "SANAA, June 12 - Warplanes hit the tents of a wedding\n"
            "party in the village of al-Wahijah, close to the Red Sea\n"
            "port of al-Mokha, on Wednesday, killing at least 27 people, most\n"
            "of them women and children, residents and\nmedics of the port said.",
            [("al-Wahijah", 27, None)],
        ),
    ],
)
def test_one_attack_told_at_length(body: str, expected: list[tuple[str, int, int | None]]) -> None:
    assert summary(body) == expected


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ("Jets hit the Marjah district of Aleppo on Monday.", [("Marjah", "SY")]),
        ("An air strike hit the al-Quds hospital, in a part of Aleppo that rebels hold.", [("al-Quds", "SY")]),
        ("A drone struck a car between Naqoura and Chama, in south Lebanon.", [("Naqoura", "LB")]),
        (
            "Air strikes pounded the Syrian towns of Jisr al-Shughur and Bidama.",
            [("Jisr al-Shughur", "SY"), ("Bidama", "SY")],
        ),
        ("Jets bombed six villages in Aleppo province and one in Hama.", [("Aleppo", "SY"), ("Hama", "SY")]),
        ("Saudi planes hit a water plant at Nushour, in Saada.", [("Saada", "YE")]),
        ("An air strike hit a flat in Beirut's southern suburbs.", [("Beirut's southern suburbs", "LB")]),
    ],
)
def test_where_an_attack_was(body: str, places: list[tuple[str, str]]) -> None:
    assert [(s.place and s.place.name, s.place and s.place.country) for s in counted(body, "air_strike")] == places
