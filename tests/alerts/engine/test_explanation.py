"""The sentences, as a reader gets them."""

from tests.alerts.engine.wire import (
    ALBA,
    BORA,
    CORVO,
    NORTH,
    RULES,
    Desk,
    breach,
    flight,
    story,
    strike,
    tick,
)


def sentences(*records, rules: str = RULES) -> list[str]:
    desk = Desk(rules)
    desk.take(tick(1), *records)
    return [revision.explanation for revision in desk.revisions()]


def test_strikes_in_one_region_by_two_sources() -> None:
    assert sentences(
        tick(3),
        story("a", 2.0, strike(ALBA, 2, 3), strike(BORA, 2, 1), strike(ALBA, 3, ordinal=1), received=3.0),
        story("b", 3.0, strike(ALBA, 2, 3), credit="Reuters"),
    ) == [
        "3 air strikes in North, Syria on 12–13 May 2024, against a threshold of 3 in 2 days, reported by 1 source"
        " (AFP); 4 killed.",
        "Now from a second source: 3 air strikes in North, Syria on 12–13 May 2024, against a threshold of 3 in 2 days,"
        " reported by 2 independent sources (AFP and Reuters); 4 killed.",
    ]


def test_strikes_in_several_regions_and_whom_the_story_cites() -> None:
    strikes = [strike(place, 1, source="war monitor") for place in (ALBA, BORA)]
    assert sentences(story("a", 1.0, *strikes, strike(CORVO, 1, certainty="possible", certain=False))) == [
        "3 air strikes in Syria (2 in North, 1 in South) on 11 May 2024, against a threshold of 3 in 2 days, reported"
        " by 1 source (AFP), citing a war monitor; 1 of them not confirmed."
    ]


def test_a_breach_that_was_seen() -> None:
    assert sentences(story("a", 1.0, breach(NORTH, 1), credit=None)) == [
        "1 ceasefire violation in North, Syria on 11 May 2024, against a threshold of 1 in 2 days, reported by 1 source"
        " (wire)."
    ]


def test_accusations_name_who_makes_them() -> None:
    rules = RULES.replace("certainty: observed", "certainty: possible")
    accused = breach(NORTH, 1, "alleged", source="the army of Redland")
    (said,) = sentences(story("a", 1.0, accused), rules=rules)
    assert said.endswith("; all of it alleged by the army of Redland and not confirmed.")


def test_a_flight_over_a_period() -> None:
    moved = flight(NORTH, 20, 180_000, period=(9, 20), source="United Nations")
    assert sentences(tick(20), story("a", 20.0, moved)) == [
        "180,000 people displaced by conflict in North, Syria between 19 and 30 May 2024, against a threshold of 50,000"
        " in 30 days, reported by 1 source (AFP), citing the United Nations."
    ]


def test_the_end_tells_the_height_and_a_retraction_says_why() -> None:
    raid = [strike(place, 1, 2) for place in (ALBA, BORA, CORVO)]
    quiet = [record for n in range(2, 6) for record in (tick(n), story(f"q{n}", float(n)))]
    assert sentences(story("a", 1.0, *raid), *quiet)[-1] == (
        "Over: 0 air strikes in Syria on 13–14 May 2024, at or below 1 for 2 days; at its height 3 on 10–11 May 2024;"
        " 6 killed in all."
    )
    killed = story("a", 1.1, version="2", status="canceled")
    assert sentences(story("a", 1.0, *raid), killed)[-1] == (
        "Taken back because the wire killed its story: of 3 air strikes in Syria on 10–11 May 2024, none is left,"
        " against a threshold of 3."
    )


def test_a_reminder_says_that_the_alert_is_open_and_claims_no_more() -> None:
    rules = RULES.replace("severity: {warning: 3, severe: 6}", "severity: {warning: 3}, renotify: 5d")
    three = story("a", 1.0, *(strike(place, 1) for place in (ALBA, BORA, CORVO)))
    opened, reminder = sentences(three, tick(6.5), rules=rules)
    assert reminder == f"Still open: {opened}"
