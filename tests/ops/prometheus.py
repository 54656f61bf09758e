"""A real Prometheus for a test: scrapes its targets every two seconds, evaluates the chart's rules every second."""

import json
import math
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.charts import CHART
from tests.ops.waiting import answer, free_port, until


def required() -> None:
    """Skip without Prometheus, or fail when nothing may be skipped."""
    if shutil.which("prometheus") is None:
        if os.environ.get("TOCSIN_REQUIRE_ALL"):
            pytest.fail("prometheus is missing: apt-get install prometheus")
        pytest.skip("prometheus is missing: apt-get install prometheus")


HASTE = {"for": "0s"}
"""A rule's patience is left out: it is what promtool's cases are about."""


def hasty_rules(folder: Path) -> list[str]:
    """Copies of the chart's rules that fire as soon as their expression holds; their paths."""
    paths = []
    for name in ("recording", "alerts"):
        document = yaml.safe_load((CHART / "rules" / f"{name}.yaml").read_text())
        for group in document["groups"]:
            group["interval"] = "1s"
            for rule in group["rules"]:
                if "for" in rule:
                    rule.update(HASTE)
        path = folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(document))
        paths.append(str(path))
    return paths


class Prometheus:
    """Started and ready; `close` ends it."""

    def __init__(self, folder: Path, *targets: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        config = {
            "global": {"scrape_interval": "2s", "evaluation_interval": "1s"},
            "rule_files": hasty_rules(folder),
            "scrape_configs": [
                {
                    "job_name": "tocsin",
                    "static_configs": [{"targets": list(targets), "labels": {"namespace": "watch"}}],
                }
            ],
        }
        (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        self.url = f"http://127.0.0.1:{free_port()}"
        self._process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address={self.url.removeprefix('http://')}",
                "--log.level=error",
            ],
            stderr=(folder / "log").open("wb"),
        )
        try:
            until(lambda: answer(f"{self.url}/-/ready") == 200)
        except TimeoutError:
            self.close()
            raise AssertionError((folder / "log").read_text()) from None

    def close(self) -> None:
        """End it, and wait until it has ended."""
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The samples of an instant query. Raises AssertionError when Prometheus refuses it."""
        found: list[dict[str, Any]] = self._get("query", query=expression)["result"]
        return found

    def numbers(self, expression: str) -> list[float]:
        """The finite values of an instant query."""
        values = [float(sample["value"][1]) for sample in self.query(expression)]
        return [value for value in values if math.isfinite(value)]

    def firing(self) -> set[str]:
        """Names of the alerts that fire."""
        return {each["labels"]["alertname"] for each in self._get("alerts")["alerts"] if each["state"] == "firing"}

    def faults(self) -> list[str]:
        """What went wrong when rules were evaluated."""
        return [
            f"{rule['name']}: {rule['lastError']}"
            for group in self._get("rules")["groups"]
            for rule in group["rules"]
            if rule.get("lastError")
        ]

    def rules(self) -> int:
        """How many rules are loaded."""
        return sum(len(group["rules"]) for group in self._get("rules")["groups"])

    def _get(self, what: str, **parameters: str) -> dict[str, Any]:
        url = f"{self.url}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=120) as response:
                body = json.load(response)
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f"{parameters}: {refusal.read().decode()}") from None
        data: dict[str, Any] = body["data"]
        return data
