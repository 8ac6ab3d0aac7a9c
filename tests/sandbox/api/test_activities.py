"""What others did to one's tickets."""

from tests.sandbox.builders import Account


def test_activities_tell_of_others_comments_and_assignments(account: Account) -> None:
    """An agent is told who assigned a ticket to them and who commented on it, newest first, and not of what they did themselves."""
    ticket = account.ticket()
    account.put(f"/tickets/{ticket.id}.json", {"ticket": {"assignee_id": account.agent}})
    account.wait(60)
    account.world.update_ticket(ticket, {"priority": "low"}, author=account.agent, comment="Mine")
    account.put(
        f"/tickets/{ticket.id}.json", {"ticket": {"priority": "high", "comment": {"body": "Look", "public": False}}}
    )

    page = account.get("/activities.json", user="ana@example.com")

    assert [row["verb"] for row in page["activities"]] == [
        "tickets.priority_increase",
        "tickets.comment",
        "tickets.assignment",
        "tickets.comment",
    ]
    assert page["activities"][1]["object"] == {"comment": {"value": "Look", "public": False}}
    assert [row["id"] for row in page["users"]] == [account.agent]
    assert account.get("/activities/count.json", user="ana@example.com")["count"]["value"] == 4
    assert account.get("/activities.json")["activities"] == []


def test_an_activity_has_an_address(account: Account) -> None:
    """The url of an activity answers with it, and another number does not exist."""
    account.ticket(assignee_id=account.agent)
    first = account.get("/activities.json", user="ana@example.com")["activities"][0]

    assert account.get(f"/activities/{first['id']}.json", user="ana@example.com")["activity"] == first
    assert account.call("GET", "/activities/1.json", user="ana@example.com").status == 404
