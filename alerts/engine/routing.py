"""Who is told: each revision becomes deliveries for the subscribers of that moment.

Whoever was told of an alert is told of its later revisions, whatever their filters say by then. A silence holds back
what is news; the end of an alert, or its being taken back, reaches everyone who was told regardless.
"""

from typing import Any

from alerts.delivery.records import Delivery
from alerts.engine import silences
from alerts.engine.steps import Step
from alerts.engine.store import dump, load
from alerts.filters import wants
from alerts.revisions import AlertRevision
from alerts.subscribers import Subscriber

ENDINGS = ("resolved", "retracted")


def route(step: Step, revision: AlertRevision) -> None:
    """Expand a revision into deliveries, and remember who was told."""
    run = step.store.connection.execute
    told = {row[0] for row in run("SELECT subscriber FROM recipients WHERE alert = ?", (revision.id,))}
    silent = revision.transition not in ENDINGS and silences.silenced(step.store, revision, step.at)
    if silent:
        step.count("silenced")
        return
    for subscriber in subscribers(step):
        if subscriber.state == "disabled" or (subscriber.id not in told and not wants(subscriber, revision)):
            continue
        if subscriber.id not in told and revision.transition in ENDINGS:
            continue
        deliver(step, subscriber.id, revision, None)
        run("INSERT OR IGNORE INTO recipients VALUES (?, ?)", (revision.id, subscriber.id))


def deliver(step: Step, subscriber: str, revision: AlertRevision | None, notice: str | None) -> Delivery:
    """The subscriber's next delivery: sequences have no gaps."""
    run = step.store.connection.execute
    run("UPDATE subscribers SET sequence = sequence + 1 WHERE id = ?", (subscriber,))
    sequence = run("SELECT sequence FROM subscribers WHERE id = ?", (subscriber,)).fetchone()[0]
    delivery = Delivery(
        subscriber=subscriber,
        sequence=sequence,
        engine_sequence=step.sequence,
        at=step.at,
        published=step.published,
        revision=revision,
        notice=notice,
    )
    run(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            subscriber,
            sequence,
            step.sequence,
            None if revision is None else revision.id,
            None if revision is None else revision.revision,
            step.today,
            dump(delivery.model_dump(mode="json", by_alias=True)),
        ),
    )
    step.deliveries.append(delivery)
    return delivery


def subscribers(step: Step) -> list[Subscriber]:
    """Every subscriber, by id."""
    rows = step.store.connection.execute("SELECT body FROM subscribers WHERE deleted = 0 ORDER BY id")
    return [Subscriber(**load(row[0])) for row in rows]


def put(step: Step, subscriber: Subscriber) -> None:
    """Add or change a subscriber; its sequence goes on where it was."""
    step.store.connection.execute(
        "INSERT INTO subscribers (id, body) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET body = excluded.body, deleted = 0",
        (subscriber.id, dump(subscriber.model_dump(mode="json"))),
    )


def delete(step: Step, subscriber: str) -> None:
    """Forget a subscriber but for its sequence, which a later one of the same id must not use again."""
    run = step.store.connection.execute
    run("UPDATE subscribers SET deleted = 1, body = ? WHERE id = ?", (dump({"id": subscriber}), subscriber))
    run("DELETE FROM recipients WHERE subscriber = ?", (subscriber,))


def get(step: Step, subscriber: str) -> Subscriber | None:
    row: Any = step.store.connection.execute(
        "SELECT body FROM subscribers WHERE id = ? AND deleted = 0", (subscriber,)
    ).fetchone()
    return None if row is None else Subscriber(**load(row[0]))
