"""What the stand-ins for Atlassian share: queries and passwords."""

import pytest

from deskhand.sandbox import Request
from deskhand.sandbox.services.atlassian import BadQuery, Clause, clauses, password
from deskhand.sandbox.services.stand_in import Asked
from tests.sandbox.services.asking import BASIC


def test_a_query_is_its_clauses() -> None:
    """Texts in quotes keep what is escaped in them; the order is read over."""
    found = clauses(
        'project = "ES\\"C" AND labels = zd-1 and duedate < now() AND statusCategory != Done ORDER BY created ASC'
    )

    assert found == [
        Clause("project", "=", 'ES"C'),
        Clause("labels", "=", "zd-1"),
        Clause("duedate", "<", "now()"),
        Clause("statuscategory", "!=", "Done"),
    ]
    assert clauses("") == []


@pytest.mark.parametrize(
    "query",
    [
        'a = "b',
        "a",
        "a =",
        "a b c",
        "a = b c",
        "a = b or c = d",
        "a = b and",
        'a = "b" "c"',
        "a = b order",
        "(a = b)",
        "a = b order on c",
    ],
)
def test_what_cannot_be_read_is_refused(query: str) -> None:
    """So that a client that does not escape is found out."""
    with pytest.raises(BadQuery):
        clauses(query)


@pytest.mark.parametrize(
    ("header", "found"), [(BASIC, "sandbox-token"), ("", ""), ("Bearer x", ""), ("Basic %%%", ""), ("Basic /w==", "")]
)
def test_who_asks_is_known_by_the_password(header: str, found: str) -> None:
    """Anything but a Basic header with a password in it is nobody's."""
    asked = Asked(Request.of("GET", "https://x/", headers={"Authorization": header}), "/", 0)

    assert password(asked) == found
