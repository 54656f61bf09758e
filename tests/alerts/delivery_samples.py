"""Values that the tests of delivery and of the API share: written by hand, small, and plainly invented."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.secrets import Vault
from alerts.revisions import AlertIncident, AlertPlace, AlertRevision, Area, Quote, Reading
from alerts.subscribers import Subscriber

T0 = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
VAULT = Vault("a-test-key-that-is-long-enough-0123456789")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
QUOTE = "warplanes struck the market of Saraqib, said the invented monitor"


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def incident(name: str = "incident-1", quotes: int = 1) -> AlertIncident:
    quote = Quote(text=QUOTE, credit="Invented Monitor", story="urn:example:1", start=10, end=10 + len(QUOTE))
    return AlertIncident(
        id=name,
        place=AlertPlace(name="Saraqib", country="SY", admin1="Idlib", lat=35.86, lon=36.8, precision="town"),
        day=date(2026, 2, 28),
        figures={"killed": {"low": 3, "best": 3, "high": None}},
        origins=("Invented Wire",),
        certainty="observed",
        quotes=(quote,) * quotes,
    )


def revision(alert: str = "alert-1", number: int = 1, transition: str = "opened", **changes: Any) -> AlertRevision:
    values: dict[str, Any] = {
        "id": alert,
        "revision": number,
        "transition": transition,
        "reason": "threshold_crossed",
        "references": () if number == 1 else (f"{alert}/{number - 1}",),
        "references_at": () if number == 1 else (after(60 * (number - 1)),),
        "engine_sequence": 100 + number,
        "rule": "air-strikes-country",
        "rules_hash": "0" * 20,
        "kind": "air_strike",
        "severity": "warning",
        "certainty": "observed",
        "area": Area(key="SY", level="country", name="Syria", country="SY"),
        "measure": Reading(
            name="incidents", value=3, low=3, high=None, threshold=3, baseline=None,
            window=(date(2026, 2, 27), date(2026, 2, 28)),
        ),
        "since": date(2026, 2, 28),
        "at": after(60 * number),
        "explanation": "3 air strikes in Syria in 2 days <& the threshold is 3>.",
        "incidents": (incident(),),
    }  # fmt: skip
    return AlertRevision(**(values | changes))


def delivery(
    sequence: int, alert: str = "alert-1", number: int = 1, transition: str = "opened", subscriber: str = "desk"
) -> Delivery:
    told = revision(alert, number, transition)
    return Delivery(
        subscriber=subscriber, sequence=sequence, engine_sequence=told.engine_sequence, at=told.at, revision=told
    )


def notice(sequence: int, words: str = "ping", subscriber: str = "desk") -> Delivery:
    return Delivery(
        subscriber=subscriber, sequence=sequence, engine_sequence=sequence, at=T0, revision=None, notice=words
    )


def subscriber(
    name: str = "desk", url: str = "https://desk.example/hook?token=tell-nobody", **changes: Any
) -> Subscriber:
    values: dict[str, Any] = {"id": name, "endpoint": VAULT.encrypt(url), "secrets": (VAULT.encrypt(SECRET),)}
    return Subscriber(**(values | changes))


def result(
    sequence: int, attempt: int = 1, outcome: str = "delivered", at: float = 0, **changes: Any
) -> DeliveryResult:
    settled = "delivered" if outcome == "delivered" else None
    values: dict[str, Any] = {
        "subscriber": "desk", "sequence": sequence, "attempt": attempt, "at": after(at), "outcome": outcome,
        "settled": settled,
    }  # fmt: skip
    return DeliveryResult(**(values | changes))
