"""A subscriber made over HTTP, as its owner lives it: pinged, rotated, gone, resumed; and what the gaps say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.e2e.process import Process, Receiver, until


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def post(service: Process, path: str, **body: Any) -> Any:
    status, told = service.post(path, json.dumps(body).encode() if body else b"{}")
    assert status in (200, 201, 202), told
    return told


def test_a_subscriber_is_made_pinged_rotated_disabled_and_resumed(tmp_path: Path, receiver: Receiver) -> None:
    service = Process(tmp_path)
    endpoint = receiver.url + "?token=tell-nobody"
    old = post(service, "/v1/subscribers", id="desk", endpoint=endpoint)["secret"]

    assert post(service, "/v1/subscribers/desk/ping")["sequence"] == 1
    until(lambda: len(receiver.told) == 1, "the ping")
    headers, body = receiver.told[0]
    Webhook(old).verify(body, headers)
    assert json.loads(body)["type"] == "io.tocsin.notice.ping"

    new = post(service, "/v1/subscribers/desk/rotate", signing="v1")["secret"]
    post(service, "/v1/subscribers/desk/ping")
    until(lambda: len(receiver.told) == 2, "the second ping")
    for secret in (old, new):
        Webhook(secret).verify(receiver.told[1][1], receiver.told[1][0])
    post(service, "/v1/subscribers/desk/rotate/finish")
    post(service, "/v1/subscribers/desk/ping")
    until(lambda: len(receiver.told) == 3, "the third ping")
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(receiver.told[2][1], receiver.told[2][0])

    receiver.answer = 410
    post(service, "/v1/subscribers/desk/ping")
    until(lambda: service.get("/v1/subscribers/desk")[1]["state"] == "disabled", "410 to disable it")
    assert service.get("/v1/subscribers/desk")[1]["state_reason"] == "gone"

    receiver.answer = 204
    post(service, "/v1/subscribers/desk/resume")
    until(lambda: len(receiver.told) == 4, "to be told that it was resumed")
    assert receiver.told.bodies[3]["data"]["notice"].startswith("resumed")
    found = until(lambda: settled(service), "the results")
    assert found["delivered"] == [[1, 3], [5, 5]]
    assert [(gap["sequence"], gap["reason"]) for gap in found["dead_lettered"]] == [(4, "gone")]
    log = service.log()
    assert service.stop() == 0
    for words in ("tell-nobody", old, new, receiver.url):
        assert words not in log


def settled(service: Process) -> Any:
    found = service.get("/v1/subscribers/desk/gaps")[1]
    return found if found["last"] == 5 and not found["pending"] else None


def test_without_a_secret_key_it_runs_and_says_what_subscribers_need(tmp_path: Path) -> None:
    service = Process(tmp_path, env={"TOCSIN_SECRET_KEY": ""})
    status, told = service.post("/v1/subscribers", b'{"id": "desk", "endpoint": "https://desk.example/"}')
    assert (status, told["reason"]) == (503, "no_secret_key")
    assert "openssl rand" in told["detail"]
    assert service.stop() == 0
