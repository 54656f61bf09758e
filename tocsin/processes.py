"""The processes of a cluster on this machine: started as an operator would, watched, ended. For sample and tests."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self


class Processes:
    """`tocsin` commands that run side by side, each with its log in `home`. Ends them all on exit."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        self._environment = os.environ | environment
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str, **environment: str) -> None:
        """Start `tocsin ARGUMENTS…` under a name of its own."""
        with self.log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", "tocsin", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment | environment,
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        return self.home / f"{name}.log"

    def ended(self) -> dict[str, int]:
        """Those that ended by themselves, with their exit codes."""
        return {name: code for name, each in self._running.items() if (code := each.poll()) is not None}

    def last_line(self, name: str) -> str:
        """The last line a process wrote."""
        lines = self.log(name).read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it wrote nothing"

    def kill(self, name: str) -> None:
        """kill -9, and wait until it is gone."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def stop(self, name: str, timeout: float = 30.0) -> int:
        """SIGTERM, and its exit code; kill -9 after `timeout` seconds."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGTERM)
        return _gone(process, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            _gone(process, 20.0)
        self._running.clear()


def _gone(process: subprocess.Popen[bytes], timeout: float) -> int:
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
