"""Who may do what: bearer tokens with scopes, compared in constant time; a rate per token; an audit log."""

import hashlib
import hmac
from collections.abc import Callable
from ipaddress import ip_address
from typing import get_args

import structlog
from aiohttp import web

from alerts.api.operations import PRINCIPAL, ApiError, Operation, Principal, Scope
from alerts.metrics import HTTP_DENIED
from config.settings import Settings

log = structlog.get_logger()
SHORTEST_TOKEN = 16
MOST_BUCKETS = 10_000


class BadTokens(ValueError):
    """TOCSIN_TOKENS is not what it should be; the message holds no token."""


LOCAL = Principal("local", frozenset(get_args(Scope)))
"""Anybody on this machine, while no token is configured."""


class Tokens:
    """The tokens of TOCSIN_TOKENS: `name:scope+scope:token`, comma-separated. `manage` may also read."""

    def __init__(self, text: str | None) -> None:
        self._known = [_token(part.strip()) for part in (text or "").split(",") if part.strip()]

    @classmethod
    def of(cls, settings: Settings) -> "Tokens":
        """Raises BadTokens."""
        return cls(settings.tokens.get_secret_value() if settings.tokens else None)

    def __bool__(self) -> bool:
        return bool(self._known)

    def principal(self, authorization: str | None) -> Principal:
        """Whose token it is. Every known token is compared, so that the time tells nothing. Raises ApiError 401."""
        challenge = {"www-authenticate": 'Bearer realm="tocsin"'}
        if authorization is None:
            HTTP_DENIED.labels("no_token").inc()
            raise ApiError(401, "no_token", "send `authorization: Bearer TOKEN`", headers=challenge)
        kind, _, offered = authorization.partition(" ")
        digest = _digest(offered.strip())
        found = [principal for known, principal in self._known if hmac.compare_digest(known, digest)]
        if not found or kind.lower() != "bearer":
            HTTP_DENIED.labels("wrong_token").inc()
            raise ApiError(401, "wrong_token", "the token is not known here", headers=challenge)
        return found[0]


class RateLimit:
    """A bucket per name that fills with `rate` a second up to `burst`. `seconds` is a clock that only grows."""

    def __init__(self, rate: float, burst: float, seconds: Callable[[], float]) -> None:
        self._rate, self._burst, self._seconds = rate, burst, seconds
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> float:
        """0 when there was one to take; else the seconds until there is. A rate of 0 limits nothing."""
        if not self._rate:
            return 0.0
        now = self._seconds()
        level, since = self._buckets.get(name, (self._burst, now))
        level = min(self._burst, level + (now - since) * self._rate)
        if level < 1:
            self._buckets[name] = (level, now)
            return (1 - level) / self._rate
        if len(self._buckets) >= MOST_BUCKETS and name not in self._buckets:
            self._buckets.clear()
        self._buckets[name] = (level - 1, now)
        return 0.0


class Gate:
    """Decides on each request. `tokens` empty: loopback only, and only under a loopback name."""

    def __init__(self, tokens: Tokens, limit: RateLimit, guesses: RateLimit) -> None:
        self._tokens = tokens
        self._limit = limit
        self._guesses = guesses

    def admit(self, request: web.Request, operation: Operation) -> Principal:
        """Who it is. Raises ApiError 401, 403 or 429."""
        principal = self._principal(request)
        if not principal.scopes & set(operation.scopes):
            HTTP_DENIED.labels("scope").inc()
            raise ApiError(403, "scope", f"this needs a token with scope {' or '.join(operation.scopes)}")
        if operation.limited and (wait := self._limit.take(principal.name)):
            raise _too_many(wait)
        return principal

    def _principal(self, request: web.Request) -> Principal:
        if not self._tokens:
            if not _is_local(request):
                HTTP_DENIED.labels("host").inc()
                raise ApiError(403, "host", "without tokens only this machine is served, under a loopback name")
            return LOCAL
        if wait := self._guesses.take(f"{request.remote} looks"):
            raise _too_many(wait)
        principal = self._tokens.principal(request.headers.get("authorization"))
        self._guesses.take(principal.name)
        return principal


def binding_fault(settings: Settings) -> str | None:
    """Why the settings' host may not be listened on, if so: without tokens only loopback may."""
    if settings.tokens and settings.tokens.get_secret_value().strip():
        return None
    if is_loopback(settings.host):
        return None
    return f"TOCSIN_TOKENS is not set: without tokens only loopback is listened on, not {settings.host}"


def audit(request: web.Request, operation: Operation, status: int) -> None:
    """One line for whatever was changed, or refused: who, what and whether; never a query, a body or a secret."""
    if operation.method == "GET" and status not in (401, 403, 429):
        return
    if operation.scopes == ("intake",) and status < 400:
        return
    principal = request.get(PRINCIPAL)
    log.info(
        "audit",
        who=principal.name if principal else None,
        method=operation.method,
        route=operation.path,
        subject=request.match_info.get("id"),
        status=status,
        remote=request.remote,
    )


def _too_many(wait: float) -> ApiError:
    HTTP_DENIED.labels("rate").inc()
    return ApiError(429, "rate", "too many requests", headers={"retry-after": str(max(1, round(wait + 0.5)))})


def _is_local(request: web.Request) -> bool:
    """A page of another site must not drive us through the browser of somebody on this machine."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    origin = request.headers.get("origin")
    same_origin = origin is None or origin == f"{request.scheme}://{request.host}"
    return is_loopback(host.strip("[]")) and same_origin


def is_loopback(host: str) -> bool:
    """Does this name or address mean this machine only?"""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _token(part: str) -> tuple[bytes, Principal]:
    try:
        name, scopes_text, token = part.split(":", 2)
    except ValueError:
        raise BadTokens("TOCSIN_TOKENS: each token is written name:scope+scope:token") from None
    scopes = set(scopes_text.split("+"))
    unknown = scopes - set(get_args(Scope))
    if unknown or not name:
        raise BadTokens(f"TOCSIN_TOKENS: token {name!r}: scopes are {', '.join(get_args(Scope))}")
    if len(token) < SHORTEST_TOKEN:
        raise BadTokens(f"TOCSIN_TOKENS: token {name!r} is shorter than {SHORTEST_TOKEN} characters")
    if "manage" in scopes:
        scopes.add("read")
    return _digest(token), Principal(name, frozenset(scopes))  # type: ignore[arg-type]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
