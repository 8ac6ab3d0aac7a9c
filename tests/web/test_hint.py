"""Which ticket a webhook speaks of, and that nothing else of it counts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.web.hint import DEEPEST, Hint, hint_of

CHANGED = "zen:event-type:ticket.status_changed"


@pytest.mark.parametrize(
    ("told", "hint"),
    [
        ({"type": CHANGED, "account_id": 9, "subject": "zen:ticket:25", "detail": {"id": "25"}}, Hint(25, 9)),
        ({"type": CHANGED, "detail": {"id": "25"}}, Hint(25)),
        ({"type": CHANGED, "detail": {"id": 25}, "account_id": "9"}, Hint(25, 9)),
        ({"ticket_id": 25}, Hint(25)),
        ({"ticket_id": "25", "account_id": 9, "more": [1, {"a": None}]}, Hint(25, 9)),
        ({"ticket_id": 10**18 - 1}, Hint(10**18 - 1)),
    ],
)
def test_a_ticket_is_named_by_an_event_or_by_a_trigger(told: Any, hint: Hint) -> None:
    """By its subject, else by its detail; or as the trigger was told to."""
    assert hint_of(json.dumps(told).encode()) == hint


@pytest.mark.parametrize(
    "told",
    [
        {"type": "zen:event-type:user.deleted", "subject": "zen:user:25", "detail": {"id": "25"}},
        {"type": "zen:event-type:user.deleted", "detail": {"id": "25"}},
        {"type": CHANGED, "subject": "zen:ticket:", "detail": {"id": "25"}},
        {"type": CHANGED, "subject": "zen:ticket:25/../1"},
        {"type": CHANGED, "subject": ["zen:ticket:25"]},
        {"type": CHANGED, "detail": "25"},
        *(
            {"ticket_id": one}
            for one in (0, -25, 25.0, True, None, "", "025a", "٢٥", [25], {"id": 25}, 10**18, "9" * 19)
        ),
        {},
        [],
        [{"ticket_id": 25}],
        25,
        "zen:ticket:25",
        None,
    ],
)
def test_what_names_no_ticket_is_no_hint(told: Any) -> None:
    """It is taken, and leads to nothing."""
    assert hint_of(json.dumps(told).encode()).ticket is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"ticket_id": 25}}',
        b'{"ticket_id": NaN}',
        b'{"ticket_id": 25, "ticket_id": 26}',
        b'\xff\xfe{"ticket_id": 25}',
        b'{"ticket_id": ' + b"2" * 5000 + b"}",
        b'{"a": ' + b"[" * 200_000,
        b'{"ticket_id": 25, "a": ' + b"[" * DEEPEST + b"]" * DEEPEST + b"}",
        b"ticket_id=25",
        b"<ticket_id>25</ticket_id>",
    ],
)
def test_what_is_not_plain_json_is_no_hint(body: bytes) -> None:
    """Cut, doubled, in another form, too deep: nothing is guessed, and nothing fails."""
    assert hint_of(body) == Hint()


def test_what_is_as_deep_as_it_may_be_is_read() -> None:
    """Zendesk's own events are far from it."""
    body = b'{"ticket_id": 25, "a": ' + b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1) + b"}"

    assert hint_of(body) == Hint(25)


@given(st.binary(max_size=100))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    """Whatever was signed."""
    assert hint_of(body).ticket is None or body.count(b"ticket")
