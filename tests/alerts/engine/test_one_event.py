"""From copy to incidents: one strike as six agencies tell it, and the next one."""

from datetime import UTC, datetime

import orjson

from alerts.engine import threads
from alerts.engine.facts import Fact, of_thread
from alerts.engine.incidents import cluster
from alerts.engine.store import load
from stream.journal import record_of
from stream.records import SourcePosition, StoryRecord

NOW = datetime(2025, 3, 20, tzinfo=UTC)
"""Of the texts below: the strike was in the night from Tuesday 11 to Wednesday 12 March 2025."""
TOLD = {
    "a": (
        "2025-03-12",
        "An air strike hit a migrants' home in a suburb of Tripoli late on Tuesday, killing at least 44.",
    ),
    "b": (
        "2025-03-12",
        "Dozens dead as jets hit migrants\n\nAt least 40 migrants were killed in an air raid on Tuesday night on their "
        "home in a Tripoli suburb. At least 70 were also wounded in the raid on Tajoura, a medic said.",
    ),
    "c": (
        "2025-03-12",
        "Air strike kills 40 at Tripoli home\n\nAt least 40 people were killed and 80 injured in an air strike which "
        "hit a home for migrants in Tripoli early on Wednesday.\n\nThe army blamed the eastern force.",
    ),
    "d": (
        "2025-03-13",
        "TRIPOLI, March 13 - The toll of the air strike on the home in Tripoli rose to 46, a medic said.",
    ),
    "e": ("2025-03-12", "An air strike hit a migrants' home in Libya's capital Tripoli, killing some 40 people."),
    "f": ("2025-03-16", "The United Nations condemned the air strike on a migrants' home in Tripoli that killed 46."),
}
LATER = ("2025-03-14", "A second air strike hit the port of Tripoli on Friday, killing two dockers.")


def facts(told: dict[str, tuple[str, str]]) -> list[Fact]:
    found: list[Fact] = []
    for offset, (name, (day, text)) in enumerate(told.items()):
        line = orjson.dumps({"id": name, "published": day, "text": text, "sources": []})
        source = SourcePosition(topic="test", offset=offset)
        record = record_of(line, source=source, received=NOW, clock="story", feed="briefs")
        assert isinstance(record, StoryRecord)
        body = threads.version_of(record).body
        assert body is not None
        content = load(body)
        found += of_thread(record.story.uri, content["signals"], content["story"])
    return found


def test_one_strike_of_six_tellings_is_one_incident() -> None:
    (group,) = cluster(facts(TOLD))
    assert len(group.members) == len(TOLD)


def test_the_strike_of_another_day_is_another() -> None:
    groups = cluster(facts({**TOLD, "z": LATER}))
    assert sorted(len(group.members) for group in groups) == [1, len(TOLD)]
