"""One POST to a hostile receiver on loopback: whatever it does is an answer, in bounded time and space."""

import asyncio
import socket
import tracemalloc
from email.utils import format_datetime

import pytest
from delivery_samples import T0, after
from receivers import Receiver, bad_request, certificate, listening, status

from alerts.delivery.addresses import networks
from alerts.delivery.egress import Egress, Guard, RefusedAddress, _classified
from alerts.delivery.outcomes import Answer, Outcome
from alerts.delivery.webhook import Request

LOOPBACK = networks("127.0.0.1/32")


def loopback(**changes) -> Egress:
    values = {"allowed": LOOPBACK, "allow_http": True, "now": lambda: T0, "total_seconds": 30}
    return Egress(**(values | changes))


def request(url: str) -> Request:
    return Request(url, {"content-type": "application/json", "webhook-id": "msg_1"}, b'{"a":1}')


async def answer(receiver: Receiver, path: str, **changes) -> Answer:
    async with loopback(**changes) as egress:
        return await egress.post(request(receiver.url(path)))


@pytest.mark.parametrize(
    ("path", "outcome", "code"),
    [
        ("/never_answers", Outcome.TIMEOUT, None),
        ("/slow_headers", Outcome.TIMEOUT, None),
        ("/endless_continue", Outcome.TIMEOUT, None),
        ("/slow_error_body", Outcome.HTTP_5XX, 500),
        ("/endless_error_body", Outcome.HTTP_5XX, 500),
        ("/slow_body", Outcome.DELIVERED, 200),
        ("/reset_at_once", Outcome.DISCONNECTED, None),
        ("/closes_without_a_word", Outcome.DISCONNECTED, None),
        ("/not_http", Outcome.BAD_RESPONSE, None),
        ("/huge_headers", Outcome.BAD_RESPONSE, None),
        ("/http_10", Outcome.DELIVERED, 200),
        ("/reset_after_2xx", Outcome.DELIVERED, 200),
        ("/endless_body", Outcome.DELIVERED, 200),
        ("/gzip_bomb", Outcome.DELIVERED, 200),
        ("/to_metadata", Outcome.REDIRECTED, 301),
        ("/to_itself", Outcome.REDIRECTED, 307),
    ],
)
async def test_what_a_hostile_receiver_comes_to(path: str, outcome: Outcome, code: int | None) -> None:
    seconds = 1 if outcome == Outcome.TIMEOUT else 30
    async with listening() as receiver:
        assert await answer(receiver, path, total_seconds=seconds) == Answer(outcome, code)
        assert receiver.paths() == [path], "one request, never repeated, never redirected"


async def test_a_2xx_stands_whatever_becomes_of_its_body() -> None:
    """Also when the time is over while it drips."""
    async with listening() as receiver, loopback(total_seconds=1.9) as egress:
        assert await egress.post(request(receiver.url("/slow_body"))) == Answer(Outcome.DELIVERED, 200)
        assert await receiver.closed.get() == "/slow_body", "and the connection is not kept"


async def test_no_more_than_16_kib_of_a_body_is_taken_in_and_nothing_is_unpacked() -> None:
    async with listening() as receiver:
        tracemalloc.start()
        for path in ("/gzip_bomb", "/endless_body"):
            assert (await answer(receiver, path)).outcome == Outcome.DELIVERED
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000, "the bomb is 50 MB unpacked"


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7), (format_datetime(after(90), usegmt=True), 90), ("172800", 86_400)]
)
@pytest.mark.parametrize("code", [429, 503])
async def test_retry_after_in_both_forms(code: int, header: str, seconds: int) -> None:
    async with listening() as receiver:
        receiver.answers["/busy"] = [status(code, f"retry-after: {header}\r\n")]
        assert await answer(receiver, "/busy") == Answer(Outcome.THROTTLED, code, after(seconds))


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (410, Outcome.GONE),
        (429, Outcome.HTTP_4XX),
        (503, Outcome.HTTP_5XX),
        (500, Outcome.HTTP_5XX),
        (299, Outcome.DELIVERED),
    ],
)
async def test_statuses_without_a_retry_after(code: int, outcome: Outcome) -> None:
    async with listening() as receiver:
        receiver.answers["/answer"] = [status(code)]
        assert await answer(receiver, "/answer") == Answer(outcome, code)


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with loopback() as egress:
            assert await egress.post(request(f"http://127.0.0.1:{taken.getsockname()[1]}/")) == Answer(Outcome.REFUSED)


async def test_a_name_that_does_not_resolve() -> None:
    def resolve(host: str, port: int) -> list:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with loopback(resolve=resolve) as egress:
        assert await egress.post(request("https://desk.example/")) == Answer(Outcome.DNS_FAILURE)


async def test_a_look_up_that_hangs_is_bounded_by_the_total_time() -> None:
    hanging = asyncio.Event()
    loop = asyncio.get_running_loop()

    def resolve(host: str, port: int) -> list:
        asyncio.run_coroutine_threadsafe(hanging.wait(), loop).result()
        return []

    async with loopback(resolve=resolve, total_seconds=0.2) as egress:
        assert await egress.post(request("https://desk.example/")) == Answer(Outcome.TIMEOUT)
        hanging.set()


async def test_tls_is_verified(tmp_path) -> None:
    """Plain text, an unknown authority, another's name, an expired certificate: each fails; a good one does not."""

    def to_loopback(host: str, port: int) -> list:
        return socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)

    good, trusting = certificate(tmp_path, "desk.example")
    expired, trusting_expired = certificate(tmp_path, "old.example", days=-1)
    plain = await asyncio.start_server(bad_request, "127.0.0.1", 0)
    async with plain, listening(good) as sound, listening(expired) as old:

        async def outcome(host: str, port: int, tls=None) -> Outcome:
            async with loopback(resolve=to_loopback, tls=tls) as egress:
                return (await egress.post(request(f"https://{host}:{port}/"))).outcome

        assert await outcome("desk.example", sound.port, trusting) == Outcome.DELIVERED
        assert await outcome("desk.example", plain.sockets[0].getsockname()[1], trusting) == Outcome.TLS_FAILURE
        assert await outcome("desk.example", sound.port) == Outcome.TLS_FAILURE
        assert await outcome("other.example", sound.port, trusting) == Outcome.TLS_FAILURE
        assert await outcome("old.example", old.port, trusting_expired) == Outcome.TLS_FAILURE
        assert len(sound.requests) == 1, "nothing was told to whoever did not prove who he is"
        assert old.requests == []


def resolving(*rounds: list[str]):
    """A resolver that gives each of the rounds in turn, and counts."""
    left = list(rounds)

    def resolve(host: str, port: int) -> list:
        resolve.calls += 1
        found = []
        for address in left.pop(0) if len(left) > 1 else left[0]:
            found += socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
        return found

    resolve.calls = 0
    return resolve


@pytest.mark.parametrize(
    "answers", [["127.0.0.2"], ["127.0.0.1", "127.0.0.2"], ["127.0.0.1", "::1"], ["169.254.169.254"]]
)
async def test_one_bad_address_of_a_name_refuses_them_all(answers: list[str]) -> None:
    async with listening() as receiver, loopback(resolve=resolving(answers)) as egress:
        answered = await egress.post(request(f"http://desk.example:{receiver.port}/"))
        assert answered == Answer(Outcome.REFUSED_ADDRESS)
        assert receiver.connections == 0


async def test_a_name_that_is_bound_anew_is_vetted_anew_and_resolved_once_per_connection() -> None:
    resolve = resolving(["127.0.0.1"], ["127.0.0.2"])
    async with listening() as receiver, loopback(resolve=resolve) as egress:
        url = f"http://desk.example:{receiver.port}/"
        receiver.answers["/"] = [status(200), status(200, "connection: close\r\n")]
        assert (await egress.post(request(url))).outcome == Outcome.DELIVERED
        assert (await egress.post(request(url))).outcome == Outcome.DELIVERED
        assert (resolve.calls, receiver.connections) == (1, 1), "the vetted connection is used again"
        assert (await egress.post(request(url))).outcome == Outcome.REFUSED_ADDRESS
        assert (resolve.calls, receiver.connections) == (2, 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "[::1]"])
async def test_the_socket_refuses_what_the_url_check_would_have(host: str) -> None:
    """aiohttp asks no resolver about literals: the second line of defence, tried without the first."""
    async with listening() as receiver, loopback(allowed=(), allow_http=False) as egress:
        with pytest.raises(Exception) as fault:  # noqa: PT011 - whatever aiohttp wraps it in
            await egress._sessions["https"].post(f"https://{host}:{receiver.port}/")
        assert _classified(fault.value) == Outcome.REFUSED_ADDRESS
        assert receiver.connections == 0


def test_the_socket_itself_checks_where_it_is_connected_to() -> None:
    guard = Guard(LOOPBACK, only_allowed=False)
    made = guard.socket_for((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80)))
    with made, pytest.raises(RefusedAddress):
        made.connect(("127.0.0.2", 80))


async def test_a_refused_url_makes_no_connection() -> None:
    async with loopback() as egress:
        assert await egress.post(request("https://169.254.169.254/latest/")) == Answer(Outcome.REFUSED_URL)


async def test_no_cookie_is_kept_no_compression_asked_and_no_proxy_taken_from_the_environment(monkeypatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    async with listening() as receiver, loopback() as egress:
        for _ in range(2):
            assert (await egress.post(request(receiver.url("/sets_cookie")))).outcome == Outcome.DELIVERED
    for _, headers, body in receiver.requests:
        assert "cookie" not in headers
        assert headers["accept-encoding"] == "identity"
        assert headers["webhook-id"] == "msg_1"
        assert body == b'{"a":1}'


async def test_a_connection_that_died_while_idle_says_nothing_about_the_receiver() -> None:
    """Kept alive, closed by the receiver just as it is taken up again: the same POST goes over a new one."""
    async with listening() as receiver, loopback() as egress:
        assert (await egress.post(request(receiver.url("/fine")))).outcome == Outcome.DELIVERED
        answered = await egress.post(request(receiver.url("/closes_without_a_word")))
        assert answered.outcome == Outcome.DISCONNECTED, "the second time it is the receiver's own doing"
        assert receiver.paths() == ["/fine", "/closes_without_a_word", "/closes_without_a_word"]
        assert {headers["webhook-id"] for _, headers, _ in receiver.requests} == {"msg_1"}
