"""What an attempt came to. The value of an Outcome is also the metric label and the word in the delivery log."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """Closed list of what can become of one attempt, or of a delivery without an attempt."""

    DELIVERED = "delivered"
    GONE = "gone"  # 410: the receiver wants no more; the subscriber is disabled
    THROTTLED = "throttled"  # 429 or 503 with a Retry-After: the receiver asks for time, the schedule stands still
    REDIRECTED = "redirected"  # 3xx is failure: it is never followed
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    HTTP_OTHER = "http_other"  # a status outside 200-599
    TIMEOUT = "timeout"  # no status line and headers within the total time-out
    REFUSED = "refused"  # nobody listens, or no route
    DISCONNECTED = "disconnected"  # the connection ended before there was a status
    DNS_FAILURE = "dns_failure"
    TLS_FAILURE = "tls_failure"
    BAD_RESPONSE = "bad_response"  # not HTTP
    REFUSED_ADDRESS = "refused_address"  # the egress guard said no to an address
    REFUSED_URL = "refused_url"  # the egress guard said no to the URL itself
    UNRENDERABLE = "unrenderable"  # a fault of ours, in the rendering: see the log
    UNREADABLE_SECRET = "unreadable_secret"  # TOCSIN_SECRET_KEY does not open the endpoint or a secret
    SUPERSEDED = "superseded"  # not sent: a later revision of the same alert names it
    DISABLED = "disabled"  # not sent: the subscriber is disabled
    DELETED = "deleted"  # not sent: the subscriber is no more


@dataclass(frozen=True)
class Answer:
    """What one POST came to. `retry_at`: the moment the receiver asked to be tried again, when it asked."""

    outcome: Outcome
    status: int | None = None
    retry_at: datetime | None = None


def outcome_of(status: int, *, retry_asked: bool = False) -> Outcome:
    """2xx is delivered, 410 ends it, a 429 or 503 that names a time is throttled; all else is failure, tried again."""
    if 200 <= status <= 299:
        return Outcome.DELIVERED
    if status == 410:
        return Outcome.GONE
    if status in (429, 503) and retry_asked:
        return Outcome.THROTTLED
    if 300 <= status <= 399:
        return Outcome.REDIRECTED
    if 400 <= status <= 499:
        return Outcome.HTTP_4XX
    if 500 <= status <= 599:
        return Outcome.HTTP_5XX
    return Outcome.HTTP_OTHER
