"""A message in PagerDuty's form: the title with its mark, the details, and that nothing people wrote gets beyond its place."""

import json

import pytest

from deskhand.core.brief import Brief, Tried
from deskhand.core.message import Link
from deskhand.core.plain import CUT
from deskhand.notify import pagerduty_words as words
from tests.notify.matters import HOSTILE, RUNBOOK, URL, brief, message


def test_the_title_ends_with_the_messages_number() -> None:
    """However long it is, and whatever people wrote at their title's end."""
    assert words.title(message("page", number=7)) == "Checkout fails [#7]"
    assert words.title(message("page", title="x [#999]", number=7)) == "x [#999] [#7]"
    assert words.title(message("page", title=" \n ")) == "Ticket 48213 [#1]"
    long = words.title(message("page", title="ü" * 5_000, number=12))
    assert (len(long), long.endswith(f"{CUT} [#12]")) == (words.TITLE, True)
    assert words.marked(long) == 12


@pytest.mark.parametrize("title", ["Checkout fails", "Checkout [#1] fails", "[#x]", None, "[#1] "])
def test_a_title_of_somebody_else_has_no_number(title: str | None) -> None:
    """Only the very end counts."""
    assert words.marked(title) == -1


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_people_write_stays_text_in_its_place(text: str) -> None:
    """It is valid JSON far below the limit of an event, on one line where it should be, and without half characters."""
    told = message(
        "page",
        title=text,
        text=text,
        url=text,
        facts=((text, text),) * 100,
        links=(Link(text, text), Link(text, RUNBOOK.url)) * 100,
        brief=brief(
            summary=text, customers=text, description=text, steps=(text,) * 100, tried=(Tried(text, text),) * 100
        ),
    )
    event = {"summary": words.title(told), "custom_details": words.custom_details(told), "links": words.links(told)}

    assert len(words.title(told)) <= words.TITLE
    assert "\n" not in words.title(told)
    assert len(json.dumps(event)) < 400_000
    assert len(words.details(told)) < 200_000
    assert words.marked(words.title(told)) == 1
    assert {one["href"] for one in words.links(told)} <= {RUNBOOK.url}
    for part in (words.details(told), json.dumps(event, ensure_ascii=False)):
        part.encode()
        assert "\x1b" not in part
        assert "\u202e" not in part


def test_details_hold_the_brief_in_the_order_of_its_form() -> None:
    """Labels with values or lists; what is empty is left out, what is missing is named, and a long list says how much it leaves out."""
    told = words.custom_details(
        message("page", text="Acknowledge.", facts=(("Severity", "p1"),), brief=brief(steps=("s",) * 25, actual=""))
    )

    assert list(told)[:5] == ["What to do", "Severity", "Escalation", "Target", "Missing"]
    assert told["Missing"] == "request id"
    assert "Actual" not in told
    assert told["Reproduction steps"][-1] == "(5 more are in the ticket)"
    assert told["What's been tried"][0] == "restarted the gateway -> no change"
    assert words.custom_details(message("page")) == {}


def test_an_incidents_body_says_the_same_in_one_text() -> None:
    """What to do first, then facts, the brief, links and the ticket."""
    told = words.details(
        message("page", text="Acknowledge.", facts=(("Tier", "gold"),), brief=brief(), links=(RUNBOOK,))
    )

    order = ["Acknowledge.", "Tier: gold", "ESCALATION:", "WHAT'S NEEDED", f"Checkout runbook: {RUNBOOK.url}", URL]
    assert sorted(order, key=told.rindex) == order
    assert words.details(message("page", url="")) == ""


def test_an_empty_brief_is_no_trouble() -> None:
    """Everything but its summary may be missing."""
    empty = Brief(1, "", message().at, "Down", None, None)

    assert words.custom_details(message("page", brief=empty)) == {"Escalation": "Down", "SLA status": "Unknown"}


def test_severities_and_the_account_have_pagerdutys_words() -> None:
    """An unknown severity is an error, since somebody has to get up."""
    assert [words.severity(message("page", severity=one)) for one in ("p1", "p2", "p3", "p4", "")] == [
        "critical", "error", "warning", "info", "error",
    ]  # fmt: skip
    assert words.source(message("page")) == "zendesk:acme"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x/", "https://x/ y", "https://x/\n", "https://" + "x" * 3_000, ""])  # fmt: skip
def test_only_addresses_of_the_web_are_linked(url: str) -> None:
    """Anything else leads nowhere."""
    assert words.web(url) == ""
    assert words.links(message("page", links=(Link("x", url),))) == []
