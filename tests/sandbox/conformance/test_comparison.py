"""That the comparison with recordings sees what it is to see: each test alters an answer in one way."""

from typing import Any

import pytest

from tests.sandbox.builders import Account
from tests.sandbox.conformance.identities import Identities
from tests.sandbox.conformance.shapes import Shape, differences

ONE = {"id": 1, "name": "a", "note": None, "tags": ["x"], "open": True, "inner": {"at": "now", "by": 2}}


def told(mine: Any, *real: Any) -> list[str]:
    """The differences from a recorded answer, the first of those that are known of the endpoint."""
    known = Shape()
    for answer in real:
        known.add(answer)
    return list(differences(Shape().add(mine), Shape().add(real[0]), known))


def test_what_is_equal_in_shape_has_no_differences() -> None:
    """Other values of the same types are no difference."""
    assert told(ONE | {"id": 7, "name": "b", "tags": []}, ONE) == []


@pytest.mark.parametrize(
    ("mine", "difference"),
    [
        ({key: value for key, value in ONE.items() if key != "note"}, ".note is missing"),
        (ONE | {"more": 1}, ".more is in no recording"),
        (ONE | {"name": None}, ".name is null, not string"),
        (ONE | {"note": "n"}, ".note is string, not null"),
        (ONE | {"id": "1"}, ".id is string, not number"),
        (ONE | {"open": 1}, ".open is number, not bool"),
        (ONE | {"tags": [1]}, ".tags.[] is number, not string"),
        (ONE | {"inner": {"at": "now"}}, ".inner.by is missing"),
        ([ONE], "the body is list, not object"),
    ],
)
def test_a_single_difference_is_told(mine: Any, difference: str) -> None:
    """A key too few or too many, a null and a wrong type are each told by their place."""
    assert told(mine, ONE) == [difference]


def test_one_row_without_a_key_is_noticed_among_many() -> None:
    """A key that every recorded row has must be in each of ours."""
    assert told({"rows": [{"a": 1, "b": 1}, {"a": 1}]}, {"rows": [{"a": 1, "b": 1}]}) == [".rows.[].b is missing"]


def test_events_are_compared_by_their_type() -> None:
    """An event may not have the keys of another type of event."""
    real = {"events": [{"type": "Create", "value": 1}, {"type": "Comment", "body": "b"}]}

    assert told({"events": [{"type": "Create", "value": 1, "body": "b"}]}, real) == [
        ".events.[Create].body is in no recording"
    ]


def test_other_recordings_of_the_endpoint_excuse() -> None:
    """What another recording of the same endpoint shows may be there, and what only this one shows must be."""
    assert told({"a": 1, "b": 2}, {"a": None}, {"a": 1, "b": 1}) == []
    assert told({"a": 1}, {"a": 1, "b": 1}, {"a": 1}) == [".b is missing"]


def test_each_key_of_a_real_ticket_is_watched(account: Account) -> None:
    """Whichever key the sandbox's ticket loses, the comparison notices."""
    ticket = account.get(f"/tickets/{account.ticket().id}.json")["ticket"]

    for key in ticket:
        assert told({name: value for name, value in ticket.items() if name != key}, ticket) == [f".{key} is missing"]


def test_ids_are_learned_from_answers_and_put_into_requests() -> None:
    """A recorded id, cursor or token is replaced by ours, in paths, lists and bodies; ids that are good in both stay."""
    identities = Identities({5})
    identities.learn(
        {"row": {"id": 900, "other_id": 5}, "meta": {"after_cursor": "x="}},
        {"row": {"id": 7}, "meta": {"after_cursor": "y="}},
    )
    identities.learn({"row": {"id": 5}}, {"row": {"id": 8}})

    assert identities.path("/api/v2/rows/900.json") == "/api/v2/rows/7.json"
    assert [identities.text(text) for text in ("900,5,6", "x=")] == ["7,5,6", "y="]
    assert identities.body({"row_id": 900, "count": 900, "ids": [900, 5]}) == {"row_id": 7, "count": 900, "ids": [7, 5]}
