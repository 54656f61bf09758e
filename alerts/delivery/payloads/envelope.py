"""Envelope: what every rendering is made from."""

from dataclasses import dataclass

from alerts.delivery.records import Delivery
from alerts.revisions import AlertIncident, AlertRevision
from alerts.subscribers import Subscriber

MOST_QUOTES = 60
MOST_INCIDENTS = 60
"""More would pass the 64 KiB that CloudEvents receivers are promised; the rest is counted in `omitted`."""


@dataclass(frozen=True)
class Envelope:
    """A delivery, its webhook-id, the sequences it supersedes, and `source`: the URI of the sending Tocsin."""

    delivery: Delivery
    webhook_id: str
    supersedes: tuple[int, ...]
    source: str


def fitted(revision: AlertRevision, subscriber: Subscriber) -> tuple[AlertRevision, dict[str, int]]:
    """The revision as this subscriber gets it, and how many incidents and quotes were left out to keep it small.

    Without quotes when the subscriber asked for none (those are not counted). The latest incidents are kept.
    """
    small = len(revision.incidents) <= MOST_INCIDENTS and sum(len(i.quotes) for i in revision.incidents) <= MOST_QUOTES
    if small and subscriber.quotes:
        return revision, {"incidents": 0, "quotes": 0}
    by_day = sorted(revision.incidents, key=lambda incident: (incident.day is not None, incident.day, incident.id))
    kept = by_day[-MOST_INCIDENTS:]
    incidents, left, cut = [], MOST_QUOTES, 0
    for incident in reversed(kept):
        quotes = incident.quotes[:left] if subscriber.quotes else ()
        cut += len(incident.quotes) - len(quotes) if subscriber.quotes else 0
        left -= len(quotes)
        incidents.append(incident.model_copy(update={"quotes": quotes}))
    cut += sum(len(incident.quotes) for incident in by_day[:-MOST_INCIDENTS]) if subscriber.quotes else 0
    omitted = {"incidents": len(by_day) - len(kept), "quotes": cut}
    shown = {incident.id: incident for incident in incidents}
    return revision.model_copy(update={"incidents": _in_order(revision, shown)}), omitted


def _in_order(revision: AlertRevision, shown: dict[str, AlertIncident]) -> tuple[AlertIncident, ...]:
    return tuple(shown[incident.id] for incident in revision.incidents if incident.id in shown)
