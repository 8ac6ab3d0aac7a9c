"""Who asks: the recordings leave credentials out, but those about signing in tell by their names which were sent."""

import base64
from collections.abc import Callable

from tests.sandbox.conformance.account import Account
from tests.sandbox.conformance.exchanges import Exchange

Headers = dict[str, str]


def signed(account: Account, one: Exchange) -> Headers:
    """The host and the authorization header of a request."""
    host = {"host": f"{account.sandbox.subdomain}.zendesk.com"}
    return host | _WAYS.get(one.source.removesuffix(".json"), _token)(account)


def _basic(name: str, secret: str) -> Headers:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def _token(account: Account) -> Headers:
    return _basic(f"{account.email}/token", "sandbox-token")


def _password(account: Account) -> Headers:
    account.sandbox.door.passwords[account.email] = "right"
    return _basic(account.email, "right")


def _bearer(account: Account) -> Headers:
    return {"authorization": "Bearer " + account.sandbox.door.issue(account.world.emails[account.email])}


_WAYS: dict[str, Callable[[Account], Headers]] = {
    "authentication_test_correct_oauthtoken": _bearer,
    "authentication_test_user_pass": _password,
    "authentication_test_incorrect_token": lambda account: _basic(f"{account.email}/token", "wrong"),
    "authentication_test_incorrect_u_p": lambda account: _basic(account.email, "wrong"),
    "authentication_test_no_creds": lambda _: {},
    "authentication_test_incorrect_subdomain": lambda account: _token(account) | {"host": "nobody.zendesk.com"},
}
"""What was sent, by the recording's name; else an API token."""
