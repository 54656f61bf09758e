"""Who may speak to whom, asked of the rendered policies as a network would ask."""

from typing import Any

import pytest

from tests.ops.charts import EMBEDDED, KAFKA, Manifest, manifests, merged, only, reaches

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700::1111"]
PRIVATE = [
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "127.0.0.1",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "fe80::1",
    "fd00:ec2::254",
    "fc00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:a00:1::",
    "2001::1",
    "ff02::1",
]
FEEDS = {"feeds": ["https://news.example.org/world.rss"]}


def policy(name: str, *layers: dict[str, Any]) -> Manifest:
    return only(manifests(*layers), "NetworkPolicy", f"-{name}")


@pytest.mark.parametrize("address", PUBLIC)
def test_deliver_reaches_the_world(address: str) -> None:
    assert reaches(policy("deliver", KAFKA), address, 443)
    assert reaches(policy("deliver", KAFKA), address, 8443)


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("name", ["deliver", "serve"])
def test_private_addresses_are_closed(name: str, address: str) -> None:
    assert not reaches(policy(name, KAFKA, FEEDS), address, 443)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_closed_to_the_one_process(address: str) -> None:
    assert not reaches(policy("embedded", EMBEDDED, FEEDS), address, 443)


def test_allowed_private_ranges_open_for_the_sender_alone() -> None:
    values = merged(KAFKA, FEEDS, {"allowedPrivateCIDRs": ["10.20.0.0/16", "fd12:3456::/48"]})
    for address in ("10.20.1.2", "fd12:3456::1"):
        assert reaches(policy("deliver", values), address, 443)
        assert not reaches(policy("serve", values), address, 443)
    assert not reaches(policy("deliver", values), "10.21.0.1", 443)
    settings = only(manifests(values), "ConfigMap", "settings")["data"]
    assert settings["TOCSIN_ALLOWED_PRIVATE"] == "10.20.0.0/16,fd12:3456::/48", "the sender's own guard agrees"


def test_an_operator_denies_more() -> None:
    values = merged(KAFKA, {"networkPolicy": {"deniedCIDRs": ["203.0.114.0/24"]}})
    assert not reaches(policy("deliver", values), "203.0.114.9", 443)
    assert reaches(policy("deliver", values), "203.0.115.9", 443)


def test_webhook_ports_can_be_narrowed() -> None:
    narrow = policy("deliver", KAFKA, {"networkPolicy": {"webhookPorts": [443]}})
    assert reaches(narrow, PUBLIC[0], 443)
    assert not reaches(narrow, PUBLIC[0], 25)


@pytest.mark.parametrize("name", ["extract", "detect", "deploy"])
def test_others_stay_inside(name: str) -> None:
    assert not reaches(policy(name, KAFKA, FEEDS), PUBLIC[0], 443)


def test_serve_leaves_only_for_feeds() -> None:
    assert not reaches(policy("serve", KAFKA), PUBLIC[0], 443)
    assert reaches(policy("serve", KAFKA, FEEDS), PUBLIC[0], 443)
    assert not reaches(policy("serve", KAFKA, FEEDS), PUBLIC[0], 25)


@pytest.mark.parametrize("name", ["extract", "detect", "deliver", "serve", "deploy"])
def test_all_reach_dns_and_the_brokers(name: str) -> None:
    values = merged(KAFKA, {"kafka": {"bootstrap": "a.example.org:9094,b.example.org:9095"}})
    found = policy(name, values)
    assert reaches(found, "10.1.2.3", 9094)
    assert reaches(found, "10.1.2.3", 9095)
    dns = found["spec"]["egress"][0]
    assert {(port["port"], port["protocol"]) for port in dns["ports"]} == {(53, "UDP"), (53, "TCP")}
    assert dns["to"][0]["podSelector"]["matchLabels"] == {"k8s-app": "kube-dns"}


def test_brokers_can_be_named() -> None:
    values = merged(KAFKA, {"networkPolicy": {"broker": {"to": [{"ipBlock": {"cidr": "10.9.0.0/16"}}]}}})
    assert reaches(policy("extract", values), "10.9.0.1", 9092)
    assert not reaches(policy("extract", values), "10.8.0.1", 9092)


def test_one_process_needs_no_broker() -> None:
    assert not reaches(policy("embedded", EMBEDDED), "10.1.2.3", 9092)


def test_only_the_scraper_comes_in() -> None:
    for name in ("extract", "detect", "deliver"):
        (rule,) = policy(name, KAFKA)["spec"]["ingress"]
        assert rule["ports"] == [{"protocol": "TCP", "port": 9108}]
        assert rule["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    assert "ingress" not in policy("deploy", KAFKA)["spec"], "nobody speaks to the Job"
    (rule,) = policy("serve", KAFKA)["spec"]["ingress"]
    assert "from" not in rule


def test_the_helm_test_still_comes_in_when_http_is_narrowed() -> None:
    caller = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}
    (rule,) = policy("serve", KAFKA, {"networkPolicy": {"http": {"from": [caller]}}})["spec"]["ingress"]
    assert caller in rule["from"]
    testers = [
        peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
        for peer in rule["from"]
        if "podSelector" in peer
    ]
    assert testers == ["test"]
