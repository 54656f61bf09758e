"""Kill the sender at every point there is. The receiver's own log, and the file, say what became of every delivery."""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_world import Outcome, Receiver, Scenario, lived

A, B = "desk-a", "desk-b"
OPEN_AND_SHUT = [(0.0, [(A, "x", 1, "opened")]), (2.0, [(A, "x", 2, "escalated")]), (3.0, [(A, "x", 3, "resolved")])]
SCENARIOS = [
    Scenario("all is well", [
        (0.0, [(A, "x", 1, "opened"), (B, "x", 1, "opened"), (A, "y", 1, "opened")]),
        (1.0, [(A, "x", 2, "updated"), (B, "x", 2, "updated")]),
        (2.0, [(A, "x", 3, "resolved"), (A, "y", 2, "retracted")]),
    ]),
    Scenario("opened and resolved while the receiver was down", OPEN_AND_SHUT, {A: [500, 500, 204]}),
    Scenario("connections break", OPEN_AND_SHUT, {A: [-1, 204, -1, 204]}),
    Scenario("the receiver asks for time", OPEN_AND_SHUT, {A: ["30", "10", 204]}),
    Scenario("the circuit opens and closes", [
        (0.0, [(A, alert, 1, "opened") for alert in "uvwxyz"]),
        (40.0, [(A, "u", 2, "updated"), (A, "v", 2, "resolved")]),
    ], {A: [500] * 7 + [204]}),
    Scenario("the receiver is gone, somebody else is told", [
        (0.0, [(A, "x", 1, "opened"), (A, "y", 1, "opened"), (B, "x", 1, "opened")]),
        (9.0, [(A, "x", 2, "resolved"), (B, "x", 2, "resolved")]),
    ], {A: [204, 410]}, fallback="night-desk"),
    Scenario("the receiver never comes back, somebody else is told", [
        (0.0, [(A, "x", 1, "opened"), (B, "y", 1, "opened")]), (5.0, [(A, "y", 1, "opened")]),
    ], {A: [503]}, schedule=(10.0, 20.0), fallback="night-desk"),
    Scenario("one alert is poison, the others get through", [
        (0.0, [(A, "x", 1, "opened"), (A, "bad", 1, "opened")]), (9.0, [(A, "x", 2, "updated")]),
    ], poison=("bad",), schedule=(10.0, 20.0), fallback="night-desk"),
]  # fmt: skip


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def undisturbed(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("undisturbed")
    return {each.name: lived(folder / f"{n}.db", each, receiver) for n, each in enumerate(SCENARIOS)}


def judge(found: Outcome) -> None:
    """What DESIGN.md promises of every (subscriber, sequence)."""
    ends = defaultdict(list)
    for result in found.results:
        if result.settled:
            ends[result.subscriber, result.sequence].append(result)
    assert sorted(ends) == sorted(d.key for d in found.deliveries), "every delivery ends"
    assert all(len(each) == 1 for each in ends.values()), "exactly once"

    accepted = {(post.subscriber, post.sequence): post for post in found.log if 200 <= post.status < 300}
    for key, (end,) in ends.items():
        if end.settled == "delivered":
            assert key in accepted
        elif end.settled == "superseded":
            last = end
            while last.settled == "superseded":
                (last,) = ends[last.subscriber, last.superseded_by]
            if last.settled == "delivered":
                told = accepted[last.subscriber, last.sequence]
                assert end.sequence in told.supersedes, "the later one names it, in what the receiver has signed for"
                assert told.alert == next(d.revision.id for d in found.deliveries if d.key == key)
        else:
            assert end.settled == "dead_lettered"
            assert noticed(found, end.subscriber, end.sequence), "a dead-lettered delivery is told of"

    identity: dict[tuple[str, int], str] = {}
    for post in found.log:
        assert identity.setdefault((post.subscriber, post.sequence), post.webhook_id) == post.webhook_id
    assert len(set(identity.values())) == len(identity), "no two deliveries share a webhook-id"

    latest: dict[tuple[str, str], int] = {}
    for post in found.log:
        if post.alert is not None:
            pair = (post.subscriber, post.alert)
            assert post.revision >= latest.get(pair, 0), "revisions of an alert arrive in order"
            latest[pair] = post.revision

    gone: set[str] = set()
    for post in found.log:
        assert post.subscriber not in gone or post.status == 410, "nothing new is sent after a 410"
        gone |= {post.subscriber} if post.status == 410 else set()


def noticed(found: Outcome, subscriber: str, sequence: int) -> bool:
    """Was somebody told that this delivery, or all of its subscriber's, was given up? Of a lost notice nobody is."""
    lost = next(d for d in found.deliveries if d.key == (subscriber, sequence))
    notices = [post.notice or "" for post in found.log if post.status < 300]
    return lost.notice is not None or any(
        notice.startswith((f"subscriber_disabled: {subscriber}:", f"dead_lettered: {subscriber}: {sequence}:"))
        for notice in notices
    )


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_undisturbed_every_delivery_ends_as_promised(scenario: Scenario, undisturbed: dict[str, Outcome]) -> None:
    found = undisturbed[scenario.name]
    judge(found)
    posts = defaultdict(list)
    for post in found.log:
        posts[post.subscriber, post.sequence].append(post)
    for repeats in posts.values():
        assert len({post.body for post in repeats}) == 1, "every attempt carries the same bytes"
        assert all(post.status >= 300 or post.status < 0 for post in repeats[:-1]), "nothing is sent again after a 2xx"


def test_there_are_enough_points(undisturbed: dict[str, Outcome]) -> None:
    """Three hundred were asked for."""
    assert sum(found.points for found in undisturbed.values()) >= 300


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_killed_at_every_point_nothing_is_lost(
    scenario: Scenario, undisturbed: dict[str, Outcome], receiver: Receiver, tmp_path: Path
) -> None:
    """Later and later, until three lives in a row end before their point comes: the wire decides how many there are."""
    lived_on = 0
    for at in itertools.count(1):
        found = lived(tmp_path / f"{at}.db", scenario, receiver, at)
        lived_on = 0 if found.killed else lived_on + 1
        try:
            judge(found)
        except AssertionError as fault:
            raise AssertionError(f"killed at point {at}: {fault}") from fault
        extra = len(found.log) - len({(p.subscriber, p.sequence) for p in found.log})
        before = undisturbed[scenario.name].log
        usual = len(before) - len({(p.subscriber, p.sequence) for p in before})
        assert extra <= usual + 8, "a crash repeats at most what was under way"
        (tmp_path / f"{at}.db").unlink()
        if lived_on == 3:
            break
    assert at - lived_on >= undisturbed[scenario.name].certain, "every commit and every POST was a place to die"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_killed_again_and_again_nothing_is_lost(
    seed: int, undisturbed: dict[str, Outcome], receiver: Receiver, tmp_path: Path
) -> None:
    """Up to six kills in one history, at points drawn by the seed, early ones more often: crashes while recovering."""
    chance = random.Random(seed)
    scenario = chance.choice(SCENARIOS)
    most = undisturbed[scenario.name].points
    kills = [1 + int(most * chance.random() ** 2) for _ in range(chance.randint(2, 6))]
    judge(lived(tmp_path / "again.db", scenario, receiver, *kills))


def test_killed_at_some_points_nothing_is_lost(
    undisturbed: dict[str, Outcome], receiver: Receiver, tmp_path: Path
) -> None:
    """The quick form of the enumeration: every seventh point of the second scenario."""
    scenario = SCENARIOS[1]
    for at in range(1, undisturbed[scenario.name].points + 1, 7):
        judge(lived(tmp_path / f"{at}.db", scenario, receiver, at))
