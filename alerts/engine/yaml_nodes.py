"""Nodes of a YAML file: what a mapping, a word, a number, a duration or a list of them may be.

Every reader gives the value of a node, or reports what is wrong with it and gives `FAULTY`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Report = Callable[[Node, str], None]
Reader = Callable[[Node, Report], Any]
FAULTY = object()
"""Stands for a value that was reported."""
_DURATION = re.compile(r"(\d{1,4})\s*([hd])")


def mapping(node: Node, report: Report, fields: dict[str, Reader]) -> dict[str, Any] | None:
    """The values of a mapping whose keys are all in `fields`; null when it is none."""
    if not isinstance(node, MappingNode):
        report(node, f"must be a mapping of {', '.join(fields)}")
        return None
    values: dict[str, Any] = {}
    for name, key, value in pairs(node, report):
        if name not in fields:
            report(key, f"unknown field `{name}`; one of {', '.join(fields)}")
            values[name] = FAULTY
        else:
            values[name] = fields[name](value, report)
    return values


def pairs(node: MappingNode, report: Report) -> Iterator[tuple[str, Node, Node]]:
    """(key, node of the key, node of the value); a key that comes twice is reported."""
    seen: set[str] = set()
    for key, value in node.value:
        name = str(key.value) if isinstance(key, ScalarNode) else "?"
        if name in seen:
            report(key, f"`{name}` is given twice")
            continue
        seen.add(name)
        yield name, key, value


def sound(values: dict[str, Any]) -> bool:
    return all(value is not FAULTY for value in values.values())


def words(node: Node, report: Report) -> Any:
    if isinstance(node, ScalarNode) and node.value.strip():
        return node.value.strip()
    report(node, "must be words")
    return FAULTY


def integer(node: Node, report: Report, least: int) -> Any:
    if isinstance(node, ScalarNode) and re.fullmatch(r"[0-9][0-9_]*", node.value):
        value = int(node.value.replace("_", ""))
        if value >= least:
            return value
    report(node, f"must be a whole number, at least {least}")
    return FAULTY


def at_least(least: int) -> Reader:
    return lambda node, report: integer(node, report, least)


def number(above: float) -> Reader:
    def read(node: Node, report: Report) -> Any:
        try:
            value = float(node.value) if isinstance(node, ScalarNode) else None
        except ValueError:
            value = None
        if value is None or not above <= value < 1e9:
            report(node, f"must be a number, at least {above:g}")
            return FAULTY
        return value

    return read


def hours(node: Node, report: Report) -> Any:
    match = _DURATION.fullmatch(node.value) if isinstance(node, ScalarNode) else None
    if match is None:
        report(node, "must be a duration such as 72h or 3d")
        return FAULTY
    return int(match[1]) * (24 if match[2] == "d" else 1)


def days(node: Node, report: Report) -> Any:
    match = _DURATION.fullmatch(node.value) if isinstance(node, ScalarNode) else None
    if match is None or match[2] != "d":
        report(node, "must be whole days, such as 2d")
        return FAULTY
    return int(match[1])


def one_of(*allowed: str) -> Reader:
    def read(node: Node, report: Report) -> Any:
        if isinstance(node, ScalarNode) and node.value in allowed:
            return node.value
        given = f"`{node.value}` is unknown" if isinstance(node, ScalarNode) else "must be one word"
        report(node, f"{given}; one of {', '.join(allowed)}")
        return FAULTY

    return read


def some_of(*allowed: str) -> Reader:
    read = one_of(*allowed)

    def read_all(node: Node, report: Report) -> Any:
        if isinstance(node, SequenceNode):
            found = [read(item, report) for item in node.value]
            return FAULTY if any(value is FAULTY for value in found) else tuple(found)
        value = read(node, report)
        return value if value is FAULTY else (value,)

    return read_all


def texts(pattern: str, what: str) -> Reader:
    def read(node: Node, report: Report) -> Any:
        items = node.value if isinstance(node, SequenceNode) else [node]
        found = []
        for item in items:
            if isinstance(item, ScalarNode) and re.fullmatch(pattern, item.value):
                found.append(item.value)
            else:
                report(item, what)
                return FAULTY
        return tuple(found)

    return read


def numbers(node: Node) -> tuple[float, ...] | None:
    try:
        return tuple(float(item.value) for item in node.value) if isinstance(node, SequenceNode) else None
    except (TypeError, ValueError):
        return None
