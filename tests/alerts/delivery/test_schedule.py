"""Retry-After in both forms, and the policy over every status there is."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from delivery_samples import T0
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.outcomes import Outcome, outcome_of
from alerts.delivery.schedule import JITTER, WAITS, patience, retry_at, wait


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 120 ", 120),
        ("0", 1),
        ("86400", 86_400),
        ("999999999999999999999999", 86_400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("١٢٠", None),
        ("", None),
        (format_datetime(T0 + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(T0 - timedelta(days=400), usegmt=True), 1),
        (format_datetime(T0 + timedelta(days=400), usegmt=True), 86_400),
        ("Sunday, 01-Mar-26 12:10:00 GMT", 600),
        ("Sun, 99 Mar 2026 12:10:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_more_than_a_day(header, seconds) -> None:
    assert retry_at(header, T0) == (None if seconds is None else T0 + timedelta(seconds=seconds))


@given(st.text(max_size=40))
def test_no_retry_after_is_too_strange(header: str) -> None:
    moment = retry_at(header, T0)
    assert moment is None or T0 + timedelta(seconds=1) <= moment <= T0 + timedelta(days=1)


@pytest.mark.parametrize("status", range(100, 600))
def test_the_policy_over_every_status(status: int) -> None:
    """2xx delivered, 410 gone, 429 and 503 throttled when they name a time; all else failure, 3xx among them."""
    expected = (
        Outcome.DELIVERED if 200 <= status < 300
        else Outcome.GONE if status == 410
        else Outcome.REDIRECTED if 300 <= status < 400
        else Outcome.HTTP_4XX if 400 <= status < 500
        else Outcome.HTTP_5XX if 500 <= status < 600
        else Outcome.HTTP_OTHER
    )  # fmt: skip
    assert outcome_of(status) == expected
    if status in (429, 503):
        assert outcome_of(status, retry_asked=True) == Outcome.THROTTLED
    else:
        assert outcome_of(status, retry_asked=True) == expected


@given(st.text(max_size=30), st.integers(1, len(WAITS)))
def test_jitter_stays_within_a_fifth_and_comes_from_the_id(identity: str, step: int) -> None:
    seconds = wait(identity, step).total_seconds()
    assert WAITS[step - 1] * (1 - JITTER) - 0.001 <= seconds <= WAITS[step - 1] * (1 + JITTER)
    assert wait(identity, step) == wait(identity, step)


def test_after_the_last_step_there_is_none() -> None:
    assert wait("any", len(WAITS) + 1) is None
    assert patience() == timedelta(seconds=272_105 * 1.2)
