"""Laws of the outbox over made-up histories: what two logs rebuild, and how every delivery ends."""

from collections import defaultdict
from datetime import timedelta

from delivery_samples import T0, after, delivery, subscriber
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.outbox import Outbox
from alerts.delivery.outcomes import Answer, Outcome
from alerts.delivery.records import Delivery, DeliveryResult

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from("abc")),
        st.tuples(st.just("pass"), st.integers(1, 400)),
        st.tuples(st.just("answer"), st.sampled_from([Outcome.DELIVERED, Outcome.HTTP_5XX, Outcome.THROTTLED])),
    ),
    max_size=60,
)


class History:
    """One life of an outbox: what was added and what was recorded, in their orders."""

    def __init__(self) -> None:
        self.subscribers = {"desk": subscriber(schedule=(5.0, 60.0))}
        self.outbox = Outbox(self.subscribers.get)
        self.deliveries: list[Delivery] = []
        self.results: list[DeliveryResult] = []
        self.posts: list[tuple[int, tuple[int, ...]]] = []
        self.now = T0
        self._numbers: dict[str, int] = defaultdict(int)

    def step(self, name: str, value: object) -> None:
        if name == "add":
            self._numbers[str(value)] += 1
            new = delivery(len(self.deliveries) + 1, alert=str(value), number=self._numbers[str(value)])
            self.deliveries.append(new)
            self.outbox.add(new, self.now)
        elif name == "pass":
            self.now += timedelta(seconds=int(str(value)))
        else:
            for work in self.outbox.due(self.now):
                self._carry_out(work, Outcome(str(value)))

    def _carry_out(self, work, outcome: Outcome) -> None:
        for settled in work.settle:
            self._record(settled)
        if work.attempt is not None:
            self.posts.append((work.attempt.delivery.sequence, work.attempt.supersedes))
            retry_at = self.now + timedelta(seconds=30) if outcome == Outcome.THROTTLED else None
            verdict = self.outbox.conclude(work.attempt, Answer(outcome, 200, retry_at), self.now, 0.1)
            self._record(verdict.result)
        self.outbox.done(work)

    def _record(self, result: DeliveryResult) -> None:
        self.results.append(result)
        self.outbox.apply(result)

    def finish(self) -> None:
        """Time passes and everything is answered, until nothing is pending."""
        for _ in range(500):
            if not self.outbox.depth:
                return
            self.step("answer", Outcome.DELIVERED)
            self.step("pass", 301)
        raise AssertionError("something is pending for ever")


def played(steps: list[tuple[str, object]]) -> History:
    history = History()
    for name, value in steps:
        history.step(name, value)
    return history


@given(STEPS, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_any_interleaving_of_the_two_logs_rebuilds_the_same_outbox(steps, random) -> None:
    history = played(steps)
    logs = [list(history.deliveries), list(history.results)]

    rebuilt = Outbox(history.subscribers.get)
    while any(logs):
        log = random.choice([log for log in logs if log])
        each = log.pop(0)
        if isinstance(each, Delivery):
            rebuilt.add(each, history.now)
        else:
            rebuilt.apply(each)

    assert rebuilt.pending("desk") == history.outbox.pending("desk")
    assert rebuilt.circuits(history.now) == history.outbox.circuits(history.now) or not history.deliveries
    rebuilt.rebuilt(), history.outbox.rebuilt()
    later = history.now + timedelta(days=2)
    assert tried(rebuilt, later) == tried(history.outbox, later)


def tried(outbox: Outbox, now) -> dict[int, tuple[int, tuple[int, ...]]]:
    """What is posted from here on, when all goes well: sequence -> (attempt, what it names). Over alerts any order."""
    posts = {}
    while works := outbox.due(now):
        for work in works:
            for settled in work.settle:
                outbox.apply(settled)
            posts[work.attempt.delivery.sequence] = (work.attempt.number, work.attempt.supersedes)
            outbox.apply(outbox.conclude(work.attempt, Answer(Outcome.DELIVERED, 200), now, 0.1).result)
            outbox.done(work)
    return posts


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_every_delivery_ends_exactly_once_and_the_superseded_are_named(steps) -> None:
    history = played(steps)
    history.finish()

    ends = {r.sequence: r for r in history.results if r.settled}
    assert sorted(ends) == [d.sequence for d in history.deliveries]
    assert sum(r.settled is not None for r in history.results) == len(ends)
    named = defaultdict(set)
    for sequence, supersedes in history.posts:
        named[sequence].update(supersedes)
    for end in ends.values():
        if end.settled == "superseded":
            assert end.sequence in named[end.superseded_by] or ends[end.superseded_by].settled == "superseded"
            last = end
            while last.settled == "superseded":
                last = ends[last.superseded_by]
            assert end.sequence in named[last.sequence], "whoever is told at last is told of all it stands for"


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_revisions_of_an_alert_are_posted_in_order(steps) -> None:
    history = played(steps)
    history.finish()
    alert_of = {d.sequence: d.revision.id for d in history.deliveries}
    for alert in set(alert_of.values()):
        order = [sequence for sequence, _ in history.posts if alert_of[sequence] == alert]
        assert order == sorted(order)


@given(STEPS)
@settings(max_examples=100, deadline=None)
def test_what_a_post_names_never_changes_between_attempts(steps) -> None:
    history = played(steps)
    history.finish()
    named: dict[int, tuple[int, ...]] = {}
    for sequence, supersedes in history.posts:
        assert named.setdefault(sequence, supersedes) == supersedes


def test_a_thousand_pending_deliveries_of_one_receiver_cost_little() -> None:
    """Work grows with the deliveries, not with their square (counted, not timed)."""
    outbox = Outbox({"desk": subscriber()}.get)
    for n in range(1, 1001):
        outbox.add(delivery(n, alert=f"alert-{n}"), after(n))
    done = 0
    while outbox.depth:
        for work in outbox.due(after(2000)):
            verdict = outbox.conclude(work.attempt, Answer(Outcome.DELIVERED, 200), after(2000), 0.1)
            outbox.apply(verdict.result)
            outbox.done(work)
            done += 1
    assert done == 1000
    assert outbox.next_due(after(2000)) is None
