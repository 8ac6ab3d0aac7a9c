"""Webhooks: who hears of what, and how deliveries are signed."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.sandbox.builders import Account

CHANGED = "zen:event-type:ticket.status_changed"


def subscribe(account: Account, *names: str, **facts: Any) -> Any:
    """A webhook made over HTTP."""
    body = {
        "name": "Hook",
        "endpoint": "https://receiver.example/in",
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": list(names),
        **facts,
    }
    response = account.call("POST", "/webhooks", {"webhook": body})
    assert response.status == 201, response.body
    return response.json()["webhook"]


def test_a_subscriber_gets_signed_events_of_its_type(account: Account) -> None:
    """A status change is delivered once, signed over timestamp and body with the webhook's secret."""
    got: list[tuple[str, dict[str, str], bytes]] = []

    def deliver(endpoint: str, headers: dict[str, str], body: bytes) -> int:
        got.append((endpoint, headers, body))
        return 204

    account.sandbox.deliver = deliver
    hook = subscribe(account, CHANGED)
    ticket = account.ticket()
    account.world.update_ticket(ticket, {"status": "pending", "priority": "high"}, author=account.agent)
    [(endpoint, headers, body)] = got
    secret = account.get(f"/webhooks/{hook['id']}/signing_secret")["signing_secret"]["secret"]
    expected = hmac.new(
        secret.encode(), headers["X-Zendesk-Webhook-Signature-Timestamp"].encode() + body, hashlib.sha256
    ).digest()
    assert (endpoint, headers["X-Zendesk-Webhook-Signature"]) == (
        "https://receiver.example/in",
        base64.b64encode(expected).decode(),
    )
    event = json.loads(body)
    assert (event["type"], event["subject"], event["event"]["current"], event["event"]["previous"]) == (
        CHANGED,
        f"zen:ticket:{ticket.id}",
        "pending",
        "new",
    )
    assert [row["status_code"] for row in account.get(f"/webhooks/{hook['id']}/invocations")["invocations"]] == [204]


def test_deliveries_are_kept_for_seven_days(account: Account) -> None:
    """Invocations older than seven days are gone, and an attempt shows what was sent."""
    hook = subscribe(account, "zen:event-type:ticket.created")
    account.ticket()
    [first] = account.get(f"/webhooks/{hook['id']}/invocations")["invocations"]
    attempt = account.get(f"/webhooks/{hook['id']}/invocations/{first['id']}/attempts")["attempts"][0]
    assert json.loads(attempt["request"]["payload"])["type"] == "zen:event-type:ticket.created"
    account.wait(8 * 86_400)
    account.ticket()
    assert [row["id"] for row in account.get(f"/webhooks/{hook['id']}/invocations")["invocations"]] != [first["id"]]
    assert len(account.get(f"/webhooks/{hook['id']}/invocations")["invocations"]) == 1


def test_secrets_are_not_shown(account: Account) -> None:
    """The password of a webhook's authentication is not returned."""
    access = {"type": "basic_auth", "data": {"username": "u", "password": "p"}, "add_position": "header"}
    assert subscribe(account, "conditional_ticket_events", authentication=access)["authentication"]["data"] == {
        "username": "u"
    }


@pytest.mark.parametrize(
    "facts",
    [
        {"endpoint": "ftp://x"},
        {"name": ""},
        {"http_method": "ODD"},
        {"subscriptions": ["conditional_ticket_events", CHANGED]},
        {"subscriptions": 5},
    ],
)
def test_what_cannot_be_a_webhook_is_refused(account: Account, facts: dict[str, object]) -> None:
    """A bad endpoint, name, method or mixture of subscriptions answers 400."""
    body = {
        "name": "H",
        "endpoint": "https://x.example",
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": [CHANGED],
        **facts,
    }
    assert account.call("POST", "/webhooks", {"webhook": body}).status == 400
    assert account.get("/webhooks")["webhooks"] == []


def test_the_connection_method_cannot_be_changed(account: Account) -> None:
    """A webhook subscribed to events cannot become one for triggers; other changes answer 204."""
    hook = subscribe(account, CHANGED)
    assert (
        account.call(
            "PATCH", f"/webhooks/{hook['id']}", {"webhook": {"subscriptions": ["conditional_ticket_events"]}}
        ).status
        == 400
    )
    assert account.call("PATCH", f"/webhooks/{hook['id']}", {"webhook": {"name": "Other"}}).status == 204
    assert account.get(f"/webhooks/{hook['id']}")["webhook"]["name"] == "Other"


def test_a_copy_has_what_its_original_has(account: Account) -> None:
    """clone_webhook_id makes another webhook with the same settings under another name."""
    hook = subscribe(account, CHANGED, description="D")
    copy = account.call("POST", f"/webhooks?clone_webhook_id={hook['id']}").json()["webhook"]

    assert (copy["name"], copy["description"], copy["subscriptions"]) == ("Hook (copy)", "D", [CHANGED])
    assert copy["id"] != hook["id"]
    assert "authentication" not in copy


def test_deliveries_stop_for_a_while_when_most_fail(account: Account) -> None:
    """From 100 deliveries on, seven failures in ten hold the next ones back for five seconds."""
    account.sandbox.deliver = lambda _endpoint, _headers, _body: 500
    hook = subscribe(account, CHANGED)
    sent = [account.sandbox.webhooks.send(account.world.tables["webhooks"].need(hook["id"]), "{}") for _ in range(101)]
    account.wait(5)
    again = account.sandbox.webhooks.send(account.world.tables["webhooks"].need(hook["id"]), "{}")

    assert ([item.status for item in sent[-2:]], again.status) == ([500, None], 500)
    rows = account.get(f"/webhooks/{hook['id']}/invocations?filter[status]=throttled")["invocations"]
    assert [(row["id"], row["status"], "status_code" in row) for row in rows] == [(sent[-1].id, "throttled", False)]
    attempts = account.get(f"/webhooks/{hook['id']}/invocations/{sent[-1].id}/attempts")["attempts"]
    assert "request" not in attempts[0]


def test_invocations_are_walked_by_cursor(account: Account) -> None:
    """Pages of deliveries, newest first, are reached forwards and backwards; ends have no links."""
    hook = subscribe(account, CHANGED)
    row = account.world.tables["webhooks"].need(hook["id"])
    ids = [account.sandbox.webhooks.send(row, "{}").id for _ in range(5)][::-1]
    path = f"/webhooks/{hook['id']}/invocations"

    first = account.get(f"{path}?page[size]=2")
    second = account.get(f"{path}?page[size]=2&page[after]={first['meta']['after_cursor']}")
    third = account.get(f"{path}?page[size]=2&page[after]={second['meta']['after_cursor']}")
    back = account.get(f"{path}?page[size]=2&page[before]={second['meta']['before_cursor']}")

    assert [[item["id"] for item in page["invocations"]] for page in (first, second, third, back)] == [
        ids[:2],
        ids[2:4],
        ids[4:],
        ids[:2],
    ]
    assert (set(first["links"]), set(second["links"]), set(third["links"])) == ({"next"}, {"prev", "next"}, {"prev"})
    assert account.call("GET", f"{path}?page[after]=!").status == 400


def test_a_test_delivery_takes_what_the_request_changes(account: Account) -> None:
    """A test goes to the webhook's endpoint, or to the one the request names, and is not kept."""
    got: list[str] = []

    def deliver(endpoint: str, _headers: dict[str, str], _body: bytes) -> int:
        got.append(endpoint)
        return 202

    account.sandbox.deliver = deliver
    hook = subscribe(account, CHANGED)
    elsewhere = {"request": {"endpoint": "https://other.example"}}
    answers = [
        account.call("POST", f"/webhooks/test?webhook_id={hook['id']}", {"request": {}}).json(),
        account.call("POST", f"/webhooks/test?webhook_id={hook['id']}", elsewhere).json(),
        account.call("POST", "/webhooks/test", elsewhere).json(),
    ]

    assert got == ["https://receiver.example/in", "https://other.example", "https://other.example"]
    assert {answer["response"]["status_code"] for answer in answers} == {202}
    assert account.get(f"/webhooks/{hook['id']}/invocations")["invocations"] == []


def test_a_trigger_calls_a_webhook_with_its_own_words(account: Account) -> None:
    """The action's body is sent with its placeholders replaced, so that it stays JSON, and the audit tells of it."""
    got: list[Any] = []

    def deliver(_endpoint: str, _headers: dict[str, str], body: bytes) -> int:
        got.append(json.loads(body))
        return 200

    account.sandbox.deliver = deliver
    hook = subscribe(account, "conditional_ticket_events")
    trigger = {
        "title": "Tell",
        "conditions": {"all": [{"field": "status", "operator": "is", "value": "new"}], "any": []},
        "actions": [
            {"field": "notification_webhook", "value": [hook["id"], '{"t": "{{ticket.title}}", "id": {{ticket.id}}}']}
        ],
    }
    assert account.call("POST", "/triggers", {"trigger": trigger}).status == 201
    account.call("POST", "/tickets", {"ticket": {"subject": 'Say "hi"', "comment": {"body": "x"}}})
    assert got == [{"t": 'Say "hi"', "id": 1}]
    assert account.get(f"/webhooks/{hook['id']}/invocations")["invocations"][0]["status"] == "success"
    events = account.get("/tickets/1/audits")["audits"][0]["events"]
    assert [event["resource"] for event in events if event["type"] == "External"] == [hook["id"]]
