"""Reads config/rules.yaml: every fault is found in one pass and named with its line.

The file is a list of rules, or a mapping with `rules:` and the settings `household_size` and `lateness`. Durations are
written `2d` or `72h`; sizes of areas as in alerts/subscribers.py.
"""

from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from alerts.engine.rule_fields import FIELDS
from alerts.engine.rules import Rule, Rules, RulesFault, Spike
from alerts.engine.yaml_nodes import Report, hours, integer, pairs, sound
from alerts.revisions import SEVERITIES

MEASURES_OF: dict[str, tuple[str, ...]] = {
    "air_strike": ("incidents", "strikes", "killed", "injured"),
    "ceasefire_violation": ("incidents", "violations", "killed", "injured"),
    "displacement": ("incidents", "displaced", "displaced_stock", "killed", "injured"),
}
"""What can be measured of a kind; another kind, added to the lexicon, has incidents, killed and injured."""


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
    for name, key, node in pairs(root, report):
        if name == "rules":
            list_node = node
        elif name == "household_size":
            settings["household_size"] = integer(node, report, least=1)
        elif name == "lateness":
            settings["lateness_hours"] = hours(node, report)
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
    for name, key, value_node in pairs(node, report):
        reader = FIELDS.get(name)
        if reader is None:
            report(key, f"unknown field `{name}`; one of {', '.join(sorted(FIELDS))}")
            continue
        nodes[name] = value_node
        values[name] = reader(value_node, report)
    before = sound(values)
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
