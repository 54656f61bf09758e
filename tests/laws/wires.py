"""Small random wires for the laws: stories in versions, with kills, holds, links and copies."""

from hypothesis import strategies as st

from stream.records import StoryRecord
from stream.signals import Signal
from tests.alerts.engine.wire import ALBA, ALBA_EAST, BORA, CORVO, IRAQ, NORTH, SYRIA, at, breach, flight, story, strike

PLACES = (ALBA, ALBA, ALBA, ALBA_EAST, ALBA_EAST, BORA, CORVO, NORTH, SYRIA, IRAQ)
DAYS = 6
LATENESS = 2.9
"""Days: what comes within 72 hours is not late."""


@st.composite
def signals(draw: st.DrawFn, published: int) -> Signal:
    """A signal of any kind, on the day of its story or up to three days before."""
    place = draw(st.sampled_from(PLACES))
    when = published - draw(st.sampled_from((0, 0, 0, 0, 1, 3)))
    sure = draw(st.booleans())
    ordinal = draw(st.integers(0, 1))
    kind = draw(st.sampled_from(("strike", "strike", "strike", "breach", "flight", "total")))
    common = {
        "day_certain": sure,
        "ordinal": ordinal,
        "certainty": draw(st.sampled_from(("possible", "likely", "observed"))),
    }
    if kind == "strike":
        actors = draw(st.sampled_from(((), ("Redland",), ("Blueland",))))
        return strike(place, when, draw(st.sampled_from((None, 0, 3, 4, 12, 40))), actors=actors, **common)
    if kind == "total":
        return strike(NORTH, when, draw(st.sampled_from((10, 50))), umbrella=True, period=None, **common)
    if kind == "breach":
        claim = draw(st.sampled_from(("observed", "alleged", "mutual")))
        return breach(place, when, claim, actors=draw(st.sampled_from(((), ("Redland",), ("Blueland",)))), **common)
    people = draw(st.sampled_from((900, 5_000, 12_000, 14_000, 60_000)))
    first = when - draw(st.integers(0, 12))
    period = draw(st.sampled_from((None, (first, when))))
    cause = draw(st.sampled_from(("conflict", "unknown", "disaster")))
    measure = draw(st.sampled_from(("flow", "flow", "stock")))
    return flight(place, when, people, period=period, cause=cause, measure=measure, **common)


@st.composite
def wires(draw: st.DrawFn, most: int = 18) -> list[StoryRecord]:
    """Stories in order of publication, each received when it was published. Offsets count from 0."""
    made: list[StoryRecord] = []
    for offset in range(draw(st.integers(min(most, 4), most))):
        number = draw(st.integers(0, 11))
        published = draw(st.integers(0, DAYS - 1)) + draw(st.sampled_from((0.0, 0.25, 0.5, 0.75)))
        said = draw(st.lists(signals(int(published)), min_size=1, max_size=3))
        fate = draw(st.sampled_from(("usable",) * 12 + ("withheld", "canceled")))
        target = draw(st.integers(0, 11))
        role = draw(st.sampled_from((None,) * 12 + ("replaces", "updates", "corrects", "kills")))
        made.append(
            story(
                f"s{number}",
                published,
                *(said if fate == "usable" else ()),
                version=str(draw(st.integers(1, 3))),
                credit=draw(st.sampled_from(("AFP", "Reuters", "AP", None))),
                text=draw(st.sampled_from((None, "one text"))),
                links=() if role is None or target == number else ((role, f"s{target}"),),
                status=fate,
                offset=offset,
                embargoed_until=at(published + draw(st.sampled_from((0,) * 10 + (0.5, 1.5)))),
                feed=draw(st.sampled_from(("wire", "other"))),
            )
        )
    return sorted(made, key=lambda record: (record.received, record.source.offset))
