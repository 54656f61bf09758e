"""Commands on Kafka: topics, publishing, dead letters, and the processes of a cluster."""

import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.settings import Settings
from stream.records import CommandRecord
from stream.signals import content_hash
from tocsin import logs, terminal
from tocsin.failures import DONE, FAILED, WRONG_USAGE, CommandError

if TYPE_CHECKING:
    from tocsin.probes import Health

topics_app = typer.Typer(help="The topics on Kafka.", no_args_is_help=True)
letters_app = typer.Typer(help="Stories that could not be read.", no_args_is_help=True)
worker_app = typer.Typer(help="The processes of a cluster.", no_args_is_help=True)

Bootstrap = Annotated[str | None, typer.Option(help="Kafka bootstrap servers; else TOCSIN_BOOTSTRAP.")]
Port = Annotated[int | None, typer.Option(help="Port of /metrics, /livez and /readyz; 0 for a free one.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
ClockOption = Annotated[str | None, typer.Option(help="wall, or story: time is what the stories say.")]
Db = Annotated[Path | None, typer.Option(help="File of this replica's engine.")]


def mount(app: typer.Typer) -> None:
    """Add these commands."""
    from tocsin.replay_command import journal_app

    topics_app.command("create")(create_topics)
    topics_app.command("check")(check_topics)
    topics_app.command("new-epoch")(new_epoch)
    letters_app.command("list")(list_letters)
    letters_app.command("show")(show_letter)
    letters_app.command("replay")(replay_letters)
    worker_app.command("extract")(extract)
    worker_app.command("detect")(detect)
    worker_app.command("deliver")(deliver)
    journal_app.command("skip")(skip)
    app.command()(publish)
    app.command()(serve)
    app.command()(cluster)
    app.add_typer(topics_app, name="topics")
    app.add_typer(letters_app, name="dead-letters")
    app.add_typer(worker_app, name="worker")


def create_topics(
    bootstrap: Bootstrap = None,
    partitions: Annotated[int, typer.Option(min=1, help="Partitions of every topic but the journal.")] = 4,
    replication: Annotated[int, typer.Option(min=1, help="Copies of every record; 3 on a cluster that matters.")] = 1,
) -> int:
    """Make the topics that do not exist, each with the retention and sizes it needs. Existing ones are left alone."""
    from tocsin import broker

    with clear():
        made = broker.create(settings_of(bootstrap=bootstrap), partitions, replication)
    for name in made:
        typer.echo(name)
    terminal.warn(
        f"{len(made)} topics made" if made else "every topic exists; `tocsin topics check` compares their settings"
    )
    return DONE


def check_topics(bootstrap: Bootstrap = None) -> int:
    """Compare the topics with what they must be; every fault at once."""
    from tocsin import broker

    with clear():
        faults = broker.check(settings_of(bootstrap=bootstrap))
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
    from tocsin import broker

    at = datetime.now(UTC)
    identity = content_hash(name, *body.values(), at.isoformat())
    with clear():
        broker.append(settings, [CommandRecord(id=identity, name=name, body=body, author="command line", at=at)])
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
    from tocsin import broker, sources

    settings = settings_of(bootstrap=bootstrap)
    for file in files:
        sources.expand(file)  # what is missing is said before a broker is asked
    count = 0
    with clear(), terminal.progress("publishing") as bar:
        for chunk in broker.publish(settings, sources.read(files), content_type):
            count += 1
            bar.at(chunk.progress)
    terminal.warn(f"{count:,} stories published")
    return DONE


def list_letters(bootstrap: Bootstrap = None) -> int:
    """Dead letters as JSON lines: why and where each was rejected. Never the text: see `show`."""
    from tocsin import broker

    with clear():
        for letter in broker.dead_letters(settings_of(bootstrap=bootstrap)):
            about = letter._asdict()
            raw = about.pop("raw")
            terminal.line(about | {"size": len(raw)})
    return DONE


def show_letter(letter: Annotated[str, typer.Argument(help="Its id, as listed.")], bootstrap: Bootstrap = None) -> int:
    """The bytes of one dead letter, as they came, on standard output."""
    from tocsin import broker

    with clear():
        found = broker.dead_letter(settings_of(bootstrap=bootstrap), letter)
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
    from tocsin import broker

    if bool(letters) == (everything or reason is not None):
        raise CommandError("name dead letters, or give --all or --reason", WRONG_USAGE)
    settings = settings_of(bootstrap=bootstrap)
    with clear():
        if letters:
            chosen = [broker.dead_letter(settings, letter) for letter in letters]
        else:
            chosen = [letter for letter in broker.dead_letters(settings) if reason in (None, letter.reason)]
        count = broker.replay(settings, chosen)
    terminal.warn(f"{count:,} dead letters sent again")
    return DONE


def extract(bootstrap: Bootstrap = None, host: Host = None, port: Port = None, clock: ClockOption = None) -> int:
    """Read stories and find their signals; run as many as there are partitions."""
    from tocsin.probes import Health, Probes, Progress

    settings = worker_settings(bootstrap=bootstrap, host=host, metrics_port=port, clock=clock)
    _require(settings, "stories", "journal", "dead_letters")
    from stream.app import Worker

    try:
        worker = Worker(settings)
    except ValueError as fault:
        raise CommandError(str(fault), FAILED) from None
    progress = Progress()

    def health() -> Health:
        state = worker.state()
        stalled = state.paused is None and progress.stalled(state.handled, state.lag)
        reasons = [state.paused] if state.paused else []
        if stalled:
            reasons.append(f"{state.lag} stories wait and none was handled for a while")
        return Health(ready=not reasons, live=not stalled, reasons=tuple(reasons))

    with Probes(settings.host, settings.metrics_port, health):
        worker.run()
    return DONE


def detect(
    bootstrap: Bootstrap = None, db: Db = None, host: Host = None, port: Port = None, clock: ClockOption = None
) -> int:
    """Follow the journal with an engine; one of several replicas also publishes what it decides."""
    settings = worker_settings(bootstrap=bootstrap, db=db, host=host, metrics_port=port, clock=clock)
    with clear(settings):
        from alerts.app_detect import Detect
        from tocsin.guard import Guard

        replica = Detect(settings, Guard)
        with following(settings, replica.replica):
            replica.run(stop_at_signals())
    return DONE


def deliver(bootstrap: Bootstrap = None, host: Host = None, port: Port = None) -> int:
    """Send deliveries to subscribers, durably; run as many as there are partitions."""
    settings = worker_settings(bootstrap=bootstrap, host=host, metrics_port=port)
    with clear(settings):
        from alerts.app_deliver import Deliver
        from tocsin.probes import Health, Probes, Progress

        worker = Deliver(settings)
        progress = Progress()

        def health() -> Health:
            stalled = progress.stalled(worker.position, worker.lag)
            return Health(worker.ready, not stalled, ("deliveries wait and none is read",) if stalled else ())

        with Probes(settings.host, settings.metrics_port, health):
            worker.run(stop_at_signals())
    return DONE


def serve(
    stories: Annotated[list[str] | None, typer.Option(help="RSS or Atom feeds to read.", metavar="URL")] = None,
    bootstrap: Bootstrap = None,
    db: Db = None,
    host: Host = None,
    port: Annotated[int | None, typer.Option(help="Port of API, board and metrics; 0 for a free one.")] = None,
    clock: ClockOption = None,
) -> int:
    """API, board, metrics and intake of a cluster, over a read-only replica of the engine."""
    settings = worker_settings(bootstrap=bootstrap, db=db, host=host, port=port, clock=clock)
    with clear(settings):
        from tocsin.serving import serve_until_told

        serve_until_told(settings, stories or [])
    return DONE


def cluster(
    sample: Annotated[bool, typer.Option("--sample", help="Play the sample wire.")] = False,
    keep: Annotated[
        Path | None, typer.Option(help="Folder for the broker's and the processes' files; else a temporary one.")
    ] = None,
) -> int:
    """A whole cluster on this machine: Apache Kafka, two extract workers, detect, deliver and serve."""
    from tocsin import local_broker
    from tocsin.cluster import play

    try:
        with clear():
            return play(with_sample=sample, home=keep)
    except local_broker.Unavailable as fault:
        raise CommandError(str(fault), FAILED) from None


# what the commands share


def settings_of(**given: Any) -> Settings:
    """Settings from the environment, and what was given on the command line."""
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    if settings.clock not in ("wall", "story"):
        raise CommandError(f"--clock {settings.clock}: choose wall or story", WRONG_USAGE)
    return settings


def worker_settings(**given: Any) -> Settings:
    """The same for a process that stays: with its log."""
    settings = settings_of(**given)
    logs.configure(settings.log_level)
    return settings


@contextmanager
def clear(settings: Settings | None = None) -> Iterator[None]:
    """Faults of the broker and of files as one clear line."""
    from alerts.app_kafka import Fault
    from alerts.delivery.secrets import NoSecretKey
    from alerts.engine.store import SchemaMismatch

    try:
        yield
    except (Fault, NoSecretKey, SchemaMismatch) as fault:
        raise CommandError(str(fault), FAILED) from None
    except OSError as fault:
        raise CommandError(
            f"{fault.filename or 'this machine'}: {fault.strerror or fault}; mend it and start again", FAILED
        ) from None
    except sqlite3.Error as fault:
        name = settings.db if settings is not None else "the file"
        raise CommandError(
            f"{name}: cannot be used as the engine's file ({fault}); give another --db", FAILED
        ) from None


@contextmanager
def following(settings: Settings, replica: Any) -> Iterator[None]:
    """The page of a process whose work is to follow the journal."""
    from tocsin.probes import Health, Probes, Progress

    progress = Progress()

    def health() -> "Health":
        stalled = progress.stalled(replica.position, replica.lag)
        reasons = (f"{replica.lag} journal records wait and none is applied",) if stalled else ()
        return Health(ready=replica.lag == 0, live=not stalled, reasons=reasons)

    with Probes(settings.host, settings.metrics_port, health):
        yield


def stop_at_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _require(settings: Settings, *names: str) -> None:
    """See that the broker answers and these topics exist, before a worker starts that would only retry."""
    from alerts import app_kafka
    from config.topics import topics

    with clear():
        client = app_kafka.consumer(settings)
        try:
            with app_kafka.faults(settings):
                for name in names:
                    app_kafka.partitions(client, getattr(topics(settings), name))
        finally:
            client.close()
