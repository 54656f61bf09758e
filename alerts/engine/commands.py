"""Commands: what people and other processes decide, as records of the journal. Each is answered with an outcome.

A command that cannot be carried out changes nothing and says why; the same id twice is the same command.
"""

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from alerts.api.backend import CommandOutcome
from alerts.delivery.records import Delivery
from alerts.engine import continuity, routing, series, silences, telling
from alerts.engine.rules import Rule, Rules, RulesFault
from alerts.engine.silences import Silence
from alerts.engine.steps import Step
from alerts.engine.store import dump, load, micros
from alerts.subscribers import Subscriber
from stream.records import CommandRecord

OK = CommandOutcome(ok=True, reason="done")


def refused(reason: str, detail: str) -> CommandOutcome:
    return CommandOutcome(ok=False, reason=reason, detail=detail)


def carry_out(step: Step, command: CommandRecord) -> CommandOutcome:
    """Do what the command says, or say why not."""
    do = _COMMANDS.get(command.name)
    if do is None:
        return refused("unknown_command", f"no command is named `{command.name}`")
    try:
        return do(step, command)
    except KeyError as fault:
        return refused("invalid_body", f"the body lacks {fault}")
    except (ValidationError, TypeError, ValueError) as fault:
        return refused("invalid_body", str(fault).splitlines()[0])


def apply_rules(step: Step, command: CommandRecord) -> CommandOutcome:
    """Put rules in force: new ones look at all that is known, removed ones close their alerts."""
    try:
        rules = Rules.of_document(command.body)
    except RulesFault as fault:
        return refused("invalid_rules", "; ".join(fault.faults))
    before = step.rules
    if rules.hash == before.hash:
        return CommandOutcome(ok=True, reason="unchanged", body={"hash": rules.hash})
    step.cause = "rules_changed"
    kept = {rule.id: rule for rule in rules.rules}
    same_settings = rules.household_size == before.household_size
    for rule in before.rules:
        if rule.id not in kept:
            _close_rule(step, rule)
    step.rules = rules
    step.store.remember("rules", dump(rules.content()).decode())
    known = {rule.id: rule for rule in before.rules}
    for rule in rules.rules:
        old = known.get(rule.id)
        if old != rule or not same_settings:
            if old is not None and (old.by, old.kind) != (rule.by, rule.kind):
                _close_rule(step, old)  # it looks elsewhere now, and begins anew
            _start_rule(step, rules, rule)
    return CommandOutcome(ok=True, reason="done", body={"hash": rules.hash, "rules": len(rules.rules)})


def _close_rule(step: Step, rule: Rule) -> None:
    run = step.store.connection.execute
    for row in run("SELECT id, state FROM alerts WHERE rule = ? ORDER BY since, id", (rule.id,)).fetchall():
        if row["state"] == "open":
            telling.tell_again(step, rule, row["id"], "resolved", "rule_removed")
        elif row["state"] == "recorded":
            run("DELETE FROM alerts WHERE id = ?", (row["id"],))
    series.forget(step.store, rule.id)


def _start_rule(step: Step, rules: Rules, rule: Rule) -> None:
    """Measure and fold from all incidents that are known."""
    areas = {
        row[0] for row in step.store.connection.execute("SELECT DISTINCT area FROM daily WHERE rule = ?", (rule.id,))
    }
    series.forget(step.store, rule.id)
    firsts = {key: day for (_, key), day in series.rebuild(step.store, rules, rule).items()}
    if step.clock is not None:
        earliest = min(firsts.values(), default=step.today)
        for key in sorted(areas | set(firsts)):
            telling.evaluate(step, rule, key, firsts.get(key, earliest))


def apply_subscribers(step: Step, command: CommandRecord) -> CommandOutcome:
    """The set that a file manages, as a whole; subscribers made through the API are left alone."""
    given = [Subscriber(**{**item, "managed_by": "file"}) for item in command.body["subscribers"]]
    present = {subscriber.id: subscriber for subscriber in routing.subscribers(step)}
    taken = [s.id for s in given if s.id in present and present[s.id].managed_by == "api"]
    if taken:
        return refused("id_taken", f"made through the API: {', '.join(sorted(taken))}; choose other ids in the file")
    wanted = {subscriber.id for subscriber in given}
    for subscriber in present.values():
        if subscriber.managed_by == "file" and subscriber.id not in wanted:
            routing.delete(step, subscriber.id)
    for subscriber in given:
        old = present.get(subscriber.id)
        same = old is not None and old.endpoint == subscriber.endpoint
        state = {"state": old.state, "state_reason": old.state_reason} if old is not None and same else {}
        routing.put(step, subscriber.model_copy(update=state))
    return CommandOutcome(ok=True, reason="done", body={"subscribers": len(given)})


def put_subscriber(step: Step, command: CommandRecord) -> CommandOutcome:
    subscriber = Subscriber(**command.body["subscriber"])
    old = routing.get(step, subscriber.id)
    if old is not None and old.managed_by == "file" and subscriber.managed_by == "api":
        return refused("managed_by_file", f"{subscriber.id} is in the subscribers file; change it there")
    routing.put(step, subscriber)
    return CommandOutcome(ok=True, reason="done", body={"id": subscriber.id})


def delete_subscriber(step: Step, command: CommandRecord) -> CommandOutcome:
    subscriber = routing.get(step, command.body["id"])
    if subscriber is None:
        return refused("not_found", f"no subscriber has the id `{command.body['id']}`")
    if subscriber.managed_by == "file":
        return refused("managed_by_file", f"{subscriber.id} is in the subscribers file; take it out there")
    routing.delete(step, subscriber.id)
    return OK


def set_state(step: Step, command: CommandRecord) -> CommandOutcome:
    """Active, paused or disabled. Who is named as fallback is told once, when a subscriber is disabled."""
    subscriber = routing.get(step, command.body["id"])
    if subscriber is None:
        return refused("not_found", f"no subscriber has the id `{command.body['id']}`")
    changed = Subscriber(
        **{
            **subscriber.model_dump(),
            "state": command.body["state"],
            "state_reason": command.body.get("reason"),
        }
    )
    routing.put(step, changed)
    newly = changed.state == "disabled" and subscriber.state != "disabled"
    if newly and subscriber.fallback is not None and routing.get(step, subscriber.fallback) is not None:
        reason = changed.state_reason or "disabled"
        routing.deliver(step, subscriber.fallback, None, f"subscriber_disabled: {subscriber.id}: {reason}")
    if subscriber.state == "disabled" and changed.state == "active":
        routing.deliver(step, subscriber.id, None, f"resumed: /v1/subscribers/{subscriber.id}/gaps tells what ended")
    return OK


def ping(step: Step, command: CommandRecord) -> CommandOutcome:
    """A test notice, through the whole path."""
    subscriber = routing.get(step, command.body["id"])
    if subscriber is None:
        return refused("not_found", f"no subscriber has the id `{command.body['id']}`")
    if subscriber.state != "active":
        return refused("not_active", f"{subscriber.id} is {subscriber.state}")
    sent = routing.deliver(step, subscriber.id, None, "ping")
    return CommandOutcome(ok=True, reason="done", body={"sequence": sent.sequence})


def dead_letter(step: Step, command: CommandRecord) -> CommandOutcome:
    """A delivery was given up while others got through: the subscriber and its fallback are told which, and why.

    A notice that is given up makes no further one.
    """
    body = command.body
    name, sequence = str(body["subscriber"]), int(body["sequence"])
    row = step.store.connection.execute(
        "SELECT alert_id FROM deliveries WHERE subscriber = ? AND sequence = ?", (name, sequence)
    ).fetchone()
    subscriber = routing.get(step, name)
    if row is None or subscriber is None:
        return refused("not_found", f"{name} has no delivery {sequence}")
    if row["alert_id"] is None:
        return CommandOutcome(ok=True, reason="is_a_notice")
    told = [subscriber, routing.get(step, subscriber.fallback) if subscriber.fallback else None]
    for each in told:
        if each is not None and each.state != "disabled":
            routing.deliver(step, each.id, None, f"dead_lettered: {name}: {sequence}: {body['reason']}")
    return OK


def acknowledge(step: Step, command: CommandRecord) -> CommandOutcome:
    """Somebody has seen it: it is not told again while nothing new happens."""
    row = step.store.connection.execute("SELECT state FROM alerts WHERE id = ?", (command.body["alert"],)).fetchone()
    if row is None or row["state"] == "recorded":
        return refused("not_found", f"no alert has the id `{command.body['alert']}`")
    if row["state"] != "open":
        return refused("not_open", f"the alert is {row['state']}")
    seen = {"author": command.author, "at": step.at.isoformat(), "note": str(command.body.get("note", ""))}
    step.store.connection.execute(
        "UPDATE alerts SET acknowledged = ?, notify = NULL WHERE id = ?", (dump(seen), command.body["alert"])
    )
    return OK


def put_silence(step: Step, command: CommandRecord) -> CommandOutcome:
    body = command.body
    silence = Silence(**{**body, "author": command.author})
    if (silence.rule, silence.kind, silence.area) == (None, None, None):
        return refused("matches_everything", "give a rule, a kind or an area")
    if micros(silence.until) <= micros(step.at):
        return refused("already_over", "`until` lies in the past")
    silences.put(step.store, silence)
    return CommandOutcome(ok=True, reason="done", body={"id": silence.id})


def delete_silence(step: Step, command: CommandRecord) -> CommandOutcome:
    if not silences.delete(step.store, command.body["id"]):
        return refused("not_found", f"no silence has the id `{command.body['id']}`")
    return OK


def redeliver(step: Step, command: CommandRecord) -> CommandOutcome:
    """Send what was sent before once more, as the subscriber's next delivery."""
    subscriber, sequence = command.body["subscriber"], command.body["sequence"]
    row = step.store.connection.execute(
        "SELECT json FROM deliveries WHERE subscriber = ? AND sequence = ?", (subscriber, sequence)
    ).fetchone()
    if row is None or routing.get(step, subscriber) is None:
        return refused("not_found", f"{subscriber} has no delivery {sequence}")
    before = Delivery(**load(row[0]))
    notice = before.notice if before.revision is None else f"redelivery: {sequence}"
    again = routing.deliver(step, subscriber, before.revision, notice)
    return CommandOutcome(ok=True, reason="done", body={"sequence": again.sequence})


def start_source(step: Step, command: CommandRecord) -> CommandOutcome:
    """The first offset that is expected of a partition."""
    body = command.body
    continuity.start(
        step.store, str(body["topic"]), int(body.get("epoch", 0)), int(body["partition"]), int(body["offset"])
    )
    return OK


def give_up(step: Step, command: CommandRecord) -> CommandOutcome:
    """Offsets that can never come: deleted from the topic before they were read, or control records."""
    body = command.body
    closed = continuity.give_up(
        step.store,
        str(body["topic"]),
        int(body.get("epoch", 0)),
        int(body["partition"]),
        int(body["first"]),
        int(body["last"]),
    )
    if body.get("lost"):
        step.count("stories_unrecoverable", closed)
    return CommandOutcome(ok=True, reason="done", body={"closed": closed})


def set_epoch(step: Step, command: CommandRecord) -> CommandOutcome:
    """The topic was made anew: its offsets start again under a higher epoch."""
    topic, epoch = str(command.body["topic"]), int(command.body["epoch"])
    row = step.store.connection.execute("SELECT epoch FROM epochs WHERE topic = ?", (topic,)).fetchone()
    if epoch <= (0 if row is None else row[0]):
        return refused("not_higher", f"the epoch of {topic} is {0 if row is None else row[0]} already")
    step.store.connection.execute("INSERT OR REPLACE INTO epochs VALUES (?, ?)", (topic, epoch))
    return OK


def skip(step: Step, command: CommandRecord) -> CommandOutcome:
    """A note in the journal that a position was skipped by hand: who, and why."""
    int(command.body["position"])
    return OK


_COMMANDS: dict[str, Callable[[Step, CommandRecord], CommandOutcome]] = {
    "rules.apply": apply_rules,
    "subscribers.apply": apply_subscribers,
    "subscribers.put": put_subscriber,
    "subscribers.delete": delete_subscriber,
    "subscribers.state": set_state,
    "subscribers.ping": ping,
    "deliveries.dead_letter": dead_letter,
    "alerts.acknowledge": acknowledge,
    "alerts.redeliver": redeliver,
    "silences.put": put_silence,
    "silences.delete": delete_silence,
    "source.start": start_source,
    "sources.start": start_source,
    "source.give_up": give_up,
    "source.epoch": set_epoch,
    "record.skip": skip,
}


def outcome_of(stored: Any) -> CommandOutcome:
    """The answer to a command that was carried out before."""
    return CommandOutcome(**load(stored))
