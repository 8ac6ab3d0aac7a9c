"""Conditions in texts."""

import pytest

from deskhand.sandbox.liquid import decided
from tests.sandbox.builders import Account

FACTS: dict[str, object] = {"ticket.status": "Open", "ticket.tags": "gold vip", "ticket.id": 7, "empty": None}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a{% if ticket.status == 'Open' %}b{% endif %}c", "abc"),
        ("a{% if ticket.status != 'Open' %}b{% else %}d{% endif %}c", "adc"),
        ("{% if ticket.status == 'New' %}n{% elsif ticket.tags contains 'vip' %}v{% else %}e{% endif %}", "v"),
        ("{% unless empty %}u{% endunless %}", "u"),
        ("{% if ticket.id == 7 and ticket.tags contains \"gold\" %}y{% endif %}", "y"),
        ("{% if ticket.id == 8 or ticket.status %}y{% endif %}", "y"),
        ("{% if empty %}{% if ticket.id %}x{% else %}z{% endif %}w{% endif %}.", "."),
        ("{%- if ticket.id -%}trimmed{%- endif -%}", "trimmed"),
        ("{% assign x = 1 %}text{% endif %}", "text"),
        ("{% if ticket.status == 'New' %}never closed", ""),
        ("{% %}{% else", "{% else"),
    ],
)  # fmt: skip
def test_the_parts_that_hold_stay(text: str, shown: str) -> None:
    """if, unless, elsif and else take one part; what is no condition is left out."""
    assert decided(text, FACTS.get) == shown


def test_an_agents_comment_is_decided_before_its_placeholders(account: Account) -> None:
    """The part that stays has its placeholders replaced."""
    account.ticket(priority="urgent")
    body = "{% if ticket.priority == 'Urgent' %}Hurry, {{ticket.requester.first_name}}{% else %}Easy{% endif %}"
    account.put("/tickets/1", {"ticket": {"comment": {"body": body, "public": False}}})
    assert account.get("/tickets/1/comments")["comments"][-1]["body"] == "Hurry, Cleo"
