"""Alertmanager API v2: the body of POST /api/v2/alerts."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from alerts.delivery.payloads.cloudevents import notice_name
from alerts.delivery.payloads.envelope import Envelope
from alerts.revisions import SEVERITIES, AlertRevision
from alerts.subscribers import Subscriber
from stream.records import canonical

FIRES_FOR = timedelta(days=365)
"""Alertmanager forgets what is not sent again before `endsAt`; a revision is sent once, so it holds until we end it."""
NOTICE_FIRES_FOR = timedelta(hours=1)


def render(envelope: Envelope, subscriber: Subscriber) -> tuple[str, bytes]:
    """Content type and JSON bytes: a list of postable alerts."""
    return "application/json", canonical(alerts_of(envelope))


def alerts_of(envelope: Envelope) -> list[dict[str, Any]]:
    """The alert at its severity; and the end of it at the others, since the severity is a label: part of identity."""
    delivery = envelope.delivery
    revision = delivery.revision
    told = {"sequence": str(delivery.sequence), "supersedes": ",".join(map(str, envelope.supersedes))}
    if revision is None:
        labels = {"alertname": "tocsin_notice", "notice": notice_name(delivery.notice), "severity": "warning"}
        annotations = {"summary": delivery.notice or "", **told}
        return [_alert(labels, annotations, delivery.at, delivery.at + NOTICE_FIRES_FOR)]
    annotations = {
        "summary": revision.explanation,
        "transition": revision.transition,
        "revision": str(revision.revision),
        "value": str(revision.measure.value),
        **told,
    }
    begins = datetime.combine(revision.since, time.min, UTC)
    over = revision.transition in ("resolved", "retracted")
    ends = revision.at if over else revision.at + FIRES_FOR
    alerts = [_alert(_labels(revision, revision.severity), annotations, begins, ends)]
    if revision.revision > 1:
        others = [severity for severity in SEVERITIES if severity != revision.severity]
        alerts += [_alert(_labels(revision, severity), annotations, begins, revision.at) for severity in others]
    return alerts


def _labels(revision: AlertRevision, severity: str) -> dict[str, str]:
    labels = {
        "alertname": revision.rule,
        "alert_id": revision.id,
        "kind": revision.kind,
        "severity": severity,
        "area": revision.area.name,
        "country": revision.area.country or "",
        "admin1": revision.area.admin1 or "",
    }
    return {name: value for name, value in labels.items() if value}


def _alert(labels: dict[str, str], annotations: dict[str, str], begins: datetime, ends: datetime) -> dict[str, Any]:
    return {
        "labels": labels,
        "annotations": {name: value for name, value in annotations.items() if value},
        "startsAt": min(begins, ends).isoformat(),
        "endsAt": ends.isoformat(),
    }
