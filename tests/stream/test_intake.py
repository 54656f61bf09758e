"""Bytes in, one Story out: what is read, and what each kind of bad input is told."""

import json
from datetime import UTC, datetime

import pytest

from stream.intake import read_story
from stream.stories import Rejected

NOW = datetime(2024, 5, 20, 12, 0, tzinfo=UTC)
ITEM = {
    "uri": "urn:desk:1",
    "type": "text",
    "version": 3,
    "versioncreated": "2024-05-19T10:30:00+03:00",
    "pubstatus": "usable",
    "language": "en",
    "headline": "Planes over the valley",
    "body_text": "The valley was quiet.",
    "infosource": [{"name": "Valley Press"}, {"name": "Hill News"}],
}


def item(**changes: object) -> bytes:
    return json.dumps({name: value for name, value in (ITEM | changes).items() if value is not None}).encode()


def test_ninjs_is_read_field_by_field() -> None:
    story = read_story(item(), received=NOW, feed="valley")
    assert (story.uri, story.version, story.status, story.feed) == ("urn:desk:1", "3", "usable", "valley")
    assert story.published == datetime(2024, 5, 19, 7, 30, tzinfo=UTC)
    assert story.credits == ("Valley Press", "Hill News")
    assert story.text == "Planes over the valley\nThe valley was quiet."


def test_superdesk_sends_guid_for_uri() -> None:
    assert read_story(item(uri=None, guid="urn:desk:9"), received=NOW).uri == "urn:desk:9"


def test_markup_becomes_lines() -> None:
    markup = "<p>One &amp; two.</p><script>x()</script><p>Three <b>four</b>.</p>"
    assert read_story(item(body_text=None, body_html=markup), received=NOW).body == "One & two.\nThree four."


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("usable", "usable"),
        ("withheld", "withheld"),
        ("canceled", "canceled"),
        ("Cancelled", "canceled"),
        ("something new", "withheld"),
        (None, "usable"),
    ],
)
def test_an_unknown_status_is_withheld_and_a_missing_one_usable(sent: str | None, read: str) -> None:
    assert read_story(item(pubstatus=sent), received=NOW).status == read


def test_a_kill_needs_no_body() -> None:
    assert read_story(item(pubstatus="canceled", body_text="", headline=None), received=NOW).status == "canceled"


def test_an_embargo_with_no_readable_end_is_open() -> None:
    assert read_story(item(embargoed="after the speech"), received=NOW).embargo_open
    story = read_story(item(embargoed="2024-05-21T06:00:00Z"), received=NOW)
    assert story.embargoed_until == datetime(2024, 5, 21, 6, tzinfo=UTC)
    assert not story.embargo_open


def test_a_brief_is_a_story_in_its_only_version() -> None:
    raw = json.dumps({"id": "b-1", "published": "2012-07-01", "text": "All is quiet.", "sources": ["Wire"]}).encode()
    story = read_story(raw, received=NOW)
    assert (story.uri, story.published, story.credits) == ("b-1", datetime(2012, 7, 1, tzinfo=UTC), ("Wire",))


def test_a_text_is_known_by_its_words_and_dated_by_its_dateline() -> None:
    text = b"HILLTOWN, May 14 (Valley Press) - All is quiet in the hills."
    story = read_story(text, received=NOW)
    assert story.uri == read_story(text + b"\n", received=NOW).uri
    assert story.published.date().isoformat() == "2024-05-14"
    assert story.credits == ("Valley Press",)


def test_a_dateline_without_a_day_means_now() -> None:
    assert read_story(b"HILLTOWN: All is quiet.", received=NOW).published == NOW


BAD = {
    "too_large": b"x" * 1_048_577,
    "not_utf8": b"Caf\xe9 hit",
    "empty": b" \n ",
    "not_json": b'{"uri": "urn:1", ',
    "not_a_story": b"[1, 2]",
    "no_id": item(uri=None),
    "no_date": item(versioncreated=None),
    "bad_date": item(versioncreated="yesterday"),
    "date_in_future": item(versioncreated="2090-01-01T00:00:00Z"),
    "empty_body": item(body_text=" "),
    "not_text": item(type="picture"),
}


@pytest.mark.parametrize("reason", BAD)
def test_bad_input_is_told_what_is_wrong_and_what_to_do(reason: str) -> None:
    with pytest.raises(Rejected) as refusal:
        read_story(BAD[reason], received=NOW)
    assert refusal.value.reason == reason
    assert len(refusal.value.detail) > 20


def test_a_story_from_another_time_zone_is_not_from_the_future() -> None:
    assert read_story(item(versioncreated="2024-05-21T01:00:00Z"), received=NOW).published > NOW
