"""The verifier that README gives to receivers, run as it stands there, against what is sent."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from delivery_samples import SECRET, delivery, notice, subscriber

from alerts.delivery import signing
from alerts.delivery.webhook import Request, request_of

README = Path(__file__).parents[3] / "README.md"


@pytest.fixture(scope="module")
def missing() -> Callable[..., list[int]]:
    (code,) = re.findall(r"<!-- verifier -->\n```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.S)
    names: dict[str, Callable[..., list[int]]] = {}
    exec(code, names)
    return names["missing"]


def sent(sequence: int, supersedes: tuple[int, ...] = (), keys: tuple[str, ...] = (SECRET,)) -> Request:
    return request_of(
        delivery(sequence), subscriber(), supersedes, url="https://desk.example/", keys=keys, now=datetime.now(UTC)
    )


def test_it_shows_what_is_missing(missing) -> None:
    told: set[int] = set()
    seen = [missing(r.headers, r.body, SECRET, told) for r in (sent(1), sent(4, (2,)), sent(5), sent(3))]
    assert seen == [[], [3], [3], []]


def test_it_takes_notices_and_either_secret_of_a_rotation(missing) -> None:
    newer = signing.symmetric_key(b"n" * 24)
    told: set[int] = set()
    both = sent(1, keys=(newer, SECRET))
    assert missing(both.headers, both.body, SECRET, told) == missing(both.headers, both.body, newer, told) == []
    ping = request_of(notice(2), subscriber(), (), url="https://desk.example/", keys=(SECRET,), now=datetime.now(UTC))
    assert missing(ping.headers, ping.body, SECRET, told) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda r: (r.headers, r.body + b" "),
        lambda r: (r.headers | {"webhook-id": "msg_other"}, r.body),
        lambda r: (r.headers | {"webhook-timestamp": "1"}, r.body),
        lambda r: (r.headers | {"webhook-signature": "v1,AAAA"}, r.body),
        lambda r: (r.headers | {"webhook-signature": ""}, r.body),
    ],
)
def test_it_refuses_what_is_not_ours_and_counts_nothing(missing, change) -> None:
    told: set[int] = set()
    headers, body = change(sent(1))
    with pytest.raises(ValueError, match="not from Tocsin"):
        missing(headers, body, SECRET, told)
    assert told == set()


def test_it_is_as_short_as_promised() -> None:
    (code,) = re.findall(r"<!-- verifier -->\n```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.S)
    body = code.split('"""')[2].strip().splitlines()
    assert len(body) <= 10
