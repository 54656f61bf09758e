"""CAP 1.2 XML (OASIS Common Alerting Protocol): Alert, Update and Cancel with references."""

from datetime import UTC, datetime, time, timedelta
from xml.etree import ElementTree

from alerts.delivery.payloads.envelope import Envelope, fitted
from alerts.revisions import AlertRevision
from alerts.subscribers import Subscriber

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
CONTENT_TYPE = "application/cap+xml"
SEVERITY = {"warning": "Moderate", "severe": "Severe", "extreme": "Extreme"}
CERTAINTY = {"observed": "Observed", "likely": "Likely", "possible": "Possible"}
MOST_QUOTES = 10
ALL_CLEAR_HOLDS = timedelta(hours=24)

Element = ElementTree.Element


def render(envelope: Envelope, subscriber: Subscriber) -> tuple[str, bytes]:
    """Content type and UTF-8 bytes."""
    root = Element("alert", xmlns=NAMESPACE)
    revision = envelope.delivery.revision
    if revision is None:
        _notice(root, envelope)
    else:
        _alert(root, envelope, fitted(revision, subscriber)[0])
    return CONTENT_TYPE, ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def identifier(alert: str, revision: int) -> str:
    """Of the CAP message of one revision: no spaces, commas, `<` or `&`."""
    return f"{_token(alert)}-{revision}"


def cap_time(moment: datetime) -> str:
    """CAP's dateTime has an offset, never `Z`, and no fraction of a second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _alert(root: Element, envelope: Envelope, revision: AlertRevision) -> None:
    """A retraction is a Cancel; an end is an Update that says AllClear, since nothing that was said was wrong."""
    references = _references(envelope, revision)
    message_type = "Alert" if not references else "Cancel" if revision.transition == "retracted" else "Update"
    _head(root, envelope, identifier(revision.id, revision.revision), revision.at, "Actual", message_type)
    _add(root, "code", f"tocsin:{revision.transition}")
    if references:
        _add(root, "references", " ".join(references))
    info = ElementTree.SubElement(root, "info")
    over = revision.transition in ("resolved", "retracted")
    _add(info, "language", "en")
    _add(info, "category", "Security")
    _add(info, "event", revision.kind.replace("_", " "))
    _add(info, "responseType", "AllClear" if over else "Monitor")
    _add(info, "urgency", "Past" if over else "Immediate")
    _add(info, "severity", SEVERITY[revision.severity])
    _add(info, "certainty", CERTAINTY[revision.certainty])
    _add(info, "effective", cap_time(revision.at))
    _add(info, "onset", cap_time(datetime.combine(revision.since, time.min, UTC)))
    if over:
        _add(info, "expires", cap_time(revision.at + ALL_CLEAR_HOLDS))
    _add(info, "headline", f"{revision.transition.capitalize()}: {revision.rule}, {revision.area.name}"[:160])
    _add(info, "description", _description(revision))
    _parameters(info, envelope, revision)
    _area(info, revision)


def _notice(root: Element, envelope: Envelope) -> None:
    delivery = envelope.delivery
    status = "Test" if (delivery.notice or "").startswith("ping") else "System"
    _head(root, envelope, envelope.webhook_id, delivery.at, status, "Alert")
    _add(root, "note", f"{delivery.notice or 'notice'} (subscriber {delivery.subscriber}, no. {delivery.sequence})")


def _head(root: Element, envelope: Envelope, name: str, sent: datetime, status: str, message_type: str) -> None:
    _add(root, "identifier", name)
    _add(root, "sender", _token(envelope.source))
    _add(root, "sent", cap_time(sent))
    _add(root, "status", status)
    _add(root, "msgType", message_type)
    _add(root, "scope", "Public")


def _references(envelope: Envelope, revision: AlertRevision) -> list[str]:
    """`sender,identifier,sent` of each message this one takes the place of."""
    sender = _token(envelope.source)
    triples = []
    for at, reference in enumerate(revision.references):
        alert, _, number = reference.rpartition("/")
        sent = revision.references_at[at] if at < len(revision.references_at) else revision.at
        triples.append(f"{sender},{identifier(alert, int(number))},{cap_time(sent)}")
    return triples


def _description(revision: AlertRevision) -> str:
    lines = [revision.explanation]
    quotes = [quote for incident in revision.incidents for quote in incident.quotes]
    lines += [f"“{quote.text}”" + (f" ({quote.credit})" if quote.credit else "") for quote in quotes[-MOST_QUOTES:]]
    return "\n".join(lines)


def _parameters(info: Element, envelope: Envelope, revision: AlertRevision) -> None:
    values = {
        "alert": revision.id,
        "revision": revision.revision,
        "rule": revision.rule,
        "measure": f"{revision.measure.name}={revision.measure.value}",
        "subscriber": envelope.delivery.subscriber,
        "sequence": envelope.delivery.sequence,
        "supersedes": " ".join(str(sequence) for sequence in envelope.supersedes),
    }
    for name, value in values.items():
        parameter = ElementTree.SubElement(info, "parameter")
        _add(parameter, "valueName", f"tocsin:{name}")
        _add(parameter, "value", str(value))


def _area(info: Element, revision: AlertRevision) -> None:
    place = revision.area
    area = ElementTree.SubElement(info, "area")
    _add(area, "areaDesc", place.name)
    if place.level == "place" and place.lat is not None and place.lon is not None:
        _add(area, "circle", f"{place.lat},{place.lon} 0")
    for name, value in (("ISO 3166-1", place.country), ("tocsin:admin1", place.admin1)):
        if value:
            geocode = ElementTree.SubElement(area, "geocode")
            _add(geocode, "valueName", name)
            _add(geocode, "value", value)


def _add(parent: Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = "".join(c for c in text if _xml_may_hold(c))


def _xml_may_hold(character: str) -> bool:
    return character in "\t\n\r" or " " <= character <= "\ud7ff" or "\ue000" <= character <= "�" or character >= "𐀀"


def _token(text: str) -> str:
    return "".join("-" if c.isspace() or c in ",<&" else c for c in text) or "tocsin"
