"""Slack's form of a message: everything is in it, within the limits, and nothing in it is interpreted."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.core.brief import Brief
from deskhand.core.message import Link
from deskhand.core.plain import CUT
from deskhand.notify.slack_blocks import (
    BRIEF,
    HEADER,
    LONGEST_LINK,
    NOT_STATED,
    TEXT,
    WHOLE,
    blocks,
    escaped,
    glance,
    kept,
    mentioned,
    reply,
    weight,
)  # fmt: skip
from tests.notify import spoken


def test_a_page_can_be_read_at_three_in_the_morning() -> None:
    """What is the matter, what to do by when, the facts and the way to the ticket come before the form of the handoff."""
    made = blocks(spoken.PAGE)

    assert [one["type"] for one in made] == ["header", "rich_text", "divider", *["rich_text"] * 6, "context"]
    assert made[0]["text"]["text"] == "\U0001f6a8 P1 #4711 Checkout down"
    assert _text(made[1]) == (
        "Acknowledge in PagerDuty by 03:09. Then Ann is asked.\nSeverity: p1\nCustomer: Acme\nFirst reply: 160 % of 15 min\n"
        "Open the ticket   Runbook: checkout"
    )
    assert (
        _text(made[-1])
        == "deskhand, ticket 4711 | production, rung 1 | page 1 | rule p1-unacknowledged | 2026-11-21 03:04 UTC"
    )


def test_every_part_of_a_brief_is_shown() -> None:
    """Requirements 82 to 88: summary, impact, description, reproduction, what was tried, communication, what is needed by when, and what is missing."""
    said = "\n".join(_text(one) for one in kept(blocks(spoken.PAGE)))

    assert said == (
        "\nESCALATION: Checkout answers 500 for every basket\nSeverity: Critical\nTarget: Engineering\nNeeded: Approve the rollback\n"
        "Deadline: 2026-11-21 03:34 UTC\nMissing: revenue_at_risk\n"
        "IMPACT\nCustomers: 3: Acme, Bolt, Cord\nWorkflow: Nobody can pay\nRevenue at risk: 40,000 EUR an hour\nSLA: Breached (first_reply)\n"
        "ISSUE DESCRIPTION\nSince 02:40 every checkout ends in an error.\nAll regions are hit. The release of 02:30 is suspected.\n"
        "REPRODUCTION STEPSFill a basketPress PayExpected: A receipt\nActual: HTTP 500\nEnvironment: production, web 5.2\n"
        "WHAT'S BEEN TRIEDRestarted the web servers → no changeRolled back to 5.1 → waits for approval\n"
        "CUSTOMER COMMUNICATION\nLast update: 2026-11-21 02:44 UTC We are looking into it\nExpectation: Next word by 03:30\n"
        "Risk: Acme's board meets at 09:00"
    )


def test_what_a_brief_lacks_is_said() -> None:
    """An empty part is not left out, so that nobody takes it for answered; one of which nothing is stated is one line."""
    empty = spoken.page(brief=Brief(4711, "", spoken.NOW, "Slow", None, None))
    said = "\n".join(_text(one) for one in kept(blocks(empty)))

    assert said.count(NOT_STATED) == 10
    assert "REPRODUCTION" not in said
    assert "ISSUE DESCRIPTION: not stated\nWHAT'S BEEN TRIED: not stated\nCUSTOMER COMMUNICATION: not stated" in said


def test_a_reply_leaves_the_brief_to_the_headline() -> None:
    """A second page in the thread says what is new."""
    assert kept(reply(spoken.PAGE)) == []
    assert _text(reply(spoken.PAGE)[1]).startswith("Acknowledge in PagerDuty")


def test_only_people_that_the_policy_names_are_pinged() -> None:
    """Ids of users and groups, and the three words for everybody; anything else is nobody."""
    assert mentioned("U0123, @W9,<!subteam^S77>, <!here>,channel , everyone,ann,u12,#x,<@>,") == (
        "U0123", "W9", "S77", "here", "channel", "everyone",
    )  # fmt: skip
    assert glance(spoken.PAGE, "U0123,S77,here").startswith("<@U0123> <!subteam^S77> <!here> P1 #4711")
    assert [one for one in _elements(blocks(spoken.PAGE, mention="U0123,S77,here")) if one["type"] in _PINGS] == [
        {"type": "user", "user_id": "U0123"},
        {"type": "usergroup", "usergroup_id": "S77"},
        {"type": "broadcast", "range": "here"},
    ]


@pytest.mark.parametrize("words", spoken.HOSTILE, ids=range(len(spoken.HOSTILE)))
def test_nothing_that_people_wrote_is_interpreted(words: str) -> None:
    """S2: their words are in plain text elements alone, and what telephones show is escaped."""
    message = spoken.saying(words)
    made = blocks(message)

    assert not [one for one in _elements(made) if one["type"] in {*_PINGS, "emoji", "mrkdwn", "channel", "date"}]
    assert {one["url"] for one in _elements(made) if one["type"] == "link"} <= {spoken.TICKET, words}
    assert not set("<>") & set(glance(message))
    assert json.loads(json.dumps(made)) == made
    json.dumps(made, ensure_ascii=False).encode()
    _within_limits(made)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://", "http://[", "https://a b", "ftp://x", "https://x/" + "a" * LONGEST_LINK, "https://x/\n<!here>", "//x", "slack://x", "https://x/\u202e"],
)  # fmt: skip
def test_what_no_browser_opens_is_no_link(url: str) -> None:
    """Its words stay."""
    made = blocks(spoken.page(links=(Link("Runbook", url),)))

    assert [one["url"] for one in _elements(made) if one["type"] == "link"] == [spoken.TICKET]
    assert "Runbook" in _text(made[1])


def test_what_is_too_long_is_cut_in_a_way_that_shows() -> None:
    """Each text by itself, and all of them together."""
    made = blocks(spoken.saying("Very long. " * 6_000))

    assert weight(made) <= WHOLE
    assert made[0]["text"]["text"].endswith(CUT)
    assert "more in the ticket (cut)" in "".join(map(_text, made))
    assert glance(spoken.saying("x " * 9_000)).endswith(CUT)
    assert weight(blocks(spoken.PAGE, share=0.2)) < weight(blocks(spoken.PAGE))


def test_a_ticket_without_words_still_has_a_title() -> None:
    """Slack refuses empty texts."""
    bare = spoken.page(title="", text=" ", brief=None, facts=(), links=(), url="")

    assert blocks(bare)[0]["text"]["text"] == "\U0001f6a8 Ticket 4711"
    assert glance(bare) == "Ticket 4711"
    _within_limits(blocks(bare))


def test_escaping_is_slacks_own() -> None:
    """Three characters, the ampersand first."""
    assert escaped("a < b & c > d &lt;") == "a &lt; b &amp; c &gt; d &amp;lt;"


@given(words=st.text(st.characters(exclude_categories=()), max_size=300), times=st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_keeps_the_limits(words: str, times: int) -> None:
    """Of every text, of every list, and of all of them together."""
    message = spoken.saying(words * times)

    for made in (blocks(message), reply(message), blocks(message, share=0.5)):
        json.dumps(made, ensure_ascii=False).encode()
        _within_limits(made)
    assert 0 < len(glance(message)) <= 5 * TEXT


_PINGS = {"user", "usergroup", "broadcast"}


def _within_limits(made: list[dict[str, Any]]) -> None:
    assert len(made) <= 50
    assert weight(made) <= WHOLE
    assert 0 < len(made[0]["text"]["text"]) <= HEADER
    assert all(one["text"] for one in _elements(made) if one["type"] in {"text", "plain_text", "link"})
    ids = [one["block_id"] for one in made if "block_id" in one]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith(BRIEF) for name in ids)


def _elements(value: object) -> Iterator[dict[str, Any]]:
    """Every object with a type, however deep."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for one in value.values():
            yield from _elements(one)
    elif isinstance(value, list):
        for one in value:
            yield from _elements(one)


def _text(value: object) -> str:
    """All words in the order in which they are read."""
    return "".join(one["text"] for one in _elements(value) if isinstance(one.get("text"), str))
