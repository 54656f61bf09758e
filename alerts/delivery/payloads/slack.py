"""Slack incoming webhooks: one text."""

from alerts.delivery.payloads.envelope import Envelope, fitted
from alerts.revisions import AlertIncident, AlertRevision
from alerts.subscribers import Subscriber
from stream.records import canonical

MOST_CHARACTERS = 3_000
MOST_INCIDENTS = 5


def render(envelope: Envelope, subscriber: Subscriber) -> tuple[str, bytes]:
    """Content type and JSON bytes of {"text": ...}."""
    return "application/json", canonical({"text": text_of(envelope, subscriber)})


def text_of(envelope: Envelope, subscriber: Subscriber) -> str:
    """At most 3,000 characters; what stories say is escaped, so that it can neither mention anybody nor link."""
    delivery = envelope.delivery
    number = f"no. {delivery.sequence}"
    if envelope.supersedes:
        number += ", replaces no. " + ", ".join(str(sequence) for sequence in envelope.supersedes)
    if delivery.revision is None:
        return _cut(f"Tocsin: {_escape(delivery.notice or '')} ({number})")
    revision, _ = fitted(delivery.revision, subscriber)
    lines = [_headline(revision), _escape(revision.explanation)]
    lines += [_line(incident) for incident in revision.incidents[-MOST_INCIDENTS:]]
    foot = f"alert {revision.id}, revision {revision.revision} ({number})"
    return _cut("\n".join(lines), MOST_CHARACTERS - len(foot) - 1) + "\n" + foot


def _headline(revision: AlertRevision) -> str:
    rule, area = _escape(revision.rule), _escape(revision.area.name)
    return f"*{revision.transition.upper()}* {revision.severity} · {rule} · {area}"


def _line(incident: AlertIncident) -> str:
    where = incident.place.name if incident.place else "place unknown"
    line = f"• {incident.day or 'day unknown'} {_escape(where)}"
    if incident.quotes:
        quote = incident.quotes[0]
        line += f": “{_escape(quote.text)}”" + (f" ({_escape(quote.credit)})" if quote.credit else "")
    return line


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, most: int = MOST_CHARACTERS) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
