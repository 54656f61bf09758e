"""Prometheus itself scrapes a running Tocsin: every panel of both dashboards has data, and rules fire."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.process import SECRET, Process, Receiver
from tests.ops.charts import templates
from tests.ops.dashboards import Query, queries
from tests.ops.prometheus import Prometheus, required
from tests.ops.waiting import until

FAILING = 4
"""Receivers that answer 500, so that attempts fail often enough to be judged."""
TOKEN = "0123456789abcdef0123456789abcdef"

pytestmark = [pytest.mark.prometheus, pytest.mark.slow]


class Watched(NamedTuple):
    """A service with things to tell, and the Prometheus that has scraped them."""

    service: Process
    prometheus: Prometheus


def story(number: int, text: str, hours: float = 0.0) -> bytes:
    """A story published so many hours ago."""
    published = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=hours)
    return json.dumps(
        {
            "uri": f"urn:ops:{number}",
            "type": "text",
            "version": "1",
            "versioncreated": published.isoformat().replace("+00:00", "Z"),
            "pubstatus": "usable",
            "language": "en",
            "infosource": [{"name": "Test Press"}],
            "headline": text.split(":")[1].split(",")[0].strip(),
            "body_text": text.replace("TODAY", published.strftime("%A")),
        }
    ).encode()


STRIKES = (
    "BEIRUT: Warplanes bombed the towns of Saraqib, Kafranbel and Khan Sheikhun in Idlib province of Syria on TODAY, "
    "killing four people in Saraqib, a war monitor said."
)
FLIGHT = "BEIRUT: Fighting has displaced 180,000 people in Idlib province of Syria, the United Nations said on TODAY."
QUIET = "BEIRUT: The central bank of Lebanon kept its rate unchanged, it said on TODAY."


def subscribers(well: str, ill: str, gone: str) -> str:
    lines = ["subscribers:"]
    for name, endpoint in [("desk", well), ("left", gone), *((f"ill-{n}", ill) for n in range(FAILING))]:
        lines += [f"  - id: {name}", f"    endpoint: {endpoint}", f"    secrets: [{SECRET}]"]
        if name != "desk":
            lines.append(f"    schedule: [{', '.join(['0.2'] * 10)}]")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    required()
    folder = tmp_path_factory.mktemp("watched")
    well, ill, gone = Receiver(), Receiver(500), Receiver(410)
    (folder / "given.yaml").write_text(subscribers(well.url, ill.url, gone.url))
    service = Process(folder, env={"TOCSIN_SUBSCRIBERS": str(folder / "given.yaml")})
    prometheus = Prometheus(folder / "prometheus", service.url.removeprefix("http://"))
    try:
        # What is counted from 0 must have been scraped at 0, or it cannot be seen to grow.
        until(lambda: prometheus.query("tocsin_watermark_timestamp_seconds > 0"))
        service.post("/stories", story(1, STRIKES))
        service.post("/stories", story(2, FLIGHT))
        service.post("/stories?feed=old-wire", story(3, QUIET, hours=30))
        service.post("/stories", b"{broken")
        service.get("/v1/alerts")
        service.get("/v1/nothing")
        until(lambda: well.told)
        until(lambda: prometheus.query("sum(tocsin_delivery_attempts_total) > 15"))
        until(lambda: prometheus.query("tocsin:delivery_failures:ratio_rate1h"))
        until(lambda: prometheus.query("tocsin:end_to_end_seconds:p99_1h > 0"))
        yield Watched(service, prometheus)
    finally:
        prometheus.close()
        if service.alive():
            service.stop()
        for receiver in (well, ill, gone):
            receiver.close()


QUERIES = [pytest.param(each, id=each.name) for each in queries()]


@pytest.mark.parametrize("query", QUERIES)
def test_every_panel_has_data(watched: Watched, query: Query) -> None:
    until(lambda: watched.prometheus.numbers(query.expression))


@pytest.mark.parametrize("query", [each for each in QUERIES if each.values[0].labels])
def test_legends_name_labels_that_are_there(watched: Watched, query: Query) -> None:
    """Grafana writes nothing for a label that a series has not: of two such series nobody can tell which is which."""
    until(lambda: watched.prometheus.query(query.expression))
    for sample in watched.prometheus.query(query.expression):
        assert sample["metric"].keys() <= query.labels | {"namespace", "job", "instance", "__name__"}, sample
    assert query.labels <= {name for each in watched.prometheus.query(query.expression) for name in each["metric"]}


@pytest.mark.parametrize("query", [each for each in QUERIES if '"none"' in each.values[0].expression])
def test_none_is_said_only_of_nothing(watched: Watched, query: Query) -> None:
    """What stands in for an empty answer is not one more series beside a full one."""
    until(lambda: watched.prometheus.query(query.expression))
    series = watched.prometheus.query(query.expression)
    assert len(series) == 1 or not any("none" in each["metric"].values() for each in series)


@pytest.mark.parametrize(
    "holds",
    [
        'tocsin_alerts{rule="air-strikes-country",state="open"} == 1',
        'tocsin_measure{rule="air-strikes-country",country="SY"} >= 3',
        'tocsin_measure{measure="displaced",country="SY"} == 180000',
        'tocsin_incidents{kind="air_strike",country="SY"} >= 3',
        "0 < tocsin_end_to_end_seconds_sum < 300",
        'tocsin_dead_letters{what="stories"} == 1',
        'tocsin_config_applied_total{file="rules",outcome="applied"} == 1',
        'tocsin_source_silence_seconds{feed="old-wire"} > 29 * 3600',
    ],
)
def test_what_the_panels_show_is_what_happened(watched: Watched, holds: str) -> None:
    until(lambda: watched.prometheus.query(holds))


def test_all_rules_are_loaded_and_evaluated_without_a_fault(watched: Watched) -> None:
    assert watched.prometheus.rules() == 40
    assert watched.prometheus.faults() == []


@pytest.mark.parametrize("name", ["TocsinSourceSilent", "TocsinDeliveryBurn14x", "TocsinSubscriberDisabled"])
def test_the_rule_fires(watched: Watched, name: str) -> None:
    until(lambda: name in watched.prometheus.firing())


@pytest.mark.parametrize(
    "name",
    [
        "TocsinDown",
        "TocsinClockStopped",
        "TocsinHttpErrors",
        "TocsinGuardUnrecoverable",
        "TocsinConfigRefused",
        "TocsinNoLeader",
        "TocsinEngineStalled",
        "TocsinExtractStalled",
    ],
)
def test_a_healthy_part_is_not_told_of(watched: Watched, name: str) -> None:
    """Rules without their patience: a scrape that a busy machine has missed is told of, and no longer than that."""
    until(lambda: name not in watched.prometheus.firing())


def test_labels_are_bounded(watched: Watched) -> None:
    """No id, address or word of a story is a label."""
    _, text = watched.service.get("/metrics")
    for name, value in re.findall(r'(\w+)="([^"]*)"', text):
        assert "urn:" not in value
        assert "127.0.0.1" not in value
        assert not re.search(r"Saraqib|Idlib|ill-\d|desk", value), f"{name}={value}"
        assert "://" not in value


def test_the_charts_own_test_passes_against_a_service_with_tokens(tmp_path: Path) -> None:
    """The script of the helm-test hook, run as its pod would."""
    import subprocess
    import sys

    import yaml

    hook = yaml.safe_load(templates({"existingSecret": "tocsin"})["tocsin/templates/tests/ready.yaml"])
    script = hook["spec"]["containers"][0]["args"][0]
    service = Process(tmp_path, env={"TOCSIN_TOKENS": f"test:read+manage+intake:{TOKEN}"})
    try:
        run = [sys.executable, "-c", script, service.url]
        done = subprocess.run(run, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert done.stdout == "ready, and closed to strangers\n"
    finally:
        service.stop()
    open_to_all = Process(tmp_path)
    try:
        run[-1] = open_to_all.url
        assert subprocess.run(run, capture_output=True, timeout=300).returncode != 0
    finally:
        open_to_all.stop()


def test_zz_a_service_that_is_gone_is_told_of(watched: Watched) -> None:
    """The last of this file: it kills the service that the others ask."""
    watched.service.kill()
    until(lambda: "TocsinDown" in watched.prometheus.firing())
