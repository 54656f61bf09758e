"""Commands of operators: rules and subscribers, checked and applied."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from config.settings import Settings
from stream.records import CommandRecord
from stream.signals import content_hash
from tocsin import terminal
from tocsin.failures import DONE, INPUT_REJECTED, CommandError, counted
from tocsin.replay_command import read_rules

rules_app = typer.Typer(help="When to raise an alert.", no_args_is_help=True)
subscribers_app = typer.Typer(help="Who is told.", no_args_is_help=True)

Bootstrap = Annotated[str | None, typer.Option(help="Kafka bootstrap servers; else TOCSIN_BOOTSTRAP.")]


def mount(app: typer.Typer) -> None:
    """Add these commands."""
    rules_app.command("check")(check_rules)
    rules_app.command("apply")(apply_rules)
    subscribers_app.command("check")(check_subscribers)
    subscribers_app.command("apply")(apply_subscribers)
    subscribers_app.command("reencrypt")(reencrypt_subscribers)
    app.add_typer(rules_app, name="rules")
    app.add_typer(subscribers_app, name="subscribers")


def check_rules(file: Annotated[Path, typer.Argument(help="Rules file.")]) -> int:
    """Say whether a rules file is sound; every fault at once, with its line."""
    document = read_rules(file)
    found = document.get("rules")
    typer.echo(f"{file}: sound, {len(found) if isinstance(found, list) else 0} rules")
    return DONE


def apply_rules(file: Annotated[Path, typer.Argument(help="Rules file.")], bootstrap: Bootstrap = None) -> int:
    """Put a rules file in force on a cluster, by a command in its journal. (One process applies its file at start.)"""
    document = read_rules(file)
    return _command("rules.apply", document, bootstrap, f"{file}: in force with the next record")


def check_subscribers(file: Annotated[Path, typer.Argument(help="Subscribers file.")]) -> int:
    """Say whether a subscribers file is sound; every fault at once, with its line."""
    found = read_subscribers(file, Settings())
    typer.echo(f"{file}: sound, {len(found[0])} subscribers")
    return DONE


def apply_subscribers(
    file: Annotated[Path, typer.Argument(help="Subscribers file.")], bootstrap: Bootstrap = None
) -> int:
    """Put a subscribers file in force on a cluster. Subscribers made through the API are not touched."""
    found, _ = read_subscribers(file, Settings())
    return _command(
        "subscribers.apply", {"subscribers": found}, bootstrap, f"{file}: {len(found)} subscribers in force"
    )


def reencrypt_subscribers(bootstrap: Bootstrap = None) -> int:
    """Encrypt every endpoint and secret with the first key of TOCSIN_SECRET_KEY (the second is still read)."""
    from tocsin.broker import subscribers

    settings = Settings() if bootstrap is None else Settings(bootstrap=bootstrap)
    number = subscribers.reencrypt(settings)
    terminal.warn(f"{number} subscribers re-encrypted; drop the old key when the journal's last command was applied")
    return DONE


def read_subscribers(path: Path, settings: Settings) -> tuple[list[dict[str, object]], str]:
    """The subscribers of a file as JSON with their secrets encrypted, and the hash of what they say in clear."""
    from alerts.delivery.subscribers_file import SubscribersFault, load_subscribers

    try:
        loaded = load_subscribers(path.read_text(encoding="utf-8"), settings)
    except FileNotFoundError:
        raise CommandError(f"{path}: no such subscribers file; check the path", 2) from None
    except SubscribersFault as fault:
        faults = "\n".join(f"  {each}" for each in fault.faults)
        raise CommandError(f"{path}: {counted(fault.faults)}; mend them:\n{faults}", INPUT_REJECTED) from None
    return [subscriber.model_dump(mode="json") for subscriber in loaded.subscribers], loaded.hash


def _command(name: str, body: dict[str, object], bootstrap: str | None, done: str) -> int:
    from tocsin.broker import journal

    settings = Settings() if bootstrap is None else Settings(bootstrap=bootstrap)
    now = datetime.now(UTC)
    identity = content_hash(name, repr(body), now.isoformat())
    journal.append(settings, [CommandRecord(id=identity, name=name, body=body, author="command line", at=now)])
    terminal.warn(done)
    return DONE
