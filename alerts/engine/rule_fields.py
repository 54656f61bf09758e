"""The fields of a rule in config/rules.yaml: what each may be, on its own."""

import re
from typing import Any, get_args

from yaml.nodes import Node, ScalarNode, SequenceNode

from alerts.engine.rules import CERTAINTIES, Level, MeasureName, Method, Renotify, Spike
from alerts.engine.yaml_nodes import (
    FAULTY,
    Reader,
    Report,
    at_least,
    days,
    integer,
    mapping,
    number,
    numbers,
    one_of,
    some_of,
    sound,
    texts,
    words,
)
from alerts.revisions import SEVERITIES, Severity
from alerts.subscribers import AreaFilter
from stream.signals import Cause, Weapon

MAX_WINDOW_DAYS = 366
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def _id(node: Node, report: Report) -> Any:
    value = words(node, report)
    if value is not FAULTY and not _ID.fullmatch(value):
        report(node, f"`{value}` is no id: lower-case letters, digits, dot, dash and underscore, at most 64")
        return FAULTY
    return value


def _kind(node: Node, report: Report) -> Any:
    value = texts(r"[a-z][a-z_]*", "must be a kind, such as air_strike")(node, report)
    return value if value is FAULTY else value[0]


def _window(node: Node, report: Report) -> Any:
    value = days(node, report)
    if value is not FAULTY and not 1 <= value <= MAX_WINDOW_DAYS:
        report(node, f"must be between 1d and {MAX_WINDOW_DAYS}d")
        return FAULTY
    return value


def _clear_for(node: Node, report: Report) -> Any:
    value = days(node, report)
    if value is not FAULTY and not 1 <= value <= MAX_WINDOW_DAYS:
        report(node, "must be at least 1d")
        return FAULTY
    return value


def _severity(node: Node, report: Report) -> Any:
    values = mapping(node, report, {name: at_least(1) for name in SEVERITIES})
    if values is None or not sound(values):
        return FAULTY
    if not values:
        report(node, "`severity` is empty; give at least warning: N")
        return FAULTY
    return values


def _min_origins(node: Node, report: Report) -> Any:
    if isinstance(node, ScalarNode):
        return integer(node, report, least=1)
    values = mapping(node, report, {name: at_least(1) for name in SEVERITIES})
    return values if values is not None and sound(values) else FAULTY


def _spike(node: Node, report: Report) -> Any:
    values = mapping(node, report, _SPIKE_FIELDS)
    if values is None:
        return FAULTY
    if "method" not in values:
        report(node, f"`spike` needs a method: one of {', '.join(get_args(Method))}")
        return FAULTY
    return Spike(**values) if sound(values) else FAULTY


def _alpha(node: Node, report: Report) -> Any:
    value = number(0.0)(node, report)
    if value is not FAULTY and not 0 < value <= 0.04:
        report(node, "must lie between 0 and 0.04")
        return FAULTY
    return value


def _years(node: Node, report: Report) -> Any:
    value = one_of("1", "3")(node, report)
    return value if value is FAULTY else int(value)


def _renotify(node: Node, report: Report) -> Any:
    if isinstance(node, ScalarNode):
        after = days(node, report)
        return after if after is FAULTY else Renotify(after=after)
    values = mapping(node, report, {"after": days, "factor": number(1.0)})
    if values is None or not sound(values):
        return FAULTY
    if "after" not in values:
        report(node, "`renotify` needs `after`, such as 7d")
        return FAULTY
    return Renotify(**values)


def _area(node: Node, report: Report) -> Any:
    values = mapping(node, report, {"countries": _countries, "admin1": _regions, "bbox": _bbox, "polygon": _polygon})
    return AreaFilter(**values) if values is not None and sound(values) else FAULTY


_countries = texts(r"[A-Z]{2}", "must be ISO 3166-1 alpha-2 codes, such as SY")
_regions = texts(r"[A-Z]{2}/.+", "must be country code, slash, region name, such as SY/Idlib")


def _bbox(node: Node, report: Report) -> Any:
    sides = numbers(node)
    if sides is None or len(sides) != 4 or sides[1] > sides[3]:
        report(node, "must be [west, south, east, north] in degrees")
        return FAULTY
    return sides


def _polygon(node: Node, report: Report) -> Any:
    points = [numbers(item) for item in node.value] if isinstance(node, SequenceNode) else []
    if len(points) < 3 or any(point is None or len(point) != 2 for point in points):
        report(node, "must be at least three [longitude, latitude] points")
        return FAULTY
    return tuple(points)


_SPIKE_FIELDS: dict[str, Reader] = {
    "method": one_of(*get_args(Method)),
    "min": at_least(1),
    "severity": one_of(*get_args(Severity)),
    "alpha": _alpha,
    "min_sigma": number(0.0),
    "shift": number(1.01),
    "limit": number(0.01),
    "years": _years,
    "height": number(1.01),
    "min_reference": at_least(0),
}
FIELDS: dict[str, Reader] = {
    "id": _id,
    "kind": _kind,
    "by": one_of(*get_args(Level)),
    "measure": one_of(*get_args(MeasureName)),
    "window": _window,
    "severity": _severity,
    "spike": _spike,
    "clear": at_least(0),
    "clear_for": _clear_for,
    "pending_for": days,
    "min_origins": _min_origins,
    "certainty": one_of(*CERTAINTIES),
    "weapons": some_of(*get_args(Weapon)),
    "cause": some_of(*get_args(Cause)),
    "side": one_of("from", "to"),
    "include": some_of("ordered"),
    "area": _area,
    "renotify": _renotify,
    "why": words,
}
