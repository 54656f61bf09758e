"""When a delivery is tried again. Pure: the time is an argument, the jitter is a hash."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

WAITS: tuple[float, ...] = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before the 2nd, 3rd ... 10th attempt: 75 h 35 m 05 s in all (Standard Webhooks 1.0.0, example schedule)."""

JITTER = 0.2
"""Each wait is multiplied by a factor in [1 - JITTER, 1 + JITTER)."""

LONGEST_RETRY_AFTER = timedelta(hours=24)
SHORTEST_RETRY_AFTER = timedelta(seconds=1)
"""A receiver that says 0 is not tried in a tight loop."""


def wait(webhook_id: str, step: int, waits: Sequence[float] = WAITS) -> timedelta | None:
    """How long after failed attempt number `step` (1 for the first) the next one is made; None after the last."""
    if step > len(waits):
        return None
    return timedelta(seconds=round(waits[step - 1] * _factor(webhook_id, step), 3))


def patience(waits: Sequence[float] = WAITS) -> timedelta:
    """The longest the schedule can take from the first attempt to the last."""
    return timedelta(seconds=sum(waits) * (1 + JITTER))


def retry_at(header: str | None, now: datetime) -> datetime | None:
    """The moment a Retry-After header names: delay in seconds or HTTP-date (RFC 9110, 10.2.3).

    Never more than 24 h from `now` and never less than a second. None without a header, or when it is neither form.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        asked = now + timedelta(seconds=min(int(text[:12]), LONGEST_RETRY_AFTER.total_seconds()))
    else:
        try:
            asked = parsedate_to_datetime(text)
        except ValueError:
            return None
        asked = asked.replace(tzinfo=UTC) if asked.tzinfo is None else asked
    return min(max(asked, now + SHORTEST_RETRY_AFTER), now + LONGEST_RETRY_AFTER)


def _factor(webhook_id: str, step: int) -> float:
    digest = hashlib.sha256(f"{webhook_id}\x1f{step}".encode()).digest()
    return 1 - JITTER + 2 * JITTER * int.from_bytes(digest[:8]) / 2**64
