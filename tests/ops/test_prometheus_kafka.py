"""The same on Kafka: every process is scraped, every panel has data, rules tell a sound cluster from a broken one."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from config.settings import HERE
from tests.e2e.process import SECRET, Receiver
from tests.kafka.brokers import Installation
from tests.kafka.stories import send
from tests.ops.charts import KAFKA, containers, manifests, only, pod_of
from tests.ops.dashboards import queries
from tests.ops.prometheus import Prometheus, required
from tests.ops.test_prometheus import FLIGHT, STRIKES, story
from tests.ops.waiting import answer, free_port, until

pytestmark = [pytest.mark.kafka, pytest.mark.prometheus, pytest.mark.slow]
PROCESSES = {
    "extract": ("worker", "extract"),
    "detect": ("worker", "detect"),
    "deliver": ("worker", "deliver"),
    "serve": ("serve",),
}


class Cluster(NamedTuple):
    """The processes of a cluster by name, and the Prometheus that scrapes them."""

    installation: Installation
    ports: dict[str, int]
    prometheus: Prometheus

    def target(self, name: str) -> str:
        """The label `instance` of a process."""
        return f"127.0.0.1:{self.ports[name]}"


def deploy(installation: Installation, endpoint: str) -> None:
    """The steps of the chart's Job, with files of this machine."""
    subscribers = installation.home / "subscribers.yaml"
    subscribers.write_text(f"subscribers:\n  - id: desk\n    endpoint: {endpoint}\n    secrets: [{SECRET}]\n")
    files = {
        "/etc/tocsin/rules.yaml": str(HERE / "rules.yaml"),
        "/etc/tocsin/subscribers/subscribers.yaml": str(subscribers),
    }
    job = only(manifests(KAFKA, {"subscribers": "-", "kafka": {"partitions": 2, "replicationFactor": 1}}), "Job")
    for step in containers(pod_of(job)):
        done = installation.command(*[files.get(word, word) for word in step["args"]])
        assert done.returncode == 0, (step["args"], done.stderr)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    required()
    home = tmp_path_factory.mktemp("cluster")
    installation, receiver = Installation(home), Receiver()
    ports = {name: free_port() for name in PROCESSES}
    prometheus = None
    try:
        deploy(installation, receiver.url)
        for name, words in PROCESSES.items():
            more = installation.environment() | {"TOCSIN_DB": str(home / f"{name}.db")}
            installation.processes.start(name, *words, "--port", str(ports[name]), **more)
        for port in ports.values():
            for page in ("readyz", "livez"):
                until(lambda url=f"http://127.0.0.1:{port}/{page}": answer(url) == 200)
        prometheus = Prometheus(home / "prometheus", *(f"127.0.0.1:{port}" for port in ports.values()))
        until(lambda: prometheus.numbers("tocsin_watermark_timestamp_seconds > 0"))
        # A counter that is first scraped after the stories has no rate: every process must have been seen before them.
        until(lambda: prometheus.numbers("sum(min_over_time(up[5s]))") == [len(PROCESSES)])
        send(installation, story(1, STRIKES), story(2, FLIGHT), b"{broken")
        until(lambda: receiver.told)
        until(lambda: prometheus.numbers("tocsin:end_to_end_seconds:p99_1h > 0"))
        yield Cluster(installation, ports, prometheus)
    finally:
        if prometheus is not None:
            prometheus.close()
        installation.close()
        receiver.close()


@pytest.mark.parametrize("expression", [pytest.param(each.expression, id=each.name) for each in queries()])
def test_every_panel_has_data(cluster: Cluster, expression: str) -> None:
    until(lambda: cluster.prometheus.numbers(expression))


def test_what_the_panels_show_is_what_happened(cluster: Cluster) -> None:
    for expression, expected in (
        ("sum(up)", 4),
        ("sum(tocsin_detect_leading)", 1),
        ("count(count by (instance) (tocsin_build_info))", 4),
        ("sum(tocsin_stories_total)", 3),
        ("max(tocsin:extract_lag:stories)", 0),
        ("max(tocsin_engine_lag_records)", 0),
        ('max(tocsin_alerts{rule="air-strikes-country",state="open"})', 1),
        ('max(tocsin_dead_letters{what="stories"})', 1),
        ('sum(tocsin_published_total{topic="alerts"})', 2),
    ):
        until(lambda expression=expression, expected=expected: cluster.prometheus.numbers(expression) == [expected])


def test_nothing_fires_in_a_sound_cluster(cluster: Cluster) -> None:
    """Rules without their patience: what a busy machine has held up stops firing when the last minutes are well."""
    assert cluster.prometheus.faults() == []
    until(lambda: cluster.prometheus.firing() == set(), 600)


def test_zz_a_lost_leader_is_told_of(cluster: Cluster) -> None:
    """The last of this file: it kills detect."""
    cluster.installation.processes.kill("detect")
    until(lambda: {"TocsinDown", "TocsinNoLeader"} <= cluster.prometheus.firing())
