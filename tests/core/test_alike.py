"""What tickets of one pattern share, and whose they are."""

from dataclasses import replace
from typing import Any

import pytest

from deskhand.core.alike import Likeness, customer, digest, places
from deskhand.core.ticket import Organization, Person
from tests.core.builders import ticket

ACME = Organization(9, "Acme")
ZOE = Person(5, "Zoe")


@pytest.mark.parametrize(
    ("by", "facts", "values"),
    [
        ("problem_id", {"problem_id": 7}, ("7",)),
        ("problem_id", {"type": "problem", "id": 7}, ("7",)),
        ("problem_id", {"type": "incident", "id": 7}, ()),
        ("field.kind", {"fields": {"kind": "login"}}, ("login",)),
        ("field.kind", {"fields": {"kind": ("b", "a")}}, ("b", "a")),
        ("field.kind", {"fields": {"kind": 3}}, ("3",)),
        ("field.kind", {"fields": {"kind": True}}, ("True",)),
        ("field.kind", {"fields": {"kind": False}}, ()),
        ("field.kind", {"fields": {"kind": ""}}, ()),
        ("field.kind", {}, ()),
        ("tags", {"tags": frozenset({"incident_b", "incident_a", "vip"})}, ("incident_a", "incident_b")),
    ],
)
def test_what_a_ticket_may_share(by: str, facts: dict[str, Any], values: tuple[str, ...]) -> None:
    """A problem is alike to its incidents; what is empty is nothing in common."""
    beginning = "incident_" if by == "tags" else ""

    assert Likeness(by, 60, beginning).values(replace(ticket(), **facts)) == values


def test_tickets_count_for_their_customer() -> None:
    """The organization's, else the requester's; that of nobody known is one by itself."""
    assert customer(replace(ticket(), organization=ACME, requester=ZOE)) == "organization 9"
    assert customer(replace(ticket(), requester=ZOE)) == "requester 5"
    assert customer(ticket(id=4)) == "ticket 4"


def test_values_are_kept_as_digests() -> None:
    """What a customer wrote into a field does not stand in another table; half a character is no stumbling block."""
    asked = [Likeness("field.kind", 60), Likeness("field.kind", 3600)]
    one = replace(ticket(), fields={"kind": "my secret \ud800"})
    (place,) = places(one, asked)

    assert (place.ticket_id, place.key, place.customer, place.at) == (
        one.id,
        "field.kind",
        customer(one),
        one.created_at,
    )
    assert place.value == digest("my secret \ud800")
    assert "secret" not in place.value
