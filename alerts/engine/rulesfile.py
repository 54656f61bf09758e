"""Reads config/rules.yaml: every fault is found in one pass and named with its line.

The file is a list of rules, or a mapping with `rules:` and the settings `household_size` and `lateness`. Durations are
written `2d` or `72h`; sizes of areas as in alerts/subscribers.py.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from alerts.engine.rules import (
    CERTAINTIES,
    Level,
    MeasureName,
    Method,
    Renotify,
    Rule,
    Rules,
    RulesFault,
    Spike,
)
from alerts.revisions import SEVERITIES, Severity
from alerts.subscribers import AreaFilter
from stream.signals import Cause, Weapon

MAX_WINDOW_DAYS = 366
MEASURES_OF: dict[str, tuple[str, ...]] = {
    "air_strike": ("incidents", "strikes", "killed", "injured"),
    "ceasefire_violation": ("incidents", "violations", "killed", "injured"),
    "displacement": ("incidents", "displaced", "displaced_stock", "killed", "injured"),
}
"""What can be measured of a kind; another kind, added to the lexicon, has incidents, killed and injured."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_DURATION = re.compile(r"(\d{1,4})\s*([hd])")
Report = Callable[[Node, str], None]
_FAULTY = object()
"""Stands for a value that was reported."""


def parse(text: str) -> Rules:
    """The rules in `text`. Raises RulesFault with all its faults, ordered by line."""
    faults: list[tuple[int, str]] = []

    def report(node: Node, words: str) -> None:
        faults.append((node.start_mark.line + 1, words))

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        problem = getattr(fault, "problem", None) or "unreadable"
        raise RulesFault([f"line {mark.line + 1 if mark else 1}: not YAML: {problem}"]) from None
    if root is None:
        raise RulesFault(["line 1: the file is empty; give a list of rules"])
    settings, list_node = _top(root, report)
    rules = [rule for node in _items(list_node, report) if (rule := _rule(node, report)) is not None]
    _unique(list_node, report)
    if faults:
        raise RulesFault([f"line {line}: {words}" for line, words in sorted(faults)])
    return Rules(rules=tuple(rules), **settings)


def _top(root: Node, report: Report) -> tuple[dict[str, Any], Node | None]:
    """The file's settings, and the node of its list of rules."""
    if not isinstance(root, MappingNode):
        return {}, root
    settings: dict[str, Any] = {}
    list_node = None
    for name, key, node in _pairs(root, report):
        if name == "rules":
            list_node = node
        elif name == "household_size":
            settings["household_size"] = _integer(node, report, least=1)
        elif name == "lateness":
            settings["lateness_hours"] = _hours(node, report)
        else:
            report(key, f"unknown setting `{name}`; one of rules, household_size, lateness")
    if list_node is None:
        report(root, "there is no list `rules`")
    return settings, list_node


def _rule(node: Node, report: Report) -> Rule | None:
    """One rule, or null when it has a fault that was reported."""
    if not isinstance(node, MappingNode):
        report(node, "a rule is a mapping with id, kind, by, measure, window and severity or spike")
        return None
    values: dict[str, Any] = {}
    nodes: dict[str, Node] = {}
    for name, key, value_node in _pairs(node, report):
        reader = _FIELDS.get(name)
        if reader is None:
            report(key, f"unknown field `{name}`; one of {', '.join(sorted(_FIELDS))}")
            continue
        nodes[name] = value_node
        values[name] = reader(value_node, report)
    before = _sound(values)
    missing = [name for name in ("id", "kind", "by", "measure", "window") if name not in values]
    if missing:
        report(node, f"the rule lacks {', '.join(missing)}")
    agreed = _agree(node, values, nodes, report)
    if missing or not before or not agreed:
        return None
    if isinstance(values.get("min_origins"), int):
        values["min_origins"] = dict.fromkeys(values.get("severity", {"warning": 1}), values["min_origins"])
    return Rule(**values)


def _agree(node: Node, values: dict[str, Any], nodes: dict[str, Node], report: Report) -> bool:
    """Do the fields of one rule fit each other? What does not is reported."""
    good = True

    def refuse(name: str, words: str) -> None:
        nonlocal good
        good = False
        report(nodes.get(name, node), words)

    kind, measure = values.get("kind"), values.get("measure")
    if isinstance(kind, str) and isinstance(measure, str):
        allowed = MEASURES_OF.get(kind, ("incidents", "killed", "injured"))
        if measure not in allowed:
            refuse("measure", f"`{measure}` cannot be measured of {kind}; one of {', '.join(allowed)}")
    spike = values.get("spike")
    if isinstance(spike, Spike) and spike.method == "ratio" and measure == "displaced_stock":
        refuse("spike", "`ratio` compares sums of days, and stocks are not added up; take `record`")
    severity = values.get("severity")
    if severity is None and values.get("spike") is None:
        refuse("severity", "the rule needs `severity` (thresholds) or `spike`")
    if isinstance(severity, dict):
        ordered = [severity[name] for name in SEVERITIES if name in severity]
        if ordered != sorted(set(ordered)):
            refuse("severity", "thresholds must rise from warning to severe to extreme")
        elif ordered and isinstance(values.get("clear"), int) and values["clear"] >= ordered[0]:
            refuse("clear", f"`clear` must be below the first threshold ({ordered[0]}), or the alert would never rest")
        if isinstance(values.get("min_origins"), dict):
            for name in values["min_origins"]:
                if name not in severity and values.get("spike") is None:
                    refuse("min_origins", f"`{name}` has no threshold in `severity`")
    for name, wanted in (("weapons", "air_strike"), ("cause", "displacement"), ("side", "displacement")):
        if name in values and isinstance(kind, str) and kind != wanted:
            refuse(name, f"`{name}` is for {wanted} only")
    if "include" in values and isinstance(kind, str) and kind != "displacement":
        refuse("include", "`include` is for displacement only")
    return good


def _spike(node: Node, report: Report) -> Any:
    values = _mapping(node, report, _SPIKE_FIELDS)
    if values is None:
        return _FAULTY
    if "method" not in values:
        report(node, f"`spike` needs a method: one of {', '.join(get_args(Method))}")
        return _FAULTY
    return Spike(**values) if _sound(values) else _FAULTY


def _renotify(node: Node, report: Report) -> Any:
    if isinstance(node, ScalarNode):
        days = _days(node, report)
        return days if days is _FAULTY else Renotify(after=days)
    values = _mapping(node, report, {"after": _days, "factor": _number(1.0)})
    if values is None or not _sound(values):
        return _FAULTY
    if "after" not in values:
        report(node, "`renotify` needs `after`, such as 7d")
        return _FAULTY
    return Renotify(**values)


def _area(node: Node, report: Report) -> Any:
    values = _mapping(node, report, {"countries": _countries, "admin1": _regions, "bbox": _bbox, "polygon": _polygon})
    return AreaFilter(**values) if values is not None and _sound(values) else _FAULTY


def _severity(node: Node, report: Report) -> Any:
    values = _mapping(node, report, {name: _least(1) for name in SEVERITIES})
    if values is None or not _sound(values):
        return _FAULTY
    if not values:
        report(node, "`severity` is empty; give at least warning: N")
        return _FAULTY
    return values


def _min_origins(node: Node, report: Report) -> Any:
    if isinstance(node, ScalarNode):
        return _integer(node, report, least=1)
    values = _mapping(node, report, {name: _least(1) for name in SEVERITIES})
    return values if values is not None and _sound(values) else _FAULTY


def _mapping(node: Node, report: Report, fields: dict[str, Callable[[Node, Report], Any]]) -> dict[str, Any] | None:
    """The values of a mapping whose keys are all in `fields`; null when it is none."""
    if not isinstance(node, MappingNode):
        report(node, f"must be a mapping of {', '.join(fields)}")
        return None
    values: dict[str, Any] = {}
    for name, key, value in _pairs(node, report):
        if name not in fields:
            report(key, f"unknown field `{name}`; one of {', '.join(fields)}")
            values[name] = _FAULTY
        else:
            values[name] = fields[name](value, report)
    return values


def _pairs(node: MappingNode, report: Report) -> Iterator[tuple[str, Node, Node]]:
    """(key, node of the key, node of the value); a key that comes twice is reported."""
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value) if isinstance(key, ScalarNode) else "?"
        if name in seen:
            report(key, f"`{name}` is given twice")
            continue
        seen.add(name)
        yield name, key, value


def _items(node: Node | None, report: Report) -> list[Node]:
    if node is None:
        return []
    if not isinstance(node, SequenceNode):
        report(node, "the rules must be a list: `- id: ...`")
        return []
    if not node.value:
        report(node, "there is no rule in the list")
    return list(node.value)


def _unique(node: Node | None, report: Report) -> None:
    first: dict[str, int] = {}
    for rule in node.value if isinstance(node, SequenceNode) else []:
        for key, value in rule.value if isinstance(rule, MappingNode) else []:
            if isinstance(key, ScalarNode) and key.value == "id" and isinstance(value, ScalarNode):
                line = value.start_mark.line + 1
                if first.setdefault(value.value, line) != line:
                    report(value, f"the id `{value.value}` was used in line {first[value.value]}")


def _sound(values: dict[str, Any]) -> bool:
    return all(value is not _FAULTY for value in values.values())


# what a scalar or a list of them may be


def _words(node: Node, report: Report) -> Any:
    if isinstance(node, ScalarNode) and node.value.strip():
        return node.value.strip()
    report(node, "must be words")
    return _FAULTY


def _id(node: Node, report: Report) -> Any:
    value = _words(node, report)
    if value is not _FAULTY and not _ID.fullmatch(value):
        report(node, f"`{value}` is no id: lower-case letters, digits, dot, dash and underscore, at most 64")
        return _FAULTY
    return value


def _integer(node: Node, report: Report, least: int) -> Any:
    if isinstance(node, ScalarNode) and re.fullmatch(r"[0-9][0-9_]*", node.value):
        value = int(node.value.replace("_", ""))
        if value >= least:
            return value
    report(node, f"must be a whole number, at least {least}")
    return _FAULTY


def _least(least: int) -> Callable[[Node, Report], Any]:
    return lambda node, report: _integer(node, report, least)


def _number(above: float) -> Callable[[Node, Report], Any]:
    def read(node: Node, report: Report) -> Any:
        try:
            value = float(node.value) if isinstance(node, ScalarNode) else None
        except ValueError:
            value = None
        if value is None or not above <= value < 1e9:
            report(node, f"must be a number, at least {above:g}")
            return _FAULTY
        return value

    return read


def _alpha(node: Node, report: Report) -> Any:
    value = _number(0.0)(node, report)
    if value is not _FAULTY and not 0 < value <= 0.04:
        report(node, "must lie between 0 and 0.04")
        return _FAULTY
    return value


def _hours(node: Node, report: Report) -> Any:
    match = _DURATION.fullmatch(node.value) if isinstance(node, ScalarNode) else None
    if match is None:
        report(node, "must be a duration such as 72h or 3d")
        return _FAULTY
    return int(match[1]) * (24 if match[2] == "d" else 1)


def _days(node: Node, report: Report) -> Any:
    match = _DURATION.fullmatch(node.value) if isinstance(node, ScalarNode) else None
    if match is None or match[2] != "d":
        report(node, "must be whole days, such as 2d")
        return _FAULTY
    return int(match[1])


def _window(node: Node, report: Report) -> Any:
    value = _days(node, report)
    if value is not _FAULTY and not 1 <= value <= MAX_WINDOW_DAYS:
        report(node, f"must be between 1d and {MAX_WINDOW_DAYS}d")
        return _FAULTY
    return value


def _clear_for(node: Node, report: Report) -> Any:
    value = _days(node, report)
    if value is not _FAULTY and not 1 <= value <= MAX_WINDOW_DAYS:
        report(node, "must be at least 1d")
        return _FAULTY
    return value


def _one_of(*allowed: str) -> Callable[[Node, Report], Any]:
    def read(node: Node, report: Report) -> Any:
        if isinstance(node, ScalarNode) and node.value in allowed:
            return node.value
        given = f"`{node.value}` is unknown" if isinstance(node, ScalarNode) else "must be one word"
        report(node, f"{given}; one of {', '.join(allowed)}")
        return _FAULTY

    return read


def _some_of(*allowed: str) -> Callable[[Node, Report], Any]:
    read = _one_of(*allowed)

    def read_all(node: Node, report: Report) -> Any:
        if isinstance(node, SequenceNode):
            found = [read(item, report) for item in node.value]
            return _FAULTY if any(value is _FAULTY for value in found) else tuple(found)
        value = read(node, report)
        return value if value is _FAULTY else (value,)

    return read_all


def _years(node: Node, report: Report) -> Any:
    value = _one_of("1", "3")(node, report)
    return value if value is _FAULTY else int(value)


def _texts(pattern: str, what: str) -> Callable[[Node, Report], Any]:
    def read(node: Node, report: Report) -> Any:
        items = node.value if isinstance(node, SequenceNode) else [node]
        found = []
        for item in items:
            if isinstance(item, ScalarNode) and re.fullmatch(pattern, item.value):
                found.append(item.value)
            else:
                report(item, what)
                return _FAULTY
        return tuple(found)

    return read


def _kind(node: Node, report: Report) -> Any:
    value = _texts(r"[a-z][a-z_]*", "must be a kind, such as air_strike")(node, report)
    return value if value is _FAULTY else value[0]


_countries = _texts(r"[A-Z]{2}", "must be ISO 3166-1 alpha-2 codes, such as SY")
_regions = _texts(r"[A-Z]{2}/.+", "must be country code, slash, region name, such as SY/Idlib")


def _bbox(node: Node, report: Report) -> Any:
    numbers = _numbers(node)
    if numbers is None or len(numbers) != 4 or numbers[1] > numbers[3]:
        report(node, "must be [west, south, east, north] in degrees")
        return _FAULTY
    return numbers


def _polygon(node: Node, report: Report) -> Any:
    points = [_numbers(item) for item in node.value] if isinstance(node, SequenceNode) else []
    if len(points) < 3 or any(point is None or len(point) != 2 for point in points):
        report(node, "must be at least three [longitude, latitude] points")
        return _FAULTY
    return tuple(points)


def _numbers(node: Node) -> tuple[float, ...] | None:
    try:
        return tuple(float(item.value) for item in node.value) if isinstance(node, SequenceNode) else None
    except (TypeError, ValueError):
        return None


_SPIKE_FIELDS: dict[str, Callable[[Node, Report], Any]] = {
    "method": _one_of(*get_args(Method)),
    "min": _least(1),
    "severity": _one_of(*get_args(Severity)),
    "alpha": _alpha,
    "min_sigma": _number(0.0),
    "shift": _number(1.01),
    "limit": _number(0.01),
    "years": _years,
    "height": _number(1.01),
    "min_reference": _least(0),
}
_FIELDS: dict[str, Callable[[Node, Report], Any]] = {
    "id": _id,
    "kind": _kind,
    "by": _one_of(*get_args(Level)),
    "measure": _one_of(*get_args(MeasureName)),
    "window": _window,
    "severity": _severity,
    "spike": _spike,
    "clear": _least(0),
    "clear_for": _clear_for,
    "pending_for": _days,
    "min_origins": _min_origins,
    "certainty": _one_of(*CERTAINTIES),
    "weapons": _some_of(*get_args(Weapon)),
    "cause": _some_of(*get_args(Cause)),
    "side": _one_of("from", "to"),
    "include": _some_of("ordered"),
    "area": _area,
    "renotify": _renotify,
    "why": _words,
}
