"""Values as bytes and back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.memory import Edge, Memory
from deskhand.core.ticket import Value
from deskhand.store import codec
from tests.store.values import HOSTILE, decision, memory, sent_row, ticket, write

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]))).map(tuple),
)


def test_values_come_back_equal() -> None:
    """Tickets, memories, writes and messages survive with every field."""
    assert codec.ticket_from(codec.pack(ticket(1))) == ticket(1)
    assert codec.memory_from(codec.pack(memory(1))) == memory(1)
    assert codec.write_from(codec.pack(write("op", 1))) == write("op", 1)
    assert codec.message_from(codec.pack(sent_row("m", "t"))) == sent_row("m", "t")


@given(value=VALUES)
def test_a_field_keeps_value_and_type(value: Value) -> None:
    """Whatever a custom field holds, text or number or list, comes back the same, a 1 as 1 and a 1.0 as 1.0."""
    back = codec.ticket_from(codec.pack(replace(ticket(1), fields={"f": value}))).fields["f"]
    assert (back, type(back)) == (value, type(value))


def test_a_decision_comes_back_without_its_memory() -> None:
    """All kinds of effects survive; the memory, which has a table of its own, comes back empty."""
    body = codec.pack_decision(replace(decision(1), memory=memory(1)))
    assert codec.decision_from(body) == replace(decision(1), memory=Memory(1))


def test_half_a_surrogate_pair_does_not_stop_a_batch() -> None:
    """Text that UTF-8 cannot carry is stored with a question mark in its place, and the rest of the value as it is."""
    broken = replace(ticket(1), subject=f"a\ud800b {HOSTILE}", fields={"x\udc00": ("\ud801",), "ok": 1.0})
    mended = replace(broken, subject=f"a?b {HOSTILE}", fields={"x?": ("?",), "ok": 1.0})
    assert codec.ticket_from(codec.pack(broken)) == mended


def test_traces_are_stored_small() -> None:
    """A decision with 100 rules takes less than a tenth of the space of its plain JSON."""
    small, large = (len(codec.pack_decision(decision(1, rules=rules))) for rules in (1, 100))
    assert large < small + 3_000


def test_a_value_stored_before_a_field_existed_can_be_read() -> None:
    """Fields with a default may be missing, and fields that are gone may be there."""
    old = b'{"ticket_id": 7, "edges": {"r": {"holds": true, "lives": 1}}, "once_upon_a_time": 1}'
    assert codec.memory_from(old) == Memory(7, edges={"r": Edge(holds=True, lives=1)})
