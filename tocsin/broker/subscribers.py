"""Subscribers on the broker: their secrets encrypted anew."""

from datetime import UTC, datetime

from alerts.app_subscribers import read_subscribers
from alerts.delivery.secrets import Vault
from alerts.subscribers import Subscriber
from config.settings import Settings
from stream.records import CommandRecord
from stream.signals import content_hash
from tocsin.broker.journal import append
from tocsin.command_settings import clear


def reencrypt(settings: Settings) -> int:
    """Give every subscriber whose secrets are under an older key again under the first one; how many.

    Raises CommandError.
    """
    with clear():
        vault = Vault.of(settings)
        current = [Subscriber.model_validate_json(body) for body in read_subscribers(settings).values() if body]
        renewed = [changed for each in current if (changed := vault.reencrypted(each)) is not None]
    at = datetime.now(UTC)
    append(
        settings,
        [
            CommandRecord(
                id=content_hash("reencrypt", each.id, at.isoformat()),
                name="subscribers.put",
                body={"subscriber": each.model_dump(mode="json")},
                author="command line",
                at=at,
            )
            for each in renewed
        ],
    )
    return len(renewed)
