"""The processes of a cluster as commands: extract, detect, deliver, serve; and all of them on this machine."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.settings import Settings
from tocsin.command_settings import Bootstrap, clear, worker_settings
from tocsin.failures import DONE, FAILED, CommandError

if TYPE_CHECKING:
    from tocsin.probes import Health

worker_app = typer.Typer(help="The processes of a cluster.", no_args_is_help=True)

Port = Annotated[int | None, typer.Option(help="Port of /metrics, /livez and /readyz; 0 for a free one.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
ClockOption = Annotated[str | None, typer.Option(help="wall, or story: time is what the stories say.")]
Db = Annotated[Path | None, typer.Option(help="File of this replica's engine.")]
READY_LAG = 1_000
"""Journal records that a replica may be behind and still be ready."""


def mount(app: typer.Typer) -> None:
    """Add these commands."""
    worker_app.command("extract")(extract)
    worker_app.command("detect")(detect)
    worker_app.command("deliver")(deliver)
    app.command()(serve)
    app.command()(cluster)
    app.add_typer(worker_app, name="worker")


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


@contextmanager
def following(settings: Settings, replica: Any) -> Iterator[None]:
    """The page of a process whose work is to follow the journal."""
    from tocsin.probes import Health, Probes, Progress

    progress = Progress()

    def health() -> "Health":
        stalled = progress.stalled(replica.position, replica.lag)
        reasons = (f"{replica.lag} journal records wait and none is applied",) if stalled else ()
        return Health(ready=replica.lag < READY_LAG, live=not stalled, reasons=reasons)

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
