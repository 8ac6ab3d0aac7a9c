"""Messages that did not become tickets."""

from tests.sandbox.builders import Account


def test_a_suspended_ticket_is_recovered_or_deleted(account: Account) -> None:
    """Recovering makes a ticket of a message, by a new customer where nobody has its address; deleting leaves nothing."""
    add = account.world.add_suspended_ticket
    keys = [add(f"Offer {n}", "Buy", "Spam Bot", f"bot{n}@spam.example")["id"] for n in range(4)]
    rows = account.get("/suspended_tickets.json?sort_by=subject&sort_order=desc")["suspended_tickets"]
    assert [row["id"] for row in rows] == keys[::-1]
    assert account.get(f"/suspended_tickets/{keys[0]}.json")["suspended_ticket"]["cause"] == "Detected as spam"

    [ticket] = account.put(f"/suspended_tickets/{keys[0]}/recover.json", {})["ticket"]
    assert (ticket["subject"], ticket["via"]["source"]["from"]) == (
        "Offer 0",
        {"address": "bot0@spam.example", "name": "Spam Bot"},
    )
    assert len(account.put(f"/suspended_tickets/recover_many.json?ids={keys[1]}", {})["tickets"]) == 1
    assert account.call("DELETE", f"/suspended_tickets/{keys[2]}.json").status == 204
    assert account.call("DELETE", f"/suspended_tickets/destroy_many.json?ids={keys[3]}").status == 204
    assert account.get("/suspended_tickets.json")["count"] == 0
    assert account.call("PUT", f"/suspended_tickets/{keys[0]}/recover.json").status == 404
