"""Lists of what an account here does not have."""

from tests.sandbox.builders import Account


def test_what_is_not_there_is_an_empty_list(account: Account) -> None:
    """Clients that read them go on; of a ticket that does not exist there is no list."""
    assert account.get("/targets.json") == {"targets": [], "next_page": None, "previous_page": None, "count": 0}
    assert account.get("/skips.json?page[size]=5")["meta"]["has_more"] is False
    assert account.call("GET", "/tickets/99/skips.json").status == 404
