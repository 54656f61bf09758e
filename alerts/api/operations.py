"""Operation: one thing the HTTP interface does. From the list of them come the routes and the OpenAPI document."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel

from alerts.api.backend import Backend
from alerts.delivery.secrets import Vault
from config.settings import Settings
from stream.records import canonical

Scope = Literal["read", "manage", "intake"]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
T = TypeVar("T")

BACKEND: web.AppKey[Backend] = web.AppKey("backend", Backend)
SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
VAULT: web.AppKey[list[Vault]] = web.AppKey("vault", list)
"""The vault, or an empty list when there is no TOCSIN_SECRET_KEY."""


@dataclass(frozen=True)
class Principal:
    """Whoever sent a request. `name` goes to the audit log and into commands as their author."""

    name: str
    scopes: frozenset[Scope]


PRINCIPAL: web.RequestKey[Principal] = web.RequestKey("principal", Principal)
QUERY: web.RequestKey[BaseModel | None] = web.RequestKey("query")
BODY: web.RequestKey[BaseModel | None] = web.RequestKey("body")

ENDLESS: web.RequestKey[bool] = web.RequestKey("endless", bool)
"""Set on a request whose answer lasts as long as the client likes: how long that was says nothing of us."""


@dataclass(frozen=True)
class Answer:
    """One answer of an operation. `model` is its JSON; `media` says what it is, where that is not application/json."""

    description: str
    model: type[BaseModel] | None = None
    media: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header name -> what it tells."""


@dataclass(frozen=True)
class Operation:
    """`scopes`: any of them admits; none: open to everybody. The handler finds what was sent, already checked, in
    `query(request)` and `body(request)`, and who sent it in `principal(request)`.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Handler
    summary: str
    tag: str
    answers: Mapping[int, Answer]
    scopes: tuple[Scope, ...] = ("read",)
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    media: tuple[str, ...] = ()
    """Media types of a body that is not JSON of a model: it is handed to the handler unread."""
    limited: bool = True
    """Counts against the rate limit."""


class Problem(BaseModel):
    """An error, as RFC 9457 has it. `reason` is from a closed list, `faults` names each field that is wrong."""

    title: str
    status: int
    reason: str
    detail: str = ""
    faults: list[dict[str, str]] = []


class ApiError(Exception):
    """Ends a request with a problem document."""

    def __init__(
        self,
        status: int,
        reason: str,
        detail: str = "",
        *,
        faults: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(reason)
        self.status, self.reason, self.detail = status, reason, detail
        self.faults = faults or []
        self.headers = dict(headers or {})


def answer(model: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A model as JSON."""
    body = canonical(model.model_dump(mode="json", by_alias=True))
    return web.Response(body=body, status=status, content_type="application/json", headers=headers)


def problem(error: ApiError) -> web.Response:
    """The problem document of an error."""
    title = error.reason.replace("_", " ")
    document = Problem(title=title, status=error.status, reason=error.reason, detail=error.detail, faults=error.faults)
    return web.Response(
        body=canonical(document.model_dump(mode="json")),
        status=error.status,
        content_type="application/problem+json",
        headers=error.headers,
    )


async def reading(request: web.Request, read: Callable[[sqlite3.Connection], T]) -> T:
    """What `read` finds on a read-only connection, in a thread: the loop never waits for the disk."""
    backend = request.app[BACKEND]
    return await asyncio.to_thread(lambda: read(backend.reader()))


def query(request: web.Request) -> Any:
    """The checked query of the operation."""
    return request[QUERY]


def body(request: web.Request) -> Any:
    """The checked body of the operation."""
    return request[BODY]


def principal(request: web.Request) -> Principal:
    """Who sent the request."""
    return request[PRINCIPAL]
