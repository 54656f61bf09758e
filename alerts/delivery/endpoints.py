"""Which URLs may be an endpoint. Pure; the addresses behind a name are vetted when it is connected to."""

import re
from collections.abc import Sequence
from ipaddress import ip_address

from yarl import URL

from alerts.delivery.addresses import Network, Refusal, is_allowed, refusal_of

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"^`{|}]")
_LAST_LABEL_NUMERIC = re.compile(r"(^|\.)(0[xX][0-9a-fA-F]*|[0-9]+)\.?$")
_LOCAL_NAMES = ("localhost", "local", "internal", "localdomain", "home.arpa", "onion")


class RefusedUrl(ValueError):
    """The URL may not be sent to. Neither it nor its host is in the message."""

    def __init__(self, refusal: Refusal, words: str) -> None:
        super().__init__(words)
        self.refusal = refusal


def checked(text: str, *, allowed: Sequence[Network] = (), allow_http: bool = False) -> URL:
    """The URL as it will be connected to. Raises RefusedUrl.

    https with a host name or a routable address; http only when `allow_http`, and then the guard lets it reach
    `allowed` addresses only. No user information, no fragment, no numeric forms of an address, no local names
    (unless an allowed network makes private receivers possible).
    """
    if len(text) > 2048 or _FORBIDDEN.search(text):
        raise RefusedUrl(Refusal.BAD_URL, "an endpoint is a URL without spaces, control characters or backslashes")
    try:
        url = URL(text)
        host, port = url.raw_host, url.port
    except ValueError:
        raise RefusedUrl(Refusal.BAD_URL, "the endpoint is no URL") from None
    if not url.absolute or not host or "%" in host or port in (None, 0):
        raise RefusedUrl(Refusal.BAD_URL, "the endpoint is no URL with a host")
    if url.scheme != "https" and not (url.scheme == "http" and allow_http):
        raise RefusedUrl(Refusal.NOT_HTTPS, "an endpoint is https (http only to allowed private receivers)")
    if url.raw_user is not None or url.raw_password is not None or "@" in url.raw_authority:
        raise RefusedUrl(Refusal.USERINFO, "an endpoint holds no user name or password")
    if url.raw_fragment:
        raise RefusedUrl(Refusal.BAD_URL, "an endpoint has no fragment")
    _check_host(host, url.scheme, allowed)
    return url


def _check_host(host: str, scheme: str, allowed: Sequence[Network]) -> None:
    try:
        ip_address(host)
    except ValueError:
        _check_name(host.rstrip(".").lower(), bool(allowed))
        return
    if scheme == "http" and not is_allowed(host, allowed):
        raise RefusedUrl(Refusal.NOT_HTTPS, "http reaches allowed private receivers only")
    if refusal := refusal_of(host, allowed):
        raise RefusedUrl(refusal, f"the endpoint's address may not be sent to: {refusal}")


def _check_name(name: str, private_allowed: bool) -> None:
    if not name or _LAST_LABEL_NUMERIC.search(name):
        raise RefusedUrl(Refusal.NUMERIC_HOST, "the endpoint's host is a number in disguise")
    last = name.rsplit(".", 1)[-1]
    local = "." not in name or last in _LOCAL_NAMES or name.endswith(".home.arpa")
    if local and not private_allowed:
        raise RefusedUrl(Refusal.HOST_NAME, "the endpoint's host is a local name")
