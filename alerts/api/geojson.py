"""GeoJSON of alerts and incidents, for maps that are not ours."""

import sqlite3
from typing import Any

from aiohttp import web

from alerts.api.alerts import AlertQuery, compressed, page
from alerts.api.incidents import IncidentQuery, found
from alerts.api.operations import Answer, Operation, query, reading
from alerts.api.schemas import Feature, FeatureCollection, Point, ShownAlert, ShownIncident
from stream.records import canonical

MEDIA = "application/geo+json"


def operations() -> list[Operation]:
    """/v1/alerts.geojson and /v1/incidents.geojson."""
    collection = {200: Answer("A feature collection.", FeatureCollection, media=MEDIA)}
    return [
        Operation("GET", "/v1/alerts.geojson", _alerts, "Alerts as points.", "geojson", collection, query=AlertQuery),
        Operation("GET", "/v1/incidents.geojson", _incidents, "Incidents as points.", "geojson", collection,
                  query=IncidentQuery),
    ]  # fmt: skip


async def _alerts(request: web.Request) -> web.Response:
    def collect(connection: sqlite3.Connection) -> FeatureCollection:
        return FeatureCollection(features=[of_alert(alert) for alert in page(connection, query(request)).alerts])

    return _answer(await reading(request, collect))


async def _incidents(request: web.Request) -> web.Response:
    def collect(connection: sqlite3.Connection) -> FeatureCollection:
        rows = found(connection, query(request)).incidents
        return FeatureCollection(features=[of_incident(incident) for incident in rows])

    return _answer(await reading(request, collect))


def of_alert(alert: ShownAlert) -> Feature:
    """The alert at its area's place, or amid its incidents."""
    properties = alert.model_dump(mode="json", exclude={"id", "position"})
    at = None if alert.position is None else _point(alert.position.lon, alert.position.lat)
    return Feature(id=alert.id, geometry=at, properties=properties)


def of_incident(incident: ShownIncident) -> Feature:
    """The incident where it happened."""
    properties = incident.model_dump(mode="json", by_alias=True, exclude={"id"})
    place = incident.place
    at = None if place is None or place.lat is None or place.lon is None else _point(place.lon, place.lat)
    return Feature(id=incident.id, geometry=at, properties=properties)


def _point(lon: float, lat: float) -> Point:
    return Point(coordinates=(lon, lat))


def _answer(collection: FeatureCollection) -> web.Response:
    body: dict[str, Any] = collection.model_dump(mode="json")
    return compressed(web.Response(body=canonical(body), content_type=MEDIA))
