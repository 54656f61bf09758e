"""The delivery log, the gaps and sending again; stories in."""

from itertools import pairwise
from pathlib import Path

import pytest
from api_world import INTAKE, MANAGE, READ, bearer, history, serving
from delivery_samples import QUOTE, delivery
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.sequences import Sequences
from alerts.engine import routing_views

DESK = {"id": "desk", "endpoint": "https://desk.example/?token=tell-nobody"}


async def get(client, path: str) -> dict:
    answer = await client.get(path, headers=bearer(READ))
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def with_history(client, backend) -> None:
    await client.post("/v1/subscribers", json=DESK, headers=bearer(MANAGE))
    backend.deliver(*history())


async def test_the_log_shows_every_attempt_with_status_and_time_and_no_words_of_stories(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await with_history(client, backend)
        found = await get(client, "/v1/subscribers/desk/deliveries")
        assert [(d["sequence"], d["state"]) for d in found["deliveries"]] == [
            (8, "pending"), (7, "pending"), (6, "pending"), (5, "delivered"), (4, "dead_lettered"), (3, "delivered"),
            (2, "delivered"), (1, "superseded"),
        ]  # fmt: skip
        first = found["deliveries"][-1]
        assert (first["superseded_by"], first["transition"], first["alert"]) == (2, "opened", "alert-1")
        (attempt,) = first["attempts"]
        assert (attempt["outcome"], attempt["http_status"], attempt["seconds"]) == ("http_5xx", 500, 0.1)
        assert QUOTE not in str(found)
        assert "tell-nobody" not in str(found)


async def test_the_log_is_read_page_by_page_and_by_state(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await with_history(client, backend)
        sequences, before = [], ""
        while True:
            page = await get(client, f"/v1/subscribers/desk/deliveries?limit=3{before}")
            sequences += [d["sequence"] for d in page["deliveries"]]
            if page["next"] is None:
                break
            before = f"&before={page['next']}"
        assert sequences == list(range(8, 0, -1))
        dead = await get(client, "/v1/subscribers/desk/deliveries?state=dead_lettered")
        assert [d["sequence"] for d in dead["deliveries"]] == [4]


async def test_gaps_put_every_sequence_in_exactly_one_list(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await with_history(client, backend)
        found = await get(client, "/v1/subscribers/desk/gaps")
        assert found == {
            "subscriber": "desk",
            "last": 8,
            "delivered": [[2, 3], [5, 5]],
            "pending": [[6, 8]],
            "superseded": [{"sequence": 1, "by": 2}],
            "dead_lettered": [{"sequence": 4, "reason": "http_4xx", "at": "2026-03-01T12:00:00Z"}],
        }
        assert (await get(client, "/v1/subscribers/desk/gaps?after=5"))["delivered"] == []


async def test_one_is_sent_again_under_a_sequence_of_its_own(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await with_history(client, backend)
        path = "/v1/subscribers/desk/deliveries/4/redeliver"
        answer = await client.post(path, headers=bearer(MANAGE))
        assert (answer.status, (await answer.json())["sequence"]) == (202, 9)
        again = routing_views.deliveries(backend.store.connection)[-1]
        assert (again["sequence"], again["notice"], again["revision"]["id"]) == (9, "redelivery: 4", "alert-4")
        for unknown in ("99", "0", "x", "-1", "9" * 30):
            answer = await client.post(path.replace("/4/", f"/{unknown}/"), headers=bearer(MANAGE))
            assert (answer.status, (await answer.json())["reason"]) == (404, "unknown_delivery")


async def test_one_subscribers_deliveries_are_not_anothers(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await with_history(client, backend)
        await client.post("/v1/subscribers", json=DESK | {"id": "other"}, headers=bearer(MANAGE))
        backend.deliver(delivery(1, subscriber="other"))
        assert (await get(client, "/v1/subscribers/other/gaps"))["pending"] == [[1, 1]]
        assert len((await get(client, "/v1/subscribers/desk/deliveries"))["deliveries"]) == 8


async def test_a_story_is_answered_with_a_receipt_that_tells_what_became_of_it(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        headers = bearer(INTAKE) | {"content-type": "application/json; charset=utf-8"}
        answer = await client.post("/stories?feed=invented", data=b'{"uri": "x"}', headers=headers)
        body = await answer.json()
        assert (answer.status, body["state"]) == (202, "accepted")
        assert backend.stories[body["receipt"]] == (b'{"uri": "x"}', "application/json; charset=utf-8", "invented")
        assert (await get(client, f"/stories/{body['receipt']}"))["state"] == "read"
        await client.post("/stories", data=b"x", headers=bearer(INTAKE))
        assert backend.stories["receipt-1"][2] == "wire", "without a feed, the name of the token"


@pytest.mark.parametrize("size", [1_001, 300_000])
async def test_a_story_that_is_too_large_is_refused_in_words(tmp_path: Path, size: int) -> None:
    async with serving(tmp_path, max_story_bytes=1_000) as (client, backend):
        answer = await client.post("/stories", data=b"x" * size, headers=bearer(INTAKE))
        body = await answer.json()
        assert (answer.status, body["reason"]) == (413, "too_large")
        assert backend.stories == {}
        assert (await client.post("/stories", data=b"x" * 1_000, headers=bearer(INTAKE))).status == 202


@given(st.lists(st.integers(1, 60), max_size=80))
def test_a_set_of_sequences_is_a_set(numbers: list[int]) -> None:
    found = Sequences()
    for number in numbers:
        found.add(number)
    assert [n for n in range(62) if n in found] == sorted(set(numbers))
    ranges = found.ranges()
    assert all(first <= last for first, last in ranges)
    assert all(before[1] + 1 < after[0] for before, after in pairwise(ranges)), "as few as can be"
