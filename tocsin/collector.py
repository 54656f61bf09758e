"""Python's garbage collector, tuned for a process that loads much once and then makes many small values."""

import gc

THRESHOLDS = (50_000, 50, 100)
"""Measured with bench/delivery.py: a third less CPU per delivery than with Python's (700, 10, 10)."""


def tune() -> None:
    """Call when everything is loaded: gazetteer and lexicon stay, and no collection need look at them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
