"""Words and progress for people: on standard error, and only when that is a terminal."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

console = Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """One line for a person; silent when standard error is no terminal."""
    if console.is_terminal:
        console.print(line)


def warn(line: str) -> None:
    """One line that must be seen wherever standard error goes."""
    sys.stderr.write(f"{line}\n")


def line(value: Any) -> None:
    """One JSON line on standard output."""
    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")


@contextmanager
def progress(title: str) -> Iterator["Bar"]:
    """A progress bar from 0 to 1."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        yield Bar(bars, title)


class Bar:
    """How far something is."""

    def __init__(self, bars: Progress, title: str) -> None:
        self._bars = bars
        self._task = bars.add_task(title, total=1.0)

    def at(self, share: float, title: str | None = None) -> None:
        self._bars.update(self._task, completed=share, description=title)

    def over(self, items: Iterable[tuple[float, Any]]) -> Iterator[Any]:
        """The items, the bar following the share that comes with each."""
        for share, item in items:
            self.at(share)
            yield item
