"""Commands, settings and names that the chart and compose.yaml use are those of the program."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from config.settings import Settings
from config.topics import groups, topics
from tests.ops.charts import CI, EMBEDDED, KAFKA, ROOT, WATCHED, containers, manifests, merged, only, pods
from tocsin import cli

EVERYTHING = merged(
    KAFKA,
    WATCHED,
    {
        "subscribers": "subscribers: []",
        "feeds": ["https://example.org/feed"],
        "kafka": {
            "tls": {"enabled": True, "existingSecret": "tls", "clientCertificate": True},
            "sasl": {"mechanism": "SCRAM-SHA-512", "existingSecret": "user"},
        },
        "extract": {"autoscaling": {"type": "keda"}},
    },
)


def command_lines() -> Iterator[tuple[str, ...]]:
    for values in (EMBEDDED, merged(EMBEDDED, {"feeds": ["https://example.org/feed"]}), EVERYTHING):
        for _, pod in pods(manifests(values)):
            for container in containers(pod):
                if container.get("command") == ["tocsin"]:
                    yield tuple(container["args"])
    for service in yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values():
        if "command" in service:
            yield tuple(service["command"])


@pytest.mark.parametrize("arguments", sorted(set(command_lines())), ids=" ".join)
def test_the_command_line_is_understood(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--help` after the words: an unknown command or option is refused before help is shown."""
    words = [word for word in arguments if not word.startswith(("/", "https:"))]
    options = [word for word in arguments if word.startswith("--")]
    plain = [word for word in words if not word.startswith("--") and not word.isdigit()]
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.run([*plain, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Usage: tocsin {' '.join(plain)}" in shown
    for option in options:
        assert option in shown


def environment(values: dict[str, Any]) -> set[str]:
    """Names of every variable that any process gets."""
    found = manifests(values)
    named = set(only(found, "ConfigMap", "settings")["data"])
    for _, pod in pods(found):
        for container in containers(pod):
            named |= {entry["name"] for entry in container.get("env") or []}
    return {name for name in named if name.startswith("TOCSIN_")}


@pytest.mark.parametrize("values", [EMBEDDED, EVERYTHING], ids=["embedded", "kafka"])
def test_every_variable_is_a_setting(values: dict[str, Any]) -> None:
    assert {name.removeprefix("TOCSIN_").lower() for name in environment(values)} <= set(Settings.model_fields)


def test_settings_are_read_as_meant() -> None:
    data = only(manifests(EVERYTHING, {"allowHttp": True}), "ConfigMap", "settings")["data"]
    settings = Settings(**{name.removeprefix("TOCSIN_").lower(): value for name, value in data.items()})
    assert settings.kafka_security == "SASL_SSL"
    assert settings.kafka_mechanism == "SCRAM-SHA-512"
    assert settings.allow_http is True
    assert settings.max_story_bytes == 1_048_576
    assert settings.metrics_port == 9108


@pytest.mark.parametrize("prefix", ["tocsin.", "north.", ""])
def test_keda_watches_the_topic_and_group_of_the_program(prefix: str) -> None:
    values = merged(EVERYTHING, {"kafka": {"topicPrefix": prefix}})
    settings = Settings(topic_prefix=prefix)
    trigger = only(manifests(values), "ScaledObject")["spec"]["triggers"][0]["metadata"]
    assert trigger["topic"] == topics(settings).stories
    assert trigger["consumerGroup"] == groups(settings).extract


def test_a_process_gets_only_the_secrets_that_it_needs() -> None:
    needed = {
        "extract": set(),
        "detect": {"secret-key"},
        "deliver": {"secret-key"},
        "serve": {"tokens", "secret-key"},
        "embedded": {"tokens", "secret-key"},
    }
    for values in (EMBEDDED, KAFKA):
        for name, pod in pods(manifests(values)):
            process = name.removeprefix("bell-tocsin-")
            if process in needed:
                (container,) = pod["containers"]
                keys = {
                    entry["valueFrom"]["secretKeyRef"]["key"]
                    for entry in container.get("env") or []
                    if "valueFrom" in entry
                }
                assert keys == needed[process], name


def test_the_job_makes_topics_before_it_applies_rules() -> None:
    pod = only(manifests(EVERYTHING), "Job")["spec"]["template"]["spec"]
    steps = [container["args"][:2] for container in containers(pod)]
    assert steps == [["topics", "create"], ["rules", "apply"], ["subscribers", "apply"]]


def test_rules_and_subscribers_are_mounted_where_they_are_read() -> None:
    values = {"rules": "rules: []\n", "subscribers": "subscribers: []\n"}
    for layer, workload in ((EMBEDDED, "embedded"), (KAFKA, "deploy")):
        found = manifests(layer, values)
        settings = only(found, "ConfigMap", "settings")["data"]
        for name, pod in pods(found):
            if workload in name:
                mounts = {mount["mountPath"] for mount in containers(pod)[-1]["volumeMounts"]}
                for setting in ("TOCSIN_RULES", "TOCSIN_SUBSCRIBERS"):
                    assert settings[setting].rpartition("/")[0] in mounts
        assert only(found, "ConfigMap", "rules")["data"]["rules.yaml"] == values["rules"]
        assert only(found, "Secret", "subscribers")["stringData"]["subscribers.yaml"] == values["subscribers"]


def test_ci_rules_and_subscribers_are_ones_the_program_takes() -> None:
    from alerts.delivery.subscribers_file import load_subscribers
    from alerts.engine.rules import load_rules

    settings = Settings(secret_key="0123456789abcdef0123456789abcdef")
    for path in CI:
        values = yaml.safe_load(path.read_text())
        if "rules" in values:
            load_rules(values["rules"])
        if "subscribers" in values:
            given = {"DESK_ENDPOINT": "https://desk.example.org/hook", "DESK_SECRET": "whsec_" + "QUJD" * 8}
            load_subscribers(values["subscribers"], settings, environment=given)
