"""Commands on Kafka: topics, publishing, dead letters, the journal."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from config.settings import Settings
from stream.records import CommandRecord
from stream.signals import content_hash
from tocsin import process_commands, terminal
from tocsin.command_settings import Bootstrap, clear, settings_of
from tocsin.failures import DONE, FAILED, WRONG_USAGE, CommandError

topics_app = typer.Typer(help="The topics on Kafka.", no_args_is_help=True)
letters_app = typer.Typer(help="Stories that could not be read.", no_args_is_help=True)


def mount(app: typer.Typer) -> None:
    """Add these commands, and those of the processes."""
    from tocsin.replay_command import journal_app

    topics_app.command("create")(create_topics)
    topics_app.command("check")(check_topics)
    topics_app.command("new-epoch")(new_epoch)
    letters_app.command("list")(list_letters)
    letters_app.command("show")(show_letter)
    letters_app.command("replay")(replay_letters)
    journal_app.command("skip")(skip)
    app.command()(publish)
    app.add_typer(topics_app, name="topics")
    app.add_typer(letters_app, name="dead-letters")
    process_commands.mount(app)


def create_topics(
    bootstrap: Bootstrap = None,
    partitions: Annotated[int, typer.Option(min=1, help="Partitions of every topic but the journal.")] = 4,
    replication: Annotated[int, typer.Option(min=1, help="Copies of every record; 3 on a cluster that matters.")] = 1,
) -> int:
    """Make the topics that do not exist, each with the retention and sizes it needs. Existing ones are left alone."""
    from tocsin.broker import provisioning

    with clear():
        made = provisioning.create(settings_of(bootstrap=bootstrap), partitions, replication)
    for name in made:
        typer.echo(name)
    terminal.warn(
        f"{len(made)} topics made" if made else "every topic exists; `tocsin topics check` compares their settings"
    )
    return DONE


def check_topics(bootstrap: Bootstrap = None) -> int:
    """Compare the topics with what they must be; every fault at once."""
    from tocsin.broker import provisioning

    with clear():
        faults = provisioning.check(settings_of(bootstrap=bootstrap))
    for fault in faults:
        typer.echo(fault)
    terminal.warn(
        f"{len(faults)} faults; mend them with kafka-configs, or `tocsin topics create`" if faults else "all is well"
    )
    return FAILED if faults else DONE


def new_epoch(
    epoch: Annotated[int, typer.Argument(help="The new epoch: one more than TOCSIN_STORIES_EPOCH was.")],
    bootstrap: Bootstrap = None,
) -> int:
    """Say that the input topic was made anew. Then set TOCSIN_STORIES_EPOCH on extract and detect, and restart them."""
    from config.topics import topics

    settings = settings_of(bootstrap=bootstrap)
    return _append(
        settings, "source.epoch", {"topic": topics(settings).stories, "epoch": epoch}, f"epoch {epoch} is open"
    )


def skip(
    position: Annotated[int, typer.Argument(min=0, help="Journal position that no engine can apply.")],
    bootstrap: Bootstrap = None,
) -> int:
    """Decide to lose one journal record at which detect has stopped. The decision is in the journal too."""
    return _append(
        settings_of(bootstrap=bootstrap), "record.skip", {"position": position}, f"{position} will be passed over"
    )


def _append(settings: Settings, name: str, body: dict[str, Any], done: str) -> int:
    from tocsin.broker import journal

    at = datetime.now(UTC)
    identity = content_hash(name, *body.values(), at.isoformat())
    with clear():
        journal.append(settings, [CommandRecord(id=identity, name=name, body=body, author="command line", at=at)])
    terminal.warn(done)
    return DONE


def publish(
    files: Annotated[
        list[str], typer.Argument(help="Stories: files, folders, or - for standard input.", metavar="FILE…")
    ],
    bootstrap: Bootstrap = None,
    content_type: Annotated[
        str | None, typer.Option(help="Content type of all of them; else it is seen by the bytes.")
    ] = None,
) -> int:
    """Send stories to the input topic; done when the broker has them all."""
    from tocsin import sources
    from tocsin.broker import publishing

    settings = settings_of(bootstrap=bootstrap)
    for file in files:
        sources.expand(file)  # what is missing is said before a broker is asked
    count = 0
    with clear(), terminal.progress("publishing") as bar:
        for chunk in publishing.publish(settings, sources.read(files), content_type):
            count += 1
            bar.at(chunk.progress)
    terminal.warn(f"{count:,} stories published")
    return DONE


def list_letters(bootstrap: Bootstrap = None) -> int:
    """Dead letters as JSON lines: why and where each was rejected. Never the text: see `show`."""
    from tocsin.broker import dead_letters

    with clear():
        for letter in dead_letters.read(settings_of(bootstrap=bootstrap)):
            about = letter._asdict()
            raw = about.pop("raw")
            terminal.line(about | {"size": len(raw)})
    return DONE


def show_letter(letter: Annotated[str, typer.Argument(help="Its id, as listed.")], bootstrap: Bootstrap = None) -> int:
    """The bytes of one dead letter, as they came, on standard output."""
    from tocsin.broker import dead_letters

    with clear():
        found = dead_letters.find(settings_of(bootstrap=bootstrap), letter)
    terminal.warn(f"{found.source}: {found.stage}: {found.reason}: {found.detail}")
    out = typer.get_binary_stream("stdout")
    out.write(found.raw)
    out.flush()
    return DONE


def replay_letters(
    letters: Annotated[list[str] | None, typer.Argument(help="Ids, as listed.", metavar="[ID…]")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are kept.")] = False,
    reason: Annotated[str | None, typer.Option(help="Only those rejected for this reason.")] = None,
    bootstrap: Bootstrap = None,
) -> int:
    """Send dead letters to the input topic again, after their cause was mended."""
    from tocsin.broker import dead_letters

    if bool(letters) == (everything or reason is not None):
        raise CommandError("name dead letters, or give --all or --reason", WRONG_USAGE)
    settings = settings_of(bootstrap=bootstrap)
    with clear():
        if letters:
            chosen = [dead_letters.find(settings, letter) for letter in letters]
        else:
            chosen = [letter for letter in dead_letters.read(settings) if reason in (None, letter.reason)]
        count = dead_letters.replay(settings, chosen)
    terminal.warn(f"{count:,} dead letters sent again")
    return DONE
