"""Rules: sound by promtool, each with a page and a case, and made of metrics that exist."""

import importlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from tests.ops.charts import CHART, ROOT

RULES = CHART / "rules"
RUNBOOKS = CHART / "docs" / "runbooks"
CASES = sorted((Path(__file__).parent / "promtool").glob("*.yaml"))
METRIC = re.compile(r"\btocsin_[a-z_]+\b")
RECORDED = re.compile(r"\btocsin:[a-z0-9_:]+\b")


def entries() -> list[dict[str, Any]]:
    """Every rule of both files."""
    return [
        entry
        for name in ("recording", "alerts")
        for group in yaml.safe_load((RULES / f"{name}.yaml").read_text())["groups"]
        for entry in group["rules"]
    ]


ALERTS = {entry["alert"]: entry for entry in entries() if "alert" in entry}
RECORDINGS = {entry["record"]: entry for entry in entries() if "record" in entry}


def exposed() -> set[str]:
    """Names of every series that the program can expose."""
    found: set[str] = set()
    for name in ("stream.metrics", "alerts.metrics"):
        for metric in vars(importlib.import_module(name)).values():
            if isinstance(metric, MetricWrapperBase):
                described = metric.describe()[0]
                endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
                found |= {described.name + ending for ending in endings.get(described.type, ("",))}
    return found


@pytest.fixture(scope="module")
def promtool() -> str:
    path = shutil.which("promtool")
    if path is None:
        if os.environ.get("TOCSIN_REQUIRE_ALL"):
            pytest.fail("promtool is missing: apt-get install prometheus")
        pytest.skip("promtool is missing: apt-get install prometheus")
    return path


@pytest.mark.prometheus
def test_promtool_finds_the_rules_sound(promtool: str) -> None:
    checked = subprocess.run(
        [promtool, "check", "rules", "--lint-fatal", *map(str, sorted(RULES.glob("*.yaml")))],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.prometheus
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_promtool_runs_the_cases(promtool: str, case: Path) -> None:
    run = subprocess.run(
        [promtool, "test", "rules", case.name], cwd=case.parent, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stdout + run.stderr


def expectations() -> dict[str, list[bool]]:
    """Alert -> for each time at which a case asks for it, whether it is expected to fire."""
    found: dict[str, list[bool]] = {}
    for path in CASES:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for question in case.get("alert_rule_test", []):
                found.setdefault(question["alertname"], []).append(bool(question["exp_alerts"]))
    return found


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_has_a_case_in_which_it_is_silent_and_fires(name: str) -> None:
    assert set(expectations()[name]) == {False, True}


@pytest.mark.parametrize("name", sorted(RECORDINGS))
def test_every_recording_has_a_case(name: str) -> None:
    asked = [
        question["expr"]
        for path in CASES
        for case in yaml.safe_load(path.read_text())["tests"]
        for question in case.get("promql_expr_test", [])
    ]
    assert any(name in RECORDED.findall(expression) for expression in asked)


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_has_its_runbook(name: str) -> None:
    alert = ALERTS[name]
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert set(alert["annotations"]) == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"] == f"docs/runbooks/{name}.md"
    text = (RUNBOOKS / f"{name}.md").read_text()
    assert text.startswith(f"# {name}\n")
    for heading in ("**What it means.**", "**What users notice.**", "**Look**", "**Do**", "**It ends when**"):
        assert heading in text


def test_no_runbook_without_an_alert() -> None:
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == set(ALERTS)


@pytest.mark.parametrize("name", sorted(ALERTS | RECORDINGS))
def test_rules_are_made_of_what_exists(name: str) -> None:
    expression = (ALERTS | RECORDINGS)[name]["expr"]
    unrecorded = RECORDED.sub("", expression)
    assert set(METRIC.findall(unrecorded)) <= exposed()
    assert set(RECORDED.findall(expression)) <= set(RECORDINGS)


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_runbooks_name_what_exists(path: Path) -> None:
    text = path.read_text()
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exposed()}
    assert set(METRIC.findall(RECORDED.sub("", text))) <= exposed() | families
    assert set(RECORDED.findall(text)) <= set(RECORDINGS)
    for other in re.findall(r"\bTocsin[A-Z]\w+", text):
        assert other in ALERTS, other
    for setting in re.findall(r"TOCSIN_([A-Z_]+)", text):
        from config.settings import Settings

        assert setting.lower() in Settings.model_fields


def test_runbooks_name_commands_that_exist() -> None:
    from tests.readme_tables import commands

    known = set(re.findall(r"`(tocsin [a-z -]+)`", commands()))
    for path in RUNBOOKS.glob("*.md"):
        for said in re.findall(r"`(tocsin [a-z -]+)", path.read_text()):
            words = " ".join(re.split(r" -|  ", said)[0].split())
            assert words in known, f"{path.name}: {words}"


def test_runbooks_name_routes_that_exist() -> None:
    from alerts.api import app

    known = {
        (operation.method, re.sub(r"\{[^}]*\}", "X", operation.path))
        for module in app.MODULES
        for operation in module.operations()
    }
    said = {
        (method, re.sub(r"\b[A-Z]{2,}\b", "X", route))
        for path in RUNBOOKS.glob("*.md")
        for method, route in re.findall(r"`(GET|POST) (/[A-Za-z0-9/]+)", path.read_text())
    }
    assert said
    assert said <= known


def test_burn_rates_are_those_of_the_objective() -> None:
    for name, factor, long, short in (
        ("TocsinDeliveryBurn14x", "14.4", "1h", "5m"),
        ("TocsinDeliveryBurn6x", "6", "6h", "30m"),
        ("TocsinDeliveryBurn1x", "1", "3d", "6h"),
    ):
        for window in (long, short):
            assert f"ratio_rate{window} > {factor} * 0.01" in ALERTS[name]["expr"]


def test_the_chart_keeps_its_rules_beside_its_templates() -> None:
    assert (ROOT / "helm" / "tocsin" / "templates" / "prometheusrule.yaml").exists()
