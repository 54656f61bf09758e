"""Incidents over HTTP: real events, as points on a map and with the words of every story that tells of them."""

import sqlite3
from datetime import date
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from alerts.api import quoting
from alerts.api.alerts import compressed
from alerts.api.operations import Answer, ApiError, Operation, answer, query, reading
from alerts.api.schemas import IncidentDetail, Incidents, ShownIncident
from alerts.engine import incident_views

Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class IncidentQuery(BaseModel):
    """Incidents of the days from `since` to `until`, both inside; the latest first."""

    model_config = ConfigDict(extra="forbid")

    kind: Word | None = None
    country: Word | None = None
    since: date | None = None
    until: date | None = None
    limit: int = Field(1_000, ge=1, le=10_000)


def operations() -> list[Operation]:
    """/v1/incidents and each of them."""
    return [
        Operation("GET", "/v1/incidents", _list, "Incidents, the latest first.", "incidents",
                  {200: Answer("A list of them.", Incidents)}, query=IncidentQuery),
        Operation("GET", "/v1/incidents/{id}", _read, "One incident and what every story says of it.", "incidents",
                  {200: Answer("The incident.", IncidentDetail)}),
    ]  # fmt: skip


async def _list(request: web.Request) -> web.Response:
    return compressed(answer(await reading(request, lambda connection: found(connection, query(request)))))


async def _read(request: web.Request) -> web.Response:
    return compressed(answer(await reading(request, lambda connection: detail(connection, request.match_info["id"]))))


def found(connection: sqlite3.Connection, wanted: IncidentQuery) -> Incidents:
    """The incidents that the query asks for."""
    rows = incident_views.incidents(
        connection,
        kind=wanted.kind,
        country=wanted.country,
        first=wanted.since,
        last=wanted.until,
        limit=wanted.limit + 1,
    )
    return Incidents(incidents=[_shown(row) for row in rows[: wanted.limit]], cut=len(rows) > wanted.limit)


def detail(connection: sqlite3.Connection, incident_id: str) -> IncidentDetail:
    """One incident. Raises ApiError 404."""
    row = incident_views.incident(connection, incident_id)
    if row is None:
        raise ApiError(404, "unknown_incident", "there is no incident with this id, or not any more")
    return IncidentDetail(
        incident=_shown(row), quotes=quoting.newest_first([quoting.of_signal(signal) for signal in row["signals"]])
    )


def _shown(row: dict[str, Any]) -> ShownIncident:
    fields = {field.alias or name for name, field in ShownIncident.model_fields.items()}
    return ShownIncident.model_validate({name: row[name] for name in fields})
