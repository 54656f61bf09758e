"""The 22 points on which charts were compared: one test each, in the table's order."""

import json
import tarfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from helm_python.chart import Chart, lint, package

from tests.ops.charts import (
    CHART,
    CI,
    EMBEDDED,
    KAFKA,
    WATCHED,
    component,
    containers,
    kinds,
    manifests,
    merged,
    only,
    pod_of,
    pods,
    templates,
)

MODES = [pytest.param(EMBEDDED, id="embedded"), pytest.param(KAFKA, id="kafka")]
PROCESSES = ("extract", "detect", "deliver", "serve")


def test_01_values_schema_covers_every_default_value() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())
    jsonschema.validate(defaults, schema, cls=jsonschema.Draft202012Validator)
    assert set(defaults) == set(schema["properties"]) - {"global"}


@pytest.mark.parametrize("values", MODES)
def test_02_notes_say_how_to_reach_and_to_test_it(values: dict[str, Any]) -> None:
    notes = templates(values)["tocsin/templates/NOTES.txt"]
    assert "port-forward service/bell-tocsin" in notes
    assert "helm test bell -n watch" in notes
    assert "prometheusRule" in notes
    if values.get("mode") == "kafka":
        job = only(manifests(values), "Job")["metadata"]["name"]
        assert f"job/{job}" in notes


def test_02_notes_warn_of_secrets_in_values() -> None:
    values = {"secret": {"tokens": "duty:read:token", "secretKey": "k" * 32}}
    assert "make your own" in templates(values)["tocsin/templates/NOTES.txt"]
    assert "make your own" not in templates(EMBEDDED)["tocsin/templates/NOTES.txt"]


def test_03_templates_are_unit_tested_and_lint_clean() -> None:
    report = lint(CHART, EMBEDDED, strict=True)
    assert report["errors"] == []
    assert report["messages"] == []


@pytest.mark.parametrize("path", CI, ids=lambda path: path.stem)
def test_04_ci_values_render_and_lint(path: Any) -> None:
    values = yaml.safe_load(path.read_text())
    assert {"Service", "ServiceAccount", "ConfigMap"} <= kinds(manifests(values))
    assert lint(CHART, values, strict=True)["messages"] == []


@pytest.mark.parametrize("values", MODES)
def test_05_helm_test_hook_asks_the_service(values: dict[str, Any]) -> None:
    pod = only(manifests(values), "Pod")
    assert pod["metadata"]["annotations"]["helm.sh/hook"] == "test"
    service = only(manifests(values), "Service", "bell-tocsin")
    script, address = pod["spec"]["containers"][0]["args"]
    assert address == f"http://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    compile(script, "hook", "exec")


def test_06_pdb_for_every_process() -> None:
    found = manifests(KAFKA)
    for name in PROCESSES:
        budget = only(found, "PodDisruptionBudget", name)["spec"]
        workload = only([each for each in found if each["kind"] in ("Deployment", "StatefulSet")], *_kind_of(name))
        assert budget["maxUnavailable"] == 1
        assert budget["selector"] == workload["spec"]["selector"]
    assert "PodDisruptionBudget" not in kinds(manifests(KAFKA, {"podDisruptionBudget": {"enabled": False}}))


def _kind_of(name: str) -> tuple[str, str]:
    return ("Deployment" if name in ("extract", "serve") else "StatefulSet"), f"-{name}"


@pytest.mark.parametrize("name", ["extract", "serve"])
def test_07_hpa_on_cpu(name: str) -> None:
    found = manifests(KAFKA, {name: {"autoscaling": {"type": "hpa", "minReplicas": 3, "maxReplicas": 5}}})
    scaler = only(found, "HorizontalPodAutoscaler")["spec"]
    deployment = only(found, "Deployment", name)
    assert scaler["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    assert (scaler["minReplicas"], scaler["maxReplicas"]) == (3, 5)
    assert "replicas" not in deployment["spec"], "the autoscaler owns the number"
    assert "ScaledObject" not in kinds(found)


def test_08_keda_scales_extract_on_its_groups_lag() -> None:
    found = manifests(KAFKA, {"extract": {"autoscaling": {"type": "keda", "maxReplicas": 6}}})
    scaled = only(found, "ScaledObject")["spec"]
    assert scaled["scaleTargetRef"]["name"] == "bell-tocsin-extract"
    assert scaled["maxReplicaCount"] == 6
    trigger = scaled["triggers"][0]
    assert trigger["type"] == "kafka"
    assert trigger["metadata"]["topic"] == "tocsin.stories"
    assert trigger["metadata"]["lagThreshold"] == "500"
    assert "replicas" not in only(found, "Deployment", "extract")["spec"]
    assert "HorizontalPodAutoscaler" not in kinds(found)


def test_09_network_policy_for_every_pod() -> None:
    found = manifests(KAFKA)
    covered = {
        each["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        for each in found
        if each["kind"] == "NetworkPolicy"
    }
    labelled = {
        (each["metadata"] if each["kind"] == "Pod" else each["spec"]["template"]["metadata"])["labels"][
            "app.kubernetes.io/component"
        ]
        for each in found
        if each["kind"] in ("Deployment", "StatefulSet", "Job", "Pod")
    }
    assert covered == labelled == {*PROCESSES, "deploy", "test"}
    assert all(
        each["spec"]["policyTypes"] == ["Ingress", "Egress"] for each in found if each["kind"] == "NetworkPolicy"
    )
    assert "NetworkPolicy" not in kinds(manifests(KAFKA, {"networkPolicy": {"enabled": False}}))


@pytest.mark.parametrize("values", MODES)
def test_10_service_monitor_selects_the_service(values: dict[str, Any]) -> None:
    found = manifests(values, WATCHED)
    monitor = only(found, "ServiceMonitor")["spec"]
    chosen = [
        each
        for each in found
        if each["kind"] == "Service"
        and monitor["selector"]["matchLabels"].items() <= each["metadata"]["labels"].items()
    ]
    assert [each["metadata"]["name"] for each in chosen] == ["bell-tocsin"], "one service, or pods are scraped twice"
    assert monitor["endpoints"][0]["port"] in {port["name"] for port in chosen[0]["spec"]["ports"]}
    assert "ServiceMonitor" not in kinds(manifests(values))


def test_11_pod_monitor_selects_the_workers() -> None:
    found = manifests(KAFKA, WATCHED)
    monitor = only(found, "PodMonitor")["spec"]
    expression = monitor["selector"]["matchExpressions"][0]
    assert set(expression["values"]) == {"extract", "detect", "deliver"}
    for name in expression["values"]:
        ports = {port["name"] for port in component(found, name)["ports"]}
        assert monitor["podMetricsEndpoints"][0]["port"] in ports
    assert "PodMonitor" not in kinds(manifests(EMBEDDED, WATCHED)), "one process has no workers"


def test_12_prometheus_rule_carries_every_rule() -> None:
    rule = only(manifests(KAFKA, WATCHED), "PrometheusRule")
    shipped = [
        entry
        for name in ("recording", "alerts")
        for group in yaml.safe_load((CHART / "rules" / f"{name}.yaml").read_text())["groups"]
        for entry in group["rules"]
    ]
    rendered = [entry for group in rule["spec"]["groups"] for entry in group["rules"]]
    assert [each["expr"] for each in rendered] == [each["expr"] for each in shipped]
    assert len(rendered) > 10


def test_12_prometheus_rule_takes_labels_and_leaves_out() -> None:
    base = "https://runbooks.example.org/tocsin"
    options = {"labels": {"team": "duty"}, "disabled": ["TocsinSourceSilent"], "runbookBase": base + "/"}
    rule = only(manifests(KAFKA, WATCHED, {"monitoring": {"prometheusRule": options}}), "PrometheusRule")
    alerts = [entry for group in rule["spec"]["groups"] for entry in group["rules"] if "alert" in entry]
    assert alerts
    assert "TocsinSourceSilent" not in {each["alert"] for each in alerts}
    for each in alerts:
        assert each["labels"]["team"] == "duty"
        assert each["labels"]["severity"]
        assert each["annotations"]["runbook_url"].startswith(base + "/")
        assert "docs/runbooks" not in each["annotations"]["runbook_url"]


def test_13_dashboards_are_labelled_configmaps() -> None:
    found = [
        each
        for each in manifests(KAFKA, WATCHED)
        if each["kind"] == "ConfigMap" and each["metadata"]["labels"].get("grafana_dashboard") == "1"
    ]
    shipped = {path.name: json.loads(path.read_text()) for path in (CHART / "dashboards").glob("*.json")}
    assert len(found) == len(shipped) == 2
    for each in found:
        ((name, text),) = each["data"].items()
        assert json.loads(text) == shipped[name.removeprefix("tocsin-")]


@pytest.mark.parametrize("values", MODES)
def test_14_seccomp_profile(values: dict[str, Any]) -> None:
    for name, pod in pods(manifests(values)):
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name


@pytest.mark.parametrize("values", MODES)
def test_15_read_only_root_filesystem(values: dict[str, Any]) -> None:
    for name, pod in pods(manifests(values)):
        for container in containers(pod):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True, name
            mounts = {mount["mountPath"] for mount in container.get("volumeMounts", [])}
            if container["name"] != "test":
                assert container["workingDir"] in mounts, "where it writes is a volume"


@pytest.mark.parametrize("values", MODES)
def test_16_service_account_without_token(values: dict[str, Any]) -> None:
    found = manifests(values)
    account = only(found, "ServiceAccount")
    assert account["automountServiceAccountToken"] is False
    for name, pod in pods(found):
        assert pod["serviceAccountName"] == account["metadata"]["name"], name
        assert pod["automountServiceAccountToken"] is False, name
    other = manifests(values, {"serviceAccount": {"create": False, "name": "given"}})
    assert "ServiceAccount" not in kinds(other)
    assert {pod["serviceAccountName"] for _, pod in pods(other)} == {"given"}


def test_17_extra_env_for_all_and_for_one() -> None:
    shared, own = {"name": "TZ", "value": "UTC"}, {"name": "TOCSIN_LOG_LEVEL", "value": "DEBUG"}
    found = manifests(KAFKA, {"extraEnv": [shared], "detect": {"extraEnv": [own]}})
    for name in PROCESSES:
        assert shared in component(found, name)["env"]
        assert (own in component(found, name)["env"]) == (name == "detect")


def test_18_existing_secret_is_used_and_none_is_made() -> None:
    found = manifests(KAFKA, {"existingSecret": "mine"})
    assert "Secret" not in kinds(found)
    named = {
        entry["valueFrom"]["secretKeyRef"]["name"]
        for _, pod in pods(found)
        for container in containers(pod)
        for entry in container.get("env") or []
        if "valueFrom" in entry
    }
    assert named == {"mine"}
    made = manifests(merged(KAFKA, {"existingSecret": "", "secret": {"tokens": "duty:read:t", "secretKey": "k" * 32}}))
    assert only(made, "Secret")["stringData"] == {"tokens": "duty:read:t", "secret-key": "k" * 32}


@pytest.mark.parametrize("values", MODES)
def test_19_topology_spread(values: dict[str, Any]) -> None:
    found = manifests(values)
    for each in found:
        if each["kind"] in ("Deployment", "StatefulSet"):
            constraints = pod_of(each)["topologySpreadConstraints"]
            assert {one["topologyKey"] for one in constraints} == {
                "topology.kubernetes.io/zone",
                "kubernetes.io/hostname",
            }
            assert all(one["labelSelector"] == each["spec"]["selector"] for one in constraints)
    bare = manifests(values, {"topologySpread": {"enabled": False}})
    assert all("topologySpreadConstraints" not in pod for _, pod in pods(bare))


@pytest.mark.parametrize("values", MODES)
def test_20_startup_probe(values: dict[str, Any]) -> None:
    for each in manifests(values):
        if each["kind"] in ("Deployment", "StatefulSet"):
            container = pod_of(each)["containers"][0]
            named = {port["name"] for port in container["ports"]}
            for probe, path in (("startup", "/livez"), ("liveness", "/livez"), ("readiness", "/readyz")):
                asked = container[f"{probe}Probe"]["httpGet"]
                assert asked["path"] == path
                assert asked["port"] in named
            startup = container["startupProbe"]
            assert startup["periodSeconds"] * startup["failureThreshold"] >= 300, "an engine may have much to rebuild"


def _checksums(values: dict[str, Any], name: str) -> dict[str, str]:
    for each in manifests(values):
        if each["kind"] in ("Deployment", "StatefulSet") and each["metadata"]["name"].endswith(name):
            annotations: dict[str, str] = each["spec"]["template"]["metadata"]["annotations"]
            return {key: value for key, value in annotations.items() if key.startswith("checksum/")}
    raise AssertionError(name)


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"logLevel": "DEBUG"}, {"checksum/settings"}),
        ({"rules": "rules: []"}, {"checksum/rules", "checksum/settings"}),
        ({"subscribers": "subscribers: []"}, {"checksum/subscribers", "checksum/settings"}),
        ({"existingSecret": "other"}, {"checksum/secret"}),
        ({"service": {"port": 81}}, set()),
    ],
)
def test_21_checksums_follow_what_a_pod_reads(change: dict[str, Any], changed: set[str]) -> None:
    before, after = _checksums(EMBEDDED, "embedded"), _checksums(merged(EMBEDDED, change), "embedded")
    assert {key for key in before | after if before.get(key) != after.get(key)} == changed


def test_21_a_new_job_applies_changed_rules() -> None:
    first = only(manifests(KAFKA, {"rules": "rules: []"}), "Job")["metadata"]["name"]
    again = only(manifests(KAFKA, {"rules": "rules: []"}), "Job")["metadata"]["name"]
    changed = only(manifests(KAFKA, {"rules": "rules: [] # changed"}), "Job")["metadata"]["name"]
    assert first == again != changed


def test_22_extra_objects_are_templates() -> None:
    given = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-extra"}}
    text = 'apiVersion: v1\nkind: Secret\nmetadata: {name: {{ include "tocsin.fullname" . }}-extra}\n'
    found = manifests(EMBEDDED, {"extraObjects": [given, text]})
    assert only(found, "ConfigMap", "-extra")["metadata"]["name"] == "bell-extra"
    assert only(found, "Secret", "-extra")["metadata"]["name"] == "bell-tocsin-extra"


def test_the_chart_says_what_it_is() -> None:
    with Chart.load(CHART) as chart:
        assert chart.metadata["apiVersion"] == "v2"
        assert chart.metadata["kubeVersion"]
        assert chart.schema is not None


def test_the_package_holds_what_an_operator_needs(tmp_path: Path) -> None:
    with tarfile.open(package(CHART, destination=tmp_path)) as archive:
        names = {name.removeprefix("tocsin/") for name in archive.getnames()}
    assert {"Chart.yaml", "values.yaml", "values.schema.json", "README.md"} <= names
    assert {f"rules/{name}.yaml" for name in ("recording", "alerts")} <= names
    assert len([name for name in names if name.startswith("docs/runbooks/")]) > 20
    assert {"dashboards/overview.json", "dashboards/service.json"} <= names
    assert not [name for name in names if name.startswith("ci/")]
