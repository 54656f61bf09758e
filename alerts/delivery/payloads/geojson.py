"""GeoJSON (RFC 7946) of alerts and incidents, for the read API. Coordinates are longitude, latitude."""

from collections.abc import Iterable
from typing import Any

from alerts.revisions import AlertIncident, AlertRevision

CONTENT_TYPE = "application/geo+json"
Feature = dict[str, Any]


def collection(features: Iterable[Feature]) -> dict[str, Any]:
    """A FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def alert_feature(revision: AlertRevision) -> Feature:
    """An alert at the place of its area; its geometry is null when the area has no coordinates."""
    return {
        "type": "Feature",
        "id": revision.id,
        "geometry": _point(revision.area.lat, revision.area.lon),
        "properties": {
            **revision.model_dump(mode="json", include={"revision", "transition", "rule", "kind", "severity"}),
            **revision.model_dump(mode="json", include={"certainty", "since", "at", "explanation"}),
            "area": revision.area.name,
            "country": revision.area.country,
            "value": revision.measure.value,
        },
    }


def incident_feature(incident: AlertIncident, kind: str) -> Feature:
    """An incident at its place; its geometry is null when it is unplaced or the gazetteer does not know the place."""
    place = incident.place
    return {
        "type": "Feature",
        "id": incident.id,
        "geometry": _point(place.lat, place.lon) if place is not None else None,
        "properties": {
            "kind": kind,
            "place": place.name if place is not None else None,
            "country": place.country if place is not None else None,
            "precision": place.precision if place is not None else None,
            "day": incident.day.isoformat() if incident.day is not None else None,
            "figures": incident.figures,
            "certainty": incident.certainty,
            "origins": list(incident.origins),
        },
    }


def _point(lat: float | None, lon: float | None) -> dict[str, Any] | None:
    return None if lat is None or lon is None else {"type": "Point", "coordinates": [lon, lat]}
