"""The egress guard's vectors: what must be refused, on every Python there is, and what must not be."""

# ruff: noqa: SIM905 - a table of words reads better than a list of them

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.delivery import addresses
from alerts.delivery.addresses import networks, refusal_of
from alerts.delivery.endpoints import RefusedUrl, checked

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")

REFUSED = """
127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1
192.168.255.255 169.254.0.1 169.254.169.254 169.254.170.2 100.64.0.1 100.100.100.200 100.127.255.255 168.63.129.16
192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 192.31.196.1 192.52.193.1 192.175.48.1 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.254 255.255.255.255
:: ::1 ::7f00:1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1
64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2
2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:808:808:: 2620:4f:8000::1 3ffe::1
3fff::1 5f00::1 4000::1 fc00::1 fd00:ec2::254 fd20:ce::254 fdff::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
2001:4860:4860::8888%1
""".split()

ROUTABLE = """
8.8.8.8 1.1.1.1 93.184.216.34 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 169.253.1.1 192.0.1.1 198.17.0.1
223.255.255.254 11.0.0.1 2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450:4001:81b::200e 2400:cb00::1 2620:fe::fe
""".split()

NOT_ADDRESSES = """
2130706433 0x7f.1 0x7f000001 017700000001 0177.0.0.1 127.1 127.0.0.1. 1.2.3 1.2.3.4.5 localhost ''
""".split()

URLS = [
    "http://desk.example/",
    "ftp://desk.example/",
    "file:///etc/passwd",
    "gopher://desk.example/",
    "javascript:alert(1)",
    "//desk.example/",
    "desk.example/hook",
    "https://",
    "https:///hook",
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://1.2.3.0x7f/",
    "https://0/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[fe80::1%25eth0]/",
    "https://[2002:7f00:1::]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://100.100.100.200/latest/meta-data/",
    "https://localhost/",
    "https://LOCALHOST./",
    "https://api.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://intranet/",
    "https://user@desk.example/",
    "https://user:password@desk.example/",
    "https://desk.example@169.254.169.254/",
    "https://169.254.169.254#@desk.example/",
    "https://desk.example/#fragment",
    "https://desk.example\\@169.254.169.254/",
    "https://desk.example\t.evil/",
    "https://desk.example/\r\nX-Header: 1",
    "https://desk.example /",
    "https://%31%32%37.0.0.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://desk.example:0/",
    "https://desk.example:99999/",
    "https://desk.example:port/",
    "https://[not-an-address]/",
    "https://[::1/",
    "https://" + "a" * 3000 + ".example/",
    "",
]


def test_there_are_enough_vectors() -> None:
    """Sixty at the least were asked for."""
    assert len(set(REFUSED)) >= 60
    assert len(set(REFUSED)) + len(NOT_ADDRESSES) + len(URLS) >= 120


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_inside_is_refused(address: str) -> None:
    assert refusal_of(address) is not None


@pytest.mark.parametrize("address", ROUTABLE)
def test_a_routable_address_is_not(address: str) -> None:
    assert refusal_of(address) is None


@pytest.mark.parametrize("text", NOT_ADDRESSES)
def test_what_only_looks_like_an_address_is_none(text: str) -> None:
    assert refusal_of(text) == addresses.Refusal.NOT_AN_ADDRESS


def pythons() -> dict[str, str]:
    """Version -> interpreter, of those we support that this machine has; ours at the least."""
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {ours: sys.executable}
    for version in SUPPORTED:
        installed = [str(path) for path in sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))]
        if path := next(iter(installed), None) or shutil.which(f"python{version}"):
            found.setdefault(version, path)
    return found


@pytest.mark.parametrize("python", pythons().values(), ids=list(pythons()))
def test_every_python_refuses_the_same(python: str) -> None:
    """`ipaddress` differs between versions; our table does not. The module needs the standard library only."""
    code = (
        "import json, runpy, sys; names = runpy.run_path(sys.argv[1]);"
        "print(json.dumps([str(names['refusal_of'](a)) for a in json.load(sys.stdin)]))"
    )
    ours = [str(refusal_of(address)) for address in REFUSED + ROUTABLE + NOT_ADDRESSES]
    theirs = subprocess.run(
        [python, "-c", code, addresses.__file__],
        input=json.dumps(REFUSED + ROUTABLE + NOT_ADDRESSES),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(theirs.stdout) == ours


@pytest.mark.parametrize("url", URLS, ids=lambda url: repr(url)[:40])
def test_a_url_that_leads_inside_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(RefusedUrl) as fault:
        checked(url)
    assert "desk.example" not in str(fault.value)
    assert "169.254" not in str(fault.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.example/hook",
        "https://desk.example./hook",
        "https://DESK.example:8443/hook?token=abc",
        "https://8.8.8.8/hook",
        "https://[2606:4700:4700::1111]/hook",
        "https://bücher.example/",
        "https://hooks.slack.com/services/T0/B0/x",
    ],
)
def test_a_plain_https_endpoint_is_taken(url: str) -> None:
    assert checked(url).scheme == "https"


def test_an_allowed_network_opens_itself_and_nothing_that_wraps_it() -> None:
    allowed = networks("10.1.0.0/16, fd12::/16")
    assert refusal_of("10.1.2.3", allowed) is None
    assert refusal_of("fd12::1", allowed) is None
    for address in ("10.2.0.1", "::ffff:10.1.2.3", "64:ff9b::a01:203", "2002:a01:203::", "fd13::1", "127.0.0.1"):
        assert refusal_of(address, allowed) is not None


def test_plain_http_is_for_allowed_addresses_only() -> None:
    allowed = networks("127.0.0.0/8")
    assert checked("http://127.0.0.1:80/", allowed=allowed, allow_http=True)
    for url in ("http://8.8.8.8/", "http://169.254.169.254/", "http://10.0.0.1/"):
        with pytest.raises(RefusedUrl):
            checked(url, allowed=allowed, allow_http=True)
    with pytest.raises(RefusedUrl):
        checked("http://127.0.0.1/", allowed=allowed, allow_http=False)


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"TOCSIN_ALLOWED_PRIVATE: .*10\.0\.0\.300"):
        networks("10.0.0.0/8,10.0.0.300/32")
