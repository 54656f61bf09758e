"""The dashboards' queries as Prometheus gets them from Grafana."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.ops.charts import CHART

DASHBOARDS = sorted((CHART / "dashboards").glob("*.json"))
VARIABLES = {"$namespace": ".*", "$job": ".*", "$__rate_interval": "10m", "$__range": "10m"}


def panels(path: Path) -> list[dict[str, Any]]:
    """The panels of a dashboard that show something."""
    return [panel for panel in json.loads(path.read_text())["panels"] if panel["type"] != "row"]


def queries() -> Iterator[tuple[str, str]]:
    """(name, query with its variables filled in) of every target of every panel."""
    for path in DASHBOARDS:
        for panel in panels(path):
            for target in panel["targets"]:
                expression = target["expr"]
                for variable, value in VARIABLES.items():
                    expression = expression.replace(variable, value)
                assert "$" not in expression, expression
                yield f"{path.stem}-{panel['title']}-{target['refId']}", expression
