"""Histories from audits: what was seen in passing gives way to them, and nothing is there twice."""

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.audited import Audit, events_of, learn
from deskhand.core.clock import fold
from deskhand.core.history import Event, Levels, observe
from deskhand.core.memory import Memory
from deskhand.core.ticket import Metrics, Ticket
from tests.core.builders import BINDING, RESOLUTION, RESPONSE, START, at

WATCHED = frozenset({"state"})


def audit(number: int, minute: float, **facts: Any) -> Audit:
    """An audit of ticket 1."""
    return Audit(number, 1, at(minute), **facts)


BIRTH = audit(1, 0, changes={"status": "new", "priority": "normal", "group": "Network"}, created=True)
ANSWER = audit(2, 30, changes={"status": "pending"}, before={"status": "new"}, comment="agent")
ASKED = audit(3, 60, changes={"status": "open"}, before={"status": "pending"}, comment="customer")
RAISED = audit(4, 90, changes={"priority": "high"}, before={"priority": "normal"}, ours=True)
SOLVED = audit(5, 120, changes={"status": "solved"}, before={"status": "open"}, comment="agent")
LIFE = (BIRTH, ANSWER, ASKED, RAISED, SOLVED)


def taught(*parts: tuple[Audit, ...], memory: Memory | None = None) -> Memory:
    """What is remembered after each part was told."""
    found = memory or Memory(1)
    for part in parts:
        found = learn(found, part, BINDING, WATCHED)
    return found


def test_a_life_is_told_in_order_with_its_replies_before_the_status_they_came_with() -> None:
    """A reply that solves is a reply first; our own raise is ours."""
    assert taught(LIFE).history == (
        Event(at(0), "created"),
        Event(at(0), "severity", "p3"),
        Event(at(0), "group", "Network"),
        Event(at(0), "status", "new"),
        Event(at(30), "agent_reply"),
        Event(at(30), "status", "pending"),
        Event(at(60), "customer_reply"),
        Event(at(60), "status", "open"),
        Event(at(90), "severity", "p2", ours=True),
        Event(at(120), "agent_reply"),
        Event(at(120), "status", "solved"),
    )


def test_what_is_told_again_from_the_beginning_loses_none_of_two_audits_of_one_second() -> None:
    """A ticket that was answered in the second it came: the audits up to then are known, and come again with a later one."""
    at_once = replace(ANSWER, at=at(0))

    assert taught((BIRTH, at_once), (BIRTH, at_once, ASKED)) == taught((BIRTH, at_once, ASKED))


def test_a_reply_dated_to_the_minute_comes_after_audits_that_know_of_none() -> None:
    """Answered 45 seconds after it came, which Zendesk's metrics call 0 minutes; the audits are known up to its creation only."""
    answered = replace(ANSWER, at=at(0.75))
    seen = Memory(1, history=(Event(at(0), "created"), Event(at(0), "agent_reply")))

    early = taught((BIRTH,), memory=seen)

    assert [event.kind for event in early.history if event.at > at(0)] == ["agent_reply"]
    assert taught((answered,), memory=early) == taught((BIRTH, answered))


@given(st.lists(st.integers(0, len(LIFE)), max_size=3))
def test_a_life_told_in_pieces_is_the_same(cuts: list[int]) -> None:
    """However it is cut, and though pieces come again."""
    parts = [LIFE[a:b] for a, b in pairwise([0, *sorted(cuts), len(LIFE)])]

    assert taught(*parts) == taught(LIFE) == taught(*parts, *parts)


def test_what_was_seen_in_passing_gives_way() -> None:
    """The metric set dates a reply to the minute, a reading dates the rest to its own stamp."""
    ticket = Ticket(1, "open", at(0), at(60), priority="normal", group="Network")
    ticket = replace(ticket, metrics=Metrics(reply_minutes=29, status_updated_at=at(60), requester_updated_at=at(60)))
    seen = observe((), None, ticket, Levels(None, "p3"), WATCHED)

    assert taught(LIFE[:3], memory=Memory(1, seen)).history == taught(LIFE[:3]).history


def test_what_was_seen_after_the_last_audit_stays() -> None:
    """The list of recent changes is a minute ahead of the export."""
    fresh = Event(at(119), "status", "solved")

    assert taught(LIFE[:4], memory=Memory(1, (fresh,))).history[-1] == fresh


def test_audits_from_the_middle_of_a_life_keep_what_was_known_before() -> None:
    """The first reading took today's values for those of the beginning; the first change tells what they were."""
    seen = (
        Event(at(0), "created"),
        Event(at(0), "severity", "p2"),
        Event(at(0), "status", "new"),
        Event(at(60), "status", "open"),
    )

    found = taught((ASKED, RAISED), memory=Memory(1, seen)).history

    assert found == (
        Event(at(0), "created"),
        Event(at(0), "severity", "p3"),
        Event(at(0), "status", "pending"),
        Event(at(60), "customer_reply"),
        Event(at(60), "status", "open"),
        Event(at(90), "severity", "p2", ours=True),
    )


def test_a_severity_that_was_empty_before_is_taken_back() -> None:
    """A ticket that first had none had no target then."""
    given_later = audit(4, 90, changes={"priority": "high"}, before={"priority": None})
    seen = (Event(at(0), "created"), Event(at(0), "severity", "p2"), Event(at(0), "status", "new"))

    found = taught((given_later,), memory=Memory(1, seen)).history

    assert [event for event in found if event.kind == "severity"] == [Event(at(90), "severity", "p2")]


def test_internal_notes_and_the_first_comment_are_no_replies() -> None:
    """The description is public, and answers nothing."""
    assert "agent_reply" not in {event.kind for event in events_of(replace(BIRTH, comment="agent"), BINDING, WATCHED)}
    assert events_of(audit(9, 5), BINDING, WATCHED) == []


def test_fields_that_no_clock_watches_are_left_out() -> None:
    """Those that one does are told with their values; at birth an empty one is not."""
    changed = audit(9, 5, changes={"field.state": "alarm", "field.other": "x"})

    assert events_of(changed, BINDING, WATCHED) == [Event(at(5), "field", "state=alarm")]
    assert events_of(audit(1, 0, changes={"field.state": None}, created=True), BINDING, WATCHED) == [
        Event(START, "created")
    ]


@given(st.integers(0, 300))
def test_clocks_read_the_same_from_audits_in_pieces(minute: int) -> None:
    """Promise 1 does not depend on when the worker looked."""
    now: datetime = at(minute)
    known = tuple(one for one in LIFE if one.at <= now)
    whole, pieces = taught(known), taught(*((one,) for one in known))

    for spec in (RESPONSE, RESOLUTION):
        assert fold(spec, whole.history, now) == fold(spec, pieces.history, now)


def test_a_merge_stays_where_it_was_seen_and_before_the_close_that_audits_tell() -> None:
    """Audits know of a tag and of a status; that the ticket was merged away is what was seen of it."""
    closed = audit(2, 30, changes={"status": "closed"}, before={"status": "new"})
    memory = Memory(1, history=(Event(at(0), "created"), Event(at(30), "merged"), Event(at(30), "status", "closed")))

    told = taught((BIRTH, closed), memory=memory)

    assert told.history[-2:] == (Event(at(30), "merged"), Event(at(30), "status", "closed"))
    assert fold(RESOLUTION, told.history, at(90)).seen.note == "merged into another ticket, so nothing is due here"
