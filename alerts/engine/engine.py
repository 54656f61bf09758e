"""The engine: one journal record at a time, in a transaction that the caller begins and commits.

`apply` is deterministic: the same records at the same positions give the same bytes. Time passes by ticks only, and a
tick fires every timer that is due, in time order, as of the moment it was due: so one tick equals many.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from alerts.api.backend import CommandOutcome
from alerts.delivery.records import Delivery
from alerts.engine import commands, continuity, purge, recluster, series, telling, threads
from alerts.engine.facts import Fact
from alerts.engine.rules import Rules
from alerts.engine.steps import Step
from alerts.engine.store import EPOCH, Store, dump, micros, moment_of, ordinal
from alerts.engine.threads import Change, Version
from alerts.revisions import AlertRevision
from stream.records import CommandRecord, Record, RejectedRecord, StoryRecord, TickRecord

DAY = timedelta(days=1)
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


class Timer(NamedTuple):
    """Something that is due. At one moment the day turns first, then embargoes end, then reminders come."""

    due: int
    rank: int
    key: str


MIDNIGHT, RELEASE, REMIND = range(3)


class Engine:
    """The state machine on a store. Caches are of the store's generation, and made anew after a rollback."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._generation = -1
        self._rules = Rules()
        self._monitored: set[int] = set()
        self._beats: set[tuple[int, str]] = set()

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
        self._monitored = {row[0] for row in self.store.connection.execute("SELECT DISTINCT day FROM heartbeats")}
        self._beats = set()

    def _step(self, clock: datetime | None = None, *, published: datetime | None = None) -> Step:
        self.store.sequence += 1
        return Step(
            store=self.store,
            rules=self._rules,
            sequence=self.store.sequence,
            clock=clock or self.store.clock,
            monitored=self._monitored,
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
        self._tell_citing(step, version, change, facts, bool(changes))
        return change.reason

    def _tell_citing(self, step: Step, version: Version, change: Change, facts: list[Fact], changed: bool) -> None:
        """Alerts that cite a story which was taken back or corrected say so, unless this step has told more of them."""
        taken_back = change.reason in ("killed", "withheld") or any(role == "kills" for role, _ in version.links)
        corrected = any(role == "corrects" for role, _ in version.links)
        if not ((taken_back and not facts) or (corrected and changed)):
            return
        uris = {version.uri, *(uri for _, uri in version.links)}
        for thread in change.threads:
            uris.update(threads.uris(self.store, thread))
        revised = {revision.id for revision in step.revisions}
        by_id = {rule.id: rule for rule in self._rules.rules}
        run = self.store.connection.execute
        cited = {row[0] for uri in uris for row in run("SELECT alert FROM cited WHERE uri = ?", (uri,))}
        marks = ",".join("?" * len(cited - revised))
        rows = run(
            f"SELECT id, rule FROM alerts WHERE id IN ({marks}) AND state IN ('open', 'resolved')"
            " ORDER BY rule, area, since",
            tuple(cited - revised),
        ).fetchall()
        word = "story_withdrawn" if taken_back else "story_corrected"
        for row in rows:
            if row["rule"] in by_id:
                telling.tell_again(step, by_id[row["rule"]], row["id"], "updated", word)
        if taken_back:
            for uri in uris:
                run("DELETE FROM cited WHERE uri = ?", (uri,))

    def _beyond_horizon(self, step: Step, version: Version) -> str:
        """Too old to count; but a kill is remembered, and told to whom it concerns."""
        if version.status == "canceled":
            self.store.connection.execute(
                "INSERT OR REPLACE INTO stubs VALUES (?, 1, ?)", (version.uri, version.published)
            )
            self._tell_citing(step, version, Change("killed", ()), [], False)
        return "beyond_horizon"

    def _heartbeat(self, step: Step, record: StoryRecord) -> Firsts:
        """The feed was heard on the day the story was published; what to fold anew if nobody had been before."""
        head = record.story
        run = self.store.connection.execute
        run(
            "INSERT INTO feeds VALUES (?, 1, ?) ON CONFLICT (feed) DO UPDATE SET stories = stories + 1,"
            " last_published = max(last_published, excluded.last_published)",
            (head.feed, micros(head.published)),
        )
        day = ordinal(head.published)
        if (day, head.feed) in self._beats:
            return {}
        self._beats.add((day, head.feed))
        run("INSERT OR IGNORE INTO heartbeats VALUES (?, ?)", (day, head.feed))
        if day in self._monitored:
            return {}
        self._monitored.add(day)
        past = step.clock is not None and day < step.today
        return dict.fromkeys(self._looked_at(day), day) if past else {}

    def _looked_at(self, day: int) -> list[tuple[str, str]]:
        """Pairs to which it matters whether that day was monitored: what was going on, and every spike since."""
        run = self.store.connection.execute
        pairs = run(
            "SELECT DISTINCT rule, area FROM folds WHERE day >= ? UNION SELECT rule, area FROM active", (day - 1,)
        ).fetchall()
        for rule in self._rules.rules:
            if rule.spike is not None:
                pairs += run("SELECT DISTINCT rule, area FROM daily WHERE rule = ? AND day >= ?", (rule.id, day))
        return sorted({(row[0], row[1]) for row in pairs})

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
        while (timer := self._next_timer(turned, at)) is not None:
            step = self._step(max(moment_of(timer.due), clock or EPOCH))
            self._fire(step, timer)
            revisions += step.revisions
            deliveries += step.deliveries
            if timer.rank == MIDNIGHT:
                turned = step.today
        self.store.clock = at
        return Applied(True, "tick", revisions, deliveries)

    def _next_timer(self, turned: int | None, until: datetime) -> Timer | None:
        """The earliest of what is due up to `until`. `turned`: the day that began last; null before the first tick."""
        run = self.store.connection.execute
        found = [Timer(micros(until) if turned is None else _midnight(turned + 1), MIDNIGHT, "")]
        release = run("SELECT min(release) FROM waiting").fetchone()[0]
        if release is not None:
            found.append(Timer(release, RELEASE, ""))
        remind = run("SELECT notify, id FROM alerts WHERE notify IS NOT NULL ORDER BY notify, id LIMIT 1").fetchone()
        if remind is not None:
            found.append(Timer(remind[0], REMIND, remind[1]))
        first = min(found)
        return first if first.due <= micros(until) else None

    def _fire(self, step: Step, timer: Timer) -> None:
        if timer.rank == RELEASE:
            self._version(step, threads.release(self.store, timer.due))
        elif timer.rank == REMIND:
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
        self._monitored = {day for day in self._monitored if day >= step.today - purge.STUB_DAYS}
        self._beats = {beat for beat in self._beats if beat[0] >= step.today - 7}

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


def _midnight(day: int) -> int:
    """The moment at which a day begins."""
    return (day - EPOCH.toordinal()) * (DAY // timedelta(microseconds=1))
