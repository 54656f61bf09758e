"""Secrets at rest: endpoints and signing keys are ciphertext wherever they are stored.

Cipher: Fernet (AES-128-CBC and HMAC-SHA256), with the key HKDF-SHA256(TOCSIN_SECRET_KEY, info "tocsin secrets 1").
HKDF does not stretch: the setting must be random, at least 32 characters (`openssl rand -base64 32`).
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from alerts.subscribers import Subscriber
from config.settings import Settings
from stream.records import canonical

SHORTEST_KEY = 32
MOST_REMEMBERED = 10_000


class NoSecretKey(ValueError):
    """TOCSIN_SECRET_KEY is missing or unfit; the message says what to do."""


class Unreadable(ValueError):
    """A ciphertext that no key opens. It is not in the message."""


@dataclass(frozen=True)
class Target:
    """Where to send and what to sign with, in clear: for the moment of sending only. repr shows nothing."""

    url: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)


class Vault:
    """Encrypts with the first key and opens with any, so that two can overlap while `subscribers reencrypt` runs."""

    def __init__(self, *keys: str) -> None:
        derived = [_derive(key) for key in keys]
        if not derived:
            raise NoSecretKey("no secret key")
        self._first = Fernet(derived[0])
        self._all = MultiFernet([Fernet(key) for key in derived])
        self._fingerprint_key = _hkdf(keys[0], b"tocsin fingerprints 1")
        self._opened: dict[str, str] = {}

    @classmethod
    def of(cls, settings: Settings) -> "Vault":
        """The vault of TOCSIN_SECRET_KEY. Raises NoSecretKey, which says how to make one."""
        text = settings.secret_key.get_secret_value() if settings.secret_key else ""
        keys = [key.strip() for key in text.split(",") if key.strip()]
        if not keys:
            raise NoSecretKey(
                "TOCSIN_SECRET_KEY is not set, and endpoints and secrets of subscribers are stored encrypted only: "
                "set it to the output of `openssl rand -base64 32`, and keep it"
            )
        return cls(*keys)

    def encrypt(self, plain: str) -> str:
        """Ciphertext by the first key; not the same each time."""
        return self._first.encrypt(plain.encode()).decode()

    def decrypt(self, cipher: str) -> str:
        """Raises Unreadable."""
        plain = self._opened.get(cipher)
        if plain is None:
            try:
                plain = self._all.decrypt(cipher.encode()).decode()
            except (InvalidToken, ValueError):
                raise Unreadable("TOCSIN_SECRET_KEY does not open this; was it changed?") from None
            if len(self._opened) >= MOST_REMEMBERED:
                self._opened.clear()
            self._opened[cipher] = plain
        return plain

    def target(self, subscriber: Subscriber) -> Target:
        """The subscriber's endpoint and keys in clear. Raises Unreadable."""
        return Target(self.decrypt(subscriber.endpoint), tuple(self.decrypt(secret) for secret in subscriber.secrets))

    def reencrypted(self, subscriber: Subscriber) -> Subscriber | None:
        """The subscriber with every ciphertext by the first key, or None when it is so already. Raises Unreadable."""
        if all(self._is_by_first(cipher) for cipher in (subscriber.endpoint, *subscriber.secrets)):
            return None
        target = self.target(subscriber)
        secrets = tuple(self.encrypt(key) for key in target.keys)
        return subscriber.model_copy(update={"endpoint": self.encrypt(target.url), "secrets": secrets})

    def fingerprint(self, document: Any) -> str:
        """A hash of a JSON value that tells nothing about secrets in it to whoever has not the key."""
        return hmac.new(self._fingerprint_key, canonical(document), hashlib.sha256).hexdigest()

    def _is_by_first(self, cipher: str) -> bool:
        try:
            self._first.decrypt(cipher.encode())
        except (InvalidToken, ValueError):
            return False
        return True


def _derive(key: str) -> bytes:
    if len(key) < SHORTEST_KEY:
        raise NoSecretKey(
            f"TOCSIN_SECRET_KEY has a key of fewer than {SHORTEST_KEY} characters: use the output of "
            "`openssl rand -base64 32`"
        )
    return urlsafe_b64encode(_hkdf(key, b"tocsin secrets 1"))


def _hkdf(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
