"""Egress: one POST to one receiver that is not trusted, from a machine whose other services must not be reached.

A name is resolved once; if any of its addresses may not be sent to, none is. The connection goes to a vetted address
only, which the socket itself checks again: aiohttp does not ask its resolver about IP literals.
"""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from alerts.delivery import schedule
from alerts.delivery.addresses import Network, Refusal, is_allowed, refusal_of
from alerts.delivery.endpoints import RefusedUrl, checked
from alerts.delivery.outcomes import Answer, Outcome, outcome_of
from alerts.delivery.webhook import Request
from alerts.metrics import ADDRESSES_REFUSED

TOTAL_SECONDS = 15.0
"""From the first look-up to the last byte of the answer that is read."""
DRAIN_SECONDS = 2.0
"""The status has said it all; the body is read so that the connection can be used again, and no longer than this."""
MOST_BODY_BYTES = 16 * 1024
Resolve = Callable[[str, int], list[tuple[Any, ...]]]


class RefusedAddress(OSError):
    """The guard said no. The address is not in the message: it would tell a stranger what a name resolves to here."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"address refused: {refusal}")
        self.refusal = refusal


class Guard:
    """`only_allowed`: nothing but allowed networks (plain http)."""

    def __init__(self, allowed: Sequence[Network], *, only_allowed: bool) -> None:
        self._allowed = allowed
        self._only_allowed = only_allowed

    def check(self, address: str) -> None:
        """Raises RefusedAddress."""
        refusal = refusal_of(address, self._allowed)
        if refusal is None and self._only_allowed and not is_allowed(address, self._allowed):
            refusal = Refusal.NOT_HTTPS
        if refusal is not None:
            raise RefusedAddress(refusal)

    def socket_for(self, address_info: Any) -> socket.socket:
        """aiohttp's socket factory: a socket that refuses to connect to what is not vetted."""
        family, kind, protocol, _, address = address_info
        self.check(address[0])
        made = _GuardedSocket(family, kind, protocol)
        made.guard = self
        made.setblocking(False)
        return made


class _GuardedSocket(socket.socket):
    guard: Guard

    def connect(self, address: Any) -> None:
        self.guard.check(address[0])
        super().connect(address)


class _VettingResolver(AbstractResolver):
    """Every address of a name, or an error when one of them is refused."""

    def __init__(self, guard: Guard, resolve: Resolve) -> None:
        self._guard = guard
        self._resolve = resolve

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await _in_thread(lambda: self._resolve(host, port))
        answers: list[ResolveResult] = []
        for known_family, _, protocol, _, address in found:
            self._guard.check(address[0])
            answers.append(
                ResolveResult(
                    hostname=host,
                    host=address[0],
                    port=port,
                    family=known_family,
                    proto=protocol,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
            )
        return answers

    async def close(self) -> None:
        """Nothing to close."""


class Egress:
    """An async context manager. `now` tells the time that Retry-After counts from; `resolve` is getaddrinfo's part."""

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        allow_http: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._allowed = tuple(allowed)
        self._now = now
        self._resolve = resolve or _getaddrinfo
        self._tls = tls
        self._total_seconds = total_seconds
        self._checked = lru_cache(1024)(partial(checked, allowed=self._allowed, allow_http=allow_http))

    async def __aenter__(self) -> Self:
        self._sessions = {scheme: self._session(only_allowed=scheme == "http") for scheme in ("https", "http")}
        return self

    async def __aexit__(self, *exc: object) -> None:
        for session in self._sessions.values():
            await session.close()

    async def post(self, request: Request) -> Answer:
        """Never raises but for cancellation: whatever the receiver does is an answer."""
        try:
            url = self._checked(request.url)
        except RefusedUrl as refused:
            ADDRESSES_REFUSED.labels(refused.refusal).inc()
            return Answer(Outcome.REFUSED_URL)
        trace = SimpleNamespace(reused=False)
        try:
            deadline = asyncio.get_running_loop().time() + self._total_seconds
            async with asyncio.timeout_at(deadline):
                try:
                    return await self._once(request, url, trace, deadline)
                except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                    if not trace.reused:
                        raise
                # The receiver closed an idle connection while we took it up again: that says nothing about it.
                return await self._once(request, url, SimpleNamespace(reused=False), deadline)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as fault:
            return Answer(_classified(fault))

    async def _once(self, request: Request, url: Any, trace: SimpleNamespace, deadline: float) -> Answer:
        headers = {**request.headers, "accept-encoding": "identity"}
        async with self._sessions[url.scheme].post(
            url, data=request.body, headers=headers, allow_redirects=False, trace_request_ctx=trace
        ) as response:
            asked = schedule.retry_at(response.headers.get("retry-after"), self._now())
            outcome = outcome_of(response.status, retry_asked=asked is not None)
            await _drain(response, deadline)
            return Answer(outcome, response.status, None if outcome == Outcome.DELIVERED else asked)

    def _session(self, *, only_allowed: bool) -> aiohttp.ClientSession:
        guard = Guard(self._allowed, only_allowed=only_allowed)
        connector = aiohttp.TCPConnector(
            resolver=_VettingResolver(guard, self._resolve),
            socket_factory=guard.socket_for,
            use_dns_cache=False,
            ssl=self._tls or True,
            limit=0,
            keepalive_timeout=10,
        )
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_reuseconn.append(_note_reuse)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
            trace_configs=[tracing],
            skip_auto_headers=("accept-encoding",),
        )


async def _in_thread(look_up: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """A look-up blocks, and cannot be cancelled. Each has a thread of its own, so that dead names keep no live one
    waiting, and a daemon, so that they keep no process from ending; the sender's limits bound how many there are."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[list[tuple[Any, ...]]] = loop.create_future()

    def settle(found: list[tuple[Any, ...]] | None, fault: Exception | None) -> None:
        if future.done():
            return
        if fault is not None:
            future.set_exception(fault)
        else:
            future.set_result(found or [])

    def run() -> None:
        found, fault = None, None
        try:
            found = look_up()
        except Exception as error:
            fault = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, found, fault)

    threading.Thread(target=run, name="resolve", daemon=True).start()
    return await future


async def _note_reuse(_session: object, context: Any, _params: object) -> None:
    context.trace_request_ctx.reused = True


async def _drain(response: aiohttp.ClientResponse, deadline: float) -> None:
    """Read at most 16 KiB as they come over the wire; more than that, or slower, and the connection is closed.

    It ends before `deadline`: what has been answered must not become a time-out.
    """
    left = MOST_BODY_BYTES
    until = min(asyncio.get_running_loop().time() + DRAIN_SECONDS, deadline - 0.05)
    try:
        async with asyncio.timeout_at(until):
            while left > 0 and (chunk := await response.content.read(left)):
                left -= len(chunk)
    except (TimeoutError, aiohttp.ClientError, OSError):
        left = 0
    if left <= 0 or not response.content.at_eof():
        response.close()


def _classified(fault: BaseException) -> Outcome:
    """The outcome of an attempt that got no status."""
    cause = getattr(fault, "os_error", None) or fault
    refused = cause if isinstance(cause, RefusedAddress) else cause.__cause__
    if isinstance(refused, RefusedAddress):
        ADDRESSES_REFUSED.labels(refused.refusal).inc()
        return Outcome.REFUSED_ADDRESS
    if isinstance(fault, TimeoutError):
        return Outcome.TIMEOUT
    if isinstance(fault, aiohttp.ClientSSLError | ssl.SSLError):
        return Outcome.TLS_FAILURE
    if isinstance(fault, aiohttp.ClientConnectorDNSError):
        return Outcome.DNS_FAILURE
    if isinstance(fault, aiohttp.ClientConnectorError) and not isinstance(cause, ConnectionResetError):
        return Outcome.REFUSED
    if isinstance(fault, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | OSError):
        return Outcome.DISCONNECTED
    return Outcome.BAD_RESPONSE


def _getaddrinfo(host: str, port: int) -> list[tuple[Any, ...]]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
