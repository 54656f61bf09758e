"""From a delivery to the request that carries it. Pure: plain secrets and the time are arguments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerts.delivery import signing
from alerts.delivery.payloads import Envelope, render
from alerts.delivery.records import Delivery
from alerts.subscribers import Subscriber
from stream.signals import content_hash


@dataclass(frozen=True)
class Request:
    """One POST. Neither `url` nor `headers` nor `body` may be logged: repr shows none of them."""

    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def webhook_id(delivery: Delivery) -> str:
    """The same over attempts and restarts; another delivery never has it, also not one of a database made anew."""
    revision = delivery.revision
    told = delivery.notice if revision is None else f"{revision.id}/{revision.revision}/{delivery.notice or ''}"
    parts = (delivery.subscriber, delivery.sequence, delivery.engine_sequence, delivery.at.isoformat(), told)
    return "msg_" + content_hash("webhook", *parts)


def request_of(
    delivery: Delivery,
    subscriber: Subscriber,
    supersedes: tuple[int, ...],
    *,
    url: str,
    keys: Sequence[str],
    now: datetime,
    source: str = "/tocsin",
) -> Request:
    """Render for the subscriber and sign the exact bytes. The body is the same at every attempt, the time is not."""
    identity = webhook_id(delivery)
    envelope = Envelope(delivery=delivery, webhook_id=identity, supersedes=supersedes, source=source)
    content_type, body = render(envelope, subscriber)
    signed = signing.headers(identity, body, now, keys)
    return Request(url, {"content-type": content_type, "user-agent": "tocsin-webhooks/1", **signed}, body)
