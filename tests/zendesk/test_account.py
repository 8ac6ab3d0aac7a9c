"""An account, connected: whose credentials they are, and what a plan may lack."""

import pytest

from deskhand.errors import AccessRefused
from deskhand.zendesk.account import Account, Connection
from deskhand.zendesk.auth import ApiToken, Secret
from deskhand.zendesk.directory import read_names
from tests.http.canned import HOME, NOW, Canned, answer
from tests.zendesk.places import gateway


def connection(canned: Canned) -> Connection:
    """A connection over canned answers."""
    account = Account(HOME, ApiToken("ann@acme.example", Secret("t")))
    return Connection(account, now=lambda: NOW, wait=lambda _: None, read_only=True, environ={}, mount=canned)


@pytest.mark.parametrize("user", [{"id": 1, "name": "Ann", "role": "agent"}, {"id": None, "role": "end-user"}, {}])
def test_credentials_of_nobody_or_of_no_admin_are_refused(user: dict[str, object]) -> None:
    """The export and SLA policies are for admins; the error says so."""
    with pytest.raises(AccessRefused, match="not an admin") as caught:
        connection(Canned([answer(200, {"user": user})])).whoami()
    assert "Tie the OAuth client to an admin" in caught.value.hint


def test_an_admin_is_told_with_the_calls_that_there_are() -> None:
    """From the account's own headers."""
    user = {"id": 1, "name": "Ann", "email": "ann@acme.example", "role": "admin"}
    limits = {"ratelimit-limit": "700", "ratelimit-remaining": "699", "ratelimit-reset": "30"}

    found = connection(Canned([answer(200, {"user": user}, limits)])).whoami()

    assert (found.name, found.calls_per_minute) == ("Ann", 700)


def test_an_account_without_slas_forms_or_custom_statuses_is_read_all_the_same() -> None:
    """A plan that lacks them answers 403 or 404; the account's own clocks are used."""
    empty = {"meta": {"has_more": False}}
    lists = [answer(200, {name: [], **empty}) for name in ("groups", "users", "users")]
    fields = answer(200, {"ticket_fields": [{"id": 1, "type": "text", "title": "Product area"}]})
    refused = [
        answer(200, {"brands": []}),
        answer(403, {"error": "Forbidden"}),
        answer(404, {"error": "InvalidEndpoint"}),
    ]

    names = read_names(gateway(Canned([*lists, fields, *refused, answer(403, {"error": "Forbidden"})])), {})

    assert names.targets == {}
    assert list(names.field_ids) == ["product_area"]
