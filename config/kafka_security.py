"""How our Kafka clients prove who they are and know whom they speak to, from the settings."""

import ssl
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from config.settings import Settings


def client_options(settings: Settings) -> dict[str, Any]:
    """Options of kafka-python's clients. Nothing is read from disk but by the TLS context.

    Raises ValueError, in one line, when settings contradict each other or a file cannot be read.
    """
    options: dict[str, Any] = {"security_protocol": settings.kafka_security}
    if settings.kafka_security.endswith("SSL"):
        options["ssl_context"] = tls_context(settings)
    if settings.kafka_security.startswith("SASL"):
        username, password = credentials(settings)
        options |= {
            "sasl_mechanism": settings.kafka_mechanism,
            "sasl_plain_username": username,
            "sasl_plain_password": password,
        }
    return options


def credentials(settings: Settings) -> tuple[str, str]:
    """The SASL user and password. Raises ValueError when one is missing."""
    if settings.kafka_username is None or settings.kafka_password is None:
        raise ValueError(f"TOCSIN_KAFKA_SECURITY={settings.kafka_security} needs TOCSIN_KAFKA_USERNAME and _PASSWORD")
    return settings.kafka_username, settings.kafka_password.get_secret_value()


def tls_context(settings: Settings) -> ssl.SSLContext:
    """A context that verifies the broker's certificate and name, and shows ours where one is set.

    Raises ValueError when a file cannot be read or a certificate has no key.
    """
    if (settings.kafka_certificate is None) != (settings.kafka_key is None):
        raise ValueError("TOCSIN_KAFKA_CERTIFICATE and TOCSIN_KAFKA_KEY belong together; set both or neither")
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca)
        if settings.kafka_certificate is not None:
            context.load_cert_chain(settings.kafka_certificate, settings.kafka_key)
    except OSError as fault:
        raise ValueError(
            f"TLS to Kafka: {fault.strerror or fault}; correct TOCSIN_KAFKA_CA, _CERTIFICATE, _KEY"
        ) from fault
    return context


def expiries(settings: Settings) -> dict[str, datetime]:
    """When our certificates end (UTC): `kafka_client`, and `kafka_ca`, the first of the given authorities.

    Raises ValueError when a file cannot be read or holds no certificate.
    """
    files = {"kafka_client": settings.kafka_certificate, "kafka_ca": settings.kafka_ca}
    return {name: _first_end(path) for name, path in files.items() if path is not None}


def _first_end(path: Path) -> datetime:
    try:
        return min(each.not_valid_after_utc for each in x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as fault:
        raise ValueError(f"{path}: no certificates can be read ({fault})") from fault
