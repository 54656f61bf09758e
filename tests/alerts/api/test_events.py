"""Server-sent events: what is made is heard, once and in order, also over a break of the line."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp.test_utils import TestClient
from board_world import BOSS, READER, board, breaches, days_of_quiet, flights, strikes, told
from prometheus_client import REGISTRY

from alerts.api import events
from alerts.revisions import AlertRevision
from tests.alerts.engine.wire import at, rules_of, story, tick

QUIET = days_of_quiet(0, 10)
ONE_RULE = (
    "- {id: other, kind: displacement, by: country, measure: displaced, window: 30d, severity: {warning: 10}, clear: 1}"
)


class Event(NamedTuple):
    """One event as a browser would hand it over; `id` null where the event has none."""

    name: str
    data: Any
    id: str | None


@asynccontextmanager
async def listening(client: TestClient, after: str | None = None, **query: str) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of one connection."""
    headers = READER if after is None else {**READER, "last-event-id": after}
    async with client.get("/v1/events", headers=headers, params=query) as answer:
        assert (answer.status, answer.content_type) == (200, "text/event-stream")
        assert await answer.content.readline() == b"retry: 1000\n"
        yield _events(answer.content)


async def _events(content: asyncio.StreamReader) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for raw in content:
        line = raw.decode().rstrip("\n")
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and fields:
            yield Event(fields.get("event", "message"), json.loads(fields["data"]), fields.get("id"))
            fields = {}


async def take(stream: AsyncIterator[Event], number: int) -> list[Event]:
    async with asyncio.timeout(60):
        return [await anext(stream) for _ in range(number)]


async def test_a_new_alert_is_heard_as_the_revision_it_is(tmp_path: Path) -> None:
    async with board(tmp_path, *QUIET) as (client, backend), listening(client) as stream:
        await backend.take(*strikes(10))
        heard = await take(stream, 3)
        shown = (await told(client, "/v1/alerts"))["alerts"]
    assert [AlertRevision.model_validate(event.data).transition for event in heard] == ["opened", "updated", "opened"]
    assert {event.data["id"] for event in heard} == {alert["id"] for alert in shown}
    assert [event.name for event in heard] == ["alert"] * 3


async def test_whoever_comes_back_hears_what_it_missed_and_nothing_twice(tmp_path: Path) -> None:
    async with board(tmp_path, *QUIET) as (client, backend):
        async with listening(client) as stream:
            await backend.take(*strikes(10))
            first = await take(stream, 3)
        await backend.take(*breaches(10), *flights(10))
        last = [event.id for event in first if event.id is not None][-1]
        async with listening(client, after=last) as stream:
            second = await take(stream, 2)
        async with listening(client, after=str(second[-1].id)) as stream:
            await backend.take(story("breach-10", 10.9, version="2", status="canceled"))
            third = await take(stream, 1)
    told_ = [(event.data["rule"], event.data["transition"]) for event in [*first, *second, *third]]
    assert told_ == [
        ("killed", "opened"), ("killed", "updated"), ("strikes", "opened"),
        ("breaches", "opened"), ("flight", "opened"),
        ("breaches", "retracted"),
    ]  # fmt: skip


async def test_an_id_comes_with_the_last_event_of_its_sequence(tmp_path: Path) -> None:
    """Taking the rules away resolves every alert in one step: cut off amid it, a client gets all of it again."""
    async with board(tmp_path, *QUIET, *strikes(10), *breaches(10)) as (client, backend):
        async with listening(client) as stream:
            await backend.take(rules_of(ONE_RULE))
            heard = await take(stream, 4)
        assert [event.name for event in heard] == ["alert", "alert", "alert", "changed"]
        assert {event.data["engine_sequence"] for event in heard[:3]} == {backend.store.sequence}
        assert [event.id for event in heard] == [None, None, None, str(backend.store.sequence)]
        async with listening(client, after=str(backend.store.sequence - 1)) as stream:
            assert await take(stream, 4) == heard


async def test_a_batch_never_splits_a_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "BATCH", 2)
    async with (
        board(tmp_path, *QUIET, *strikes(10), *breaches(10), *flights(10)) as (client, _),
        listening(client, after="0") as stream,
    ):
        heard = await take(stream, 5)
    alerts = [event.data["rule"] for event in heard if event.name == "alert"]
    assert alerts == ["killed", "killed", "strikes", "breaches", "flight"]


async def test_acknowledging_and_silencing_are_told_at_once(tmp_path: Path) -> None:
    async with board(tmp_path, *QUIET, *strikes(10)) as (client, _), listening(client) as stream:
        alert = (await told(client, "/v1/alerts", rule="strikes"))["alerts"][0]["id"]
        await client.post(f"/v1/alerts/{alert}/acknowledge", json={}, headers=BOSS)
        assert [(event.name, event.data) for event in await take(stream, 1)] == [
            ("changed", {"what": "acknowledgements"})
        ]
        await client.post("/v1/silences", json={"area": "SY", "until": at(20).isoformat()}, headers=BOSS)
        assert (await take(stream, 1))[0].data == {"what": "silences"}


async def test_a_file_that_was_made_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    async with board(tmp_path, *QUIET, *strikes(10)) as (client, _), listening(client, after="999999") as stream:
        heard = [event for event in await take(stream, 3) if event.name == "alert"]
    assert [event.data["rule"] for event in heard] == ["killed", "killed", "strikes"]


async def test_silence_is_broken_by_heartbeats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.02)
    async with board(tmp_path, *QUIET) as (client, _), client.get("/v1/events", headers=READER) as answer:
        lines = [await answer.content.readline() for _ in range(4)]
    assert lines == [b"retry: 1000\n", b"\n", b": still here\n", b"\n"]


@pytest.mark.parametrize("after", ["x", "-1", "1" * 30, "१"])
async def test_an_id_that_is_none_of_ours_is_refused(tmp_path: Path, after: str) -> None:
    async with board(tmp_path) as (client, _):
        answer = await client.get("/v1/events", headers={**READER, "last-event-id": after})
        assert (answer.status, (await answer.json())["reason"]) == (400, "bad_event_id")


async def test_streams_end_with_the_server(tmp_path: Path) -> None:
    async with board(tmp_path, *QUIET, tick(11)) as (client, _), client.get("/v1/events", headers=READER) as answer:
        await answer.content.readline()
        async with asyncio.timeout(0.8 * events.HEARTBEAT_SECONDS):
            await client.server.close()


async def test_whoever_asks_for_the_head_only_gets_no_stream(tmp_path: Path) -> None:
    async with board(tmp_path, *QUIET) as (client, _):
        async with asyncio.timeout(60):
            answer = await client.head("/v1/events", headers=READER)
        assert (answer.status, answer.content_type) == (200, "text/event-stream")


async def test_how_long_a_stream_lasted_is_no_time_to_answer(tmp_path: Path) -> None:
    name = "tocsin_http_request_seconds_count"
    before = REGISTRY.get_sample_value(name, {"route": "/v1/events"})
    async with board(tmp_path, *QUIET, *strikes(10)) as (client, _):
        async with listening(client, after="0") as stream:
            await take(stream, 3)
        await client.head("/v1/events", headers=READER)
        assert await told(client, "/v1/feeds")
        assert REGISTRY.get_sample_value(name, {"route": "/v1/events"}) == before
        assert REGISTRY.get_sample_value(name, {"route": "/v1/feeds"})
