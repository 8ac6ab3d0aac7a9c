"""What rules say outside Zendesk: one message for each firing, in the right matter, and to the public nothing of the ticket."""

from dataclasses import replace

import pytest

from deskhand.core.effect import Say
from deskhand.core.policy import Action, FileIssue, Mode, Publish, Send
from tests.core.builders import START, at, rule
from tests.core.escalation import BURNS, Tower, burning, escalating, ladder, on, page

SEND = Send("news", "a-note", brief="Leadership")
FILE = FileIssue("jira", "a-note", "Product", due_in=3600, labels=("checkout",))
TELL_ALL = Publish("page", "investigating", "Some checkouts fail", "a-note", next_update=3600)


def speaking(*actions: Action, climbs: bool = False, mode: Mode = "enforce") -> Tower:
    """A ticket whose rule says things; beside it, a ladder that is climbed."""
    policies = escalating(*((ladder(page("first")),) if climbs else ()), rules=(rule(BURNS, *actions, id="speaks"),))
    return on(replace(policies, mode=mode), burning())


def test_a_role_is_told_by_its_channels() -> None:
    """The rule's template is the text, and the brief comes with it where it is asked for."""
    (message,) = speaking(SEND).look(START).messages

    assert (message.verb, message.role, message.channels) == ("tell", "news", ("chat",))
    assert message.notice.text.startswith("rule: ")
    assert message.notice.brief is not None
    assert message.notice.brief.target == "Leadership"
    assert message.notice.url == "https://acme.example/agent/tickets/7"


def test_an_action_may_name_other_channels() -> None:
    """They count in place of the role's own."""
    (message,) = speaking(replace(SEND, channels=("pd", "chat"))).look(START).messages

    assert message.channels == ("pd", "chat")


def test_a_role_that_no_channel_reaches_is_told_nothing_outside() -> None:
    """Its note in the ticket is all it has."""
    decision = speaking(Send("nobody", "a-note")).look(START)

    assert (decision.messages, decision.effects) == ((), ())


def test_an_issue_has_a_brief_and_is_due() -> None:
    """Labels name the ticket, so that it is found again."""
    (message,) = speaking(FILE).look(START).messages

    assert (message.verb, message.channels, message.notice.due) == ("file", ("jira",), at(60))
    assert message.notice.labels == ("zd-7", "checkout")
    assert message.notice.brief is not None
    assert message.notice.brief.target == "Product"


def test_to_publish_needs_enforce() -> None:
    """People may be told in notify mode, the public not."""
    desk = speaking(SEND, FILE, TELL_ALL, mode="notify")

    decision = desk.look(START)

    assert [one.verb for one in decision.messages] == ["tell", "file"]
    assert [(one.change, one.done) for one in decision.effects if not one.done] == [
        (Say("publish", "page", ("page",)), False)
    ]


def test_public_words_are_the_policys_own() -> None:
    """Title and status come from the rule; neither brief nor address nor facts of the ticket are in it."""
    (message,) = speaking(TELL_ALL).look(START).messages
    notice = message.notice

    assert (notice.title, notice.status, notice.due) == ("Some checkouts fail", "investigating", at(60))
    assert (notice.url, notice.brief, notice.facts, notice.links, notice.labels) == ("", None, (), (), ())


def test_each_firing_speaks_once() -> None:
    """A look later nothing is said again; a write that is taken back is decided again with the same keys."""
    desk = speaking(SEND, FILE, TELL_ALL, climbs=True)
    first = desk.look(START)
    assert desk.look(at(1)).messages == ()
    assert first.write is not None
    desk.memory = desk.memory.without(first.write.op_id)

    second = desk.look(at(2))

    assert {one.key for one in second.messages} <= {one.key for one in first.messages}


def test_who_is_told_hears_it_in_the_matter_that_is_paged_for() -> None:
    """So that a chat has one headline for both; numbers go on in each thread."""
    decision = speaking(SEND, climbs=True).look(START)

    assert {one.thread for one in decision.messages} == {"zd:acme:7:e1"}
    assert [one.number for one in decision.messages] == [1, 2]


def test_what_is_public_stays_one_matter_until_the_ticket_is_reopened() -> None:
    """The end of an incident finds its beginning, and a reopened ticket has a page of its own."""
    desk = speaking(TELL_ALL)
    first = desk.look(START).messages[0]
    desk.becomes(status="solved", updated_at=at(1))
    desk.look(at(1))
    desk.becomes(status="open", fields={}, updated_at=at(2))
    desk.look(at(2))
    desk.sets(at(3), escalated=True)

    second = desk.look(at(3)).messages[0]

    assert (first.thread, second.thread) == ("zd:acme:7:e1", "zd:acme:7:e2")
    assert first.key != second.key


@pytest.mark.parametrize("priority", ["urgent", "high"])
def test_what_is_said_of_a_p1_is_urgent(priority: str) -> None:
    """It knows no quiet hours."""
    desk = speaking(SEND)
    desk.becomes(priority=priority)

    assert [one.urgent for one in desk.look(START).messages] == [priority == "urgent"]
