"""Reads config/subscribers.yaml: every fault is found in one pass and named with its line; no secret is in a message.

An endpoint or a secret is written literally, or as `{env: NAME}`, or as `{file: PATH}`.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from alerts.delivery.addresses import networks
from alerts.delivery.endpoints import RefusedUrl, checked
from alerts.delivery.secrets import NoSecretKey, Vault
from alerts.delivery.signing import BadKey, check_key
from alerts.subscribers import Subscriber
from config.settings import Settings

UNSIGNED_RENDERINGS = ("alertmanager", "slack")
"""Receivers that verify nothing; the others must be given a secret to verify with."""
_KEPT = ("state", "state_reason", "managed_by")
"""Fields that a file does not set: they are decided elsewhere."""
Report = Callable[[Node, str], None]


class SubscribersFault(ValueError):
    """The file has faults; `faults` names each with its line."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Loaded:
    """What a sound file says. `hash` is keyed and of the plain content: an unchanged file has an unchanged hash."""

    subscribers: tuple[Subscriber, ...]
    hash: str


def load_subscribers(text: str, settings: Settings, *, environment: Mapping[str, str] = os.environ) -> Loaded:
    """The subscribers of a file, with ciphertexts. Raises SubscribersFault.

    A file without subscribers needs no TOCSIN_SECRET_KEY.
    """
    faults: list[tuple[int, str]] = []

    def report(node: Node, words: str) -> None:
        faults.append((node.start_mark.line + 1, words))

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise SubscribersFault([f"line {mark.line + 1 if mark else 1}: not YAML: {_problem(fault)}"]) from None
    entries = [] if root is None else _entries(root, report)
    vault = _vault(settings, entries, report)
    endpoint_check = _endpoint_check(settings, root, report)
    found = [_subscriber(entry, environment, endpoint_check, report) for entry in entries]
    _check_references(found, report)
    if faults or (entries and vault is None):
        raise SubscribersFault([f"line {line}: {words}" for line, words in sorted(faults)])
    plain = [document for _, document in found]
    subscribers = tuple(_sealed(document, vault) for document in plain) if vault else ()
    return Loaded(subscribers, vault.fingerprint(plain) if vault else "none")


def _sealed(document: dict[str, Any], vault: Vault) -> Subscriber:
    secrets = tuple(vault.encrypt(secret) for secret in document["secrets"])
    return Subscriber.model_validate({**document, "endpoint": vault.encrypt(document["endpoint"]), "secrets": secrets})


def _vault(settings: Settings, entries: list[MappingNode], report: Report) -> Vault | None:
    try:
        return Vault.of(settings)
    except NoSecretKey as fault:
        if entries:
            report(entries[0], str(fault))
        return None


def _entries(root: Node, report: Report) -> list[MappingNode]:
    """The nodes of the subscribers: `subscribers:` of a mapping, or the list itself."""
    node = root
    if isinstance(root, MappingNode):
        named = {str(key.value): value for key, value in root.value}
        for key, _ in root.value:
            if key.value != "subscribers":
                report(key, f"unknown key {key.value!r}; the file holds `subscribers:`")
        node = named.get("subscribers", root)
        if node is root or (isinstance(node, ScalarNode) and node.tag.endswith(":null")):
            return []
    if not isinstance(node, SequenceNode):
        report(node, "subscribers must be a list")
        return []
    for item in node.value:
        if not isinstance(item, MappingNode):
            report(item, "a subscriber is a mapping with id and endpoint")
    return [item for item in node.value if isinstance(item, MappingNode)]


def _subscriber(
    entry: MappingNode, environment: Mapping[str, str], endpoint_check: Callable[[Node, str], None], report: Report
) -> tuple[MappingNode, dict[str, Any]]:
    """The plain document of one subscriber; its faults are reported, and then the document is of no use."""
    nodes = {str(key.value): (key, value) for key, value in entry.value}
    document: dict[str, Any] = {"secrets": []}
    for name, (key, node) in nodes.items():
        if name in _KEPT:
            report(key, f"{name} is not set in a file")
        elif name == "endpoint":
            document["endpoint"] = _secret(node, environment, report)
        elif name == "secrets":
            items = node.value if isinstance(node, SequenceNode) else [node]
            document["secrets"] = [_secret(item, environment, report) for item in items]
            _check_keys(items, document["secrets"], report)
        else:
            document[name] = yaml.SafeLoader("").construct_object(node, deep=True)
    if document.get("endpoint"):
        endpoint_check(nodes["endpoint"][1], document["endpoint"])
    if not document["secrets"] and document.get("rendering", "cloudevents") not in UNSIGNED_RENDERINGS:
        report(
            entry, "secrets is missing; one that the receiver verifies with: `echo whsec_$(openssl rand -base64 32)`"
        )
    _check_model(entry, nodes, document, report)
    return entry, document


def _check_model(entry: MappingNode, nodes: dict[str, Any], document: dict[str, Any], report: Report) -> None:
    """What the model says of the values; secrets are kept from it, since its messages quote what they refuse."""
    shown = {**document, "secrets": (), **({"endpoint": ""} if "endpoint" in document else {})}
    try:
        Subscriber.model_validate(shown)
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            node = nodes[name][1] if name in nodes else entry
            where = ".".join(str(part) for part in error["loc"])
            if error["type"] == "extra_forbidden":
                report(node, f"unknown key {where}")
            else:
                report(node, f"{where}: {error['msg'][0].lower()}{error['msg'][1:]}")


def _secret(node: Node, environment: Mapping[str, str], report: Report) -> str:
    """The words of a literal, of an environment variable or of a file; empty when there are none, which is reported."""
    if isinstance(node, ScalarNode) and not node.tag.endswith(":null") and node.value:
        return str(node.value)
    if isinstance(node, MappingNode) and len(node.value) == 1:
        key, value = node.value[0]
        if key.value == "env":
            text = environment.get(str(value.value), "").strip()
            if not text:
                report(node, f"environment variable {value.value} is not set")
            return text
        if key.value == "file":
            try:
                return Path(str(value.value)).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as fault:
                report(node, f"file {value.value} cannot be read ({type(fault).__name__})")
                return ""
    report(node, "give the text itself, or {env: NAME}, or {file: PATH}")
    return ""


def _check_keys(nodes: list[Node], keys: list[str], report: Report) -> None:
    for node, key in zip(nodes, keys, strict=True):
        try:
            if key:
                check_key(key)
        except BadKey as fault:
            report(node, str(fault))


def _endpoint_check(settings: Settings, root: Node | None, report: Report) -> Callable[[Node, str], None]:
    try:
        allowed = networks(settings.allowed_private)
    except ValueError as fault:
        allowed = ()
        if root is not None:
            report(root, str(fault))

    def check(node: Node, endpoint: str) -> None:
        try:
            checked(endpoint, allowed=allowed, allow_http=settings.allow_http)
        except RefusedUrl as refused:
            report(node, str(refused))

    return check


def _check_references(found: list[tuple[MappingNode, dict[str, Any]]], report: Report) -> None:
    """Ids are unique; a fallback is another subscriber, of the file or made by API."""
    seen: set[str] = set()
    for entry, document in found:
        name = str(document.get("id", ""))
        if name and name in seen:
            report(entry, f"a second subscriber with the id {name}")
        seen.add(name)
        if document.get("fallback") is not None and document.get("fallback") == document.get("id"):
            report(entry, "a subscriber cannot be its own fallback")


def _problem(fault: yaml.YAMLError) -> str:
    return str(getattr(fault, "problem", None) or "unreadable")
