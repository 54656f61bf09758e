"""RSS and Atom entries as stories, and a changed entry as the next version."""

from datetime import UTC, datetime

import pytest

from stream.intake import read_story
from tocsin import feeds

NOW = datetime(2024, 5, 20, 12, tzinfo=UTC)
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Hill News</title><language>en</language>
<item><guid>hill-2</guid><title>Later</title><description>&lt;p&gt;Second.&lt;/p&gt;</description>
<pubDate>Mon, 20 May 2024 09:00:00 GMT</pubDate><link>http://hill.example/2</link></item>
<item><guid>hill-1</guid><title>Earlier</title><description>{words}</description>
<pubDate>Mon, 20 May 2024 08:00:00 GMT</pubDate></item>
<item><title>No id, no words to know it by</title></item></channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Valley</title>
<entry><id>tag:valley,1</id><title>One</title><updated>2024-05-20T07:00:00Z</updated>
<content type="html">&lt;p&gt;Quiet &amp;amp; calm.&lt;/p&gt;</content></entry></feed>"""


def test_entries_come_oldest_first_and_without_those_that_have_no_id() -> None:
    found = feeds.entries(RSS.format(words="First.").encode(), NOW)
    assert [entry.id for entry in found] == ["hill-1", "hill-2"]
    assert found[1].url == "http://hill.example/2"


def test_an_entry_reads_as_a_story() -> None:
    (entry,) = feeds.entries(ATOM.encode(), NOW)
    story = read_story(feeds.story_bytes(entry, 2, "Valley"), "application/json", received=NOW)
    assert (story.uri, story.version, story.credits) == ("tag:valley,1", "2", ("Valley",))
    assert story.text == "One\nQuiet & calm."
    assert story.published == datetime(2024, 5, 20, 7, tzinfo=UTC)


def test_a_silent_edit_changes_the_hash_and_nothing_else() -> None:
    before, after = (feeds.entries(RSS.format(words=words).encode(), NOW)[0] for words in ("First.", "First, mended."))
    assert before.sha256 != after.sha256
    assert (before.id, before.published) == (after.id, after.published)


def test_bytes_that_are_no_feed_are_refused() -> None:
    with pytest.raises(ValueError, match="not an RSS or Atom feed"):
        feeds.entries(b"<html><body>404</body>", NOW)
