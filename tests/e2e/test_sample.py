"""`make run`: the sample wire is played, alerts appear, each webhook is verified, and it ends with exit code 0."""

import subprocess
import sys

import pytest
import yaml

from config.settings import HERE


@pytest.mark.slow
def test_the_sample_rings_and_says_why_and_how_to_feed_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tocsin", "run", "--sample", "--port", "0"],
        capture_output=True,
        timeout=600,
        check=False,
    )
    out = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert out.count("verified:") >= 10
    assert "wrong signature" not in out
    for step in ("opened", "escalated", "updated", "resolved", "retracted"):
        assert step in out, step
    assert "curl -X POST http://127.0.0.1:" in out


def test_the_sample_is_of_the_size_and_shape_it_says() -> None:
    expected = yaml.safe_load((HERE / "sample" / "expected.yaml").read_text())
    stories = (HERE / "sample" / "wire.ndjson").read_text().splitlines()
    assert len(stories) >= 60
    assert expected
