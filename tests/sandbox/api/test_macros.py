"""Macros over HTTP."""

from typing import Any

import pytest

from deskhand.sandbox import Options
from tests.sandbox.builders import Account


def make(account: Account, **facts: Any) -> Any:
    """A new macro."""
    body = {"title": "Close", "actions": [{"field": "status", "value": "solved"}], **facts}
    response = account.call("POST", "/macros.json", {"macro": body})
    assert response.status == 201, response.body
    return response.json()["macro"]


def test_values_come_back_as_text_in_their_order(account: Account) -> None:
    """Ids and booleans come back as strings, and the order of the actions is kept."""
    actions = [
        {"field": "group_id", "value": account.group},
        {"field": "comment_mode_is_public", "value": False},
        {"field": "status", "value": "open"},
    ]
    macro = make(account, actions=actions)
    assert [row["value"] for row in macro["actions"]] == [str(account.group), "false", "open"]
    assert (macro["position"], macro["restriction"], macro["raw_title"]) == (10_000, None, "Close")


def test_values_may_come_back_as_sent() -> None:
    """With the plain option, ids stay numbers."""
    account = Account(Options(macro_values="plain"))
    assert (
        make(account, actions=[{"field": "group_id", "value": account.group}])["actions"][0]["value"] == account.group
    )


def test_titles_need_not_be_unique(account: Account) -> None:
    """Two macros of one title are two macros."""
    assert make(account)["id"] != make(account)["id"]


def test_an_update_replaces_all_actions_and_keeps_what_it_leaves_out(account: Account) -> None:
    """PUT with actions replaces the list; a restriction that is not sent stays, null clears it."""
    macro = make(account, restriction={"type": "Group", "id": account.group})
    assert macro["restriction"] == {"type": "Group", "id": account.group, "ids": [account.group]}
    path = f"/macros/{macro['id']}.json"
    changed = account.put(path, {"macro": {"actions": [{"field": "set_tags", "value": "a b"}]}})["macro"]
    assert (changed["actions"], changed["restriction"]) == (
        [{"field": "set_tags", "value": "a b"}],
        macro["restriction"],
    )
    assert account.put(path, {"macro": {"restriction": None}})["macro"]["restriction"] is None


@pytest.mark.parametrize(
    "actions",
    [
        [],
        [{"field": "status", "value": "new"}],
        [{"field": "odd", "value": "x"}],
        [{"field": "custom_fields_1", "value": "x"}],
        "no",
    ],
)
def test_bad_actions_are_refused(account: Account, actions: object) -> None:
    """No action, an unknown one, a status macros cannot set, an unknown field: 422 and no macro."""
    response = account.call("POST", "/macros.json", {"macro": {"title": "T", "actions": actions}})
    assert response.status == 422
    assert account.get("/macros.json")["macros"] == []


def test_an_admins_list_holds_personal_macros_unless_asked_for_shared(account: Account) -> None:
    """Personal macros of agents are in an admin's list; access=shared leaves them out; other agents do not see them."""
    personal = {
        "macro": {
            "title": "Mine",
            "actions": [{"field": "status", "value": "open"}],
            "restriction": {"type": "User", "id": account.agent},
        }
    }
    assert account.call("POST", "/macros.json", personal, user="ana@example.com").status == 201
    make(account)
    assert [row["title"] for row in account.get("/macros.json")["macros"]] == ["Close", "Mine"]
    assert [row["title"] for row in account.get("/macros.json?access=shared")["macros"]] == ["Close"]
    assert [row["title"] for row in account.get("/macros.json", user="lee@example.com")["macros"]] == ["Close"]


def test_an_agent_may_not_make_a_shared_macro(account: Account) -> None:
    """A shared macro needs an admin."""
    body = {"macro": {"title": "T", "actions": [{"field": "status", "value": "open"}]}}
    assert account.call("POST", "/macros.json", body, user="ana@example.com").status == 403
    assert len(account.world.tables["macros"]) == 0


def test_categories_and_search_go_by_the_title(account: Account) -> None:
    """`::` makes categories, and search takes words of the title."""
    for title in ("Billing::Refund", "Billing::Late", "Network::Down"):
        make(account, title=title)
    assert account.get("/macros/categories.json")["categories"] == ["Billing", "Network"]
    assert len(account.get("/macros.json?category=Billing")["macros"]) == 2
    assert [row["title"] for row in account.get("/macros/search.json?query=refund")["macros"]] == ["Billing::Refund"]


def test_applying_shows_the_change_and_makes_none(account: Account) -> None:
    """Apply returns the ticket as it would be, with the comment's placeholders filled, and changes nothing."""
    actions = [
        {"field": "status", "value": "solved"}, {"field": "current_tags", "value": "done"}, {"field": f"custom_fields_{account.tier}", "value": "gold"},
        {"field": "comment_value", "value": "Bye {{ticket.requester.name}}"}, {"field": "comment_mode_is_public", "value": "false"},
    ]  # fmt: skip
    macro, ticket = make(account, actions=actions), account.ticket(tags=["old"])
    result = account.get(f"/tickets/{ticket.id}/macros/{macro['id']}/apply.json")["result"]["ticket"]
    assert (result["status"], result["tags"]) == ("solved", ["old", "done"])
    assert (result["comment"]["body"], result["comment"]["public"]) == ("Bye Cleo Cust", False)
    assert result["comment"]["scoped_body"] == [["channel:all", "Bye Cleo Cust"]]
    assert (ticket.status, ticket.tags, len(ticket.audits)) == ("new", ("old",), 1)
    assert account.get(f"/macros/{macro['id']}/apply.json")["result"]["ticket"]["status"] == "solved"


def test_a_used_macro_is_named_in_the_audit_and_counted(account: Account) -> None:
    """macro_id in an update leaves a reference in the audit and counts as usage."""
    macro, ticket = make(account), account.ticket()
    body = account.put(f"/tickets/{ticket.id}.json", {"ticket": {"macro_id": macro["id"], "priority": "low"}})
    assert {event["type"] for event in body["audit"]["events"]} == {"Change", "AgentMacroReference"}
    assert account.get("/macros.json?include=usage_7d")["macros"][0]["usage_7d"] == 1
    account.wait(8 * 86_400)
    assert account.get("/macros.json?include=usage_7d,usage_30d")["macros"][0]["usage_7d"] == 0


def test_many_take_position_and_activity_only(account: Account) -> None:
    """update_many changes position and active, and no title."""
    macro = make(account)
    account.put(
        "/macros/update_many.json", {"macros": [{"id": macro["id"], "position": 3, "active": False, "title": "No"}]}
    )
    row = account.get(f"/macros/{macro['id']}.json")["macro"]
    assert (row["position"], row["active"], row["title"]) == (3, False, "Close")
    assert account.get("/macros/active.json")["macros"] == []
    assert account.call("DELETE", f"/macros/destroy_many.json?ids={macro['id']}").status == 204
    assert account.call("GET", f"/macros/{macro['id']}.json").status == 404


def test_a_macro_has_at_most_five_attachments(account: Account) -> None:
    """The sixth attachment is refused."""
    macro = make(account)
    answers = [
        account.call("POST", f"/macros/{macro['id']}/attachments.json", {"filename": f"{n}.txt"}) for n in range(6)
    ]
    assert [answer.status for answer in answers] == [201] * 5 + [422]
    assert account.get(f"/macros/{macro['id']}/attachments.json")["count"] == 5


def test_definitions_hold_the_accounts_own_values(account: Account) -> None:
    """Definitions list groups and options of this account."""
    rows = {row["subject"]: row for row in account.get("/macros/definitions.json")["definitions"]["actions"]}
    assert str(account.group) in {value["value"] for value in rows["group_id"]["values"]}
    assert {value["value"] for value in rows[f"custom_fields_{account.tier}"]["values"]} == {"gold", "silver"}


def test_text_may_come_back_as_the_editor_leaves_it() -> None:
    """One line, entities, attributes in another order: the text is the same, its letters are not."""
    account = Account(Options(macro_text="tidied"))
    text = '<p>a "b"\xa0c</p>\n<p><a href="x" class="y">l</a><br /></p>'

    macro = make(account, actions=[{"field": "comment_value_html", "value": text}])

    assert macro["actions"][0]["value"] == '<p>a &quot;b&quot;&nbsp;c</p><p><a class="y" href="x">l</a><br></p>'


def test_a_file_may_come_as_a_form(account: Account) -> None:
    """As browsers and libraries send it; a form without a file is refused."""
    kind = "multipart/form-data; boundary=x"
    data = b'--x\r\nContent-Disposition: form-data; name="attachment"; filename="a.txt"\r\n\r\nabc\r\n--x--\r\n'

    made = account.call("POST", "/macros/attachments.json", data, content_type=kind)
    assert (made.status, made.json()["macro_attachment"]["filename"], made.json()["macro_attachment"]["size"]) == (
        201,
        "a.txt",
        3,
    )
    assert account.call("POST", "/macros/attachments.json", b"--x--\r\n", content_type=kind).status == 400
