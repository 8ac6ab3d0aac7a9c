"""Values for tests of the store: small by default, and full ones that use every field."""

from datetime import UTC, datetime, timedelta

from deskhand.core.brief import Brief, Tried
from deskhand.core.climb import Climb, ClimbSeen, Proof, Said
from deskhand.core.decision import ClockSeen, Decision
from deskhand.core.delivery import Row, State
from deskhand.core.effect import (
    AddFollower,
    AddTags,
    Assign,
    Change,
    Effect,
    Note,
    RemoveTags,
    Say,
    SetField,
    SetSeverity,
    TicketWrite,
)
from deskhand.core.history import Event
from deskhand.core.memory import Cycle, Edge, Firing, Memory, Own
from deskhand.core.message import Attempt, Link, Message, MessageRow, MessageState, Notice, Standing, Verb
from deskhand.core.ticket import Metrics, Organization, Person, SlaMetric, Ticket
from deskhand.core.trace import Step, Verdict
from deskhand.core.trail import Draft, Fact, Kind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOSTILE = "tab\t nul\0 quote\" ' %s :name {{x}} \u202e \U0001f600 </script> '; DROP TABLE tickets; --"


def at(minutes: float) -> datetime:
    """Minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def ticket(number: int, status: str = "open") -> Ticket:
    """A ticket that uses every field."""
    return Ticket(
        id=number,
        status=status,
        created_at=NOON - timedelta(days=3),
        updated_at=NOON + timedelta(microseconds=1),
        subject=HOSTILE,
        custom_status="Waiting for parts",
        priority="high",
        type="incident",
        group="Support",
        assignee="ann@example.com",
        brand="Main",
        form="Default",
        via="email",
        external_id="x-1",
        problem_id=7,
        is_public=False,
        tags=frozenset({"vip", "eu"}),
        followers=frozenset({"bob@example.com"}),
        fields={"whole": 3, "decimal": 3.0, "yes": True, "none": None, "many": ("a", "b"), "text": "", "big": 2**70},
        requester=Person(5, "Cleo", "cleo@example.com", "end-user", ("gold",), {"plan": "pro", "seats": 4}),
        organization=Organization(9, "Acme", ("tier_1",), {"tier": "one"}),
        slas=(SlaMetric("first_reply_time", "active", NOON, 3600, business_hours=True), SlaMetric("x", "paused")),
        metrics=Metrics(5, 1, 2, NOON, NOON, NOON, NOON, NOON, NOON, NOON),
    )


def memory(number: int) -> Memory:
    """A memory that uses every field."""
    return Memory(
        ticket_id=number,
        history=(Event(NOON, "created"), Event(at(1), "field", "area=billing", ours=True)),
        ledger=(Firing("late", "e1", 1, NOON, "op-1"), Firing("late", "e1", 2, at(2), outcome="observed")),
        edges={"late": Edge(holds=True, lives=2)},
        cycles={"first_reply_time": Cycle("active", 1)},
        intended="S2",
        looked_at=at(3),
        planned=at(4),
        allowed=("late",),
        calm=("vip",),
        own=Own(at(2), at(1)),
        standings=(Standing("zd:acme:1:e1", "acknowledged", "P1", "Ann", at(2), "https://p.example"),),
        climbs=(climb(),),
        numbers={"zd:acme:1:e1": 3},
    )


def climb() -> Climb:
    """A climb that uses every field."""
    return Climb(
        ladder="up",
        rule="late",
        cause="late/e1/1",
        thread="zd:acme:1:e1",
        episode=1,
        began=NOON,
        last=at(1),
        stage="acknowledged",
        severity="p1",
        rung=1,
        pages=2,
        since=at(1),
        planned=at(9),
        climber="worker",
        channels=("pager", "chat"),
        by="Ann",
        answered_at=at(2),
        asked_again=True,
        waits=HOSTILE,
        later=(0,),
        proofs=(Proof("no answer", 0, "first", "on_call", at(1), 2, NOON, ("Ann",), 1, confirmed=False),),
        said=(Said(1, NOON, HOSTILE, "op-1"),),
        told=1,
        briefed="op-1",
        closed=True,
        why="ended",
        reason="solved",
    )


def write(op_id: str, number: int) -> TicketWrite:
    """A write that uses every field."""
    return TicketWrite(
        op_id=op_id,
        ticket_id=number,
        stamp="2026-03-02T12:00:00Z",
        rules=("late", "vip"),
        sets=(("priority", "urgent"), ("field.parts", ("a", "b")), ("field.count", 2), ("field.share", 0.5)),
        group="Escalations",
        assignee="ann@example.com",
        tags=("eu", "vip"),
        tags_added=("vip",),
        tags_removed=("old",),
        followers=("bob@example.com",),
        note=HOSTILE,
        followers_removed=("eve@example.com",),
        before=(("priority", "low"), ("field.parts", ("a",)), ("group", None)),
        after=(("priority", "urgent"), ("field.parts", ("a", "b")), ("group", "Escalations")),
        undoes=("op-0",),
    )


def row(op_id: str, number: int, state: State = "planned", *, created: float = 0, due: float = 0) -> Row:
    """A row of the outbox; `created` and `due` are minutes after noon."""
    return Row(write(op_id, number), state, at(created), at(due), run="run-1")


CHANGES: tuple[Change, ...] = (
    SetField("field.parts", ("a", "b")),
    AddTags(("vip",)),
    RemoveTags(("old",)),
    Assign("Escalations", None),
    SetSeverity("S3", "S2", "priority", "high", "late"),
    Note("late", HOSTILE),
    AddFollower("bob@example.com"),
    Say("page", "on_call", ("pager", "chat")),
)
"""One change of every kind."""


def decision(number: int, when: datetime = NOON, *, rules: int = 2) -> Decision:
    """A decision with every kind of effect and a nested trace for each of its rules."""
    leaf = Step("policies/a.yaml:3:5", "priority is high (it is high)", held=True, turns_at=at(9))
    tree = Step(
        "policies/a.yaml:2:3",
        "all of",
        held=True,
        parts=(leaf, Step("p:4:5", "not", held=False, parts=(leaf,), join="not")),
        join="all",
    )
    return Decision(
        ticket_id=number,
        at=when,
        policy="0" * 64,
        verdicts=tuple(
            Verdict(f"rule-{n}", "p:1:1", "fires", tree, "e1", 2, at(5), "why", at(4)) for n in range(rules)
        ),
        effects=tuple(
            Effect("late", "act", change, done=False, overruled_by="vip", held="too many") for change in CHANGES
        ),
        clocks=(ClockSeen("reply", "zendesk", "running", "e1", 61.5, 3600, at(60), "office", "no policy"),),
        memory=Memory(number),
        write=write(f"op-{number}", number),
        look_again=at(5),
        severity="S2",
        held=write(f"held-{number}", number),
        messages=(message(f"m-{number}", f"zd:acme:{number}:e1"),),
        climbs=(
            ClimbSeen("up", "zd:acme:1:e1", "paging", "first", "on_call", 1, at(5), HOSTILE, "Ann", "why", ("proof",)),
        ),
    )


def message(
    key: str,
    thread: str,
    number: int = 1,
    *,
    verb: Verb = "page",
    channels: tuple[str, ...] = ("pager", "chat"),
    decided: float = 0,
) -> Message:
    """A message that uses every field; `decided` is minutes after noon."""
    brief = Brief(
        ticket_id=7,
        url="https://acme.example/7",
        at=NOON,
        summary=HOSTILE,
        severity="Critical",
        target="Engineering",
        steps=("one", "two"),
        tried=(Tried("restarted", "nothing"),),
        last_update_at=at(1),
        deadline=at(30),
        missing=("expected",),
    )
    notice = Notice(
        title="P1 #7 down",
        text=HOSTILE,
        url="https://acme.example/7",
        brief=brief,
        facts=(("impact", "all"), ("tried", "twice")),
        links=(Link("runbook", "https://acme.example/r"),),
        status="investigating",
        labels=("zd-7",),
        due=at(60),
    )
    return Message(
        key=key,
        thread=thread,
        number=number,
        ticket_id=7,
        verb=verb,
        channels=channels,
        notice=notice,
        at=at(decided),
        rule="down",
        role="on-call",
        severity="p1",
        urgent=True,
        climb="technical",
        rung=1,
        page=2,
        useful_until=at(120),
        group="checkout",
    )


def sent_row(key: str, thread: str) -> MessageRow:
    """A row of a message that uses every field."""
    return MessageRow(
        message=message(key, thread),
        state="confirmed",
        not_before=at(1),
        run="run-1",
        channel=1,
        attempts=2,
        ref="Q1",
        url="https://pager.example/Q1",
        reason=HOSTILE,
        lease_until=at(2),
        settled_at=at(3),
        released="ann",
        tried=(Attempt("pager", at(0), "no answer"), Attempt("chat", at(1), "sent")),
        sent_at=at(2),
        joined="zd:acme:1:e1",
        answered_at=at(5),
        answered_by="Ann",
    )


def message_row(
    key: str,
    thread: str,
    number: int = 1,
    state: MessageState = "planned",
    *,
    verb: Verb = "page",
    by: str = "pager",
    due: float = 0,
    decided: float = 0,
    settled: float | None = None,
) -> MessageRow:
    """A row of a message by one channel; `due`, `decided` and `settled` are minutes after noon."""
    one = message(key, thread, number, verb=verb, channels=(by, "last"), decided=decided)
    return MessageRow(one, state, at(due), settled_at=None if settled is None else at(settled))


def draft(number: int = 1, kind: Kind = "wrote") -> Draft:
    """What is to be entered into the trail about a ticket; with words that no database may stumble over."""
    writes: list[Fact] = [{"ticket": number, "op": f"op-{number}", "audit": 2**40, "rules": [HOSTILE]}]
    return Draft(at(number) + timedelta(microseconds=7), kind, HOSTILE, {"run": "run-1", "writes": writes})
