"""The chart, rendered by Helm's own engine, as Python values."""

import copy
import functools
import ipaddress
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from helm_python.chart import Chart

ROOT = Path(__file__).parents[2]
CHART = ROOT / "helm" / "tocsin"
CI = sorted((CHART / "ci").glob("*-values.yaml"))
WORKLOADS = {"Deployment", "StatefulSet", "Job", "Pod"}

EMBEDDED: dict[str, Any] = {"existingSecret": "tocsin"}
KAFKA: dict[str, Any] = {"mode": "kafka", "existingSecret": "tocsin", "kafka": {"bootstrap": "kafka:9092"}}
WATCHED: dict[str, Any] = {
    "monitoring": {name: {"enabled": True} for name in ("serviceMonitor", "podMonitor", "prometheusRule", "dashboards")}
}

Manifest = dict[str, Any]


def merged(*layers: dict[str, Any]) -> dict[str, Any]:
    """Values laid over each other, the later winning, as Helm lays them."""
    result: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            both = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merged(result[key], value) if both else value
    return result


@functools.cache
def _chart() -> Chart:
    return Chart.load(CHART)


def templates(values: dict[str, Any], name: str = "bell", namespace: str = "watch") -> dict[str, str]:
    """Rendered text by template path."""
    return _chart().render(values, name=name, namespace=namespace)


def manifests(*layers: dict[str, Any], name: str = "bell") -> list[Manifest]:
    """Every object of the release, tests and Job among them."""
    return copy.deepcopy(_manifests(json.dumps(merged(*layers)), name))


@functools.cache
def _manifests(values: str, name: str) -> list[Manifest]:
    rendered = templates(json.loads(values), name)
    texts = [text for path, text in rendered.items() if path.endswith(".yaml")]
    return [document for text in texts for document in yaml.load_all(text, Loader=yaml.CSafeLoader) if document]


def only(found: list[Manifest], kind: str, ending: str = "") -> Manifest:
    """The one object of this kind whose name ends so."""
    matching = [each for each in found if each["kind"] == kind and each["metadata"]["name"].endswith(ending)]
    assert len(matching) == 1, f"{kind} …{ending}: {[each['metadata']['name'] for each in matching]}"
    return matching[0]


def kinds(found: list[Manifest]) -> set[str]:
    """The kinds of objects."""
    return {each["kind"] for each in found}


def pod_of(manifest: Manifest) -> dict[str, Any]:
    """The pod's spec in a Deployment, StatefulSet, Job or Pod."""
    spec: dict[str, Any] = manifest["spec"]
    return spec if manifest["kind"] == "Pod" else spec["template"]["spec"]


def pods(found: list[Manifest]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, pod spec) of every workload."""
    for each in found:
        if each["kind"] in WORKLOADS:
            yield each["metadata"]["name"], pod_of(each)


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Init containers and containers, in the order in which they run."""
    return [*pod.get("initContainers", []), *pod["containers"]]


def component(found: list[Manifest], name: str) -> dict[str, Any]:
    """The one container of a process."""
    for workload, pod in pods(found):
        if workload == f"bell-tocsin-{name}":
            assert len(pod["containers"]) == 1
            container: dict[str, Any] = pod["containers"][0]
            return container
    raise AssertionError(f"no process {name}")


def reaches(policy: Manifest, address: str, port: int, protocol: str = "TCP") -> bool:
    """Whether a policy lets its pods out to an address outside the cluster, where pod selectors match nothing."""
    return any(
        _port_fits(rule, port, protocol) and _address_fits(rule, ipaddress.ip_address(address))
        for rule in policy["spec"]["egress"]
    )


def _port_fits(rule: dict[str, Any], port: int, protocol: str) -> bool:
    ports = rule.get("ports")
    return not ports or any(each["port"] == port and each["protocol"] == protocol for each in ports)


def _address_fits(rule: dict[str, Any], address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if "to" not in rule:
        return True
    for peer in rule["to"]:
        block = peer.get("ipBlock")
        if block is None or address not in ipaddress.ip_network(block["cidr"]):
            continue
        if not any(address in ipaddress.ip_network(each) for each in block.get("except", [])):
            return True
    return False
