"""What became of a subscriber's deliveries: the log with every attempt, the gaps, and sending one again."""

import sqlite3
from typing import Any, Literal

import orjson
from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from alerts.api.operations import Answer, ApiError, Operation, Problem, answer, query, reading
from alerts.api.subscriber_models import Done
from alerts.api.subscribers import submit, subscriber_of

State = Literal["pending", "delivered", "superseded", "dead_lettered"]
MOST_LISTED = 1_000


class Page(BaseModel):
    """Newest first: what is below sequence `before`, at most `limit` of it, in one state or all."""

    model_config = ConfigDict(extra="forbid")

    before: int | None = Field(None, ge=1, le=2**53)
    limit: int = Field(50, ge=1, le=500)
    state: State | None = None


class After(BaseModel):
    """Only sequences above `after`."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(0, ge=0, le=2**53)


class ShownAttempt(BaseModel):
    """One attempt. `seconds` from the look-up to the end of the answer; `next_attempt` is null at the last."""

    attempt: int
    at: AwareDatetime
    outcome: str
    http_status: int | None
    seconds: float | None
    next_attempt: AwareDatetime | None


class ShownDelivery(BaseModel):
    """One delivery. `at` is the engine's time of the revision; a notice has no alert."""

    sequence: int
    at: AwareDatetime
    alert: str | None
    revision: int | None
    transition: str | None
    notice: str | None
    state: State
    reason: str | None
    superseded_by: int | None
    attempts: list[ShownAttempt]


class Deliveries(BaseModel):
    """`next`: give it as `before` for what is older; null when there is no more."""

    subscriber: str
    deliveries: list[ShownDelivery]
    next: int | None


class Superseded(BaseModel):
    """`by` is the sequence whose POST named this one."""

    sequence: int
    by: int


class DeadLettered(BaseModel):
    """Never delivered; `redeliver` sends it again."""

    sequence: int
    reason: str
    at: AwareDatetime


class Gaps(BaseModel):
    """Every sequence from `after` + 1 to `last` is in exactly one of the lists. Ranges have both ends inside.

    A receiver that lacks a sequence of `delivered` has lost it itself. Lists hold 1,000; ask again with `after`.
    """

    subscriber: str
    last: int
    delivered: list[tuple[int, int]]
    pending: list[tuple[int, int]]
    superseded: list[Superseded]
    dead_lettered: list[DeadLettered]


def operations() -> list[Operation]:
    """/v1/subscribers/{id}/deliveries, /gaps, and redeliver."""
    below = "/v1/subscribers/{id}"
    return [
        Operation(
            "GET",
            below + "/deliveries",
            _list,
            "The delivery log, newest first.",
            "deliveries",
            {200: Answer("A page of it.", Deliveries)},
            query=Page,
        ),
        Operation(
            "GET",
            below + "/gaps",
            _gaps,
            "Which sequences the receiver has, and why not the others.",
            "deliveries",
            {200: Answer("All of them.", Gaps)},
            query=After,
        ),
        Operation(
            "POST",
            below + "/deliveries/{sequence}/redeliver",
            _redeliver,
            "Send one again, under a sequence of its own.",
            "deliveries",
            {202: Answer("It is in the journal.", Done), 409: Answer("Not now.", Problem)},
            scopes=("manage",),
        ),
    ]


async def _list(request: web.Request) -> web.Response:
    subscriber, page = await subscriber_of(request), query(request)
    rows = await reading(request, lambda connection: _page(connection, subscriber.id, page))
    following = rows[-1].sequence if len(rows) == page.limit else None
    return answer(Deliveries(subscriber=subscriber.id, deliveries=rows, next=following))


async def _gaps(request: web.Request) -> web.Response:
    subscriber, after = await subscriber_of(request), query(request).after
    return answer(await reading(request, lambda connection: gaps(connection, subscriber.id, after)))


async def _redeliver(request: web.Request) -> web.Response:
    subscriber = await subscriber_of(request)
    sequence = _sequence(request)
    known = await reading(
        request,
        lambda connection: connection.execute(
            "SELECT 1 FROM deliveries WHERE subscriber = ? AND sequence = ?", (subscriber.id, sequence)
        ).fetchone(),
    )
    if known is None:
        raise ApiError(404, "unknown_delivery", "there is no delivery with this sequence")
    outcome = await submit(request, "alerts.redeliver", {"subscriber": subscriber.id, "sequence": sequence})
    return answer(Done.model_validate({**outcome.body, "ok": True, "reason": outcome.reason}), 202)


def gaps(connection: sqlite3.Connection, subscriber: str, after: int = 0) -> Gaps:
    """What a subscriber has and has not, from the two tables."""
    ranges = connection.execute(
        """
        WITH states AS (
          SELECT d.sequence, coalesce(r.settled, 'pending') AS state FROM deliveries d
          LEFT JOIN delivery_results r
            ON r.subscriber = d.subscriber AND r.sequence = d.sequence AND r.settled IS NOT NULL
          WHERE d.subscriber = ? AND d.sequence > ?),
        islands AS (
          SELECT sequence, state, sequence - row_number() OVER (PARTITION BY state ORDER BY sequence) AS island
          FROM states)
        SELECT state, min(sequence), max(sequence) FROM islands GROUP BY state, island ORDER BY 2
        """,
        (subscriber, after),
    ).fetchall()
    ended = connection.execute(
        "SELECT sequence, settled, superseded_by, outcome, at FROM delivery_results WHERE subscriber = ?"
        " AND sequence > ? AND settled IN ('superseded', 'dead_lettered') ORDER BY sequence",
        (subscriber, after),
    ).fetchall()
    found: dict[str, list[tuple[int, int]]] = {"delivered": [], "pending": []}
    for state, first, last in ranges:
        found.setdefault(state, []).append((first, last))
    return Gaps(
        subscriber=subscriber,
        last=max((last for _, _, last in ranges), default=after),
        delivered=found["delivered"][:MOST_LISTED],
        pending=found["pending"][:MOST_LISTED],
        superseded=[Superseded(sequence=r[0], by=r[2]) for r in ended if r[1] == "superseded"][:MOST_LISTED],
        dead_lettered=[
            DeadLettered(sequence=r[0], reason=r[3], at=r[4]) for r in ended if r[1] == "dead_lettered"
        ][:MOST_LISTED],
    )  # fmt: skip


def _page(connection: sqlite3.Connection, subscriber: str, page: Page) -> list[ShownDelivery]:
    rows = connection.execute(
        """
        SELECT d.sequence, d.json, coalesce(r.settled, 'pending'), r.outcome, r.superseded_by FROM deliveries d
        LEFT JOIN delivery_results r
          ON r.subscriber = d.subscriber AND r.sequence = d.sequence AND r.settled IS NOT NULL
        WHERE d.subscriber = ? AND d.sequence < ? AND (? IS NULL OR coalesce(r.settled, 'pending') = ?)
        ORDER BY d.sequence DESC LIMIT ?
        """,
        (subscriber, page.before or 2**62, page.state, page.state, page.limit),
    ).fetchall()
    return [_delivery(connection, subscriber, tuple(row)) for row in rows]


def _delivery(connection: sqlite3.Connection, subscriber: str, row: tuple[Any, ...]) -> ShownDelivery:
    sequence, body, state, reason, superseded_by = row
    attempts = connection.execute(
        "SELECT attempt, at, outcome, http_status, seconds, next_attempt FROM delivery_results"
        " WHERE subscriber = ? AND sequence = ? AND attempt > 0 ORDER BY attempt",
        (subscriber, sequence),
    ).fetchall()
    delivery = orjson.loads(body)
    revision = delivery["revision"] or {}
    return ShownDelivery(
        sequence=sequence,
        at=delivery["at"],
        alert=revision.get("id"),
        revision=revision.get("revision"),
        transition=revision.get("transition"),
        notice=delivery["notice"],
        state=state,
        reason=reason,
        superseded_by=superseded_by,
        attempts=[ShownAttempt.model_validate(dict(zip(ShownAttempt.model_fields, a, strict=True))) for a in attempts],
    )


def _sequence(request: web.Request) -> int:
    text = request.match_info["sequence"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ApiError(404, "unknown_delivery", "there is no delivery with this sequence")
    return int(text)
