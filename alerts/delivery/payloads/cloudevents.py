"""CloudEvents 1.0, structured JSON, with the native alert as data: the default rendering."""

from typing import Any

from alerts.delivery.payloads.envelope import Envelope, fitted
from alerts.subscribers import Subscriber
from stream.records import canonical

CONTENT_TYPE = "application/cloudevents+json"
TYPE_PREFIX = "io.tocsin."


def render(envelope: Envelope, subscriber: Subscriber) -> tuple[str, bytes]:
    """Content type and canonical JSON bytes."""
    return CONTENT_TYPE, canonical(event_of(envelope, subscriber))


def event_of(envelope: Envelope, subscriber: Subscriber) -> dict[str, Any]:
    """`id` is the webhook-id; `type` is io.tocsin.alert.<transition> or io.tocsin.notice.<first word of the notice>.

    `sequence` (CloudEvents extension of that name) is the subscriber's, padded so that it sorts as text.
    """
    delivery = envelope.delivery
    revision = delivery.revision
    name = f"alert.{revision.transition}" if revision is not None else f"notice.{notice_name(delivery.notice)}"
    event = {
        "specversion": "1.0",
        "id": envelope.webhook_id,
        "source": envelope.source,
        "type": TYPE_PREFIX + name,
        "time": delivery.at.isoformat(),
        "datacontenttype": "application/json",
        "sequence": f"{delivery.sequence:020}",
        "data": _data(envelope, subscriber),
    }
    if revision is not None:
        event["subject"] = revision.id
    return event


def notice_name(notice: str | None) -> str:
    """The first word of a notice: what may stand in a type or a label."""
    words = "".join(c if c.isascii() and (c.isalnum() or c == "_") else " " for c in notice or "").split()
    return words[0].lower() if words else "unnamed"


def _data(envelope: Envelope, subscriber: Subscriber) -> dict[str, Any]:
    delivery = envelope.delivery
    frame: dict[str, Any] = {
        "subscriber": delivery.subscriber,
        "sequence": delivery.sequence,
        "supersedes": list(envelope.supersedes),
    }
    if delivery.notice is not None:
        frame["notice"] = delivery.notice
    if delivery.revision is None:
        return frame
    revision, omitted = fitted(delivery.revision, subscriber)
    if any(omitted.values()):
        frame["omitted"] = omitted
    return {**revision.model_dump(mode="json"), **frame}
