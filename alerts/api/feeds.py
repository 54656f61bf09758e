"""Feeds over HTTP: when each was last heard, and the days on which nobody was: those are not zero, but unknown."""

import sqlite3
from datetime import date, datetime, timedelta

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from alerts.api.operations import Answer, Operation, answer, query, reading
from alerts.api.schemas import Feeds, ShownFeed
from alerts.engine import feed_views, progress_views


class FeedQuery(BaseModel):
    """So many days, today included."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(30, ge=1, le=400)


def operations() -> list[Operation]:
    """/v1/feeds."""
    return [
        Operation("GET", "/v1/feeds", _list, "Every feed, and the days that were not monitored.", "feeds",
                  {200: Answer("All of them.", Feeds)}, query=FeedQuery),
    ]  # fmt: skip


async def _list(request: web.Request) -> web.Response:
    return answer(await reading(request, lambda connection: health(connection, query(request).days)))


def health(connection: sqlite3.Connection, days: int) -> Feeds:
    """The feeds as of the engine's clock. What lies before the first story ever heard is not shown as a gap."""
    clock = progress_views.clock(connection)
    if clock is None:
        return Feeds(clock=None, first=None, last=None, feeds=[], not_monitored=[])
    last = datetime.fromisoformat(clock).date()
    first = last - timedelta(days=days - 1)
    heard = feed_views.heard(connection, first, last)
    known = set(feed_views.monitored(connection, first, last))
    begun = feed_views.begun(connection)
    start = max(first, date.fromisoformat(begun)) if begun else last
    shown = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    return Feeds(
        clock=clock,
        first=start,
        last=last,
        feeds=[
            ShownFeed.model_validate({**row, "heard": heard.get(row["feed"], [])})
            for row in feed_views.feeds(connection)
        ],
        not_monitored=[day for day in shown if day.isoformat() not in known],
    )
