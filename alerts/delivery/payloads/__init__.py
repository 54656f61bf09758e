"""One alert, four renderings. Each module has `render(envelope, subscriber) -> (content type, body)`; all pure."""

from alerts.delivery.payloads import alertmanager, cap, cloudevents, slack
from alerts.delivery.payloads.envelope import Envelope
from alerts.subscribers import Subscriber

__all__ = ["Envelope", "render"]

_RENDERINGS = {
    "cloudevents": cloudevents.render,
    "cap": cap.render,
    "alertmanager": alertmanager.render,
    "slack": slack.render,
}


def render(envelope: Envelope, subscriber: Subscriber) -> tuple[str, bytes]:
    """Content type and exact bytes in the rendering that the subscriber chose."""
    return _RENDERINGS[subscriber.rendering](envelope, subscriber)
