"""The four renderings, each against its own schema or its own receiver."""

import asyncio
import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from delivery_samples import QUOTE, T0, delivery, incident, notice, revision, subscriber
from jsonschema import Draft7Validator
from lxml import etree

from alerts.delivery.payloads import Envelope, cap, render
from alerts.delivery.payloads.alertmanager import alerts_of
from alerts.delivery.payloads.cloudevents import event_of
from alerts.delivery.payloads.slack import text_of
from alerts.delivery.records import Delivery
from alerts.delivery.webhook import request_of, webhook_id
from alerts.revisions import AlertRevision
from tests.ops.waiting import free_port

SCHEMAS = Path(__file__).parents[4] / "shared" / "schemas"
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="../shared/schemas is absent: the schemas of others")
TRANSITIONS = ["opened", "escalated", "updated", "resolved", "retracted"]
EVIL = "<script>&\u0000\u0001\ufffe </alert> ]]> \U0001f4a5 , é\n"


def envelope(told: Delivery, supersedes: tuple[int, ...] = ()) -> Envelope:
    return Envelope(told, webhook_id(told), supersedes, "urn:tocsin")


def told_of(each: AlertRevision) -> Delivery:
    return Delivery(subscriber="desk", sequence=7, engine_sequence=101, at=each.at, revision=each)


def samples() -> Iterator[Delivery]:
    """Every transition, extremes, and notices."""
    for number, transition in enumerate(TRANSITIONS, start=1):
        yield delivery(number, number=number, transition=transition)
    yield told_of(
        revision(
            explanation=EVIL, rule="r-1", area={"key": "x", "level": "place", "name": EVIL, "lat": 35.9, "lon": 36.8}
        )
    )
    yield told_of(revision(incidents=tuple(incident(f"incident-{n}", quotes=3) for n in range(300))))
    yield told_of(revision(incidents=(), severity="extreme", certainty="possible"))
    yield notice(8)
    yield notice(9, "subscriber_disabled: other: gone")


every_sample = pytest.mark.parametrize("told", list(samples()), ids=lambda told: str(told.sequence))


# ---- CloudEvents


@needs_schemas
@every_sample
def test_cloudevents_are_valid_by_the_schema_and_by_the_sdk(told: Delivery) -> None:
    schema = json.loads((SCHEMAS / "cloudevents-1.0.json").read_text())
    content_type, body = render(envelope(told, (1, 2)), subscriber())
    Draft7Validator(schema).validate(json.loads(body))
    message = HTTPMessage(headers={"content-type": content_type}, body=body)
    event = from_structured_event(message, JSONFormat())
    assert event.get_id() == webhook_id(told)
    assert event.get_time() == told.at
    assert len(body) <= 64 * 1024, "the size that receivers of CloudEvents are promised"


def test_the_data_of_a_cloudevent_is_the_revision_and_the_envelope() -> None:
    told = delivery(3, number=2, transition="escalated")
    event = event_of(envelope(told, (1, 2)), subscriber())
    assert (event["type"], event["subject"]) == ("io.tocsin.alert.escalated", "alert-1")
    expected = told.revision.model_dump(mode="json") | {"subscriber": "desk", "sequence": 3, "supersedes": [1, 2]}
    assert event["data"] == expected
    assert (
        AlertRevision.model_validate({name: event["data"][name] for name in AlertRevision.model_fields})
        == told.revision
    )


def test_sequences_sort_as_text() -> None:
    events = [event_of(envelope(delivery(n)), subscriber()) for n in (2, 10, 9_999_999)]
    assert [e["sequence"] for e in events] == sorted(e["sequence"] for e in events)


def test_what_is_left_out_of_a_large_alert_is_counted() -> None:
    many = revision(incidents=tuple(incident(f"i-{n:03}", quotes=3) for n in range(300)))
    data = event_of(envelope(told_of(many)), subscriber())["data"]
    shown = len(data["incidents"])
    quotes = sum(len(each["quotes"]) for each in data["incidents"])
    assert data["omitted"] == {"incidents": 300 - shown, "quotes": 900 - quotes}


@pytest.mark.parametrize("rendering", ["cloudevents", "cap", "alertmanager", "slack"])
def test_a_subscriber_that_asked_for_no_quotes_gets_none(rendering: str) -> None:
    wanted = subscriber(quotes=False, rendering=rendering)
    assert QUOTE.encode() not in render(envelope(delivery(1)), wanted)[1]


@pytest.mark.parametrize("rendering", ["cloudevents", "cap", "alertmanager", "slack"])
def test_every_rendering_tells_the_sequence_and_what_it_supersedes(rendering: str) -> None:
    _, body = render(envelope(delivery(4711, number=2), (4709, 4710)), subscriber(rendering=rendering))
    for sequence in (b"4711", b"4709", b"4710"):
        assert sequence in body


@pytest.mark.parametrize("rendering", ["cloudevents", "cap", "alertmanager", "slack"])
@every_sample
def test_the_same_delivery_gives_the_same_bytes(rendering: str, told: Delivery) -> None:
    wanted = subscriber(rendering=rendering)
    assert render(envelope(told), wanted) == render(envelope(told), wanted)


def test_a_request_is_the_same_at_every_attempt_but_for_its_time() -> None:
    made = [
        request_of(delivery(1), subscriber(), (), url="https://desk.example/", keys=[], now=T0 + timedelta(hours=n))
        for n in range(2)
    ]
    assert made[0].body == made[1].body
    assert made[0].headers["webhook-id"] == made[1].headers["webhook-id"]
    assert made[0].headers["webhook-timestamp"] != made[1].headers["webhook-timestamp"]
    assert "desk.example" not in repr(made[0])


def test_no_two_deliveries_have_one_webhook_id_also_over_a_database_made_anew() -> None:
    made = [delivery(1), delivery(2), delivery(1, subscriber="other"), delivery(1, alert="alert-2"), notice(1)]
    again = delivery(1).model_copy(update={"at": T0 + timedelta(days=300)})
    assert len({webhook_id(each) for each in [*made, again]}) == 6


# ---- CAP


@needs_schemas
@every_sample
def test_cap_is_valid_by_the_schema_of_oasis(told: Delivery) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "CAP-v1.2.xsd"))
    schema.assertValid(etree.fromstring(render(envelope(told, (1,)), subscriber(rendering="cap"))[1]))


def cap_of(told: Delivery) -> dict[str, Any]:
    root = etree.fromstring(render(envelope(told), subscriber(rendering="cap"))[1])
    found: dict[str, Any] = {}
    for element in root.iter():
        found.setdefault(etree.QName(element).localname, element.text)
    return found


@pytest.mark.parametrize(
    ("number", "transition", "message_type", "response", "urgency"),
    [
        (1, "opened", "Alert", "Monitor", "Immediate"),
        (2, "escalated", "Update", "Monitor", "Immediate"),
        (2, "updated", "Update", "Monitor", "Immediate"),
        (2, "resolved", "Update", "AllClear", "Past"),
        (2, "retracted", "Cancel", "AllClear", "Past"),
    ],
)
def test_cap_says_what_a_transition_is(number, transition, message_type, response, urgency) -> None:
    found = cap_of(delivery(1, number=number, transition=transition))
    assert (found["msgType"], found["responseType"], found["urgency"]) == (message_type, response, urgency)


def test_cap_references_name_the_message_before_as_that_message_named_itself() -> None:
    first, second = revision(number=1), revision(number=2, transition="updated", references_at=(revision().at,))
    was, now = cap_of(told_of(first)), cap_of(told_of(second))
    assert now["references"] == f"{was['sender']},{was['identifier']},{was['sent']}"


@pytest.mark.parametrize(("severity", "word"), [("warning", "Moderate"), ("severe", "Severe"), ("extreme", "Extreme")])
@pytest.mark.parametrize(
    ("certainty", "sure"), [("observed", "Observed"), ("likely", "Likely"), ("possible", "Possible")]
)
def test_cap_severity_and_certainty(severity: str, word: str, certainty: str, sure: str) -> None:
    found = cap_of(told_of(revision(severity=severity, certainty=certainty)))
    assert (found["severity"], found["certainty"]) == (word, sure)


def test_cap_times_have_an_offset_and_neither_z_nor_fraction() -> None:
    moment = datetime(2026, 3, 1, 12, 0, 0, 999_999, tzinfo=UTC)
    assert cap.cap_time(moment) == "2026-03-01T12:00:00+00:00"
    assert b"Z<" not in render(envelope(delivery(1)), subscriber(rendering="cap"))[1]


# ---- Slack


@every_sample
def test_slack_text_is_short_and_can_neither_mention_nor_link(told: Delivery) -> None:
    text = text_of(envelope(told), subscriber(rendering="slack"))
    assert 0 < len(text) <= 3_000
    assert "<" not in text
    assert str(told.sequence) in text


def test_slack_shows_transition_severity_place_and_words() -> None:
    text = text_of(envelope(delivery(5), (3, 4)), subscriber(rendering="slack"))
    assert text.startswith("*OPENED* warning · air-strikes-country · Syria")
    assert QUOTE in text
    assert text.endswith("alert alert-1, revision 1 (no. 5, replaces no. 3, 4)")


# ---- Alertmanager


def test_alertmanager_ends_the_other_severities_since_a_label_is_identity() -> None:
    first = alerts_of(envelope(delivery(1)))
    assert [a["labels"]["severity"] for a in first] == ["warning"]
    raised = alerts_of(envelope(told_of(revision(number=2, transition="escalated", severity="severe"))))
    by_severity = {a["labels"]["severity"]: a for a in raised}
    at = revision(number=2).at.isoformat()
    assert by_severity["severe"]["endsAt"] > at
    assert by_severity["warning"]["endsAt"] == by_severity["extreme"]["endsAt"] == at


@pytest.mark.parametrize("transition", ["resolved", "retracted"])
def test_alertmanager_is_told_the_end(transition: str) -> None:
    told = told_of(revision(number=3, transition=transition))
    assert {a["endsAt"] for a in alerts_of(envelope(told))} == {told.revision.at.isoformat()}


@pytest.fixture
async def alertmanager(tmp_path: Path):
    """A real Alertmanager on a free port."""
    binary = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if binary is None:
        text = "no alertmanager: apt-get install prometheus-alertmanager"
        pytest.fail(text) if os.environ.get("TOCSIN_REQUIRE_ALL") else pytest.skip(text)
    port = free_port()
    (tmp_path / "am.yml").write_text("route: {receiver: none}\nreceivers: [{name: none}]\n")
    process = await asyncio.create_subprocess_exec(
        binary, f"--config.file={tmp_path}/am.yml", f"--storage.path={tmp_path}", "--cluster.listen-address=",
        f"--web.listen-address=127.0.0.1:{port}", stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            async with asyncio.timeout(180):
                while not await _ready(session):
                    await asyncio.sleep(0.05)
            yield session
    finally:
        process.terminate()
        await process.wait()


async def _ready(session: aiohttp.ClientSession) -> bool:
    try:
        return (await session.get("/-/ready")).ok
    except aiohttp.ClientError:
        return False


async def test_a_real_alertmanager_shows_what_holds(
    alertmanager: aiohttp.ClientSession,
) -> None:
    """Opened, raised, over: what fires there is what holds here. In the machine's own time, as it wants it."""
    now = datetime.now(UTC).replace(microsecond=0)

    async def tell(number: int, transition: str, severity: str) -> dict[str, str]:
        each = revision(
            number=number, transition=transition, severity=severity, at=now, since=date.fromordinal(now.toordinal() - 1)
        )
        content_type, body = render(envelope(told_of(each)), subscriber(rendering="alertmanager"))
        answer = await alertmanager.post("/api/v2/alerts", data=body, headers={"content-type": content_type})
        assert answer.status == 200, await answer.text()
        found = await (await alertmanager.get("/api/v2/alerts")).json()
        return {a["labels"]["severity"]: a["status"]["state"] for a in found}

    assert list(await tell(1, "opened", "warning")) == ["warning"]
    assert list(await tell(2, "escalated", "severe")) == ["severe"]
    assert list(await tell(3, "resolved", "severe")) == []


@every_sample
async def test_a_real_alertmanager_refuses_nothing(told: Delivery, alertmanager: aiohttp.ClientSession) -> None:
    content_type, body = render(envelope(told), subscriber(rendering="alertmanager"))
    answer = await alertmanager.post("/api/v2/alerts", data=body, headers={"content-type": content_type})
    assert answer.status == 200, await answer.text()
