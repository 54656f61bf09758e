"""Silences and rules over HTTP: made, listed, seen on the alerts they cover, ended."""

from pathlib import Path
from typing import Any

import pytest
from board_world import BOSS, READER, board, breaches, conforms, days_of_quiet, flights, strikes, told

from tests.alerts.engine.wire import at

WEEK = [*days_of_quiet(0, 10), *strikes(10), *breaches(10), *flights(10)]
LATER = at(12).isoformat()


async def test_a_silence_is_made_shown_and_ended(tmp_path: Path) -> None:
    async with board(tmp_path, *WEEK) as (client, _):
        wanted = {"kind": "air_strike", "area": "SY", "until": LATER, "note": "an exercise"}
        answer = await client.post("/v1/silences", json=wanted, headers=BOSS)
        made = await answer.json()
        assert (answer.status, made["author"], made["note"]) == (201, "api:boss", "an exercise")
        await conforms(client, "post", "/v1/silences", answer, made)
        assert (await told(client, "/v1/silences"))["silences"] == [made]
        covered = {a["rule"] for a in (await told(client, "/v1/alerts"))["alerts"] if a["silenced_until"] is not None}
        assert covered == {"strikes", "killed"}
        path = answer.headers["location"]
        assert path == f"/v1/silences/{made['id']}"
        assert (await client.delete(path, headers=BOSS)).status == 204
        assert (await told(client, "/v1/silences"))["silences"] == []
        again = await client.delete(path, headers=BOSS)
        assert (again.status, (await again.json())["reason"]) == (404, "unknown_silence")


@pytest.mark.parametrize(
    ("wanted", "covered"),
    [
        ({"rule": "flight"}, {"flight"}),
        ({"area": "SY"}, {"strikes", "killed", "breaches"}),
        ({"area": "SY/North"}, {"killed"}),
        ({"kind": "displacement", "area": "SY"}, set()),
    ],
)
async def test_a_silence_covers_what_matches_all_that_it_names(
    tmp_path: Path, wanted: dict[str, str], covered: set[str]
) -> None:
    async with board(tmp_path, *WEEK) as (client, _):
        assert (await client.post("/v1/silences", json={**wanted, "until": LATER}, headers=BOSS)).status == 201
        alerts = (await told(client, "/v1/alerts"))["alerts"]
    assert {alert["rule"] for alert in alerts if alert["silenced_until"] is not None} == covered


@pytest.mark.parametrize(
    ("wanted", "status", "reason"),
    [
        ({"until": LATER}, 400, "bad_body"),
        ({"kind": "air_strike"}, 400, "bad_body"),
        ({"kind": "air_strike", "until": "2024-05-12T00:00:00"}, 400, "bad_body"),
        ({"kind": "air_strike", "until": LATER, "author": "somebody else"}, 400, "bad_body"),
        ({"kind": "air_strike", "until": at(1).isoformat()}, 409, "already_over"),
    ],
)
async def test_what_silences_nothing_or_everything_is_refused(
    tmp_path: Path, wanted: dict[str, Any], status: int, reason: str
) -> None:
    async with board(tmp_path, *WEEK) as (client, _):
        answer = await client.post("/v1/silences", json=wanted, headers=BOSS)
        assert (answer.status, (await answer.json())["reason"]) == (status, reason)


async def test_only_who_may_manage_silences(tmp_path: Path) -> None:
    async with board(tmp_path, *WEEK) as (client, backend):
        wanted = {"kind": "air_strike", "until": LATER}
        assert (await client.post("/v1/silences", json=wanted, headers=READER)).status == 403
        assert (await client.delete("/v1/silences/x", headers=READER)).status == 403
        assert backend.commands == []


async def test_the_same_key_makes_one_silence(tmp_path: Path) -> None:
    async with board(tmp_path, *WEEK) as (client, _):
        for _ in range(2):
            wanted = {"kind": "air_strike", "until": LATER}
            answer = await client.post("/v1/silences", json=wanted, headers={**BOSS, "idempotency-key": "one"})
            assert answer.status == 201
        assert len((await told(client, "/v1/silences"))["silences"]) == 1


async def test_the_rules_in_force_are_shown(tmp_path: Path) -> None:
    async with board(tmp_path, *WEEK) as (client, _):
        body = await told(client, "/v1/rules")
        hashes = {a["rule"]: a for a in (await told(client, "/v1/alerts"))["alerts"]}
        detail = await told(client, f"/v1/alerts/{hashes['strikes']['id']}")
    assert [rule["id"] for rule in body["rules"]] == ["strikes", "killed", "breaches", "flight"]
    assert detail["revisions"][0]["rules_hash"] == body["hash"]
