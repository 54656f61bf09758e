"""The engine: one journal record at a time, in a transaction that the caller begins and commits.

`apply` is deterministic: the same records at the same positions give the same bytes. Time passes by ticks only, and a
tick fires every timer that is due, in time order, as of the moment it was due: so one tick equals many.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.api.backend import CommandOutcome
from alerts.delivery.records import Delivery
from alerts.engine import citations, commands, continuity, purge, recluster, series, telling, threads, timers
from alerts.engine.heartbeats import Heartbeats
from alerts.engine.rules import Rules
from alerts.engine.steps import Step
from alerts.engine.store import EPOCH, Store, dump, micros, moment_of, ordinal
from alerts.engine.threads import Change, Version
from alerts.engine.timers import DAY, Timer
from alerts.revisions import AlertRevision
from stream.records import CommandRecord, Record, RejectedRecord, StoryRecord, TickRecord

Firsts = dict[tuple[str, str], int]
"""(rule, area) that must be folded anew, each from a day on."""


@dataclass(frozen=True)
class Applied:
    """What a record did. `reason` is from a closed list and is a metric label; not `effective`: nothing changed."""

    effective: bool
    reason: str
    revisions: list[AlertRevision] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    outcome: CommandOutcome | None = None


class Engine:
    """The state machine on a store. Caches are of the store's generation, and made anew after a rollback."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._generation = -1
        self._rules = Rules()
        self._heartbeats = Heartbeats(store)

    def apply(self, record: Record, position: int) -> Applied:
        """Apply the record at a journal position, inside the open transaction."""
        self._refresh()
        if self.store.position is not None and position <= self.store.position:
            return Applied(False, "already_applied")
        self.store.position = position
        match record:
            case StoryRecord():
                return self._story(record)
            case TickRecord():
                return self._tick(record.at)
            case CommandRecord():
                return self._command(record)
            case RejectedRecord():
                return self._rejected(record)

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        self._refresh()
        return self._rules

    def _refresh(self) -> None:
        if self._generation == self.store.generation:
            return
        self._generation = self.store.generation
        rules = self.store.recall("rules")
        self._rules = Rules() if rules is None else Rules.model_validate_json(rules)
        self._heartbeats = Heartbeats(self.store)

    def _step(self, clock: datetime | None = None, *, published: datetime | None = None) -> Step:
        self.store.sequence += 1
        return Step(
            store=self.store,
            rules=self._rules,
            sequence=self.store.sequence,
            clock=clock or self.store.clock,
            monitored=self._heartbeats.days,
            published=published,
        )

    # stories

    def _story(self, record: StoryRecord) -> Applied:
        if continuity.advance(self.store, record.source) == "duplicate":
            return Applied(False, "duplicate")
        head = record.story
        late = record.received - head.published > timedelta(hours=self._rules.lateness_hours)
        step = self._step(published=head.published)
        step.may_open, step.in_time = not late, not late
        version = threads.version_of(record)
        now = micros(step.at)
        if step.clock is not None and version.published < now - self._rules.horizon * DAY // timedelta(microseconds=1):
            return self._applied(step, self._beyond_horizon(step, version))
        heard = self._heartbeat(step, record)
        if head.status != "canceled" and (head.embargo_open or _until(head.embargoed_until) > now):
            if head.embargoed_until is not None and not head.embargo_open:
                threads.hold(self.store, version, _until(head.embargoed_until))
            self._evaluate(step, heard)
            return self._applied(step, "embargoed")
        reason = self._version(step, version, heard)
        return self._applied(step, "late" if late and reason == "applied" else reason)

    def _version(self, step: Step, version: Version, heard: Firsts | None = None) -> str:
        """Take in one version whole, then evaluate the rules once, with what was `heard` for the first time."""
        firsts = dict(heard or {})
        change = threads.put(self.store, version)
        if not change.threads:
            self._evaluate(step, firsts)
            return change.reason
        facts = [fact for thread in change.threads for fact in threads.current(self.store, thread)]
        step.cause = {"killed": "story_killed", "withheld": "story_withheld"}.get(change.reason, "story_replaced")
        changes = recluster.replace_facts(self.store, change.threads, facts)
        for pair, day in series.update(self.store, self._rules, changes).items():
            firsts[pair] = min(day, firsts.get(pair, day))
        self._evaluate(step, firsts)
        citations.tell_citing(step, self._rules, version, change, facts, changed=bool(changes))
        return change.reason

    def _beyond_horizon(self, step: Step, version: Version) -> str:
        """Too old to count; but a kill is remembered, and told to whom it concerns."""
        if version.status == "canceled":
            self.store.connection.execute(
                "INSERT OR REPLACE INTO stubs VALUES (?, 1, ?)", (version.uri, version.published)
            )
            citations.tell_citing(step, self._rules, version, Change("killed", ()), (), changed=False)
        return "beyond_horizon"

    def _heartbeat(self, step: Step, record: StoryRecord) -> Firsts:
        """The feed was heard on the day the story was published; what to fold anew if nobody had been before."""
        day = ordinal(record.story.published)
        newly = self._heartbeats.heard(record.story)
        past = step.clock is not None and day < step.today
        return dict.fromkeys(self._heartbeats.looked_at(self._rules, day), day) if newly and past else {}

    def _evaluate(self, step: Step, firsts: Firsts) -> None:
        """Fold these pairs, each from its day, and tell what differs. Before the first tick there is no today."""
        if step.clock is None:
            return
        by_id = {rule.id: rule for rule in step.rules.rules}
        least = step.today - step.rules.horizon
        for (rule_id, key), day in sorted(firsts.items()):
            telling.evaluate(step, by_id[rule_id], key, max(day, least))

    # time

    def _tick(self, at: datetime) -> Applied:
        """Fire what is due up to `at`, in time order, each as of its own moment."""
        clock = self.store.clock
        if at.second or at.microsecond:
            return Applied(False, "not_a_whole_minute")
        if clock is not None and at <= clock:
            return Applied(False, "clock_is_later")
        revisions: list[AlertRevision] = []
        deliveries: list[Delivery] = []
        turned = None if clock is None else ordinal(clock)
        while (timer := timers.next_timer(self.store, turned, micros(at))) is not None:
            step = self._step(max(moment_of(timer.due), clock or EPOCH))
            self._fire(step, timer)
            revisions += step.revisions
            deliveries += step.deliveries
            if timer.rank == timers.MIDNIGHT:
                turned = step.today
        self.store.clock = at
        return Applied(True, "tick", revisions, deliveries)

    def _fire(self, step: Step, timer: Timer) -> None:
        if timer.rank == timers.RELEASE:
            self._version(step, threads.release(self.store, timer.due))
        elif timer.rank == timers.REMIND:
            self._remind(step, timer.key)
        else:
            self._midnight(step)

    def _midnight(self, step: Step) -> None:
        """Yesterday is whole, today begins: episodes may end, and what was dated ahead now counts."""
        run = self.store.connection.execute
        first = 0 if self.store.clock is None else step.today - 1
        rows = run(
            "SELECT rule, area, min(day) FROM (SELECT rule, area, ? AS day FROM active"
            " UNION ALL SELECT rule, area, day FROM daily WHERE day BETWEEN ? AND ?) GROUP BY rule, area",
            (step.today - 1, first, step.today),
        )
        self._evaluate(step, {(row[0], row[1]): row[2] for row in rows.fetchall()})
        purge.purge(self.store, self._rules, step.today)
        self._heartbeats.forget(step.today, purge.STUB_DAYS)

    def _remind(self, step: Step, alert: str) -> None:
        """An alert that stays open is told again, ever more rarely."""
        run = self.store.connection.execute
        row = run("SELECT rule FROM alerts WHERE id = ?", (alert,)).fetchone()
        rule = next((rule for rule in self._rules.rules if rule.id == row["rule"]), None)
        run("UPDATE alerts SET notified = notified + 1, notify = NULL WHERE id = ?", (alert,))
        if rule is not None and rule.renotify is not None:
            telling.tell_again(step, rule, alert, "updated", "still_open")

    # the rest

    def _command(self, record: CommandRecord) -> Applied:
        run = self.store.connection.execute
        known = run("SELECT outcome FROM commands WHERE id = ?", (record.id,)).fetchone()
        if known is not None:
            return Applied(False, "duplicate", outcome=commands.outcome_of(known[0]))
        step = self._step()
        outcome = commands.carry_out(step, record)
        self._rules = step.rules
        run(
            "INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                record.id,
                record.name,
                record.author,
                record.at.isoformat(),
                step.sequence,
                step.today,
                dump(outcome.model_dump(mode="json")),
            ),
        )
        return Applied(True, outcome.reason, step.revisions, step.deliveries, outcome)

    def _rejected(self, record: RejectedRecord) -> Applied:
        if continuity.advance(self.store, record.source) == "duplicate":
            return Applied(False, "duplicate")
        self._step().count("stories_rejected")
        return Applied(True, "rejected")

    def _applied(self, step: Step, reason: str) -> Applied:
        return Applied(True, reason, step.revisions, step.deliveries)


def _until(moment: datetime | None) -> int:
    return micros(EPOCH if moment is None else moment)
