"""TLS and SASL to Kafka: the context verifies, shows our certificate, and faults are one line."""

import socket
import ssl
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.kafka_security import client_options, expiries, tls_context
from config.settings import Settings
from tests.ops.certificates import ENDS, Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def shake_hands(client: ssl.SSLContext, authority: Authority, name: str) -> str:
    """Speak TLS to a server `broker` that asks for a certificate; the common name that it saw."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.path)
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(*authority.issue("broker"))
    near, far = socket.socketpair()
    seen: list[str] = []

    def serve() -> None:
        try:
            with server.wrap_socket(far, server_side=True) as connection:
                seen.append(connection.getpeercert()["subject"][0][0][1])  # type: ignore[index]
                connection.sendall(b"!")
        except OSError:
            far.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(near, server_hostname=name) as connection:
            connection.recv(1)
    finally:
        near.close()
        thread.join()
    return seen[0]


def test_both_sides_show_and_verify_certificates(authority: Authority) -> None:
    certificate, key = authority.issue("tocsin")
    settings = Settings(kafka_security="SSL", kafka_ca=authority.path, kafka_certificate=certificate, kafka_key=key)
    assert shake_hands(tls_context(settings), authority, "broker") == "tocsin"
    assert client_options(settings)["security_protocol"] == "SSL"


def test_another_name_or_authority_is_refused(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("tocsin")
    settings = Settings(kafka_security="SSL", kafka_ca=authority.path, kafka_certificate=certificate, kafka_key=key)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(tls_context(settings), authority, "another")
    (tmp_path / "else").mkdir()
    stranger = Authority(tmp_path / "else")
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(tls_context(settings.model_copy(update={"kafka_ca": stranger.path})), authority, "broker")


def test_sasl_options() -> None:
    settings = Settings(
        kafka_security="SASL_PLAINTEXT", kafka_mechanism="PLAIN", kafka_username="u", kafka_password="p"
    )
    assert client_options(settings) == {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": "u",
        "sasl_plain_password": "p",
    }
    assert client_options(Settings()) == {"security_protocol": "PLAINTEXT"}


def test_faults_are_one_line_and_name_the_setting(authority: Authority, tmp_path: Path) -> None:
    certificate, _ = authority.issue("tocsin")
    for settings, words in (
        (Settings(kafka_security="SASL_SSL"), "TOCSIN_KAFKA_USERNAME"),
        (Settings(kafka_security="SSL", kafka_certificate=certificate), "TOCSIN_KAFKA_KEY"),
        (Settings(kafka_security="SSL", kafka_ca=tmp_path / "nothing"), "TOCSIN_KAFKA_CA"),
    ):
        with pytest.raises(ValueError, match=words) as fault:
            client_options(settings)
        assert "\n" not in str(fault.value)
    with pytest.raises(ValidationError):
        Settings(kafka_security="TLS")  # type: ignore[arg-type]


def test_when_certificates_end(authority: Authority, tmp_path: Path) -> None:
    soon = ENDS - timedelta(days=3000)
    certificate, key = authority.issue("tocsin", soon)
    settings = Settings(kafka_ca=authority.path, kafka_certificate=certificate, kafka_key=key)
    assert expiries(settings) == {"kafka_client": soon, "kafka_ca": ENDS}
    assert expiries(Settings()) == {}
    (tmp_path / "junk").write_text("no certificate")
    with pytest.raises(ValueError, match="no certificates can be read"):
        expiries(Settings(kafka_ca=tmp_path / "junk"))


def test_no_password_in_what_is_shown() -> None:
    settings = Settings(kafka_security="SASL_PLAINTEXT", kafka_username="u", kafka_password="very secret")
    assert "very secret" not in repr(settings)
