"""How good the spike detectors are: simulated daily counts with planted outbreaks.

    python bench/spikes.py [--series N]

Three years of daily negative-binomial counts about a level of 0.2, 1, 3 or 10, with a weekly rhythm; the first year is
quiet, in the other two ten outbreaks of 3 to 14 days are planted, in which the mean is 2 to 5 times as high (at least
one more a day). Sensitivity: outbreaks with an alarm while they last. Delay: median days from their first day to the
first alarm. False alarms: runs of alarm days that touch no outbreak nor the week after one, per year.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from statistics import median

from alerts.engine.detection import verdicts
from alerts.engine.measures import Daily
from alerts.engine.rules import Rule, Spike

DAYS = 3 * 365
QUIET = 365
OUTBREAKS = 10
LEVELS = (0.2, 1.0, 3.0, 10.0)
SPIKES = {
    "EARS C1": (Spike(method="ears_c1", alpha=0.001), Spike(method="ears_c1", alpha=0.00001)),
    "EARS C2": (Spike(method="ears_c2", alpha=0.001), Spike(method="ears_c2", alpha=0.00001)),
    "EARS C3": (Spike(method="ears_c3", alpha=0.001), Spike(method="ears_c3", alpha=0.00001)),
    "negative-binomial CUSUM": (Spike(method="negbin_cusum", limit=2.5), Spike(method="negbin_cusum", limit=4.5)),
    "ratio to the window before": (Spike(method="ratio", min=3, height=2), Spike(method="ratio", min=6, height=4)),
    "record, 1 year": (Spike(method="record"), Spike(method="record", min=5)),
}
"""Each method at a lower and at a higher operating point."""


@dataclass(frozen=True)
class Simulated:
    """A series from day 1 on, and the days of its outbreaks."""

    counts: list[int]
    outbreaks: list[range]


def simulated(chance: random.Random, level: float) -> Simulated:
    """One series with its outbreaks, which do not touch."""
    starts = sorted(chance.sample(range(QUIET + 1, DAYS - 20, 30), OUTBREAKS))
    outbreaks = [range(start, start + chance.randint(3, 14)) for start in starts]
    factor = {day: chance.uniform(2, 5) for outbreak in outbreaks for day in outbreak}
    counts = []
    for day in range(1, DAYS + 1):
        mean = level * (0.8 if day % 7 < 2 else 1.08)
        if day in factor:
            mean = max(mean + 1, mean * factor[day])
        counts.append(negative_binomial(chance, mean, 0.2))
    return Simulated(counts, outbreaks)


def negative_binomial(chance: random.Random, mean: float, dispersion: float) -> int:
    """A Poisson draw about a gamma draw: variance mean + dispersion * mean^2."""
    rate = chance.gammavariate(1 / dispersion, mean * dispersion)
    count, product, limit = 0, chance.random(), exp(-rate)
    while product > limit:
        count, product = count + 1, product * chance.random()
    return count


def alarm_days(spike: Spike, counts: list[int]) -> Iterator[int]:
    """The days on which the detector alarms and the window reaches the floor."""
    window = 7 if spike.method in ("record", "ratio") else 1
    rule = Rule(id="r", kind="air_strike", by="country", measure="incidents", window=window, spike=spike)
    series = {day: Daily(best=count) for day, count in enumerate(counts, 1) if count}
    for day, verdict in verdicts(rule, series, set(range(1, len(counts) + 1)), range(1, len(counts) + 1)):
        if verdict.alarm and sum(counts[max(0, day - window) : day]) >= spike.min:
            yield day


def score(spike: Spike, runs: list[Simulated]) -> tuple[float, float, float]:
    """(sensitivity, median delay in days, false alarms a year)."""
    found, delays, false = 0, [], 0
    for run in runs:
        alarms = [day for day in alarm_days(spike, run.counts) if day > QUIET]
        for outbreak in run.outbreaks:
            hits = [day for day in alarms if day in outbreak]
            found += bool(hits)
            delays += [hits[0] - outbreak.start] if hits else []
        near = {day for outbreak in run.outbreaks for day in range(outbreak.start, outbreak.stop + 7)}
        stray = [day for day in alarms if day not in near]
        false += sum(day - 1 not in stray for day in stray)
    years = len(runs) * (DAYS - QUIET) / 365
    return found / (OUTBREAKS * len(runs)), median(delays) if delays else float("nan"), false / years


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--series", type=int, default=40, help="series, a quarter at each level")
    number = options.parse_args().series
    chance = random.Random(7)
    runs = [simulated(chance, LEVELS[n % len(LEVELS)]) for n in range(number)]
    print("| method | point | sensitivity | median delay, days | false alarms a year |")
    print("|---|---|---|---|---|")
    for name, points in SPIKES.items():
        for point, spike in zip(("sensitive", "strict"), points, strict=True):
            sensitivity, delay, false = score(spike, runs)
            print(f"| {name} | {point} | {sensitivity:.2f} | {delay:.0f} | {false:.1f} |", flush=True)


if __name__ == "__main__":
    main()
