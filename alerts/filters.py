"""Which revisions a subscriber wants: by kind, severity, area, origins and certainty."""

from collections.abc import Sequence
from typing import Any

from alerts.revisions import SEVERITIES, AlertRevision
from alerts.subscribers import AreaFilter, Subscriber
from stream.signals import Certainty

_CERTAINTIES: tuple[Certainty, ...] = ("possible", "likely", "observed")


def wants(subscriber: Subscriber, revision: AlertRevision) -> bool:
    """Do the subscriber's filters let this revision through? Every filter that is given must."""
    if subscriber.kinds and revision.kind not in subscriber.kinds:
        return False
    if SEVERITIES.index(revision.severity) < SEVERITIES.index(subscriber.severity):
        return False
    if _CERTAINTIES.index(revision.certainty) < _CERTAINTIES.index(subscriber.certainty):
        return False
    if len({origin for incident in revision.incidents for origin in incident.origins}) < subscriber.min_origins:
        return False
    if subscriber.area is None:
        return True
    places = [revision.area.model_dump(), *(i.place.model_dump() for i in revision.incidents if i.place is not None)]
    return any(inside(subscriber.area, place) for place in places)


def inside(area: AreaFilter, place: dict[str, Any]) -> bool:
    """Does the place (country, admin1, lat, lon) lie in any of what the filter names? An empty filter holds nothing."""
    if place["country"] in area.countries or f"{place['country']}/{place['admin1']}" in area.admin1:
        return True
    if place["lat"] is None or place["lon"] is None:
        return False
    lon, lat = place["lon"], place["lat"]
    if area.bbox is not None and _in_box(area.bbox, lon, lat):
        return True
    return bool(area.polygon) and _in_polygon(area.polygon, lon, lat)


def _in_box(box: tuple[float, float, float, float], lon: float, lat: float) -> bool:
    """West, south, east, north, edges inside; a box whose west is greater than its east crosses the date line."""
    west, south, east, north = box
    across = west <= lon <= east if west <= east else lon >= west or lon <= east
    return across and south <= lat <= north


def _in_polygon(points: Sequence[tuple[float, float]], lon: float, lat: float) -> bool:
    """Even-odd rule (ray to the east), in plain degrees: for areas that do not cross the date line."""
    odd = False
    for (x1, y1), (x2, y2) in zip(points, (*points[1:], points[0]), strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd
