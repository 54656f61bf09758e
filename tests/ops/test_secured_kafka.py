"""A broker that asks for TLS, a client certificate and a password: reached by the settings that the chart renders."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from tests.e2e.process import KEY
from tests.ops.certificates import Authority
from tests.ops.charts import KAFKA, manifests, merged, only
from tests.ops.test_prometheus import STRIKES, story
from tests.ops.waiting import answer, body, free_port, until
from tocsin.local_broker import LocalBroker, Unavailable
from tocsin.processes import Processes

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
USER, PASSWORD = "tocsin", "a-password-for-tests"
LOGIN = "org.apache.kafka.common.security"


class SecuredBroker(LocalBroker):
    """A local broker with a second listener, SECURE, which lets nobody in without certificate and password."""

    def __init__(self, home: Path, authority: Authority) -> None:
        self.secure = free_port()
        certificate, key = authority.issue("localhost")
        self._keystore = authority.path.with_name("broker-keystore.pem")
        self._keystore.write_bytes(key.read_bytes() + certificate.read_bytes())
        self._authority = authority.path
        super().__init__(home)

    def start(self, timeout: float = 180.0) -> Self:
        return super().start(timeout)

    def _properties(self) -> str:
        plain, controller = f"PLAINTEXT://127.0.0.1:{self.port}", f"CONTROLLER://127.0.0.1:{self._controller}"
        secure = f"SECURE://127.0.0.1:{self.secure}"
        own = "listener.name.secure"
        more = {
            "listeners": f"{plain},{secure},{controller}",
            "advertised.listeners": f"{plain},{secure}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL",
            f"{own}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            f"{own}.plain.sasl.jaas.config": f'{LOGIN}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
            f"{own}.scram-sha-512.sasl.jaas.config": f"{LOGIN}.scram.ScramLoginModule required;",
            f"{own}.ssl.client.auth": "required",
            f"{own}.ssl.keystore.type": "PEM",
            f"{own}.ssl.keystore.location": self._keystore,
            f"{own}.ssl.truststore.type": "PEM",
            f"{own}.ssl.truststore.location": self._authority,
        }
        return super()._properties() + "".join(f"{name}={value}\n" for name, value in more.items())

    def _java(self, main: str, *arguments: str) -> list[str]:
        if main == "kafka.tools.StorageTool":
            arguments += ("--add-scram", f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]")
        return super()._java(main, *arguments)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[SecuredBroker]:
    try:
        with SecuredBroker(tmp_path_factory.mktemp("secured"), authority) as started:
            yield started
    except Unavailable as fault:
        if os.environ.get("TOCSIN_REQUIRE_ALL"):
            pytest.fail(str(fault))
        pytest.skip(str(fault))


def settings_of(broker: SecuredBroker, authority: Authority, mechanism: str, home: Path) -> dict[str, str]:
    """What the chart gives a process, with files of this machine."""
    values = {
        "kafka": {
            "bootstrap": f"127.0.0.1:{broker.secure}",
            "topicPrefix": f"{mechanism.lower()}.",
            "tls": {"enabled": True, "existingSecret": "tls", "clientCertificate": True},
            "sasl": {"mechanism": mechanism, "existingSecret": "user"},
        }
    }
    data: dict[str, str] = only(manifests(merged(KAFKA, values)), "ConfigMap", "settings")["data"]
    certificate, key = authority.issue("client")
    files = {
        "/etc/tocsin/kafka/ca.crt": authority.path,
        "/etc/tocsin/kafka/tls.crt": certificate,
        "/etc/tocsin/kafka/tls.key": key,
        "/var/lib/tocsin/tocsin.db": home / "engine.db",
    }
    found = {name: str(files.get(value, value)) for name, value in data.items()}
    return found | {
        "TOCSIN_HOST": "127.0.0.1",
        "TOCSIN_SECRET_KEY": KEY,
        "TOCSIN_KAFKA_USERNAME": USER,
        "TOCSIN_KAFKA_PASSWORD": PASSWORD,
    }


def tocsin(environment: dict[str, str], *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "tocsin", *arguments]
    return subprocess.run(command, env=os.environ | environment, input=given, capture_output=True, timeout=600)


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_a_story_passes_through(secured: SecuredBroker, authority: Authority, mechanism: str, tmp_path: Path) -> None:
    environment = settings_of(secured, authority, mechanism, tmp_path)
    made = tocsin(environment, "topics", "create", "--partitions", "1")
    assert made.returncode == 0, made.stderr
    ports = {"extract": free_port(), "detect": free_port()}
    with Processes(tmp_path / "logs", **environment) as processes:
        for name, port in ports.items():
            processes.start(name, "worker", name, "--port", str(port))
        sent = tocsin(environment, "publish", "-", given=story(1, STRIKES))
        assert sent.returncode == 0, sent.stderr
        page = f"http://127.0.0.1:{ports['detect']}/metrics"
        until(lambda: 'tocsin_engine_records_total{reason="applied",type="story"} 1.0' in body(page))
        for port in ports.values():
            until(lambda port=port: answer(f"http://127.0.0.1:{port}/livez") == 200)
        until(lambda: 'tocsin_certificate_expiry_timestamp_seconds{certificate="kafka_client"}' in body(page))
        assert PASSWORD not in "".join(path.read_text() for path in (tmp_path / "logs").glob("*.log"))


def test_a_wrong_password_is_one_clear_line(secured: SecuredBroker, authority: Authority, tmp_path: Path) -> None:
    environment = settings_of(secured, authority, "PLAIN", tmp_path) | {"TOCSIN_KAFKA_PASSWORD": "wrong"}
    refused = tocsin(environment, "topics", "check")
    assert refused.returncode == 1
    assert refused.stderr.startswith(b"tocsin: ")
    assert len(refused.stderr.strip().splitlines()) == 1
    assert b"wrong" not in refused.stderr
