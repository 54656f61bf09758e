"""compose.yaml: sound, closed to the outside, and made of commands that exist."""

import re
from typing import Any

import pytest
import yaml

from config.settings import Settings
from tests.ops.charts import CHART, KAFKA, ROOT, manifests, pod_of

TEXT = (ROOT / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if name != "kafka"}


def test_two_ways_to_start() -> None:
    by_profile = {
        profile: {name for name, service in SERVICES.items() if profile in service["profiles"]}
        for profile in ("one", "kafka")
    }
    assert by_profile["one"] == {"tocsin"}
    assert by_profile["kafka"] == {"kafka", "topics", "rules", "extract", "detect", "deliver", "serve"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_processes_are_confined(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["image"] == f"tocsin:{yaml.safe_load((CHART / 'Chart.yaml').read_text())['appVersion']}"


def test_ports_are_open_to_this_machine_only() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_secrets_come_from_outside_and_are_asked_for() -> None:
    for service in OURS.values():
        for name, value in service["environment"].items():
            if name in ("TOCSIN_TOKENS", "TOCSIN_SECRET_KEY"):
                assert re.fullmatch(r"\$\{\w+:\?.+\}", value), "missing: compose says so and ends"


def test_settings_are_settings() -> None:
    named = {name for service in OURS.values() for name in service["environment"] if name.startswith("TOCSIN_")}
    assert {name.removeprefix("TOCSIN_").lower() for name in named} <= set(Settings.model_fields)


def test_dependencies_and_volumes_exist() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]


def test_steps_wait_for_one_another() -> None:
    assert SERVICES["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    assert SERVICES["rules"]["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}
    for name in ("extract", "detect", "deliver", "serve"):
        assert SERVICES[name]["depends_on"] == {"rules": {"condition": "service_completed_successfully"}}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_what_serves_comes_back_and_may_end_in_order(name: str) -> None:
    """Steps end by themselves; all else, the broker too, is started again, and has the chart's time to end."""
    service = SERVICES[name]
    given = {
        pod_of(each)["terminationGracePeriodSeconds"]
        for each in manifests(KAFKA)
        if each["kind"] in ("Deployment", "StatefulSet")
    }
    assert service["restart"] == ("no" if name in ("topics", "rules") else "unless-stopped")
    assert {service["stop_grace_period"]} == {f"{seconds}s" for seconds in given}


def test_the_broker_is_the_version_that_is_tested() -> None:
    tested = re.search(r"<version>(\d+\.\d+\.\d+)</version>", (ROOT / "tocsin" / "local_broker.xml").read_text())
    assert tested
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{tested[1]}"
