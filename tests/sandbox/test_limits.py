"""Rate limits and their headers."""

import pytest

from deskhand.sandbox import Limits, Options
from tests.sandbox.builders import Account


@pytest.mark.parametrize(
    ("spelling", "name"), [("ratelimit", "ratelimit-remaining"), ("rate-limit", "rate-limit-remaining")]
)
def test_the_account_limit_is_announced_in_either_spelling(spelling: str, name: str) -> None:
    """Every answer carries what is left of the minute."""
    account = Account(
        Options(header_spelling="ratelimit" if spelling == "ratelimit" else "rate-limit"), Limits(account=5)
    )
    headers = account.call("GET", "/groups.json").headers
    assert (headers["x-rate-limit"], headers["x-rate-limit-remaining"], headers[name]) == ("5", "4", "4")


@pytest.mark.parametrize("body", ["text", "json", "html"])
def test_beyond_the_limit_the_answer_is_429_until_the_minute_ends(body: str) -> None:
    """The call too many answers 429 with Retry-After, in the body's form of the option; then the minute is new."""
    kinds = {"text": "text/plain", "json": "application/json", "html": "text/html"}
    account = Account(
        Options(rate_limit_body="text" if body == "text" else "json" if body == "json" else "html"), Limits(account=2)
    )
    answers = [account.call("GET", "/groups.json") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["content-type"].startswith(kinds[body])
    account.wait(int(answers[-1].headers["retry-after"]))
    assert account.call("GET", "/groups.json").status == 200


def test_one_ticket_takes_thirty_updates_in_ten_minutes(account: Account) -> None:
    """The 31st update of a ticket is refused, with the ticket's own header."""
    ticket = account.ticket()
    answers = [account.call("PUT", f"/tickets/{ticket.id}.json", {"ticket": {"subject": f"s{n}"}}) for n in range(31)]
    assert [answer.status for answer in answers] == [200] * 30 + [429]
    assert answers[0].headers["zendesk-ratelimit-per-ticket-updates"].startswith("total=30; remaining=29")
    assert account.call("PUT", f"/tickets/{account.ticket().id}.json", {"ticket": {"subject": "x"}}).status == 200


def test_updates_count_together_for_the_account() -> None:
    """Updates of different tickets share the account's limit of updates."""
    account = Account(limits=Limits(tickets_update=2))
    answers = [
        account.call("PUT", f"/tickets/{account.ticket().id}.json", {"ticket": {"subject": "x"}}) for _ in range(3)
    ]
    assert [answer.status for answer in answers] == [200, 200, 429]


def test_calls_are_counted_by_endpoint(account: Account) -> None:
    """The sandbox counts what was asked, by method and endpoint template."""
    ticket = account.ticket()
    for _ in range(3):
        account.get(f"/tickets/{ticket.id}.json")
    assert account.sandbox.calls.count("GET", "/api/v2/tickets/{id}") == 3
    assert account.sandbox.calls.log[-1].path == f"/api/v2/tickets/{ticket.id}.json"


@pytest.mark.parametrize(
    ("limits", "method", "path", "body", "other"),
    [
        (Limits(search=1), "GET", "/search.json?query=x", None, "/tickets.json"),
        (Limits(deleted_tickets=1), "GET", "/deleted_tickets.json", None, "/tickets.json"),
        (Limits(deep_pages=1), "GET", "/tickets.json?page=501&per_page=1", None, "/tickets.json?page=2&per_page=1"),
        (Limits(users_update=1), "PUT", "/users/{agent}.json", {"user": {"notes": "x"}}, "/users/{agent}.json"),
        (Limits(users_write=1), "POST", "/users/create_or_update.json", {"user": {"name": "U"}}, "/users.json"),
    ],
)
def test_an_endpoint_has_a_limit_of_its_own(limits: Limits, method: str, path: str, body: object, other: str) -> None:
    """The call too many is 429 while other endpoints answer, and the next minute takes it."""
    account = Account(limits=limits)
    path, other = path.format(agent=account.agent), other.format(agent=account.agent)
    answers = [account.call(method, path, body) for _ in range(2)]
    assert [answer.status < 300 for answer in answers] == [True, False]
    assert answers[1].status == 429
    assert account.call("GET", other).status == 200
    account.wait(int(answers[1].headers["retry-after"]))
    assert account.call(method, path, body).status < 300


def test_an_update_of_a_user_counts_for_that_user(account: Account) -> None:
    """The sixth update of one person in a minute is refused, the first of another is not."""
    for n in range(5):
        account.put(f"/users/{account.agent}.json", {"user": {"notes": f"{n}"}})
    assert account.call("PUT", f"/users/{account.agent}.json", {"user": {"notes": "x"}}).status == 429
    account.put(f"/users/{account.customer}.json", {"user": {"notes": "x"}})
