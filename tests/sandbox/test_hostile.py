"""Malformed and hostile requests get an answer of the real API's kind, never a traceback."""

import json
import os
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings

from deskhand.sandbox import Request, Sandbox
from deskhand.sandbox.limits import UNLIMITED
from deskhand.sandbox.route import ROUTES
from tests.sandbox.builders import Account
from tests.sandbox.hostility import FACTS, Hostile, answer_right, check, hostile_account, requests, send
from tests.sandbox.valid_bodies import VALID

USUAL = 2_000
EXAMPLES = int(os.environ.get("DESKHAND_TEST_HOSTILE", USUAL))
"""How many hostile requests are drawn; DESKHAND_TEST_HOSTILE=60000 draws more, and others each time."""

LIFE = 100
"""Requests that an account endures before it is made anew: what one leaves behind, the next ones meet."""


class Endured:
    """An account under hostile requests, made anew now and then so that there is always something left to ask for."""

    def __init__(self) -> None:
        self._account, self._sent = hostile_account(), 0

    def send(self, request: Hostile) -> None:
        """Send a request and check its answer."""
        self._sent += 1
        if self._sent % LIFE == 0:
            self._account = hostile_account()
        check(send(self._account, request))


ENDURED = Endured()
ACCOUNT = Account(limits=UNLIMITED)
for _ in range(3):
    ACCOUNT.ticket(priority="high")
UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.mark.timeout(3_600)
@settings(max_examples=EXAMPLES, suppress_health_check=UNHURRIED, derandomize=EXAMPLES == USUAL)
@given(requests())
def test_every_endpoint_answers_whatever_comes(request: Hostile) -> None:
    """No endpoint raises, whatever its method, path, query, headers and body, and every refusal is of the API's form."""
    ENDURED.send(request)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.template}")
def test_no_endpoint_minds_a_word_in_the_wrong_place(route: Any) -> None:
    """Each endpoint answers to the odd words of a path, and to a body of each type."""
    holes = route.template.count("{")
    for word in ("x", "0", "-1", "%00", "٣", "9" * 40, "%ff"):
        ENDURED.send((route, route.method, [word] * holes, ".json", {}, b""))
    for body in (
        b"null",
        b"[]",
        b"{",
        b'"a"',
        b"[" * 100_000,
        b"\xff",
        b'{"ticket":[[]]}',
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
    ):
        ENDURED.send((route, route.method, ["@0"] * holes, ".json", {}, body))


GARBAGE = [b64encode(text).decode() for text in (b"1e999.0||5|", b"1.0||1e9|", b"[1e999,1,1]", b"[[],{},1]", b"[1,2]", b"{}", b"\\xff", b"[" * 9_000, b'{"o":"nice_id","v":[1e999]}', b'{"o":"created_at,id","v":["x",{}]}')]  # fmt: skip


@pytest.mark.parametrize("cursor", ["x", "====", "\u00b2", *GARBAGE])
@pytest.mark.parametrize(
    ("path", "name"),
    [("/incremental/tickets/cursor", "cursor"), ("/incremental/users/cursor", "cursor"), ("/incremental/ticket_metric_events", "page[after]"),
     ("/search/export?query=a&filter[type]=ticket", "page[after]"), ("/tickets?sort=updated_at", "page[after]"), ("/tickets?sort=-status", "page[before]"), ("/ticket_audits", "page[after]")],
)  # fmt: skip
def test_a_cursor_that_is_none_of_ours_is_refused(path: str, name: str, cursor: str) -> None:
    """A garbled cursor is 400 with a code, for every list that has cursors."""
    response = ACCOUNT.call("GET", f"{path}{'&' if '?' in path else '?'}page[size]=2&{name}={quote(cursor)}")
    assert (response.status, [error["code"][:7] for error in response.json()["errors"]]) == (400, ["Invalid"])


@pytest.mark.parametrize("size", ["\u00b2", "\u0661\u0662", "0", "-1", "1e1", "", "9" * 5_000, "1_0", " 5"])
@pytest.mark.parametrize("path", ["/tickets?", "/incremental/ticket_metric_events?start_time=0&", "/search/export?query=a&filter[type]=ticket&"])  # fmt: skip
def test_a_page_size_is_plain_digits_within_bounds(path: str, size: str) -> None:
    """Digits of other scripts, signs, spaces and numbers without end are refused, not converted."""
    assert ACCOUNT.call("GET", f"{path}page[size]={quote(size)}").status == 400


def test_right_bodies_are_taken() -> None:
    """The bodies with which hostile ones begin are right: all but a few, which need more than a body, are accepted."""
    account = hostile_account()
    refused = {name for name in VALID if answer_right(account, name).status >= 300}
    assert refused <= {
        "POST /tickets/{id}/satisfaction_rating",  # asks for a solved ticket
        "PUT /tickets/{id}",  # names an assignee's address
        "PUT /tickets/{id}/comments/{comment}/redact",  # of the first comment, which says something else
        "POST /users/create_many",  # the admin has been made an agent by the update of users before
        "POST /ticket_fields/{id}/options",  # the first field has no options
    }


@settings(max_examples=300, derandomize=True, suppress_health_check=UNHURRIED)
@given(FACTS)
def test_updates_of_any_shape_leave_a_ticket_that_can_be_read(facts: dict[str, Any]) -> None:
    """Whatever an update holds, the ticket can be shown afterwards with all sideloads."""
    ACCOUNT.wait(31)
    response = ACCOUNT.call("PUT", "/tickets/1.json", json.dumps({"ticket": facts}).encode())
    assert response.status < 500
    if ACCOUNT.world.tickets[1].status == "closed":
        ACCOUNT.world.tickets[1].status = "open"
    shown = ACCOUNT.call("GET", "/tickets/1.json?include=slas,metric_sets,metric_events,dates,users")
    assert shown.status in (200, 404)
    assert shown.json()


def test_a_body_of_ten_megabytes_is_answered() -> None:
    """A ticket with a body of 10 MB is made, with its comment cut."""
    account = Account()
    response = account.call("POST", "/tickets.json", {"ticket": {"comment": {"body": "x" * 10_000_000}}})
    assert (response.status, len(response.json()["ticket"]["description"])) == (201, 65_536)


def test_an_empty_sandbox_answers_too() -> None:
    """A sandbox without any world refuses everybody."""
    assert Sandbox(empty=False).handle(Request.of("GET", "https://acme.zendesk.com/api/v2/tickets.json")).status == 401
