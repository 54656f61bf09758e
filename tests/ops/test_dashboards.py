"""Dashboards as files: sound JSON that Grafana can import, made of metrics that exist, laid out without overlaps."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from tests.ops.dashboards import DASHBOARDS, panels, queries
from tests.ops.test_rules import METRIC, RECORDED, RECORDINGS, exposed

PATHS = [pytest.param(path, id=path.stem) for path in DASHBOARDS]


def test_there_are_two() -> None:
    assert [path.stem for path in DASHBOARDS] == ["overview", "service"]


@pytest.mark.parametrize("path", PATHS)
def test_ids_titles_and_data_source(path: Path) -> None:
    document = json.loads(path.read_text())
    assert document["uid"] == f"tocsin-{path.stem}"
    ids = [panel["id"] for panel in document["panels"]]
    assert len(ids) == len(set(ids))
    titles = [panel["title"] for panel in panels(path)]
    assert len(titles) == len(set(titles))
    variables = {each["name"] for each in document["templating"]["list"]}
    assert variables == {"datasource", "namespace", "job"}
    for panel in panels(path):
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["targets"]


@pytest.mark.parametrize("path", PATHS)
def test_no_panel_lies_on_another(path: Path) -> None:
    for one, other in combinations([panel["gridPos"] for panel in json.loads(path.read_text())["panels"]], 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, f"{one} {other}"
        assert one["x"] + one["w"] <= 24


@pytest.mark.parametrize("path", PATHS)
def test_colours_are_chosen(path: Path) -> None:
    """Without steps of its own Grafana colours a number, or a bar, red from 80 on: seconds, people, whatever it is."""
    for panel in panels(path):
        if panel["type"] in ("stat", "bargauge"):
            assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"], panel["title"]


@pytest.mark.parametrize("expression", [pytest.param(each.expression, id=each.name) for each in queries()])
def test_queries_are_made_of_what_exists(expression: str) -> None:
    assert set(METRIC.findall(RECORDED.sub("", expression))) <= exposed()
    assert set(RECORDED.findall(expression)) <= set(RECORDINGS)
