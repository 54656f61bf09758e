"""Subscribers over HTTP, against the real engine: what changes, what is shown, and what never is."""

from pathlib import Path

import pytest
from api_world import KEY, MANAGE, READ, bearer, serving
from delivery_samples import SECRET
from structlog.testing import capture_logs

from alerts.delivery import signing
from alerts.delivery.secrets import Vault
from alerts.engine import routing_views
from stream.records import CommandRecord

URL = "https://desk.example:8443/hook/path?token=tell-nobody"
DESK = {"id": "desk", "endpoint": URL, "kinds": ["air_strike"], "area": {"countries": ["SY"]}}
BOSS, READER = bearer(MANAGE), bearer(READ)


async def make(client, **changes):
    answer = await client.post("/v1/subscribers", json=DESK | changes, headers=BOSS)
    assert answer.status == 201, await answer.text()
    return await answer.json()


async def shown(client, name: str = "desk") -> dict:
    answer = await client.get(f"/v1/subscribers/{name}", headers=READER)
    assert answer.status == 200
    return await answer.json()


async def test_a_subscriber_is_made_and_its_secret_is_shown_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        made = await make(client)
        assert made["secret"].startswith("whsec_")
        signing.check_key(made["secret"])
        assert made["subscriber"] == await shown(client)
        assert made["subscriber"]["origin"] == "https://desk.example:8443"
        (stored,) = routing_views.subscribers(backend.store.connection)
        target = Vault(KEY).target(stored)
        assert (target.url, target.keys, stored.managed_by) == (URL, (made["secret"],), "api")
        for path in ("/v1/subscribers", "/v1/subscribers/desk"):
            text = await (await client.get(path, headers=BOSS)).text()
            assert "tell-nobody" not in text
            assert "/hook/path" not in text
            assert made["secret"] not in text


async def test_an_ed25519_key_is_ours_and_its_public_half_is_shown(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        made = await make(client, signing="v1a")
        assert made["secret"].startswith("whpk_")
        assert (await shown(client))["public_keys"] == [made["secret"]]
        (stored,) = routing_views.subscribers(backend.store.connection)
        assert signing.public_key(Vault(KEY).target(stored).keys[0]) == made["secret"]


async def test_a_secret_may_be_brought_along(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, _):
        assert (await make(client, secrets=[SECRET]))["secret"] == SECRET


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "http://desk.example/"}, "endpoint"),
        ({"endpoint": "https://169.254.169.254/"}, "endpoint"),
        ({"endpoint": "https://user:pass@desk.example/"}, "endpoint"),
        ({"endpoint": ""}, "endpoint"),
        ({"secrets": ["whsec_c2hvcnQ="]}, "secrets.0"),
        ({"secrets": ["hunter2"]}, "secrets.0"),
        ({"id": "../etc"}, "id"),
        ({"id": ""}, "id"),
        ({"severity": "huge"}, "severity"),
        ({"min_origins": 0}, "min_origins"),
        ({"schedule": [0]}, "schedule.0"),
        ({"area": {"bbox": [1, 2, 3]}}, "area.bbox.3"),
        ({"area": {"bbox": [0, 50, 10, 40]}}, "area"),
        ({"area": {"countries": ["Syria"]}}, "area.countries.0"),
        ({"area": {"polygon": [[0, 0], [1, 1]]}}, "area"),
        ({"state": "disabled"}, "state"),
        ({"managed_by": "file"}, "managed_by"),
    ],
)
async def test_what_is_wrong_is_named_by_its_field_and_not_echoed(tmp_path: Path, changes: dict, field: str) -> None:
    async with serving(tmp_path) as (client, backend):
        answer = await client.post("/v1/subscribers", json=DESK | changes, headers=BOSS)
        body = await answer.json()
        assert answer.status == 400
        assert answer.content_type == "application/problem+json"
        assert field in [fault["field"] for fault in body["faults"]]
        for words in ("169.254", "pass@", "hunter2", "c2hvcnQ", "tell-nobody"):
            assert words not in str(body)
        assert backend.commands == []


async def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, _):
        await make(client)
        answer = await client.post("/v1/subscribers", json=DESK, headers=BOSS)
        assert (answer.status, (await answer.json())["reason"]) == (409, "exists")


async def test_only_what_is_given_is_changed(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        secret = (await make(client, min_origins=2))["secret"]
        answer = await client.patch("/v1/subscribers/desk", json={"severity": "severe", "area": None}, headers=BOSS)
        assert answer.status == 200, await answer.text()
        found = await shown(client)
        assert (found["severity"], found["area"], found["min_origins"]) == ("severe", None, 2)
        (stored,) = routing_views.subscribers(backend.store.connection)
        assert Vault(KEY).target(stored).keys == (secret,)
        assert Vault(KEY).target(stored).url == URL

        await client.patch("/v1/subscribers/desk", json={"endpoint": "https://new.example/"}, headers=BOSS)
        assert (await shown(client))["origin"] == "https://new.example"


async def test_rotation_signs_with_both_until_it_is_finished(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        old = (await make(client))["secret"]
        answer = await client.post("/v1/subscribers/desk/rotate", json={}, headers=BOSS)
        new = (await answer.json())["secret"]
        (stored,) = routing_views.subscribers(backend.store.connection)
        assert Vault(KEY).target(stored).keys == (new, old)
        assert (await shown(client))["signatures"] == 2

        newest = (await (await client.post("/v1/subscribers/desk/rotate", json={}, headers=BOSS)).json())["secret"]
        (stored,) = routing_views.subscribers(backend.store.connection)
        assert Vault(KEY).target(stored).keys == (newest, new), "the newest two; a third is no longer needed"

        await client.post("/v1/subscribers/desk/rotate/finish", headers=BOSS)
        (stored,) = routing_views.subscribers(backend.store.connection)
        assert Vault(KEY).target(stored).keys == (newest,)


async def test_pause_and_resume(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, _):
        await make(client)
        paused = await (await client.post("/v1/subscribers/desk/pause", headers=BOSS)).json()
        assert paused["state"] == "paused"
        resumed = await (await client.post("/v1/subscribers/desk/resume", headers=BOSS)).json()
        assert (resumed["state"], resumed["state_reason"]) == ("active", None)


async def test_a_ping_goes_through_the_whole_path(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await make(client)
        answer = await client.post("/v1/subscribers/desk/ping", headers=BOSS)
        assert (answer.status, (await answer.json())["sequence"]) == (202, 1)
        (made,) = routing_views.deliveries(backend.store.connection)
        assert (made["subscriber"], made["notice"], made["revision"]) == ("desk", "ping", None)
        await client.post("/v1/subscribers/desk/pause", headers=BOSS)
        answer = await client.post("/v1/subscribers/desk/ping", headers=BOSS)
        assert (answer.status, (await answer.json())["reason"]) == (409, "not_active")


async def test_who_was_disabled_is_told_when_it_is_resumed(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await make(client)
        body = {"id": "desk", "state": "disabled", "reason": "gone"}
        made = await make(client, id="night", fallback=None)
        assert made["subscriber"]["id"] == "night"
        await client.patch("/v1/subscribers/desk", json={"fallback": "night"}, headers=BOSS)
        at = backend.commands[0].at
        await backend.submit(CommandRecord(id="x", name="subscribers.state", body=body, author="delivery", at=at))
        await client.post("/v1/subscribers/desk/resume", headers=BOSS)
        told = [
            (d["subscriber"], d["notice"].split(":")[0]) for d in routing_views.deliveries(backend.store.connection)
        ]
        assert sorted(told) == [("desk", "resumed"), ("night", "subscriber_disabled")]


async def test_delete(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, _):
        await make(client)
        assert (await client.delete("/v1/subscribers/desk", headers=BOSS)).status == 204
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/ping"), ("GET", "/gaps")):
            answer = await client.request(method, "/v1/subscribers/desk" + path, headers=BOSS)
            assert (answer.status, (await answer.json())["reason"]) == (404, "unknown_subscriber")


async def test_what_a_file_manages_is_changed_in_the_file(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await make(client)
        (stored,) = routing_views.subscribers(backend.store.connection)
        managed = stored.model_copy(update={"id": "filed", "managed_by": "file"}).model_dump(mode="json")
        command = CommandRecord(
            id="f", name="subscribers.apply", body={"subscribers": [managed]}, author="file", at=backend.commands[0].at
        )
        assert (await backend.submit(command)).ok
        for method, path, body in (
            ("PATCH", "", {"severity": "severe"}),
            ("DELETE", "", None),
            ("POST", "/rotate", {}),
            ("POST", "/rotate/finish", None),
        ):
            answer = await client.request(method, "/v1/subscribers/filed" + path, json=body, headers=BOSS)
            assert (answer.status, (await answer.json())["reason"]) == (409, "managed_by_file"), path
        answer = await client.post("/v1/subscribers/filed/pause", headers=BOSS)
        assert answer.status == 200, "a file does not say whether it is paused"


async def test_the_same_idempotency_key_is_the_same_command(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        await make(client)
        headers = BOSS | {"idempotency-key": "once"}
        for _ in range(2):
            assert (await client.post("/v1/subscribers/desk/ping", headers=headers)).status in (200, 202)
        assert len(routing_views.deliveries(backend.store.connection)) == 1


async def test_without_a_secret_key_nothing_is_made_and_a_clear_line_says_why(tmp_path: Path) -> None:
    async with serving(tmp_path, secret_key=None) as (client, backend):
        answer = await client.post("/v1/subscribers", json=DESK, headers=BOSS)
        body = await answer.json()
        assert (answer.status, body["reason"]) == (503, "no_secret_key")
        assert "openssl rand" in body["detail"]
        assert backend.commands == []


async def test_commands_in_the_journal_hold_no_secret_and_name_their_author(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        secret = (await make(client))["secret"]
        await client.post("/v1/subscribers/desk/rotate", json={}, headers=BOSS)
        said = "".join(command.model_dump_json() for command in backend.commands)
        assert {command.author for command in backend.commands} == {"api:boss"}
        for words in ("tell-nobody", "desk.example", secret):
            assert words not in said


async def test_the_audit_log_says_who_did_what_and_no_more(tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with serving(tmp_path) as (client, _):
            secret = (await make(client))["secret"]
            await client.post("/v1/subscribers/desk/pause?why=tell-nobody", headers=BOSS)
            await client.post("/v1/subscribers/desk/pause", headers=READER)
            await client.get("/v1/subscribers", headers=READER)
    audits = [line for line in lines if line["event"] == "audit"]
    assert [(a["who"], a["method"], a["route"], a["subject"], a["status"]) for a in audits] == [
        ("boss", "POST", "/v1/subscribers", None, 201),
        ("boss", "POST", "/v1/subscribers/{id}/pause", "desk", 200),
        (None, "POST", "/v1/subscribers/{id}/pause", "desk", 403),
    ]
    for words in ("tell-nobody", "desk.example", secret, MANAGE, READ):
        assert words not in repr(lines)
