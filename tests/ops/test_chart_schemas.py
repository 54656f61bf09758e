"""Everything that the chart can render fits the API's own schemas; values that cannot work are refused in words."""

import copy
import functools
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from helm_python.chart import Chart
from helm_python.errors import HelmError

from tests.ops.charts import CHART, CI, EMBEDDED, KAFKA, ROOT, WATCHED, containers, manifests, merged, pods, templates

NEWEST = list(dict.fromkeys(kubernetes_validate.utils.all_versions()))[-3:]
DEFINITIONS = ROOT.parent / "shared" / "schemas"
CUSTOM = {"ServiceMonitor", "PodMonitor", "PrometheusRule", "ScaledObject"}
UNCHECKED = {"TriggerAuthentication"}
"""Custom resources whose definition is not at hand."""


def values_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


@pytest.mark.parametrize("version", NEWEST)
@pytest.mark.parametrize("path", CI, ids=lambda path: path.stem)
def test_manifests_fit_kubernetes(path: Path, version: str) -> None:
    for each in manifests(values_of(path)):
        if each["kind"] not in CUSTOM | UNCHECKED:
            kubernetes_validate.validate(each, version, strict=True)


@functools.cache
def definition(kind: str) -> dict[str, dict[str, Any]]:
    """The schemas of a custom resource by API version, closed: a field that the server would drop is a fault."""
    path = DEFINITIONS / f"crd-{kind.lower()}s.yaml"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    found = yaml.safe_load(path.read_text())["spec"]
    return {
        f"{found['group']}/{version['name']}": closed(version["schema"]["openAPIV3Schema"])
        for version in found["versions"]
    }


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """A structural schema as JSON Schema that refuses unknown fields."""
    result = copy.deepcopy(schema)
    _close(result)
    result["properties"]["metadata"] = {"type": "object"}
    return result


def _close(node: Any) -> None:
    if isinstance(node, list):
        for each in node:
            _close(each)
    elif isinstance(node, dict):
        if node.pop("x-kubernetes-int-or-string", False):
            node.pop("type", None)
        if "properties" in node and not node.get("x-kubernetes-preserve-unknown-fields"):
            node.setdefault("additionalProperties", False)
        if isinstance(node.get("pattern"), str):
            node["pattern"] = node["pattern"].replace("^(?i)", "(?i)^")  # Go's way to write it
        for each in node.values():
            _close(each)


@pytest.mark.parametrize("kind", sorted(CUSTOM))
def test_custom_resources_fit_their_definitions(kind: str) -> None:
    schemas = definition(kind)
    checked = 0
    for path in CI:
        for each in manifests(values_of(path), WATCHED):
            if each["kind"] == kind:
                jsonschema.validate(each, schemas[each["apiVersion"]], cls=jsonschema.Draft202012Validator)
                checked += 1
    assert checked > 0


def test_a_dropped_field_would_be_seen() -> None:
    schemas = definition("ServiceMonitor")
    monitor = next(each for each in manifests(EMBEDDED, WATCHED) if each["kind"] == "ServiceMonitor")
    monitor["spec"]["endpoints"][0]["intervall"] = "30s"
    with pytest.raises(jsonschema.ValidationError, match="intervall"):
        jsonschema.validate(monitor, schemas[monitor["apiVersion"]], cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("path", CI, ids=lambda path: path.stem)
def test_pods_are_restricted(path: Path) -> None:
    """Pod Security Standards, profile restricted, rule by rule."""
    for name, pod in pods(manifests(values_of(path), WATCHED)):
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys(), name
        volumes = {kind for volume in pod.get("volumes", []) for kind in volume.keys() - {"name"}}
        assert volumes <= {"configMap", "emptyDir", "secret", "persistentVolumeClaim", "projected"}, name
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] != 0
        for container in containers(pod):
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert context["seccompProfile"]["type"] in ("RuntimeDefault", "Localhost")
            assert not context.get("privileged", False)
            assert all("hostPort" not in port for port in container.get("ports", []))
            assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
            assert "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("path", CI, ids=lambda path: path.stem)
def test_mounts_have_volumes_and_names_are_unique(path: Path) -> None:
    found = manifests(values_of(path))
    names = [(each["kind"], each["metadata"]["name"]) for each in found]
    assert len(names) == len(set(names))
    claims = {
        each["metadata"]["name"]: {claim["metadata"]["name"] for claim in each["spec"].get("volumeClaimTemplates", [])}
        for each in found
        if each["kind"] == "StatefulSet"
    }
    for name, pod in pods(found):
        volumes = {volume["name"] for volume in pod.get("volumes", [])} | claims.get(name, set())
        for container in containers(pod):
            mounted = [mount["name"] for mount in container.get("volumeMounts", [])]
            assert set(mounted) <= volumes, name
            assert len(mounted) == len(set(mounted)), name


@pytest.mark.parametrize("name", ["t", "a-release-name-as-long-as-helm-will-let-it-be-53-chars"])
def test_names_stay_within_63_characters(name: str) -> None:
    found = manifests(KAFKA, WATCHED, {"extract": {"autoscaling": {"type": "keda"}}}, name=name)
    assert max(len(each["metadata"]["name"]) for each in found) <= 63


REFUSED_BY_SCHEMA = [
    ({"replicas": 3}, "replicas"),
    ({"secret": {"secretKey": "short"}}, "secretKey"),
    ({"mode": "cluster"}, "mode"),
    ({"mode": "kafka"}, "bootstrap"),
    ({"kafka": {"bootstrap": "kafka"}}, "bootstrap"),
    ({"kafka": {"partitions": 0}}, "partitions"),
    ({"kafka": {"sasl": {"mechanism": "GSSAPI"}}}, "mechanism"),
    ({"kafka": {"sasl": {"mechanism": "PLAIN"}}}, "existingSecret"),
    ({"extract": {"autoscaling": {"type": ["hpa", "keda"]}}}, "type"),
    ({"extract": {"autoscaling": {"hpa": {"enabled": True}, "keda": {"enabled": True}}}}, "hpa"),
    ({"serve": {"autoscaling": {"type": "keda"}}}, "type"),
    ({"extract": {"autoscaling": {"type": "hpa", "minReplicas": 0}}}, "minReplicas"),
    ({"detect": {"replicas": 0}}, "replicas"),
    ({"embedded": {"replicas": 2}}, "replicas"),
    ({"image": {"digest": "latest"}}, "digest"),
    ({"allowedPrivateCIDRs": ["10.0.0.0"]}, "allowedPrivateCIDRs"),
    ({"networkPolicy": {"deniedCIDRs": ["2001:db8::/32"]}}, "deniedCIDRs"),
    ({"networkPolicy": {"broker": {"to": [{"cidr": "10.0.0.0/8"}]}}}, "cidr"),
    ({"feeds": ["ftp://example.org/feed"]}, "feeds"),
    ({"extraEnv": [{"TZ": "UTC"}]}, "extraEnv"),
    ({"podSecurityContext": {"runAsUser": 0}}, "runAsUser"),
    ({"securityContext": {"allowPrivilegeEscalation": True}}, "allowPrivilegeEscalation"),
    ({"ports": {"http": 80}}, "http"),
    ({"ingress": {"enabled": True}}, "hosts"),
    ({"embedded": {"persistence": {"size": "ten"}}}, "size"),
    ({"monitoring": {"interval": "half a minute"}}, "interval"),
    ({"monitoring": {"prometheusRule": {"enable": True}}}, "enable"),
    ({"logLevel": "chatty"}, "logLevel"),
]


@pytest.mark.parametrize(("values", "named"), REFUSED_BY_SCHEMA, ids=[str(each[0])[:60] for each in REFUSED_BY_SCHEMA])
def test_schema_refuses_and_names_the_value(values: dict[str, Any], named: str) -> None:
    with Chart.load(CHART) as chart, pytest.raises(HelmError, match=named):
        chart.validate_schema(merged(EMBEDDED, values))


REFUSED_BY_TEMPLATE = [
    ({}, "existingSecret: name a Secret"),
    ({"secret": {"tokens": "duty:read:t"}}, "existingSecret: name a Secret"),
    (merged(KAFKA, {"extract": {"replicas": 7}}), r"extract.replicas: 7, and only 6 partitions"),
    (merged(KAFKA, {"deliver": {"replicas": 7}}), r"deliver.replicas: 7, and only 6 partitions"),
    (
        merged(KAFKA, {"extract": {"autoscaling": {"type": "keda", "maxReplicas": 9}}}),
        r"extract.autoscaling.maxReplicas: 9, and only 6 partitions",
    ),
    (
        merged(KAFKA, {"extract": {"autoscaling": {"type": "hpa", "maxReplicas": 9}}}),
        r"extract.autoscaling.maxReplicas: 9, and only 6 partitions",
    ),
    (
        merged(KAFKA, {"serve": {"autoscaling": {"type": "hpa", "minReplicas": 5, "maxReplicas": 4}}}),
        r"serve.autoscaling: minReplicas 5 is above maxReplicas 4",
    ),
    (merged(KAFKA, {"kafka": {"tls": {"enabled": True, "clientCertificate": True}}}), "kafka.tls.existingSecret"),
]


@pytest.mark.parametrize(("values", "words"), REFUSED_BY_TEMPLATE)
def test_templates_refuse_what_cannot_work(values: dict[str, Any], words: str) -> None:
    with pytest.raises(HelmError, match=words):
        templates(values)


def test_all_faults_are_told_at_once() -> None:
    values = merged(KAFKA, {"existingSecret": "", "extract": {"replicas": 8}, "deliver": {"replicas": 9}})
    with pytest.raises(HelmError) as refusal:
        templates(values)
    for words in ("existingSecret", "extract.replicas: 8", "deliver.replicas: 9"):
        assert words in str(refusal.value)


def test_fewer_partitions_are_fine_when_replicas_follow() -> None:
    one = {"kafka": {"partitions": 1}, "extract": {"replicas": 1}, "deliver": {"replicas": 1}}
    assert manifests(KAFKA, one)
