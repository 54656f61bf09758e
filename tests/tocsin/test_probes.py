"""The small page of a worker."""

import json
import urllib.request

import pytest

from tocsin.failures import CommandError
from tocsin.probes import Health, Probes, Progress, page


def test_metrics_and_health_are_served() -> None:
    with Probes("127.0.0.1", 0, lambda: Health(ready=True, live=True)) as probes:
        with urllib.request.urlopen(f"http://127.0.0.1:{probes.port}/metrics", timeout=60) as answer:
            assert b"# HELP" in answer.read()
        with urllib.request.urlopen(f"http://127.0.0.1:{probes.port}/livez", timeout=60) as answer:
            assert json.loads(answer.read()) == {"ok": True, "reasons": []}


def test_what_is_wrong_is_said() -> None:
    """Not ready and live: a worker that pauses is not restarted."""
    paused = Health(ready=False, live=True, reasons=("it pauses",))
    assert page("/readyz", lambda: paused)[::2] == (503, b'{"ok":false,"reasons":["it pauses"]}')
    assert page("/livez?verbose", lambda: paused)[0] == 200
    assert page("/", lambda: paused)[0] == 404


def test_a_port_in_use_is_one_clear_line() -> None:
    with Probes("127.0.0.1", 0, lambda: Health(True, True)) as first:
        with pytest.raises(CommandError) as refused:
            Probes("127.0.0.1", first.port, lambda: Health(True, True))
        assert refused.value.line.startswith(f"port {first.port} is in use; give another with --port")


def test_liveness_is_progress() -> None:
    """Work that waits while the position stands still; an empty queue or a step forward is well."""
    now = [0.0]
    progress = Progress(patience=60.0, now=lambda: now[0])
    assert not progress.stalled(5, 10)
    now[0] = 61.0
    assert progress.stalled(5, 10)
    assert not progress.stalled(6, 10)
    now[0] = 130.0
    assert not progress.stalled(6, 0)
    now[0] = 180.0
    assert not progress.stalled(6, 4)
