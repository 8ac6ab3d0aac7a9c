"""zenpy under our guard: its traps are closed."""

import json
from typing import Any

import pytest

from deskhand.errors import Conflict, RateLimited, Rejected, Transient, Unknown
from tests.http.canned import Canned, answer
from tests.zendesk.places import Told, gateway


def page(name: str, rows: list[Any], cursor: str = "") -> tuple[int, bytes, dict[str, str]]:
    """A cursor page."""
    return answer(200, {name: rows, "meta": {"has_more": bool(cursor), "after_cursor": cursor or None}})


def test_an_empty_page_in_the_middle_is_not_the_end() -> None:
    """Zenpy's generators stop there and lose the rest."""
    canned = Canned([page("groups", [{"id": 1}], "a"), page("groups", [], "b"), page("groups", [{"id": 2}])])

    assert [row["id"] for row in gateway(canned).pages("groups", "groups")] == [1, 2]
    assert "page%5Bafter%5D=b" in canned.lines[2]


def test_the_same_cursor_twice_is_an_error_and_no_endless_loop() -> None:
    """Zenpy has no guard."""
    canned = Canned([page("groups", [], "a"), page("groups", [], "a")])

    with pytest.raises(Rejected, match="same cursor twice"):
        list(gateway(canned).pages("groups", "groups"))


def test_a_429_reaches_us_and_zenpy_does_not_sleep() -> None:
    """Its own loop sleeps in the calling thread without limit; ours waits where a stop is noticed, and then reads again."""
    clock = Told()
    canned = Canned([answer(429, b"slow down", {"Retry-After": "60"}), answer(200, {"user": {}})])

    assert gateway(canned, clock).get("users/me", holds="user") == {"user": {}}
    assert clock.waits == [60.0]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (answer(429, b"", {"Retry-After": "nonsense"}), RateLimited),
        (answer(409, {"error": "UpdateConflict"}), Conflict),
        (answer(422, {"error": "invalid"}), Rejected),
        (answer(400, [1]), Rejected),
        (answer(200, b"junk"), Unknown),
        (answer(200, [1]), Unknown),
        (answer(500), Unknown),
    ],
)
def test_a_write_is_sent_once_and_ends_in_one_of_our_errors(
    given: tuple[int, bytes, dict[str, str]], error: type[Exception]
) -> None:
    """Whatever zenpy would make of it: ValueError, AttributeError, SearchResponseLimitExceeded, four PUTs."""
    canned = Canned([given])

    with pytest.raises(error):
        gateway(canned).put("tickets/update_many", {"tickets": []})
    assert len(canned.asked) == 1


def test_what_is_written_arrives_as_it_was_given() -> None:
    """Nulls that clear a field are not dropped, and stamps stay texts."""
    canned = Canned([answer(200, {"job_status": {"id": "1"}})])
    body = {
        "tickets": [{"id": 1, "updated_stamp": "2026-03-02T09:00:00Z", "custom_fields": [{"id": 2, "value": None}]}]
    }

    gateway(canned).put("tickets/update_many", body)

    assert json.loads(canned.asked[0].body or b"") == body


@pytest.mark.parametrize("empty", [{}, {"audits": None}, {"audits": "none"}, {"error": "oops"}])
def test_an_answer_that_does_not_hold_what_was_asked_for_says_nothing(empty: object) -> None:
    """R6: 200 with an empty object is no empty list; it is asked again, and then it is an error."""
    canned = Canned([answer(200, empty)] * 5)

    with pytest.raises(Transient, match="the answer has no 'audits'"):
        gateway(canned).get("tickets/1/audits", holds="audits")


def test_what_comes_at_the_second_asking_counts() -> None:
    """A passing fault costs a moment."""
    assert gateway(Canned([answer(200, {}), answer(200, {"audits": []})])).get("a", holds="audits") == {"audits": []}


def test_cursors_are_quoted() -> None:
    """Zenpy does not quote values."""
    canned = Canned([answer(200, {"tickets": []})])

    gateway(canned).get("tickets", {"page[after]": "a+b/c=="}, holds="tickets")

    assert canned.lines == ["GET /api/v2/tickets?page%5Bafter%5D=a%2Bb%2Fc%3D%3D"]


def test_nothing_is_answered_from_a_cache() -> None:
    """Zenpy keeps users, groups and brands without end."""
    canned = Canned([answer(200, {"group": {"id": 1}})] * 2)
    reading = gateway(canned)

    reading.get("groups/1", holds="group")
    reading.get("groups/1", holds="group")

    assert len(canned.asked) == 2
