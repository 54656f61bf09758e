"""Who is let in: tokens and scopes, loopback without them, the rate, and what every refusal looks like."""

from pathlib import Path

import pytest
from api_world import INTAKE, MANAGE, READ, TOKENS, SmallBackend, bearer, serving, settings
from openapi_spec_validator import validate
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from alerts.api.app import build
from alerts.api.auth import BadTokens, Tokens, binding_fault

OPEN = ["/livez", "/readyz", "/metrics", "/openapi.json"]


@pytest.mark.parametrize("path", OPEN)
async def test_health_metrics_and_the_document_need_no_token(tmp_path: Path, path: str) -> None:
    async with serving(tmp_path) as (client, _):
        assert (await client.get(path)).status == 200


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "no_token"),
        ("Bearer wrong", "wrong_token"),
        ("Bearer ", "wrong_token"),
        ("Bearer", "wrong_token"),
        (f"Basic {MANAGE}", "wrong_token"),
        (MANAGE, "wrong_token"),
        (f"Bearer {MANAGE}x", "wrong_token"),
        (f"Bearer {MANAGE[:-1]}", "wrong_token"),
        ("Bearer é\udcff", "wrong_token"),
    ],
)
async def test_without_a_known_token_nobody_is_let_in(tmp_path: Path, header: str | None, reason: str) -> None:
    async with serving(tmp_path) as (client, _):
        headers = (
            {} if header is None else {"authorization": header.encode("utf-8", "surrogateescape").decode("latin-1")}
        )
        answer = await client.get("/v1/subscribers", headers=headers)
        assert (answer.status, (await answer.json())["reason"]) == (401, reason)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert MANAGE not in await answer.text()


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        ("GET", "/v1/subscribers", READ, 200),
        ("GET", "/v1/subscribers", MANAGE, 200),
        ("GET", "/v1/subscribers", INTAKE, 403),
        ("POST", "/v1/subscribers/desk/pause", READ, 403),
        ("POST", "/v1/subscribers/desk/pause", INTAKE, 403),
        ("POST", "/v1/subscribers/desk/pause", MANAGE, 404),
        ("POST", "/stories", READ, 403),
        ("POST", "/stories", MANAGE, 403),
        ("POST", "/stories", INTAKE, 202),
        ("GET", "/stories/none", INTAKE, 404),
        ("GET", "/stories/none", READ, 404),
    ],
)
async def test_a_scope_admits_to_its_own(tmp_path: Path, method: str, path: str, token: str, status: int) -> None:
    async with serving(tmp_path) as (client, _):
        assert (await client.request(method, path, data=b"x", headers=bearer(token))).status == status


async def test_the_document_is_openapi_3_1(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, _):
        document = await (await client.get("/openapi.json")).json()
    validate(document)
    assert document["openapi"] == "3.1.0"
    ids = [each["operationId"] for methods in document["paths"].values() for each in methods.values()]
    assert len(set(ids)) == len(ids)


async def test_without_tokens_it_is_said_that_loopback_is_all(tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with serving(tmp_path, tokens=None):
            pass
    assert [line["event"] for line in lines] == ["loopback only"]


async def test_every_operation_but_the_open_ones_asks_for_a_token(tmp_path: Path) -> None:
    """Also those that other modules add."""
    async with serving(tmp_path) as (client, _):
        document = await (await client.get("/openapi.json")).json()
        for path, methods in document["paths"].items():
            for method, described in methods.items():
                answer = await client.request(method.upper(), path.replace("{", "").replace("}", ""))
                if described["security"]:
                    assert answer.status == 401, f"{method} {path}"
                else:
                    assert answer.status != 401


async def test_without_tokens_this_machine_is_served_under_a_loopback_name_only(tmp_path: Path) -> None:
    """A page of another site must not reach us through the browser of somebody here (rebinding, cross-site POST)."""
    async with serving(tmp_path, tokens=None) as (client, _):
        for host in ("localhost", "127.0.0.1:8080", "127.0.0.2", "[::1]:8080"):
            assert (await client.get("/v1/subscribers", headers={"host": host})).status == 200
        for headers in ({"host": "evil.example"}, {"host": "evil.example:8080"}, {"origin": "https://evil.example"}):
            answer = await client.get("/v1/subscribers", headers=headers)
            assert (answer.status, (await answer.json())["reason"]) == (403, "host")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "tocsin.example", ""])
def test_without_tokens_another_host_than_loopback_is_refused_and_said(tmp_path: Path, host: str) -> None:
    fault = binding_fault(settings(tokens=None, host=host))
    assert fault is not None
    assert "TOCSIN_TOKENS" in fault
    with pytest.raises(ValueError, match="TOCSIN_TOKENS"):
        build(SmallBackend(tmp_path / "x.db"), settings(tokens=None, host=host))
    assert binding_fault(settings(host=host)) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_without_tokens_loopback_is_fine(host: str) -> None:
    assert binding_fault(settings(tokens=None, host=host)) is None


@pytest.mark.parametrize(
    "text", ["just-a-token-0123456789", "a:read:short", "a:admin:token-0123456789", ":read:token-0123456789", "a:read"]
)
def test_bad_tokens_are_refused_and_not_shown(text: str) -> None:
    with pytest.raises(BadTokens) as fault:
        Tokens(text)
    assert "0123456789" not in str(fault.value)


def test_a_token_may_hold_colons() -> None:
    assert Tokens("a:read:with:colons:0123456789").principal("Bearer with:colons:0123456789").name == "a"
    assert len(Tokens(TOKENS)._known) == 3


async def test_the_rate_is_per_token_and_says_when_to_come_back(tmp_path: Path) -> None:
    now = [0.0]
    async with serving(tmp_path, rate_limit=2, seconds=lambda: now[0]) as (client, _):
        got = [(await client.get("/v1/subscribers", headers=bearer(READ))).status for _ in range(5)]
        assert got == [200, 200, 200, 200, 429], "two a second, four at once"
        answer = await client.get("/v1/subscribers", headers=bearer(READ))
        assert (answer.status, answer.headers["retry-after"]) == (429, "1")
        assert (await client.get("/v1/subscribers", headers=bearer(MANAGE))).status == 200
        now[0] = 1.0
        assert (await client.get("/v1/subscribers", headers=bearer(READ))).status == 200


async def test_stories_are_not_held_back_by_the_rate(tmp_path: Path) -> None:
    async with serving(tmp_path, rate_limit=1, seconds=lambda: 0.0) as (client, backend):
        for _ in range(20):
            assert (await client.post("/stories", data=b"x", headers=bearer(INTAKE))).status == 202
        assert len(backend.stories) == 20


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("GET", "/nothing/here", 404, "not_found"),
        ("PUT", "/v1/subscribers", 405, "method_not_allowed"),
        ("GET", "/v1/subscribers/none", 404, "unknown_subscriber"),
        ("GET", "/v1/subscribers/none%00%2f", 404, "unknown_subscriber"),
        ("GET", "/v1/subscribers/none/gaps?after=x", 400, "bad_query"),
        ("GET", "/v1/subscribers/none/gaps?before=1", 400, "bad_query"),
        ("GET", "/v1/subscribers/none/deliveries?limit=0", 400, "bad_query"),
        ("GET", "/v1/subscribers/none/deliveries?limit=1&limit=2", 400, "bad_query"),
    ],
)
async def test_every_error_is_a_problem_document(tmp_path: Path, method, path, status, reason) -> None:
    async with serving(tmp_path) as (client, _):
        answer = await client.request(method, path, headers=bearer(MANAGE))
        body = await answer.json()
        assert (answer.status, answer.content_type, body["reason"]) == (status, "application/problem+json", reason)
        assert body["status"] == status


@pytest.mark.parametrize(
    ("content_type", "data", "status"),
    [
        ("text/plain", b"{}", 415),
        ("application/json", b"not json", 400),
        ("application/json", b"\xff\xfe", 400),
        ("application/json", b"[]", 400),
        ("application/json", b"", 400),
        ("application/json", b'{"id": "' + b"x" * 300_000 + b'"}', 413),
        ("application/json", b"[" * 100_000, 400),
    ],
)
async def test_a_body_that_is_none_is_refused(tmp_path: Path, content_type: str, data: bytes, status: int) -> None:
    async with serving(tmp_path) as (client, _):
        headers = bearer(MANAGE) | {"content-type": content_type}
        assert (await client.post("/v1/subscribers", data=data, headers=headers)).status == status


async def test_a_fault_of_ours_is_told_without_its_words(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        backend.story_state = lambda receipt: 1 / 0
        answer = await client.get("/stories/receipt-0", headers=bearer(READ))
        body = await answer.json()
        assert (answer.status, body["reason"]) == (500, "internal")
        assert "division" not in str(body)


async def test_metrics_name_routes_and_not_what_was_asked(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, _):
        await client.get("/v1/subscribers/tell-nobody?token=tell-nobody", headers=bearer(READ))
        await client.request("TELLNOBODY", "/tell-nobody")
    said = generate_latest().decode()
    assert 'route="/v1/subscribers/{id}"' in said
    assert "tell-nobody" not in said.lower()
    assert "tellnobody" not in said.lower()


async def test_health_says_what_is_wrong(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, backend):
        backend.state = {"ready": False, "live": True, "reasons": ["the journal is not read"]}
        ready, live = await client.get("/readyz"), await client.get("/livez")
        assert (ready.status, live.status) == (503, 200)
        assert (await ready.json())["reasons"] == ["the journal is not read"]
