"""The HTTP interface: each module of this package contributes its operations; here they become one application."""

import time
import traceback
from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from importlib import metadata

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, ValidationError

from alerts import observed
from alerts.api import (
    alerts,
    asyncapi,
    board,
    deliveries,
    events,
    feeds,
    geojson,
    incidents,
    openapi,
    silences,
    stories,
    subscribers,
)
from alerts.api.auth import Gate, RateLimit, Tokens, audit, binding_fault
from alerts.api.backend import Backend
from alerts.api.operations import (
    BACKEND,
    BODY,
    ENDLESS,
    PRINCIPAL,
    QUERY,
    SETTINGS,
    VAULT,
    Answer,
    ApiError,
    Handler,
    Operation,
    Problem,
    problem,
    reading,
)
from alerts.api.operations import answer as answer_of
from alerts.delivery.secrets import NoSecretKey, Vault
from alerts.metrics import HTTP_REQUESTS, HTTP_SECONDS
from config.settings import Settings

log = structlog.get_logger()
MODULES = (stories, subscribers, deliveries, alerts, incidents, feeds, silences, events, geojson, asyncapi, board)
"""Each has `operations() -> list[Operation]`; one that serves more than that also has `mount(app)`."""
MOST_BODY_BYTES = 256 * 1024
"""Of a JSON body; stories have TOCSIN_MAX_STORY_BYTES."""
GUESSES_A_SECOND, GUESSES_AT_ONCE = 200, 400
"""Requests per remote address while tokens are asked for: what is above is not even compared."""


class Health(BaseModel):
    """Of this process. `reasons` says what is wrong, in words for an operator."""

    model_config = ConfigDict(extra="allow")

    ready: bool
    live: bool
    reasons: list[str] = []


def build(
    backend: Backend,
    settings: Settings,
    *,
    vault: Vault | None = None,
    before_metrics: Callable[[], None] = lambda: None,
    seconds: Callable[[], float] = time.monotonic,
) -> web.Application:
    """The application. `before_metrics` sets gauges when /metrics is read.

    Raises ValueError (BadTokens, or a host that may not be listened on without tokens), saying what to do.
    """
    if fault := binding_fault(settings):
        raise ValueError(fault)
    rate, tokens = settings.rate_limit, Tokens.of(settings)
    if not tokens:
        log.info("loopback only", why="TOCSIN_TOKENS is not set: whoever is on this machine may do everything")
    gate = Gate(
        tokens,
        RateLimit(rate, max(rate * 2, 1), seconds),
        RateLimit(GUESSES_A_SECOND, GUESSES_AT_ONCE, seconds),
    )
    app = web.Application(middlewares=[_measured], client_max_size=max(MOST_BODY_BYTES, settings.max_story_bytes))
    app[BACKEND], app[SETTINGS] = backend, settings
    app[VAULT] = [vault] if vault else _vaults(settings)
    operations = [operation for module in MODULES for operation in module.operations()]
    operations += _own(backend, before_metrics, operations)
    add(app, operations, gate)
    for module in MODULES:
        if hasattr(module, "mount"):
            module.mount(app)
    return app


def add(app: web.Application, operations: Iterable[Operation], gate: Gate) -> None:
    """Make routes of operations."""
    for operation in operations:
        route = app.router.add_route(operation.method, operation.path, _handled(operation, gate))
        if operation.method == "GET" and route.resource is not None:
            app.router.add_route("HEAD", operation.path, _handled(operation, gate))


def _vaults(settings: Settings) -> list[Vault]:
    try:
        return [Vault.of(settings)]
    except NoSecretKey:
        return []


def _own(backend: Backend, before_metrics: Callable[[], None], others: list[Operation]) -> list[Operation]:
    """Health, metrics and the document itself."""

    async def live(request: web.Request) -> web.Response:
        health = Health.model_validate(backend.health())
        return answer_of(health, 200 if health.live else 503)

    async def ready(request: web.Request) -> web.Response:
        health = Health.model_validate(backend.health())
        return answer_of(health, 200 if health.ready else 503)

    async def metrics(request: web.Request) -> web.Response:
        before_metrics()
        await reading(request, observed.measure)
        return web.Response(body=generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    async def described(request: web.Request) -> web.Response:
        return web.json_response(document())

    states = {200: Answer("Yes.", Health), 503: Answer("No; the reasons say why.", Health)}
    own = [
        Operation("GET", "/livez", live, "Is the process alive?", "operations", states, scopes=()),
        Operation("GET", "/readyz", ready, "Can it do its work?", "operations", states, scopes=()),
        Operation(
            "GET", "/metrics", metrics, "Metrics for Prometheus.", "operations",
            {200: Answer("Text exposition.", media=CONTENT_TYPE_LATEST.split(";")[0])}, scopes=(),
        ),
        Operation(
            "GET", "/openapi.json", described, "This document.", "operations",
            {200: Answer("OpenAPI 3.1.", media="application/json")}, scopes=(),
        ),
    ]  # fmt: skip
    document = cache(lambda: openapi.document([*others, *own], metadata.version("tocsin")))
    return own


@web.middleware
async def _measured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors as problem documents; count and time of every request by its route template."""
    began = time.perf_counter()
    status = 500
    try:
        response = await _answered(request, handler)
        status = response.status
        return response
    finally:
        resource = request.match_info.route.resource
        route = resource.canonical if resource is not None else "unmatched"
        HTTP_REQUESTS.labels(route, _method(request), str(status)).inc()
        if ENDLESS not in request:
            HTTP_SECONDS.labels(route).observe(time.perf_counter() - began)


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return problem(error)
    except web.HTTPRequestEntityTooLarge:
        return problem(ApiError(413, "too_large", "the body is too large"))
    except web.HTTPException as error:
        if error.status < 400:
            raise
        allow = {"allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return problem(ApiError(error.status, error.reason.lower().replace(" ", "_"), headers=allow))
    except Exception as fault:  # the next request must be answered; what failed is told without what was sent
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        log.error("request failed", fault=type(fault).__name__, where=f"{frame.filename}:{frame.lineno}")
        return problem(ApiError(500, "internal", "a fault of ours; the log of the process says more"))


def _handled(operation: Operation, gate: Gate) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler behind authentication and checks."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if not operation.scopes:
            return await operation.handler(request)
        status = 500
        try:
            request[PRINCIPAL] = gate.admit(request, operation)
            request[QUERY] = _checked_query(request, operation)
            request[BODY] = await _checked_body(request, operation)
            response = await operation.handler(request)
            status = response.status
            return response
        except ApiError as error:
            status = error.status
            raise
        finally:
            audit(request, operation, status)

    return handle


def _checked_query(request: web.Request, operation: Operation) -> BaseModel | None:
    if operation.query is None:
        return None
    values: dict[str, object] = {}
    for name in request.query:
        given = request.query.getall(name)
        values[name] = given[0] if len(given) == 1 else given
    try:
        return operation.query.model_validate(values)
    except ValidationError as fault:
        raise ApiError(400, "bad_query", "the query is not what it should be", faults=_faults(fault)) from None


async def _checked_body(request: web.Request, operation: Operation) -> BaseModel | None:
    if operation.body is None:
        return None
    if request.content_type != "application/json":
        raise ApiError(415, "not_json", "send `content-type: application/json`")
    raw = await request.read()
    if len(raw) > MOST_BODY_BYTES:
        raise ApiError(413, "too_large", f"a body has at most {MOST_BODY_BYTES:,} bytes")
    try:
        return operation.body.model_validate_json(raw)
    except ValidationError as fault:
        raise ApiError(400, "bad_body", "the body is not what it should be", faults=_faults(fault)) from None


def _faults(fault: ValidationError) -> list[dict[str, str]]:
    """Each field that is wrong and why; never what was sent."""
    return [
        {"field": ".".join(str(part) for part in error["loc"]), "message": error["msg"]}
        for error in fault.errors(include_url=False, include_input=False, include_context=False)
    ]


def _method(request: web.Request) -> str:
    """The method as a label: whatever somebody makes up is one value."""
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return request.method if request.method in known else "other"


__all__ = ["Problem", "build"]
