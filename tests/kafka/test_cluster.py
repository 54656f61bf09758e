"""`make run-kafka`: the sample wire through a whole cluster, as somebody sees it who tries it for the first time."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import HERE
from tests.kafka.brokers import bootstrap_or_skip

pytestmark = [pytest.mark.kafka, pytest.mark.slow]


def test_the_sample_wire_is_played_and_everything_ends(tmp_path: Path) -> None:
    """Alerts as they are raised, a verified webhook for each, what was raised and why; and exit code 0."""
    bootstrap_or_skip()
    done = subprocess.run(
        [sys.executable, "-m", "tocsin", "cluster", "--sample", "--keep", str(tmp_path)],
        capture_output=True,
        timeout=900,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    stories = len((HERE / "sample" / "wire.ndjson").read_bytes().splitlines())
    told = re.search(r"(\d+) stories, (\d+) alerts in (\d+) revisions", done.stdout)
    assert told is not None
    assert int(told[1]) == stories
    assert int(told[3]) > int(told[2]) > 3
    webhooks = re.findall(r"webhook #(\d+) verified", done.stdout)
    assert len(webhooks) == len(set(webhooks))
    assert int(told[3]) >= len(webhooks) > 10
    assert "wrong signature" not in done.stdout
    assert "curl -X POST http://127.0.0.1:" in done.stdout
