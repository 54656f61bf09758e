"""The AsyncAPI 3.0 document: the topics, the webhooks and the event stream, with the schemas of what they carry."""

from importlib import metadata
from typing import Any, NamedTuple

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from alerts.api.messages import Extracted, WebhookEvent
from alerts.api.operations import SETTINGS, Answer, Operation
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.revisions import AlertRevision
from alerts.subscribers import Subscriber
from config.settings import Settings
from config.topics import topics
from stream.records import CommandRecord, RejectedRecord, StoryRecord, TickRecord

_REFERENCE = "#/components/schemas/{model}"


class Message(NamedTuple):
    """What one message of a channel is. No model: bytes as a sender made them."""

    name: str
    summary: str
    model: type[BaseModel] | None = None
    headers: dict[str, str] = {}
    media: str = "application/json"


class Channel(NamedTuple):
    """Where messages go. `sent`: by Tocsin; `received`: by Tocsin; a topic may be both."""

    name: str
    address: str | None
    description: str
    messages: tuple[Message, ...]
    sent: bool
    received: bool


REVISION = Message("alertRevision", "One step in the life of an alert.", AlertRevision)
STORY_HEADERS = {
    "content-type": "Media type of the bytes; sniffed without one.",
    "feed": "Name of the feed that brought it: the heartbeat it counts for.",
}

LETTER_HEADERS = {
    "stage": "Where it was rejected.",
    "reason": "Why, from a closed list.",
    "detail": "Why, in words.",
    "source": "topic/epoch/partition/offset of the message.",
}


def operations() -> list[Operation]:
    """/asyncapi.json."""
    return [
        Operation("GET", "/asyncapi.json", _described, "The AsyncAPI document: topics, webhooks, events.", "operations",
                  {200: Answer("AsyncAPI 3.0.", media="application/json")}, scopes=()),
    ]  # fmt: skip


async def _described(request: web.Request) -> web.Response:
    return web.json_response(document(request.app[SETTINGS], metadata.version("tocsin")))


def channels(settings: Settings) -> list[Channel]:
    """Every channel, under the names that the settings give its topic."""
    names = topics(settings)
    journal = (
        Message("story", "What was read from one story, also when there is nothing in it.", StoryRecord),
        Message("rejected", "Bytes came that are no story.", RejectedRecord),
        Message("tick", "Time passes: a whole UTC minute.", TickRecord),
        Message("command", "Somebody decided something.", CommandRecord),
    )
    raw = Message("storyBytes", "A story in any accepted format.", None, STORY_HEADERS, "application/octet-stream")
    why = {f"tocsin-{word}": text for word, text in LETTER_HEADERS.items()}
    letter = Message("deadLetter", "The bytes as they came, and why.", None, {**STORY_HEADERS, **why}, raw.media)
    delivery = Message("delivery", "One revision to be sent to one subscriber. No secrets.", Delivery)
    result = Message("deliveryResult", "One attempt, or the end of a delivery.", DeliveryResult)
    subscriber = Message("subscriber", "A receiver; endpoint and secrets as ciphertext.", Subscriber)
    event = Message("webhook", "CloudEvents 1.0, signed as Standard Webhooks has it.", WebhookEvent, WEBHOOK_HEADERS)
    line = Message("extracted", "One line for each story.", Extracted)
    return [
        Channel("stories", names.stories, "Stories as bytes, by any producer.", (raw,), True, True),
        Channel("journal", names.journal, "Whatever can change an alert, in one total order.", journal, True, True),
        Channel("alerts", names.alerts, "Every revision; key: alert id.", (REVISION,), True, False),
        Channel("alertsLatest", names.alerts_latest, "The latest revision of each alert.", (REVISION,), True, False),
        Channel("deliveries", names.deliveries, "What is to be sent; key: subscriber id.", (delivery,), True, True),
        Channel("deliveryResults", names.delivery_results, "Attempts and outcomes.", (result,), True, True),
        Channel("subscribers", names.subscribers, "Who is told; key: subscriber id.", (subscriber,), True, True),
        Channel("deadLetters", names.dead_letters, "What could not be read.", (letter,), True, True),
        Channel("webhooks", None, "The endpoint of each subscriber.", (event,), True, False),
        Channel("events", "/v1/events", "Server-sent events; the id is the engine sequence.", (REVISION,), True, False),
        Channel("extract", None, "Standard output of `tocsin extract`.", (line,), True, False),
    ]


WEBHOOK_HEADERS = {
    "webhook-id": "The same for every attempt: drop what you have.",
    "webhook-timestamp": "Seconds since 1970, of this attempt.",
    "webhook-signature": "v1 (HMAC-SHA256) or v1a (Ed25519), several while a secret is rotated.",
}


def document(settings: Settings, version: str) -> dict[str, Any]:
    """The document; equal settings give an equal one."""
    listed = channels(settings)
    messages = {message.name: message for channel in listed for message in channel.messages}
    models = sorted({m.model for m in messages.values() if m.model}, key=lambda model: model.__name__)
    references, definitions = models_json_schema(
        [(model, "serialization") for model in models], ref_template=_REFERENCE, by_alias=True
    )
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Tocsin", "version": version, "license": {"name": "Apache-2.0"}},
        "defaultContentType": "application/json",
        "channels": {channel.name: _channel(channel) for channel in listed},
        "operations": {name: body for channel in listed for name, body in _operations(channel)},
        "components": {
            "messages": {name: _message(message, references) for name, message in sorted(messages.items())},
            "schemas": definitions["$defs"],
        },
    }


def _channel(channel: Channel) -> dict[str, Any]:
    refs = {message.name: {"$ref": f"#/components/messages/{message.name}"} for message in channel.messages}
    return {"address": channel.address, "description": channel.description, "messages": refs}


def _operations(channel: Channel) -> list[tuple[str, dict[str, Any]]]:
    title = channel.name[0].upper() + channel.name[1:]
    target = {"$ref": f"#/channels/{channel.name}"}
    found = []
    if channel.sent:
        found.append((f"send{title}", {"action": "send", "channel": target}))
    if channel.received:
        found.append((f"receive{title}", {"action": "receive", "channel": target}))
    return found


def _message(message: Message, references: dict[Any, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"name": message.name, "summary": message.summary, "contentType": message.media}
    if message.model is not None:
        body["payload"] = references[(message.model, "serialization")]
    else:
        body["payload"] = {"type": "string", "format": "binary"}
    if message.headers:
        properties = {name: {"type": "string", "description": words} for name, words in message.headers.items()}
        body["headers"] = {"type": "object", "properties": properties}
    return body
