"""One line of the log leads to the next: from a story to its alert to each delivery; and no line tells a secret."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.process import KEY, SECRET, Process, Receiver
from tests.ops.test_prometheus import STRIKES, story
from tests.ops.waiting import until


def lines(process: Process, event: str) -> list[dict[str, Any]]:
    """The log lines of one event, as far as they are whole."""
    found = [json.loads(line) for line in process.log().split("\n")[:-1] if line.startswith("{")]
    return [line for line in found if line["event"] == event]


@pytest.fixture
def logged(tmp_path: Path) -> Any:
    receiver = Receiver()
    process = Process(tmp_path, endpoint=receiver.url)
    _, told = process.post("/stories", story(1, STRIKES))
    process.post("/stories", b"{broken")
    until(lambda: lines(process, "delivery"))
    assert process.stop() == 0
    receiver.close()
    return process, told["receipt"], receiver.url


def test_a_story_leads_to_its_alert_and_that_to_its_delivery(logged: Any) -> None:
    process, receipt, _ = logged
    first, second = lines(process, "story")
    assert (first["receipt"], first["outcome"]) == (receipt, "signals")
    assert second["outcome"] == "rejected"
    (alert,) = lines(process, "alert")
    assert (alert["receipt"], alert["transition"], alert["rule"]) == (receipt, "opened", "air-strikes-country")
    (delivery,) = lines(process, "delivery")
    assert (delivery["alert"], delivery["revision"]) == (alert["alert"], alert["revision"])
    assert (delivery["subscriber"], delivery["sequence"], delivery["outcome"]) == ("desk", 1, "delivered")


def test_no_line_tells_a_secret_an_address_or_a_storys_text(logged: Any) -> None:
    process, _, url = logged
    text = "\n".join(line for line in process.log().splitlines() if line.startswith("{"))
    for hidden in (KEY, SECRET, url, "Saraqib", "Warplanes", "broken"):
        assert hidden not in text
