"""Server-sent events: every alert revision as it is made, for the board and for whoever would rather pull.

    event: alert      data: the revision, as a webhook's data has it
    event: changed    data: {"what": "acknowledgements" | "silences" | "rules"}: read it again

An id is the engine sequence. It comes with the last event of its sequence only: whoever is cut off in between gets the
whole sequence again (at least once, never lost). `Last-Event-ID` takes up where a client was; without it a stream
begins now.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from alerts.api.operations import BACKEND, ENDLESS, Answer, ApiError, Operation, query, reading
from alerts.engine import alert_views, progress_views
from stream.records import canonical

HEARTBEAT_SECONDS = 15.0
"""A comment when there is no news, so that both ends notice a dead connection."""
BATCH = 200
WATCHED = {
    "alerts.acknowledge": "acknowledgements",
    "silences.put": "silences",
    "silences.delete": "silences",
    "rules.apply": "rules",
}


class Doorbell:
    """Rings when this process has changed what a board shows without a revision. On others a heartbeat tells it."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    def next(self) -> asyncio.Event:
        """Set at the next ring from now on: take it before reading, so that no ring is missed."""
        return self._next


DOORBELL: web.AppKey[Doorbell] = web.AppKey("events_doorbell", Doorbell)
CLOSING: web.AppKey[asyncio.Event] = web.AppKey("events_closing", asyncio.Event)


class EventsQuery(BaseModel):
    """`after`: as Last-Event-ID, for who cannot send that header; the header counts when both are given."""

    model_config = ConfigDict(extra="forbid")

    after: int | None = Field(None, ge=0, le=2**62)


class News(NamedTuple):
    """What came after a sequence, and the sequence up to which that is all."""

    revisions: list[dict[str, Any]]
    commands: list[str]
    sequence: int


def operations() -> list[Operation]:
    """/v1/events."""
    return [
        Operation("GET", "/v1/events", _stream, "Alert revisions as they are made, as server-sent events.", "events",
                  {200: Answer("Events without end; ids are engine sequences.", media="text/event-stream")},
                  query=EventsQuery),
    ]  # fmt: skip


def mount(app: web.Application) -> None:
    """Streams end when the server does; nothing else would end them."""
    app[CLOSING] = asyncio.Event()
    app[DOORBELL] = Doorbell()

    async def close(app: web.Application) -> None:
        app[CLOSING].set()

    app.on_shutdown.append(close)


async def _stream(request: web.Request) -> web.StreamResponse:
    after = await _start(request)
    response = web.StreamResponse(headers={"content-type": "text/event-stream", "cache-control": "no-store"})
    response.headers["x-accel-buffering"] = "no"
    request[ENDLESS] = True
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    with contextlib.suppress(ConnectionError):
        await response.write(b"retry: 1000\n\n")
        async for chunk in _chunks(request, after):
            await response.write(chunk)
    return response


async def _start(request: web.Request) -> int:
    """The sequence after which to begin. A file that was made anew has not come so far: from its beginning."""
    given = request.headers.get("last-event-id", "")
    after: int | None = query(request).after
    if given:
        if not (given.isascii() and given.isdigit() and len(given) < 19):
            raise ApiError(400, "bad_event_id", "Last-Event-ID is an engine sequence, as the events have it")
        after = int(given)
    newest = await reading(request, progress_views.sequence)
    return newest if after is None else after if after <= newest else 0


async def _chunks(request: web.Request, after: int) -> AsyncIterator[bytes]:
    """The stream's bytes, until the server closes."""
    closing = request.app[CLOSING]
    while not closing.is_set():
        bell = request.app[DOORBELL].next()
        news = await reading(request, partial(news_after, after=after))
        if news.revisions or news.commands:
            yield b"".join(events_of(news))
        else:
            await _wait(request, news.sequence, bell)
            yield b": still here\n\n"
        after = news.sequence


def news_after(connection: sqlite3.Connection, after: int) -> News:
    """Whole sequences only, so that none is split over two reads."""
    newest = progress_views.sequence(connection)
    found = alert_views.revisions(connection, after, BATCH)
    if len(found) == BATCH:
        last = found[-1]["engine_sequence"]
        whole = [revision for revision in found if revision["engine_sequence"] < last]
        rest = alert_views.revisions(connection, last - 1, 100_000)
        found = whole + [revision for revision in rest if revision["engine_sequence"] == last]
        newest = last
    commands = progress_views.commands(connection, after, newest)
    return News(found, sorted({WATCHED[name] for name in commands if name in WATCHED}), newest)


def events_of(news: News) -> list[bytes]:
    """The lines of each event."""
    lines: list[bytes] = []
    for _, group in groupby(news.revisions, key=lambda revision: revision["engine_sequence"]):
        told = list(group)
        for number, revision in enumerate(told, 1):
            mark = str(revision["engine_sequence"]) if number == len(told) and not news.commands else ""
            lines.append(event("alert", revision, mark))
    for number, what in enumerate(news.commands, 1):
        lines.append(event("changed", {"what": what}, str(news.sequence) if number == len(news.commands) else ""))
    return lines


def event(name: str, data: Any, mark: str = "") -> bytes:
    """One event; canonical JSON has no line breaks."""
    head = f"id: {mark}\n" if mark else ""
    return f"{head}event: {name}\ndata: ".encode() + canonical(data) + b"\n\n"


async def _wait(request: web.Request, after: int, bell: asyncio.Event) -> None:
    """Until there is news, a heartbeat is due, or the server closes."""
    tasks = [
        asyncio.ensure_future(request.app[BACKEND].changed(after)),
        asyncio.ensure_future(request.app[CLOSING].wait()),
        asyncio.ensure_future(bell.wait()),
    ]
    try:
        await asyncio.wait(tasks, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
