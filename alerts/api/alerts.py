"""Alerts over HTTP: the list, one with its words, its trend, and acknowledging it."""

import sqlite3
from datetime import date, timedelta
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from alerts.api import quoting
from alerts.api.events import DOORBELL
from alerts.api.operations import Answer, ApiError, Operation, Problem, answer, body, query, reading
from alerts.api.schemas import (
    AlertDetail,
    Alerts,
    AlertState,
    Position,
    Series,
    SeriesDay,
    ShownAlert,
    ShownAlertIncident,
)
from alerts.api.subscribers import submit
from alerts.engine import alert_views, feed_views, incident_views, progress_views, routing_views, series_views
from alerts.engine.silences import Silence
from alerts.revisions import AlertRevision, Severity

JSON = dict[str, Any]
Cursor = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,18}(:[0-9a-f]{1,40})?$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
BASELINE_DAYS = 28
LEAST_BASELINE_DAYS = 7
LEAST_DAYS = 14
"""Of a trend, also where nothing was heard before."""
_LAST_ID = "~"
"""Sorts after every id: what is above a sequence, and nothing of that sequence."""


class AlertQuery(BaseModel):
    """Without `after`: those that changed last first, and `before` pages on to older ones.

    With `after`: those that changed since that engine sequence, in the order of their change; 0 for all.
    """

    model_config = ConfigDict(extra="forbid")

    after: Cursor | None = None
    before: Cursor | None = None
    state: AlertState | None = None
    kind: Word | None = None
    country: Word | None = None
    area: Word | None = None
    rule: Word | None = None
    severity: Severity | None = Field(None, description="At least this.")
    since: date | None = Field(None, description="Began on this day or later.")
    limit: int = Field(100, ge=1, le=5_000)


class SeriesQuery(BaseModel):
    """So many days, to today; or to the end of the episode when it is over."""

    model_config = ConfigDict(extra="forbid")

    days: int = Field(60, ge=7, le=730)


class Note(BaseModel):
    """What whoever acknowledges wants others to know."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] = ""


def operations() -> list[Operation]:
    """/v1/alerts and what is below each."""
    one = "/v1/alerts/{id}"
    tag = "alerts"
    return [
        Operation("GET", "/v1/alerts", _list, "Alerts, each as it stands.", tag,
                  {200: Answer("A page of them.", Alerts)}, query=AlertQuery),
        Operation("GET", one, _read, "One alert with every revision and the words behind it.", tag,
                  {200: Answer("The alert.", AlertDetail)}),
        Operation("GET", one + "/series", _series, "Its trend against threshold and baseline.", tag,
                  {200: Answer("Day by day.", Series)}, query=SeriesQuery),
        Operation("POST", one + "/acknowledge", _acknowledge, "Say that somebody has seen it: no more reminders.", tag,
                  {200: Answer("The alert.", ShownAlert), 409: Answer("It is not open.", Problem)},
                  scopes=("manage",), body=Note),
    ]  # fmt: skip


async def _list(request: web.Request) -> web.Response:
    return compressed(answer(await reading(request, lambda connection: page(connection, query(request)))))


async def _read(request: web.Request) -> web.Response:
    return compressed(answer(await reading(request, lambda connection: detail(connection, request.match_info["id"]))))


async def _series(request: web.Request) -> web.Response:
    return answer(
        await reading(request, lambda connection: trend(connection, request.match_info["id"], query(request).days))
    )


async def _acknowledge(request: web.Request) -> web.Response:
    alert_id = request.match_info["id"]
    await reading(request, lambda connection: _found(connection, alert_id))
    note: Note = body(request)
    await submit(request, "alerts.acknowledge", {"alert": alert_id, "note": note.note})
    request.app[DOORBELL].ring()
    return answer(await reading(request, lambda connection: shown(connection, _found(connection, alert_id))))


def compressed(response: web.Response) -> web.Response:
    """Long answers, for who takes them so."""
    response.enable_compression()
    return response


def page(connection: sqlite3.Connection, wanted: AlertQuery) -> Alerts:
    """The alerts that the query asks for."""
    if wanted.after is not None and wanted.before is not None:
        raise ApiError(400, "bad_query", "give `after` or `before`, not both")
    sequence, clock = progress_views.sequence(connection), progress_views.clock(connection)
    if wanted.after is not None:
        rows = alert_views.changed(connection, _cursor(wanted.after), wanted.limit)
        kept = [row for row in rows if _matches(row, wanted)]
    else:
        filters = wanted.model_dump(include={"state", "kind", "country", "area", "rule", "severity", "since"})
        before = None if wanted.before is None else _cursor(wanted.before, last="")
        rows = kept = alert_views.alerts(connection, **filters, after=before, limit=wanted.limit)
    following = f"{rows[-1]['sequence']}:{rows[-1]['id']}" if len(rows) == wanted.limit else None
    silences = _silences(connection)
    return Alerts(
        alerts=[_shown(row, silences) for row in kept if row["latest"]], next=following, sequence=sequence, clock=clock
    )


def detail(connection: sqlite3.Connection, alert_id: str) -> AlertDetail:
    """One alert. Raises ApiError 404."""
    found = _found(connection, alert_id)
    told: list[JSON] = next((r["incidents"] for r in reversed(found["revisions"]) if r["incidents"]), [])
    return AlertDetail(
        alert=shown(connection, found),
        revisions=[AlertRevision.model_validate(revision) for revision in found["revisions"]],
        incidents=[_incident(connection, incident) for incident in told],
        recipients=found["recipients"],
    )


def trend(connection: sqlite3.Connection, alert_id: str, days: int) -> Series:
    """The series behind an alert. Raises ApiError 404."""
    found = _found(connection, alert_id)
    latest = found["latest"]
    since, ended = date.fromisoformat(found["since"]), found["ended"]
    clock = progress_views.clock(connection)
    last = date.fromisoformat((ended or clock or latest["at"])[:10])
    span = latest["measure"]["window"]
    length = (date.fromisoformat(span[1]) - date.fromisoformat(span[0])).days + 1
    first = min(last - timedelta(days=days - 1), since - timedelta(days=BASELINE_DAYS))
    begun = feed_views.begun(connection)
    if begun is not None:
        first = max(first, min(date.fromisoformat(begun), since, last - timedelta(days=LEAST_DAYS - 1)))
    told = series_views.series(connection, found["rule"], found["area"], first - timedelta(days=length), last)
    rule = series_views.rule_of(connection, found["rule"])
    rows = _windows(told["days"], length, highest=latest["measure"]["name"] == "displaced_stock")
    return Series(
        rule=found["rule"],
        measure=latest["measure"]["name"],
        kind=found["kind"],
        area=latest["area"],
        window=length,
        thresholds=told["thresholds"],
        clear=None if rule is None else rule["clear"],
        baseline=_baseline(rows, since),
        since=since,
        ended=ended,
        days=[row for row in rows if row.day >= first],
    )


def shown(connection: sqlite3.Connection, row: JSON) -> ShownAlert:
    """An alert of `views`, as it is answered."""
    return _shown(row, _silences(connection))


def _shown(row: JSON, silences: list[Silence]) -> ShownAlert:
    latest = row["latest"]
    ends = [silence.until for silence in silences if _covers(silence, latest)]
    told: JSON = {name: latest[name] for name in _TOLD}
    return ShownAlert.model_validate(
        {
            **told,
            **{name: row[name] for name in ("id", "state", "recovering", "flapping", "since", "ended", "acknowledged")},
            "incidents": len(latest["incidents"]),
            "origins": sorted({origin for incident in latest["incidents"] for origin in incident["origins"]}),
            "position": _position(latest),
            "silenced_until": max(ends, default=None),
        }
    )


_TOLD = (
    "revision", "transition", "reason", "engine_sequence", "rule", "kind", "severity", "certainty", "area", "measure",
    "at", "explanation",
)  # fmt: skip


def _covers(silence: Silence, revision: JSON) -> bool:
    """`Silence.matches`, of a revision that is still JSON: a list of a thousand needs no thousand models."""
    area = revision["area"]
    return (
        silence.rule in (None, revision["rule"])
        and silence.kind in (None, revision["kind"])
        and silence.area in (None, area["key"], area["country"], f"{area['country']}/{area['admin1']}")
    )


def _position(revision: JSON) -> Position | None:
    """The area's own, or the middle of the incidents' places; across the 180th meridian the middle is of no use."""
    area = revision["area"]
    if area["lat"] is not None and area["lon"] is not None:
        return Position(lat=area["lat"], lon=area["lon"])
    places = [i["place"] for i in revision["incidents"] if i["place"] is not None and i["place"]["lat"] is not None]
    if not places:
        return None
    lons = [place["lon"] for place in places]
    if max(lons) - min(lons) > 180:
        return Position(lat=places[0]["lat"], lon=places[0]["lon"])
    middle = sum(place["lat"] for place in places) / len(places), sum(lons) / len(lons)
    return Position(lat=round(middle[0], 4), lon=round(middle[1], 4))


def _incident(connection: sqlite3.Connection, told: JSON) -> ShownAlertIncident:
    known = incident_views.incident(connection, told["id"])
    signals = [] if known is None else known["signals"]
    return ShownAlertIncident.model_validate(
        {
            **told,
            "reports": len({signal["story"]["uri"] for signal in signals}),
            "quotes": [quoting.of_revision(quote, signals) for quote in told["quotes"]],
        }
    )


def _windows(days: list[JSON], length: int, *, highest: bool) -> list[SeriesDay]:
    """Each day with the sum (of stocks: the highest) of the window (day - length, day]."""
    values = [row["value"] for row in days]
    together = max if highest else sum
    return [
        SeriesDay(
            day=row["day"],
            value=row["value"],
            window=together(values[max(0, n - length + 1) : n + 1]),
            monitored=row["monitored"],
            phase=row["phase"],
        )
        for n, row in enumerate(days)
    ]


def _baseline(rows: list[SeriesDay], since: date) -> float | None:
    first = since - timedelta(days=BASELINE_DAYS)
    before = [row.window for row in rows if first <= row.day < since and row.monitored]
    return round(sum(before) / len(before), 2) if len(before) >= LEAST_BASELINE_DAYS else None


def _found(connection: sqlite3.Connection, alert_id: str) -> JSON:
    found = alert_views.alert(connection, alert_id)
    if found is None or found["latest"] is None:
        raise ApiError(404, "unknown_alert", "there is no alert with this id")
    return found


def _silences(connection: sqlite3.Connection) -> list[Silence]:
    return [Silence.model_validate(item) for item in routing_views.silences(connection)]


def _cursor(text: str, last: str = _LAST_ID) -> tuple[int, str]:
    sequence, _, alert_id = text.partition(":")
    return int(sequence), alert_id or last


def _matches(row: JSON, wanted: AlertQuery) -> bool:
    """The filters of `alert_views.alerts`, on what changed."""
    rank: dict[str, int] = {"warning": 0, "severe": 1, "extreme": 2}
    equal = {"state": wanted.state, "kind": wanted.kind, "area": wanted.area, "rule": wanted.rule}
    if any(value is not None and row[name] != value for name, value in equal.items()):
        return False
    if wanted.country is not None and row["latest"]["area"]["country"] != wanted.country:
        return False
    if wanted.severity is not None and rank[row["severity"]] < rank[wanted.severity]:
        return False
    return wanted.since is None or row["since"] >= wanted.since.isoformat()
