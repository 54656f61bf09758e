"""The dashboards' queries as Prometheus gets them from Grafana."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.ops.charts import CHART

DASHBOARDS = sorted((CHART / "dashboards").glob("*.json"))
VARIABLES = {"$namespace": ".*", "$job": ".*", "$__rate_interval": "10m", "$__range": "10m"}


def panels(path: Path) -> list[dict[str, Any]]:
    """The panels of a dashboard that show something."""
    return [panel for panel in json.loads(path.read_text())["panels"] if panel["type"] != "row"]


class Query(NamedTuple):
    """A query with its variables filled in, and how its series are named."""

    name: str
    expression: str
    legend: str

    @property
    def labels(self) -> set[str]:
        """The labels that the legend names."""
        return set(re.findall(r"{{\s*(\w+)\s*}}", self.legend))


def queries() -> Iterator[Query]:
    """The query of every target of every panel."""
    for path in DASHBOARDS:
        for panel in panels(path):
            for target in panel["targets"]:
                expression = target["expr"]
                for variable, value in VARIABLES.items():
                    expression = expression.replace(variable, value)
                assert "$" not in expression, expression
                yield Query(f"{path.stem}-{panel['title']}-{target['refId']}", expression, target["legendFormat"])
