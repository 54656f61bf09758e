"""The two documents: OpenAPI of the interface, AsyncAPI of the topics, and that they describe what is really sent."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from api_world import SmallBackend, settings
from board_world import board, days_of_quiet, strikes
from delivery_samples import delivery, subscriber
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from alerts.api import asyncapi
from alerts.api.app import build
from alerts.delivery.payloads import cloudevents
from alerts.delivery.payloads.envelope import Envelope
from config.settings import Settings
from config.topics import topics
from stream.records import CommandRecord, TickRecord, encode
from tests.alerts.engine.wire import BORA, breach, flight, story, strike
from tests.e2e.process import command

NOW = datetime(2024, 5, 10, tzinfo=UTC)


def schema_of(document: dict[str, Any], message: str) -> Draft202012Validator:
    """The schema of a message's payload."""
    payload = document["components"]["messages"][message]["payload"]
    return Draft202012Validator({**payload, "components": document["components"]})


@pytest.fixture
def document() -> dict[str, Any]:
    return asyncapi.document(Settings(), "1.2.3")


async def test_the_openapi_document_is_one(tmp_path: Path) -> None:
    async with board(tmp_path) as (client, _):
        document = await (await client.get("/openapi.json")).json()
    validate(document)
    paths = set(document["paths"])
    assert {"/v1/alerts", "/v1/alerts/{id}", "/v1/alerts/{id}/series", "/v1/alerts/{id}/acknowledge"} <= paths
    assert {"/v1/incidents", "/v1/feeds", "/v1/rules", "/v1/silences", "/v1/events", "/v1/alerts.geojson"} <= paths
    schemas = set(document["components"]["schemas"])
    assert {"AlertRevision", "ShownAlert", "Rule", "Silence", "FeatureCollection", "Problem"} <= schemas


def test_every_field_of_the_design_is_in_a_schema(document: dict[str, Any]) -> None:
    """DESIGN.md: signal, alert revision, envelope, the line of `tocsin extract`."""
    wanted = {
        "Signal": "id kind status counted reason certain certainty claim weapon umbrella place from to day day_certain"
        " period killed injured displaced count actors source evidence",
        "Place": "name as_written country admin1 lat lon geonameid precision",
        "DisplacedFigure": "low best high vague unit measure cause quote",
        "Evidence": "quote start end pattern",
        "AlertRevision": "id revision transition references engine_sequence rule rules_hash kind severity certainty"
        " area measure since at explanation incidents",
        "Reading": "name value low high threshold baseline window",
        "AlertIncident": "id place day figures origins quotes",
        "Quote": "text credit story start end",
        "ToldRevision": "subscriber sequence supersedes",
        "Extracted": "story signals note",
    }
    schemas = document["components"]["schemas"]
    for name, fields in wanted.items():
        assert set(fields.split()) <= set(schemas[name]["properties"]), name


def test_the_asyncapi_document_has_the_structure_of_version_3(document: dict[str, Any]) -> None:
    """Required by the specification: asyncapi, info.title, info.version; references that lead somewhere."""
    assert document["asyncapi"] == "3.0.0"
    assert document["info"]["title"]
    assert document["info"]["version"] == "1.2.3"
    for channel in document["channels"].values():
        assert channel["messages"]
        for message in channel["messages"].values():
            assert resolved(document, message["$ref"])["payload"]
    for operation in document["operations"].values():
        assert operation["action"] in ("send", "receive")
        assert resolved(document, operation["channel"]["$ref"])
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    assert all(resolved(document, reference) for reference in references(document))


def test_every_topic_is_a_channel_under_the_configured_name() -> None:
    configured = Settings(topic_prefix="desk.", stories_topic="agency-in")
    addresses = {channel["address"] for channel in asyncapi.document(configured, "0")["channels"].values()}
    assert set(topics(configured)) <= addresses


def test_what_the_journal_holds_matches_its_schemas(document: dict[str, Any]) -> None:
    told = story("a", 1, strike(BORA, 1, 3), breach(BORA, 1), flight(BORA, 1, 500, period=(0, 1)), headline="x")
    given = CommandRecord(id="c", name="silences.delete", body={"id": "s"}, author="ana", at=NOW)
    for name, record in {"story": told, "tick": TickRecord(at=NOW), "command": given}.items():
        schema_of(document, name).validate(orjson.loads(encode(record)))


@pytest.mark.parametrize("notice", [None, "test"])
def test_a_webhook_matches_its_schema(document: dict[str, Any], notice: str | None) -> None:
    made = delivery(3, alert="alert-1")
    if notice is not None:
        made = made.model_copy(update={"revision": None, "notice": notice})
    envelope = Envelope(made, "msg_1", (1, 2), "https://tocsin.example")
    schema_of(document, "webhook").validate(cloudevents.event_of(envelope, subscriber()))


async def test_a_revision_and_a_delivery_match_their_schemas(tmp_path: Path, document: dict[str, Any]) -> None:
    async with board(tmp_path, *days_of_quiet(0, 10), *strikes(10)) as (_, backend):
        rows = backend.reader().execute("SELECT json FROM revisions").fetchall()
    assert len(rows) == 3
    for row in rows:
        schema_of(document, "alertRevision").validate(orjson.loads(row[0]))


def test_the_document_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    assert asyncapi.document(Settings(), "0") == asyncapi.document(Settings(), "0")
    assert build(SmallBackend(tmp_path / "a.db"), settings())


def resolved(document: dict[str, Any], reference: str) -> Any:
    """What a reference within the document leads to. Raises KeyError."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def references(value: Any) -> list[str]:
    """Every $ref anywhere in a document."""
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for inner in value.values() for found in references(inner)]
    return [found for inner in value for found in references(inner)] if isinstance(value, list) else []


def test_a_line_of_extract_matches_its_schema(document: dict[str, Any], tmp_path: Path) -> None:
    told = "BEIRUT: An air strike hit the town of Saraqib in Syria on Monday, killing 12 people. Shelling hit Idlib."
    path = tmp_path / "story.json"
    path.write_bytes(
        orjson.dumps({"uri": "urn:x:1", "type": "text", "versioncreated": "2024-05-20T12:00:00Z", "body_text": told})
    )
    (line,) = command("extract", str(path)).splitlines()
    body = orjson.loads(line)
    assert body["signals"]
    schema_of(document, "extracted").validate(body)
