"""Spike detectors: has a daily series left its own past behind? Pure arithmetic on lists of counts, oldest first.

A missing day (not monitored) is null, never zero. Each detector answers with a `Verdict` on the last day of the list.

- EARS C1, C2, C3: Hutwagner, Thompson, Seeman & Treadwell 2003, "The bioterrorism preparedness and response Early
  Aberration Reporting System (EARS)", J Urban Health 80(2 Suppl 1); thresholds as in R's surveillance::earsC.
- Negative-binomial CUSUM: Hawkins & Olwell 1998, "Cumulative Sum Charts and Charting for Quality Improvement", as a
  sum of log-likelihood ratios (Höhle & Paul 2008, Comput Stat Data Anal 52(9); surveillance::glrnb with theta given);
  the 28-day baseline is that of Watkins et al. 2008, BMC Med Inform Decis Mak 8:37.
- Record: highest rolling sum in one or three years (OCHA HDX Signals, conflict indicator).
- Ratio: so many times the window before (ElastAlert's spike rule: `spike_height`, `threshold_cur`, `threshold_ref`).
"""

from collections.abc import Sequence
from math import log, sqrt
from statistics import NormalDist
from typing import NamedTuple

from alerts.engine.rules import Method

BASELINE = 7
"""Days of an EARS baseline."""
GUARD = 2
"""Days between the baseline of C2 and C3 (and of the CUSUM) and the day tested, lest a rise hide itself."""
MISSING_ALLOWED = 2
"""An EARS baseline with more missing days than this gives no verdict."""
CUSUM_BASELINE = 28
CUSUM_NEEDS = 21
"""Monitored days that a CUSUM baseline must have."""
LEAST_MEAN = 0.1
"""A CUSUM's expected count is at least this: one event after a month of silence is no outbreak."""
HISTORY = {"ears_c1": 8, "ears_c2": 10, "ears_c3": 12, "negbin_cusum": CUSUM_BASELINE + GUARD + 1}
"""Days each detector looks at, the tested one included."""

Counts = Sequence[float | None]


class Verdict(NamedTuple):
    """`threshold`: the least count that alarms, null without a verdict; `memory`: the CUSUM's sum to carry on."""

    alarm: bool
    threshold: float | None
    baseline: float | None
    memory: float = 0.0


SILENT = Verdict(False, None, None)


def ears(method: Method, counts: Counts, alpha: float, min_sigma: float) -> Verdict:
    """EARS C1, C2 or C3 on the last count.

    C1: y > mean + z s over the 7 days before. C2: the same with a guard of 2 days. C3: the sum of max(0, C2 - 1) over
    the last three days exceeds z; as a threshold on the last count, mean + s (z - the sum of the two days before),
    at least 0. s is the sample standard deviation, at least `min_sigma`; z the upper `alpha` quantile of the normal
    distribution (C3 conventionally uses alpha 0.025 where C1 and C2 use 0.001).
    """
    z = NormalDist().inv_cdf(1 - alpha)
    guard = 0 if method == "ears_c1" else GUARD
    now = _standard(counts, len(counts) - 1, guard, min_sigma)
    last = counts[-1]
    if now is None or last is None:
        return SILENT
    mean, sigma = now
    if method == "ears_c3":
        for back in (1, 2):
            index = len(counts) - 1 - back
            earlier = _standard(counts, index, guard, min_sigma)
            value = counts[index] if index >= 0 else None
            if earlier is not None and value is not None:
                z -= max(0.0, (value - earlier[0]) / earlier[1] - 1) if earlier[1] else 0.0
    threshold = max(0.0, mean + z * sigma)
    return Verdict(last > threshold, threshold, mean)


def _standard(counts: Counts, index: int, guard: int, min_sigma: float) -> tuple[float, float] | None:
    """Mean and standard deviation of the 7 days that end `guard` + 1 days before `index`."""
    start = index - guard - BASELINE
    if start < 0:
        return None
    known = [value for value in counts[start : start + BASELINE] if value is not None]
    if len(known) < BASELINE - MISSING_ALLOWED:
        return None
    mean = sum(known) / len(known)
    return mean, max(min_sigma, sqrt(sum((value - mean) ** 2 for value in known) / (len(known) - 1)))


def moments(baseline: Counts) -> tuple[float, float]:
    """Mean, and dispersion a of a negative binomial with variance mean + a mean^2, by moments; a = 0 is Poisson."""
    known = [value for value in baseline if value is not None]
    mean = sum(known) / len(known)
    variance = sum((value - mean) ** 2 for value in known) / max(1, len(known) - 1)
    return mean, max(0.0, (variance - mean) / mean**2) if mean > 0 else 0.0


def log_likelihood_ratio(count: float, mean: float, dispersion: float, shift: float) -> float:
    """Of a count, for mean `shift` * `mean` against `mean`; Poisson when the dispersion is 0."""
    raised = shift * mean
    if dispersion < 1e-9:
        return count * log(shift) - mean * (shift - 1)
    ratio = (1 + dispersion * mean) / (1 + dispersion * raised)
    return count * log(shift * ratio) + log(ratio) / dispersion


def negbin_cusum(counts: Counts, before: float, shift: float, limit: float) -> Verdict:
    """S = max(0, S before + llr(last count)); alarm at S >= limit, after which the sum starts at 0 again.

    Mean and dispersion are those of the 28 days before the guard; past alarms are already down-weighted in `counts` by
    the caller (`tempered`). A missing day leaves the sum as it is.
    """
    last = counts[-1]
    end = len(counts) - 1 - GUARD
    baseline = counts[max(0, end - CUSUM_BASELINE) : max(0, end)]
    if last is None or sum(value is not None for value in baseline) < CUSUM_NEEDS:
        return Verdict(False, None, None, before)
    mean, dispersion = moments(baseline)
    mean = max(mean, LEAST_MEAN)
    total = max(0.0, before + log_likelihood_ratio(last, mean, dispersion, shift))
    slope = log_likelihood_ratio(1, mean, dispersion, shift) - log_likelihood_ratio(0, mean, dispersion, shift)
    threshold = (limit - before - log_likelihood_ratio(0, mean, dispersion, shift)) / slope
    alarm = total >= limit
    return Verdict(alarm, max(0.0, threshold), mean, 0.0 if alarm else round(total, 9))


def tempered(count: float, verdict: Verdict) -> float:
    """What an alarm day counts for in later baselines: no more than what would just have alarmed."""
    if not verdict.alarm or verdict.threshold is None:
        return count
    return min(count, max(verdict.threshold, verdict.baseline or 0.0))


def record(sums: Counts) -> Verdict:
    """Is the last rolling sum higher than every one before it? Missing sums are passed over."""
    last = sums[-1]
    past = [value for value in sums[:-1] if value is not None]
    if last is None or not past:
        return SILENT
    highest = max(past)
    return Verdict(last > highest, highest, sum(past) / len(past))


def ratio(counts: Counts, window: int, height: float, min_reference: int) -> Verdict:
    """Has the last window `height` times what the window before it had, and that one at least `min_reference`?

    `counts` are two windows, the last day inside; no verdict unless every day of the reference was monitored. The
    threshold is on the sum of the last window; the baseline is the reference's mean of a day.
    """
    reference = [value for value in counts[-2 * window : -window] if value is not None]
    if len(reference) < window:
        return SILENT
    before = sum(reference)
    threshold = max(1.0, round(before * height, 9))
    current = sum(value for value in counts[-window:] if value is not None)
    return Verdict(before >= min_reference and current >= threshold, threshold, before / window)
