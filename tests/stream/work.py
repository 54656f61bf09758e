"""Hostile texts, and the work they cost: executed lines of Python, so that the machine does not matter."""

import sys
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st


def work(function: Callable[[str], Any], piece: str, size: int) -> int:
    """The lines that `function` executes over `size` characters of a repeated piece."""
    text = (piece * (size // len(piece) + 1))[:size]
    lines = 0

    def trace(_frame: Any, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(text)
    finally:
        sys.settrace(before)
    return lines


def is_linear(function: Callable[[str], Any], piece: str) -> bool:
    """Does eight times the text cost about eight times the work?"""
    return work(function, piece, 16_000) < 12 * max(work(function, piece, 2_000), 1)


def texts(words: str) -> st.SearchStrategy[str]:
    """Any text, and salads of `words` and line breaks, with and without spaces between."""
    salad = st.lists(st.sampled_from([*words.split(), "\n"]), max_size=80)
    return st.one_of(st.text(max_size=300), salad.map(" ".join), salad.map("".join))
