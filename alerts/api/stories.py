"""Stories in over HTTP: bytes as the agency sends them, answered when they are durable."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from alerts.api.operations import BACKEND, SETTINGS, Answer, ApiError, Operation, answer, principal, query

MEDIA = ("application/json", "application/xml", "text/plain", "application/octet-stream")


class Feed(BaseModel):
    """`feed`: the wire the story came by; without it the name of the token."""

    model_config = ConfigDict(extra="forbid")

    feed: str | None = Field(None, min_length=1, max_length=100, pattern=r"^[\w. -]+$")


class StoryState(BaseModel):
    """`state` says what became of it: accepted (it is durable), read, rejected; `reason` says why."""

    model_config = ConfigDict(extra="allow")

    receipt: str
    state: str
    reason: str | None = None
    detail: str | None = None


def operations() -> list[Operation]:
    """POST /stories and GET /stories/{receipt}."""
    return [
        Operation(
            "POST",
            "/stories",
            _take,
            "Take one story, in any accepted format.",
            "stories",
            {
                202: Answer("It is durable; ask by the receipt what became of it.", StoryState),
                422: Answer("It cannot be read, and is kept; `reason` and `detail` say what to mend.", StoryState),
            },
            scopes=("intake",),
            query=Feed,
            media=MEDIA,
            limited=False,
        ),
        Operation(
            "GET",
            "/stories/{receipt}",
            _state,
            "What became of a story.",
            "stories",
            {200: Answer("Its state.", StoryState)},
            scopes=("intake", "read"),
        ),
    ]


async def _take(request: web.Request) -> web.Response:
    raw = await request.read()
    most = request.app[SETTINGS].max_story_bytes
    if len(raw) > most:
        raise ApiError(413, "too_large", f"a story has at most {most:,} bytes (TOCSIN_MAX_STORY_BYTES)")
    wanted: Feed = query(request)
    feed = wanted.feed or principal(request).name
    given = request.headers.get("content-type")
    told = _shown(await request.app[BACKEND].accept(raw, given, feed))
    return answer(told, 422 if told.state == "rejected" else 202)


async def _state(request: web.Request) -> web.Response:
    found = request.app[BACKEND].story_state(request.match_info["receipt"])
    if found is None:
        raise ApiError(404, "unknown_receipt", "no story was accepted under this receipt")
    return answer(_shown(found))


def _shown(state: dict[str, Any]) -> StoryState:
    return StoryState.model_validate(state)
