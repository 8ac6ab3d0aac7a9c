"""What audits show and the database does not know."""

from dataclasses import replace

from deskhand.core.audited import Audit
from deskhand.core.climb import Climb
from deskhand.core.condition import Compare, Tags
from deskhand.core.decide import decide
from deskhand.core.decision import Decision
from deskhand.core.effect import AddFollower, AddTags, Assign, Note, RemoveTags, SetField
from deskhand.core.found import LONGEST, fit, key, remembered, with_changes
from deskhand.core.memory import Cycle, Edge, Firing, Memory
from deskhand.core.policy import Policy, SetTo, Tag, WriteNote
from tests.core.builders import at, policy, rule, ticket

URGENT = Compare("p", "priority", "is", "urgent")
NOTED = policy(rule(URGENT, WriteNote("a-note"), id="noted"))
TAGGED = policy(rule(Compare("p", "priority", "is", "urgent"), Tag(add=("hot",)), id="tagged"))


def ours(minute: float, *fired: str, op: str = "op", number: int = 1) -> Audit:
    """An audit of a write of ours."""
    return Audit(number, 1, at(minute), ours=True, op=op, fired=fired)


def look(rules: Policy, memory: Memory, minute: float = 60, **facts: object) -> Decision:
    """A decision about an urgent ticket."""
    changes = {"priority": "urgent", "updated_at": at(minute - 5)} | facts
    return decide(ticket(**changes), memory, rules, at(minute))


def outcomes(decision: Decision) -> list[str]:
    """What each rule came to."""
    return [verdict.outcome for verdict in decision.verdicts]


def test_what_an_audit_shows_is_not_done_again() -> None:
    """The rule is found once, and has fired then; nothing is written."""
    memory = remembered(Memory(1), [ours(30, "noted/e1/1")])

    first = look(NOTED, memory)
    second = look(NOTED, first.memory, 61)

    assert (outcomes(first), first.write) == (["found"], None)
    assert (outcomes(second), second.write) == (["already"], None)
    assert first.memory.ledger == (Firing("noted", "e1", 1, at(30), "op"),)


def test_a_write_names_what_fired_for_it() -> None:
    """So that a database that is older than it can know it again."""
    write = look(NOTED, Memory(1)).write

    assert write is not None
    assert write.fired == ("noted/e1/1",)


def test_a_mark_that_names_nothing_is_known_by_the_very_same_write() -> None:
    """Marks of earlier versions, and those with too many keys, say only which write they are of."""
    write = look(NOTED, Memory(1)).write
    assert write is not None
    memory = remembered(Memory(1), [ours(30, op=write.op_id)])

    assert look(NOTED, memory).write is None
    assert look(NOTED, remembered(Memory(1), [ours(30, op="another")])).write == write


def test_a_mark_has_all_keys_or_none() -> None:
    """Half of them would be taken for all."""
    some = [key("a-rule-with-a-name", f"e{number}", 1) for number in range(15)]

    assert fit(some) == tuple(some)
    assert fit([*some, "x" * LONGEST]) == ()


def test_what_is_known_is_not_found() -> None:
    """A memory that lacks nothing stays as it was, whatever came of its entries."""
    memory = Memory(1, ledger=(Firing("noted", "e1", 1, at(30), "op", "observed"),))

    assert remembered(memory, [ours(30, "noted/e1/1"), Audit(2, 1, at(31))]) is memory


def test_repetitions_that_were_missed_are_skipped_in_the_ledger_too() -> None:
    """The third one shows that the second is past."""
    found = remembered(Memory(1, ledger=(Firing("noted", "e1", 1, at(0), "a"),)), [ours(30, "noted/e1/3")])

    assert [(one.number, one.outcome) for one in found.ledger] == [(1, "fired"), (2, "skipped"), (3, "found")]


def test_a_life_that_was_found_goes_on() -> None:
    """The condition would hold with the note in place, so it has held since: no new life, however many were forgotten."""
    memory = replace(Memory(1), edges={"noted": Edge(holds=False, lives=1)})

    decision = look(NOTED, remembered(memory, [ours(30, "noted/e3/1")]))

    assert (outcomes(decision), decision.memory.edges["noted"]) == (["found"], Edge(holds=True, lives=3))


def test_what_somebody_has_taken_back_since_is_done_anew() -> None:
    """The tag that was added had ended the condition: it holds again since somebody removed it, which is another life."""
    lacks = policy(rule(Tags("p", "none", ("hot",)), Tag(add=("hot",)), id="lacks"))

    decision = look(lacks, remembered(Memory(1), [ours(30, "lacks/e2/1")]))

    assert outcomes(decision) == ["fires"]
    assert decision.write is not None
    assert decision.write.fired == ("lacks/e3/1",)


def test_zendesks_own_clocks_have_had_as_many_lives_as_was_found() -> None:
    """And one more where another began after the write."""
    before = Memory(1, cycles={"late": Cycle("met", 1), "new": Cycle("running", 2, began=at(40))})

    found = remembered(before, [ours(30, "r/next:n4/1", "r/late:n3,answer:c0r1/1", "r/new:n2/1")])

    assert {name: cycle.count for name, cycle in found.cycles.items()} == {"late": 3, "new": 3, "next": 4}


def test_words_of_a_climb_are_not_told_again() -> None:
    """Those that the audits show are carried by that write, and the next ones have later numbers."""
    climb = Climb("out", "r", "c", "zd:acme:1:e2", 2, at(0), at(0)).saying(at(1), "first").saying(at(2), "second")

    (after,) = remembered(Memory(1, climbs=(climb,)), [ours(30, "/zd:acme:1:e2/4")]).climbs

    assert (after.to_tell, after.told, after.briefed) == ((), 4, "op")


def test_a_ticket_as_it_would_be() -> None:
    """Notes are not seen on it; everything else is."""
    changes = (
        AddTags(("a", "b")), RemoveTags(("b",)), Assign(group="Network"), Assign(assignee="ann@acme.example"),
        AddFollower("bo@acme.example"), SetField("field.state", "late"), SetField("status", "open"), Note("n", "..."),
    )  # fmt: skip

    made = with_changes(ticket(status="new"), changes)

    assert (made.tags, made.group, made.assignee, made.status) == (
        frozenset({"a"}),
        "Network",
        "ann@acme.example",
        "open",
    )
    assert (made.followers, made.fields["state"]) == (frozenset({"bo@acme.example"}), "late")


def test_a_field_that_was_set_back_is_set_anew() -> None:
    """As for tags."""
    late = policy(rule(Compare("p", "field.state", "is_not", "late"), SetTo("field.state", "late"), id="late"))

    assert outcomes(look(late, remembered(Memory(1), [ours(30, "late/e1/1")]))) == ["fires"]


def test_what_is_on_the_ticket_still_is_found_for_its_other_consequences() -> None:
    """A tag that was added has no effect a second time; the rule is found all the same."""
    decision = look(TAGGED, remembered(Memory(1), [ours(30, "tagged/e1/1")]), tags=frozenset({"hot"}))

    assert (outcomes(decision), decision.effects) == (["found"], ())


def test_words_that_are_remembered_are_not_found() -> None:
    """Those of climbs that are kept, and of earlier ones, of which nothing is."""
    climb = Climb("out", "r", "c", "zd:acme:1:e2", 2, at(0), at(0)).saying(at(1), "first")
    memory = Memory(1, climbs=(climb,))

    assert remembered(memory, [ours(2, "/zd:acme:1:e2/1"), ours(3, "/zd:acme:1:e1/9"), ours(4, "/other/1")]) is memory
