"""The order of the keys of tickets against recordings of real accounts; conformance/ compares all else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.builders import Account

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "recorded-api"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recordings of real accounts are not beside this checkout"
)


def recorded(name: str) -> Any:
    """The first recorded answer of a file."""
    return json.loads((RECORDED / f"{name}.json").read_text())["interactions"][0]["response_body"]


def test_a_ticket_has_the_keys_of_a_real_one_in_the_same_order(account: Account) -> None:
    """A ticket has every key of a recorded ticket, in the same order."""
    ticket = account.get(f"/tickets/{account.ticket().id}.json")["ticket"]
    assert list(ticket) == list(recorded("GET_tickets-id_200")["ticket"])


def test_an_export_row_has_the_keys_of_a_real_one(account: Account) -> None:
    """A row of the cursor export has every key of a recorded row, and its page those of a recorded page."""
    account.ticket()
    account.wait(120)
    page, real = (
        account.get("/incremental/tickets/cursor.json?start_time=0"),
        recorded("GET_incremental-tickets-cursor_200"),
    )
    assert set(page) == set(real)
    assert list(page["tickets"][0]) == list(real["tickets"][0])
