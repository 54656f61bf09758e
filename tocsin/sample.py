"""`tocsin run --sample`: a month of an invented escalation in half a minute, and a receiver that shows it."""

import asyncio
import secrets
import sys
import tempfile
from base64 import b64encode
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console

from alerts.delivery.secrets import Vault
from alerts.revisions import AlertRevision
from alerts.subscribers import Subscriber
from config.settings import HERE, Settings
from tocsin import intakes, sources, terminal
from tocsin.failures import DONE
from tocsin.receiver import Receiver
from tocsin.running import Running
from tocsin.writer import Written

WIRE = HERE / "sample" / "wire.ndjson"
SECONDS = 20.0
"""How long the month takes."""
MARKS = {"opened": "🔔", "escalated": "🔺", "updated": "✎", "resolved": "✓", "retracted": "↩"}
STYLES = {"warning": "yellow", "severe": "dark_orange", "extreme": "bold red"}
SUBSCRIBER = "sample-desk"

EXAMPLE = """curl -X POST {url}/stories -H 'content-type: application/json' -d '{{
  "uri": "urn:example:1", "version": "1", "versioncreated": "{day}T12:00:00Z", "pubstatus": "usable",
  "language": "en", "headline": "Air strikes hit three towns in Idlib",
  "body_text": "BEIRUT: Air strikes hit the towns of Saraqib, Maarat al-Numan and Kafranbel in Syria on {weekday}, \
killing at least 12 people, a war monitor said."
}}'"""


async def play(settings: Settings) -> int:
    """Play the sample wire; on a terminal stay up until Ctrl-C, without one end when all is told."""
    out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    raised: dict[str, list[AlertRevision]] = {}
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    receiver = Receiver(secret, lambda body: out.print(webhook_line(body)))
    await receiver.start()
    with tempfile.TemporaryDirectory(prefix="tocsin-sample-") as folder:
        settings = sample_settings(settings, Path(folder))

        def written(each: Written) -> None:
            for revision in each.applied.revisions:
                raised.setdefault(revision.id, []).append(revision)
                out.print(alert_line(revision))

        out.print(
            f"[bold]Tocsin[/] plays its sample wire: {WIRE.name}, a month of invented news, in {SECONDS:.0f} seconds."
        )
        async with Running(settings, written) as running:
            service = running.service
            out.print(
                f"Serving on {running.url} — board: /, API: /v1/alerts, metrics: /metrics; a receiver beside it.\n"
            )
            subscriber = subscriber_at(settings, f"http://127.0.0.1:{receiver.port}/hook", secret)
            await service.apply_file(
                "sample", WIRE, "subscribers.apply", {"subscribers": [subscriber.model_dump(mode="json")]}
            )
            count = sum(1 for _ in sources.read([str(WIRE)]))
            with terminal.progress("the wire") as bar:
                await intakes.play(
                    service,
                    [str(WIRE)],
                    told=lambda chunk: bar.at(chunk.progress, day_of(chunk)),
                    pause=SECONDS / count,
                )
            await running.sending.sent(timeout=30.0)
            summary(out, raised, count, receiver.refused, running.url)
            if sys.stdout.isatty():
                out.print("\nStill serving. [bold]Ctrl-C[/] ends it.")
                await asyncio.Event().wait()
    await receiver.stop()
    return DONE


def sample_settings(settings: Settings, folder: Path) -> Settings:
    """The settings given, with a file of its own, story time, and leave to send to the receiver beside it."""
    return settings.model_copy(
        update={
            "db": folder / "tocsin.db",
            "clock": "story",
            "secret_key": settings.secret_key or SecretStr(secrets.token_urlsafe(32)),
            "subscribers": folder / "none.yaml",
            "allowed_private": "127.0.0.0/8",
            "allow_http": True,
        }
    )


def subscriber_at(settings: Settings, endpoint: str, secret: str) -> Subscriber:
    """The sample's subscriber, with its endpoint and secret encrypted."""
    vault = Vault.of(settings)
    return Subscriber(
        id=SUBSCRIBER, name="The sample desk", endpoint=vault.encrypt(endpoint), secrets=(vault.encrypt(secret),)
    )


def day_of(chunk: sources.Chunk) -> str:
    """The day a story was published, for the progress bar."""
    import orjson

    return str(orjson.loads(chunk.raw).get("versioncreated", ""))[:10]


def alert_line(revision: AlertRevision) -> str:
    """One revision, for a terminal."""
    mark, style = MARKS[revision.transition], STYLES[revision.severity]
    step = f"[{style}]{revision.transition:9} {revision.severity:8}[/]"
    return f"{mark} {step} {revision.at:%d %b %H:%M}  {revision.explanation}"


def webhook_line(body: dict[str, Any]) -> str:
    """One verified webhook, for a terminal."""
    alert = body["data"]
    return (
        f"   [dim]⇢ webhook #{alert['sequence']} verified: {alert['rule']} {alert['transition']} "
        f"({alert['area']['name']}, revision {alert['revision']})[/]"
    )


def summary(out: Console, raised: dict[str, list[AlertRevision]], count: int, refused: int, url: str) -> None:
    """What was raised and why, and how to go on."""
    revisions = sum(len(history) for history in raised.values())
    out.print(f"\n[bold]{count} stories, {len(raised)} alerts in {revisions} revisions.[/] What was raised, and why:")
    for history in raised.values():
        last = history[-1]
        steps = " → ".join(revision.transition for revision in history)
        out.print(f"  • {last.rule}, {last.area.name}: {steps}\n    {last.explanation}")
    out.print("\nFeed it a story of your own:")
    out.print(EXAMPLE.format(url=url, **_today()), markup=False)
    if refused:
        out.print(f"[red]{refused} webhooks had a wrong signature.[/]")


def _today() -> dict[str, str]:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    return {"day": f"{now:%Y-%m-%d}", "weekday": f"{now:%A}"}
