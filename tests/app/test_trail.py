"""What is entered into the trail: each thing that was allowed, done or changed, once, in the transaction of what it tells."""

import json
from dataclasses import replace
from typing import Any

import pytest

from deskhand import __version__, logs
from deskhand.app import message_box, outbox, undo
from deskhand.app.adopt import adopt
from deskhand.app.ports import Store
from deskhand.app.trail import Anchor, note_start
from deskhand.core.condition import Compare
from deskhand.core.policy import Policy, Rule, Tag, WriteNote
from deskhand.core.trail import verify
from deskhand.documents import load_text
from deskhand.errors import Rejected, WrongState
from deskhand.store import MemoryStore
from tests.app.carriers import Carrier, Office
from tests.app.places import Shop
from tests.core.builders import policy, rule
from tests.store.values import NOON, row

EVERYTHING = rule(Compare("p", "priority", "is", "normal"), Tag(add=("everything",)), id="everything")
SECRET = "my-password-is-hunter2"


def told(store: Store, *kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, person and facts of all entries, or of some kinds; the chain holds."""
    with store.read() as tx:
        entries = tx.trail.entries(limit=1_000_000)
    assert verify(entries).broken is None
    return [(one.kind, one.by, one.told) for one in entries if not kinds or one.kind in kinds]


def shop(*rules: Rule, tickets: int = 1, digest: str = "d" * 64) -> Shop:
    """A shop with tickets that were created an hour ago."""
    made = Shop(policy(*(rules or (EVERYTHING,)), digest=digest))
    for _ in range(tickets):
        made.ticket(subject=SECRET, comment={"body": SECRET})
    made.pass_time(3700)
    return made


# ---- what the worker does ------------------------------------------------------------------------------------------------


def test_each_write_that_is_on_its_ticket_is_told_once_with_its_rules_and_policy() -> None:
    """S12: by ids alone; how often the outbox is looked at afterwards adds nothing."""
    place = shop(tickets=3)

    place.cycle()
    place.cycle()

    with place.store.read() as tx:
        done = {row.op_id: row for row in tx.outbox.listed(("done",))}
    entries = told(place.store)
    assert [(kind, by, facts["run"]) for kind, by, facts in entries] == [("wrote", "worker", "run")]
    writes = entries[0][2]["writes"]
    assert sorted(one["op"] for one in writes) == sorted(done)
    for one in writes:
        of = done[one["op"]]
        assert one == {"ticket": of.write.ticket_id, "op": of.op_id, "rules": ["everything"], "audit": of.audit_id, "policy": "d" * 12}  # fmt: skip


def test_a_write_found_in_the_audits_is_told_with_its_audit() -> None:
    """S12: also one whose answer was lost."""
    place = shop()
    fault = {"kind": "timeout_after_commit", "method": "PUT", "path": "/api/v2/tickets/update_many", "count": 1}
    place.sandbox.faults.add(fault)
    place.cycle(rounds=12)

    (entry,) = told(place.store, "wrote")
    audits = place.audits(next(iter(place.world.tickets.values())))
    ours = [audit["id"] for audit in audits if "deskhand" in audit["metadata"]["custom"]]
    assert [one["audit"] for one in entry[2]["writes"]] == ours


def test_no_words_of_a_ticket_are_in_the_trail() -> None:
    """S10: whatever its subject, its comments and the notes on it say."""
    place = shop(rule(Compare("p", "priority", "is", "normal"), Tag(add=("seen",)), WriteNote("a-note")))
    place.cycle()

    assert told(place.store, "wrote")
    assert SECRET not in repr(told(place.store))


def test_each_message_that_a_service_took_is_told_once() -> None:
    """S12: by its mark, with the channel that carried it; what nobody took is not told."""
    refusing, pager = Carrier("chat", before=lambda _one: Rejected("no")), Carrier("on-call")
    office = Office(refusing, pager)
    office.queue(1, channels=("chat", "on-call"), rule="late")
    office.queue(2, channels=("chat",))
    office.work(10)

    assert told(office.store) == [
        (
            "sent",
            "worker",
            {
                "run": "run",
                "messages": [{"ticket": 1, "key": "m1-1", "verb": "page", "channel": "on-call", "rule": "late"}],
            },
        )
    ]


def test_the_kill_switch_is_told_when_it_is_turned() -> None:
    """S12: once, with the reason, also where it was turned while no worker ran; a mode that writes nothing is no switch."""
    place = shop()
    place.engine.stop = lambda: "deskhand.stop exists"
    place.cycle()
    place.cycle()
    place.start()
    place.engine.stop = lambda: "deskhand.stop exists"
    place.cycle()
    place.start()
    place.cycle()
    place.engine.stop = lambda: "mode observe writes nothing"
    place.engine.policy = replace(place.policy, mode="observe")
    place.cycle()

    facts = {"run": "run", "reason": "deskhand.stop exists"}
    assert told(place.store, "stopped", "resumed") == [("stopped", "worker", facts), ("resumed", "worker", facts)]


def test_a_start_is_told_with_mode_policy_and_version() -> None:
    """S12: of those that begin every minute only where something is new."""
    place = shop()
    note_start(place.engine, always=True)
    note_start(place.engine, always=False)
    place.engine.policy = replace(place.policy, mode="observe")
    note_start(place.engine, always=False)
    note_start(place.engine, always=True)

    entries = told(place.store)
    assert [facts["mode"] for _, _, facts in entries] == ["enforce", "observe", "observe"]
    assert entries[0] == (
        "started",
        "worker",
        {"run": "run", "mode": "enforce", "policy": "d" * 64, "version": __version__},
    )


# ---- policies ------------------------------------------------------------------------------------------------------------

DOCUMENT = """
rules:
  - id: {first}
    description: one
    when: {{priority: {value}}}
    then: [{{add_tags: one}}]
  - id: second
    description: two
    when: {{priority: low}}
    then: [{{add_tags: two}}]
"""


def loaded(first: str = "first", value: str = "high", comment: str = "") -> Policy:
    """A policy of two rules."""
    found = load_text({"a.yaml": comment + DOCUMENT.format(first=first, value=value)})
    assert found.policy is not None, found.problems
    return found.policy


def test_another_policy_is_told_with_what_it_changed() -> None:
    """S12: rules that came, went, or say something else; the same policy again is not told, and a comment changes no rule."""
    place = shop()
    steps = [loaded(), loaded(), loaded(value="urgent"), loaded("other"), loaded("other", comment="# why\n")]
    for one in steps:
        adopt(place.store, one, place.now())

    entries = [facts for _, _, facts in told(place.store, "policy")]
    assert [(facts["before"], facts["after"]) for facts in entries] == [
        ("", steps[0].digest),
        (steps[0].digest, steps[2].digest),
        (steps[2].digest, steps[3].digest),
        (steps[3].digest, steps[4].digest),
    ]
    assert [(facts["added"], facts["removed"], facts["changed"]) for facts in entries] == [
        (["first", "second"], [], []),
        ([], [], ["first"]),
        (["other"], ["first"], []),
        ([], [], []),
    ]
    assert {facts["rules"] for facts in entries} == {2}


# ---- what people do ------------------------------------------------------------------------------------------------------


def test_what_people_did_to_writes_is_told_with_their_names() -> None:
    """S12: let go and given up; what was refused is not told."""
    place = shop(tickets=30)
    place.cycle()
    outbox.release(place.store, "everything", 2, place.now(), by="ann")
    outbox.drop(place.store, (), place.now(), by="bob", rule="everything")
    with pytest.raises(WrongState):
        outbox.release(place.store, "everything", 2, place.now(), by="eve")

    (released, dropped) = told(place.store)
    assert released[:2] == ("released", "ann")
    assert (released[2]["asked"], released[2]["allowed"], released[2]["held"]) == ("everything", 2, 30)
    assert len(released[2]["writes"]) == 2
    assert dropped[:2] == ("dropped", "bob")
    assert (dropped[2]["rule"], len(dropped[2]["writes"])) == ("everything", 28)


def test_a_dead_write_that_is_tried_again_is_told() -> None:
    """S12: with its mark and ticket."""
    store = MemoryStore()
    with store.begin() as tx:
        tx.outbox.put([row("dead2", 2, "dead")])
    outbox.retry(store, "dead", NOON, by="ann")

    facts = {"writes": [{"ticket": 2, "op": "dead2", "rules": list(row("dead2", 2).write.rules)}]}
    assert told(store) == [("retried", "ann", facts)]


def test_what_people_did_to_messages_is_told_with_their_names() -> None:
    """S12: tried again, let go, given up."""
    office = Office(Carrier("on-call", before=lambda _one: Rejected("no")))
    mark = office.queue(7, channels=("on-call",)).key
    office.turn()
    message_box.retry(office.store, mark, office.time, by="ann")
    message_box.drop(office.store, [mark], office.time, by="bob")
    held = replace(office.row(mark), state="held", settled_at=None)
    with office.store.begin() as tx:
        tx.messages.put([held])
    message_box.release(office.store, mark, "cy", office.time)

    entries = told(office.store)
    assert [(kind, by) for kind, by, _ in entries] == [("retried", "ann"), ("dropped", "bob"), ("released", "cy")]
    assert {facts["messages"][0]["key"] for _, _, facts in entries} == {mark}
    assert {facts["messages"][0]["ticket"] for _, _, facts in entries} == {7}


def test_an_undoing_is_told_with_what_was_to_be_undone() -> None:
    """S12: who asked for it; and then each of its writes, under its name."""
    place = shop(tickets=2)
    place.cycle()
    plan = undo.plan(place.store, place.engine.desk, run="run")
    undo.apply(place.store, place.policy, plan, "undo-1", place.now(), by="ann", allowed=2)
    place.cycle()

    (undone,) = told(place.store, "undone")
    assert undone[1] == "ann"
    assert {name: undone[2][name] for name in ("run", "of", "state", "allowed")} == {
        "run": "undo-1",
        "of": "run 'run'",
        "state": "planned",
        "allowed": 2,
    }
    after = told(place.store, "wrote")[-1][2]["writes"]
    assert sorted(one["op"] for one in after) == sorted(one["op"] for one in undone[2]["writes"])
    assert {tuple(one["rules"]) for one in after} == {("undo", "everything")}
    assert {one["policy"] for one in after} == {""}


# ---- the head ------------------------------------------------------------------------------------------------------------


def test_the_log_is_told_where_the_trail_ends_when_it_has_moved(capsys: pytest.CaptureFixture[str]) -> None:
    """S12: so that the database alone is not enough to rewrite it unseen."""
    logs.configure("json", "INFO")
    place = shop()
    anchor = Anchor(place.store)
    anchor.tell()
    note_start(place.engine, always=True)
    anchor.tell()
    anchor.tell()

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    with place.store.read() as tx:
        last = tx.trail.last()
    assert last is not None
    assert [line["head"] for line in lines if line["event"] == "trail"] == [f"1:{last.digest}"]
