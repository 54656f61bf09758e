"""The continuity guard against a real broker: every offset is closed, by its story or by why there is none."""

from collections import Counter

import pytest
from kafka import TopicPartition

from stream.records import CommandRecord, RejectedRecord, StoryRecord
from tests.kafka.brokers import Installation, until
from tests.kafka.stories import commit, journal, send, story
from tests.ops.waiting import asked

pytestmark = pytest.mark.kafka


def sources(installation: Installation) -> Counter[tuple[int, int]]:
    """How often each source position is in the journal."""
    found = [each.source for each in installation.journal() if isinstance(each, StoryRecord | RejectedRecord)]
    return Counter((source.partition, source.offset) for source in found)


def test_holes_and_a_lost_tail_are_read_from_the_broker(installation: Installation) -> None:
    """What Faust passed over is in the journal once, also at the end of a partition; what is only lag is left alone."""
    send(installation, *(story(number) for number in range(20)), partition=0)
    send(installation, *(story(number) for number in range(20, 28)), b"\xff no story", partition=1)
    send(installation, story(28), story(29), partition=1)
    journal(installation, 0, {0, 1, 2, 7, 8, 12})
    commit(installation, 18, 11)
    installation.start("detect", "worker", "detect")
    until(lambda: installation.seen() == ({0: 18, 1: 11}, 0), "every hole to be closed")
    assert sources(installation) == Counter(
        [(0, offset) for offset in range(18)] + [(1, offset) for offset in range(11)]
    )
    letters = installation.records(installation.topics.dead_letters)
    assert [letter.value for letter in letters] == [b"\xff no story"]
    commit(installation, 20, 11)
    until(lambda: installation.seen() == ({0: 20, 1: 11}, 0), "the last of partition 0")
    assert installation.stop("detect") == 0


def test_offsets_without_a_story_are_closed_for_a_reason(installation: Installation) -> None:
    """Aborted and control records say no_record; deleted ones are a loss, and counted as one."""
    send(installation, *(story(number) for number in range(10)), partition=0)
    client = installation.producer(transactional_id=f"{installation.settings.topic_prefix}aborting")
    client.init_transactions()
    client.begin_transaction()
    for number in range(3):
        client.send(installation.topics.stories, value=story(number), partition=0)
    client.flush()
    client.abort_transaction()
    client.close()
    until(lambda: installation.ends(installation.topics.stories)[0] == 14, "the mark that ends the transaction")
    journal(installation, 0, {0, 9})
    commit(installation, 14, 0)
    admin = installation.admin()
    admin.delete_records({TopicPartition(installation.topics.stories, 0): 6})
    admin.close()
    installation.start("detect", "worker", "detect")
    until(lambda: installation.seen() == ({0: 14}, 0), "every offset to be closed")
    assert sources(installation) == Counter([(0, 0), (0, 9), (0, 6), (0, 7), (0, 8)])
    given_up = {
        (each.body["first"], each.body["last"], each.body["lost"])
        for each in installation.journal()
        if isinstance(each, CommandRecord) and each.name == "source.give_up"
    }
    assert given_up == {(1, 5, True), (10, 13, False)}
    lost = asked(installation.settings.db, "SELECT value FROM counts WHERE name = 'stories_unrecoverable'")
    assert lost == [(5,)]


def test_what_was_deleted_before_we_came_is_no_loss(installation: Installation) -> None:
    """On a topic that is older than the installation, the first offset that is kept is where it begins."""
    send(installation, *(story(number) for number in range(6)), partition=0)
    admin = installation.admin()
    admin.delete_records({TopicPartition(installation.topics.stories, 0): 4})
    admin.close()
    commit(installation, 6, 0)
    installation.start("detect", "worker", "detect")
    until(lambda: installation.seen() == ({0: 6}, 0), "the stories that are there")
    assert sources(installation) == Counter([(0, 4), (0, 5)])
    commands = [each.name for each in installation.journal() if isinstance(each, CommandRecord)]
    assert commands == ["source.start"]


def test_a_topic_made_anew_stops_detect_until_somebody_says_so(installation: Installation) -> None:
    """Its offsets say nothing about what was seen; an audited command opens a new epoch."""
    send(installation, *(story(number) for number in range(5)), partition=0)
    journal(installation, 0, range(5))
    name = installation.topics.stories
    installation.delete(name)
    assert installation.command("topics", "create", "--partitions", "2").returncode == 0
    send(installation, story(7), partition=0)
    ended = installation.command("worker", "detect")
    assert ended.returncode == 1
    assert ended.stderr.decode().strip().splitlines()[-1] == (
        f"tocsin: {name} partition 0 ends at 1, but 5 stories of it were seen: the topic was made anew; "
        "if that is meant, run `tocsin topics new-epoch 1` and set TOCSIN_STORIES_EPOCH=1"
    )
    assert installation.command("topics", "new-epoch", "1").returncode == 0
    installation.settings.stories_epoch = 1
    commit(installation, 1, 0)
    installation.start("detect", "worker", "detect")
    until(lambda: sources(installation)[(0, 0)] == 2, "the story of the new topic")
    epochs = [each.source.epoch for each in installation.journal() if isinstance(each, StoryRecord)]
    assert epochs == [0, 0, 0, 0, 0, 1]
