"""Spike detectors: by hand, and against R's surveillance package on 240 random series."""

import csv
import os
import random
import shutil
import subprocess
from math import ceil, log, sqrt
from pathlib import Path

import pytest

from alerts.engine import spikes
from alerts.engine.detection import verdicts
from alerts.engine.fold import crossed
from alerts.engine.measures import Daily, window
from alerts.engine.rules import Rule, Spike

QUIET = [0.0] * 20
SHOTS = 240
"""Random series given to R."""


def test_a_burst_after_quiet_days_alarms_all_three_ears() -> None:
    for method, alpha in (("ears_c1", 0.001), ("ears_c2", 0.001), ("ears_c3", 0.025)):
        verdict = spikes.ears(method, [*QUIET, 3.0], alpha, 0.5)
        assert verdict.alarm
        assert verdict.baseline == 0


def test_one_event_after_silence_is_no_spike() -> None:
    """The least standard deviation is 0.5: 3.09 * 0.5 = 1.55."""
    assert not spikes.ears("ears_c2", [*QUIET, 1.0], 0.001, 0.5).alarm
    assert spikes.ears("ears_c2", [*QUIET, 2.0], 0.001, 0.5).alarm


def test_the_guard_keeps_a_rise_out_of_its_own_baseline() -> None:
    rising = [1.0, 0.0, 2.0, 1.0, 0.0, 1.0, 2.0, 5.0, 5.0, 5.0]
    assert not spikes.ears("ears_c1", rising, 0.001, 0.5).alarm
    assert spikes.ears("ears_c2", rising, 0.001, 0.5).alarm


def test_missing_days_are_missing_and_too_many_give_no_verdict() -> None:
    """Two of seven may be missing, and are not noughts: the mean of the other five is 3."""
    two, three = [3.0, None, 3.0, None, 3.0, 3.0, 3.0, 4.0], [3.0, None, 3.0, None, None, 3.0, 3.0, 9.0]
    assert spikes.ears("ears_c1", two, 0.001, 0.5).baseline == 3.0
    assert spikes.ears("ears_c1", three, 0.001, 0.5) == spikes.SILENT
    assert spikes.ears("ears_c1", [1.0, 2.0], 0.001, 0.5) == spikes.SILENT


def test_moments_of_a_poisson_and_of_a_wider_series() -> None:
    assert spikes.moments([2.0, 2.0, 2.0]) == (2.0, 0.0)
    mean, dispersion = spikes.moments([0.0, 8.0, 0.0, 8.0])
    assert mean == 4.0
    assert dispersion == pytest.approx((64 / 3 - 4) / 16)


def test_the_likelihood_ratio_of_a_negative_binomial_tends_to_the_poisson() -> None:
    poisson = 5 * log(2) - 3
    assert spikes.log_likelihood_ratio(5, 3, 0.0, 2.0) == pytest.approx(poisson)
    assert spikes.log_likelihood_ratio(5, 3, 1e-7, 2.0) == pytest.approx(poisson, abs=1e-4)


def test_the_cusum_starts_again_after_an_alarm_and_says_what_would_alarm() -> None:
    base = [1.0] * 28 + [1.0, 1.0]
    low = spikes.negbin_cusum([*base, 4.0], 0.0, 2.0, 4.5)
    assert not low.alarm
    assert low.threshold is not None
    needed = ceil(low.threshold)
    assert not spikes.negbin_cusum([*base, needed - 1.0], 0.0, 2.0, 4.5).alarm
    high = spikes.negbin_cusum([*base, float(needed)], 0.0, 2.0, 4.5)
    assert high.alarm
    assert high.memory == 0.0


def test_the_cusum_keeps_its_sum_over_a_missing_day() -> None:
    assert spikes.negbin_cusum([1.0] * 30 + [None], 2.5, 2.0, 4.5).memory == 2.5


def test_past_alarms_weigh_no_more_than_what_would_just_have_alarmed() -> None:
    verdict = spikes.ears("ears_c2", [*QUIET, 50.0], 0.001, 0.5)
    assert spikes.tempered(50.0, verdict) == verdict.threshold
    assert spikes.tempered(1.0, spikes.ears("ears_c2", [*QUIET, 1.0], 0.001, 0.5)) == 1.0


def test_a_record_is_higher_than_all_before_it() -> None:
    assert spikes.record([1.0, None, 5.0, 6.0]).alarm
    assert not spikes.record([1.0, 6.0, 6.0]).alarm
    assert spikes.record([None, None, 3.0]) == spikes.SILENT


DOCUMENTED = [
    (4.0, 15, 0, [5, 5, 10, 35], {4}),
    (4.0, 15, 0, [20, 21, 19, 23], set()),
    (4.0, 15, 0, [10, 0, 0, 30, 5], {5}),
    (2.0, 1, 5, [20, 100, 100, 100], set()),
    (2.0, 1, 5, [0, 20, 100, 100], {4}),
    (2.0, 1, 5, [1, 2, 2, 1000, 2, 4], set()),
    (2.0, 1, 5, [1000, 0, 0, 0, 1000, 1050, 1075], {7}),
    (5.0, 100, 0, [1000], set()),
    (5.0, 100, 0, [2, 1, 20, 81], {4}),
    (5.0, 100, 0, [10, 20, 40, 80, 200], set()),
]
"""The sequences in ElastAlert's documentation of its spike rule (windows of two; rising): height, least count of the
window, least count of the one before, counts, and where it says that it rings."""


@pytest.mark.parametrize(("height", "least", "reference", "counts", "rings"), DOCUMENTED)
def test_the_ratio_rings_where_elastalerts_documentation_says(
    height: float, least: int, reference: int, counts: list[int], rings: set[int]
) -> None:
    spike = Spike(method="ratio", height=height, min=least, min_reference=reference)
    rule = Rule(id="r", kind="air_strike", by="country", measure="incidents", window=2, spike=spike)
    series = {day: Daily(best=count, origins=("wire",)) for day, count in enumerate(counts, 1) if count}
    days = range(1, len(counts) + 1)
    found = {
        day
        for day, verdict in verdicts(rule, series, set(days), days)
        if crossed(rule, window(series, day, rule.window, highest=False), verdict)
    }
    assert found == rings


def test_the_ratio_is_met_by_exactly_so_many_times() -> None:
    """In floating point 50 * 1.1 is a little over 55."""
    assert spikes.ratio([50.0, 55.0], 1, 1.1, 0).alarm
    assert not spikes.ratio([50.0, 54.0], 1, 1.1, 0).alarm


def test_the_ratio_needs_a_whole_window_to_compare_with() -> None:
    assert spikes.ratio([None, 1.0, 9.0, 9.0], 2, 2.0, 0) == spikes.SILENT
    assert spikes.ratio([1.0, 1.0, None, 4.0], 2, 2.0, 0) == spikes.Verdict(True, 4.0, 1.0)
    assert not spikes.ratio([0.0, 0.0, 0.0, 0.0], 2, 2.0, 0).alarm


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[list[int]], list[dict[str, str]]]:
    """The random series, and what R says of each day of them."""
    if shutil.which("Rscript") is None or not _surveillance():
        if os.environ.get("TOCSIN_REQUIRE_ALL") == "1":
            pytest.fail("R's surveillance is missing: apt-get install r-cran-surveillance")
        pytest.skip("R's surveillance is missing: apt-get install r-cran-surveillance")
    folder = tmp_path_factory.mktemp("oracle")
    chance = random.Random(20240510)
    series = [_series(chance) for _ in range(SHOTS)]
    (folder / "in.csv").write_text("\n".join(",".join(map(str, counts)) for counts in series))
    script = Path(__file__).with_name("surveillance.R")
    subprocess.run(["Rscript", script, folder / "in.csv", folder / "out.csv"], check=True, timeout=300)
    with (folder / "out.csv").open() as rows:
        return series, list(csv.DictReader(rows))


def _surveillance() -> bool:
    asked = subprocess.run(["Rscript", "-e", "library(surveillance)"], capture_output=True, timeout=120)
    return asked.returncode == 0


def _series(chance: random.Random) -> list[int]:
    """Sixty days of counts about a random mean, now and then with a burst."""
    mean = chance.choice((0.2, 1, 3, 10))
    counts = []
    for day in range(60):
        level = mean * (chance.choice((1, 1, 4)) if 30 < day < 36 else 1)
        counts.append(max(0, round(chance.gauss(level, sqrt(level) * chance.choice((1, 1.5))))))
    return counts


@pytest.mark.slow
@pytest.mark.parametrize(("method", "column", "alpha"), [("ears_c1", "c1", 0.001), ("ears_c2", "c2", 0.001)])
def test_ears_thresholds_are_those_of_r(oracle, method, column: str, alpha: float) -> None:
    series, rows = oracle
    for row in rows:
        counts = [float(n) for n in series[int(row["series"]) - 1][: int(row["day"])]]
        verdict = spikes.ears(method, counts, alpha, 0.5)
        assert verdict.threshold == pytest.approx(float(row[column]))
        assert verdict.alarm == (counts[-1] > float(row[column]))


@pytest.mark.slow
def test_ears_c3_is_that_of_r_with_the_mean_where_its_manual_has_it(oracle) -> None:
    """surveillance 1.20 adds the day's own count where its manual's formula, which is ours, has the baseline's mean."""
    series, rows = oracle
    compared = 0
    for row in rows:
        counts = [float(n) for n in series[int(row["series"]) - 1][: int(row["day"])]]
        verdict = spikes.ears("ears_c3", counts, 0.025, 0.5)
        assert verdict.threshold is not None
        assert verdict.baseline is not None
        if float(row["c3"]) > 0 and verdict.threshold > 0:
            assert verdict.threshold - verdict.baseline == pytest.approx(float(row["c3"]) - counts[-1])
            compared += 1
    assert compared > SHOTS


@pytest.mark.slow
def test_the_cusum_is_that_of_r(oracle) -> None:
    """With the mean and the dispersion given, up to the first alarm, after which R goes on in its own way."""
    series, rows = oracle
    total, done, alarms = 0.0, 0, 0
    for row in rows:
        number, count = int(row["series"]), series[int(row["series"]) - 1][int(row["day"]) - 1]
        if row["day"] == "12":
            total = 0.0
        if done == number:
            continue
        total = max(0.0, total + spikes.log_likelihood_ratio(count, 2, 0.25, 2.0))
        assert total == pytest.approx(float(row["cusum"]), abs=1e-6)
        assert (total >= 4.5) == (row["alarm"] == "1")
        if row["alarm"] == "1":
            done, alarms = number, alarms + 1
    assert alarms > 20
