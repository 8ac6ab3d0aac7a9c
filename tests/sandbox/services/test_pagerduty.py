"""The pretended PagerDuty's REST API, by the codes and odd answers of the real one."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from deskhand.sandbox import Request, Sandbox
from deskhand.sandbox.clock import iso
from deskhand.sandbox.services.pagerduty_events import FROM, POLICY, SERVICE, TOKEN
from deskhand.sandbox.services.pagerduty_records import Duty, user

if TYPE_CHECKING:
    from deskhand.sandbox.exchange import Response

KEY = "zd:acme:48213:e1"


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox at its beginning."""
    return Sandbox()


def ask(
    sandbox: Sandbox, method: str, path: str, body: object = None, *, sender: str = FROM, token: str = TOKEN, **query: Any
) -> "Response":  # fmt: skip
    """Ask the REST API."""
    headers = {"Authorization": f"Token token={token}"} | ({"From": sender} if sender else {})
    pairs = [(name.replace("__", "[]"), one) for name, value in query.items() for one in (value if isinstance(value, list) else [value])]  # fmt: skip
    url = f"{sandbox.services.pagerduty.url}{path}?{urlencode(pairs)}"
    data = b"" if body is None else json.dumps(body).encode()
    return sandbox.handle(Request.of(method, url, headers=headers, body=data))


def new(**more: Any) -> dict[str, Any]:
    """An incident to create."""
    row = {
        "type": "incident",
        "title": "Down",
        "service": {"id": SERVICE, "type": "service_reference"},
        "incident_key": KEY,
    }
    return {"incident": row | more}


def create(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    """An incident that is created."""
    answer = ask(sandbox, "POST", "/incidents", new(**more))
    assert answer.status == 201, answer.json()
    row = answer.json()["incident"]
    assert isinstance(row, dict)
    return row


def put(sandbox: Sandbox, incident: str, **change: Any) -> "Response":
    """Change an incident."""
    return ask(sandbox, "PUT", f"/incidents/{incident}", {"incident": {"type": "incident"} | change})


def code(answer: "Response") -> int:
    """PagerDuty's own code in a 400."""
    assert answer.status == 400
    found = answer.json()["error"]["code"]
    assert isinstance(found, int)
    return found


def people(sandbox: Sandbox) -> list[str]:
    """Who was paged, in order."""
    return [one.facts["person"] for one in sandbox.services.pagerduty.of("paged")]


def test_a_second_incident_under_an_open_key_is_refused(sandbox: Sandbox) -> None:
    """On the same service and while it is open; a resolved one does not stand in the way, nor one of another service."""
    made = create(sandbox)
    sandbox.services.pagerduty.add_service("POTHER", POLICY)
    twice = ask(sandbox, "POST", "/incidents", new())
    create(sandbox, service={"id": "POTHER"})

    assert code(twice) == 2002
    assert twice.json()["error"]["errors"] == ["Open incident with matching dedup key already exists on this service"]
    assert put(sandbox, made["id"], status="resolved").status == 200
    assert create(sandbox)["id"] != made["id"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"type": "alert"}, 2001),
        ({"title": " "}, 2001),
        ({"title": "t" * 1025}, 2001),
        ({"incident_key": "k" * 256}, 2001),
        ({"urgency": "medium"}, 2001),
        ({"service": {"id": "PNONE"}}, 2001),
        ({"assignments": [{}], "escalation_policy": {"id": POLICY}}, 2001),
        ({"assignments": [{"assignee": {"id": "UNOBODY"}}]}, 2001),
        ({"escalation_policy": {"id": "PNONE"}}, 1014),
        ({"escalation_policy": {"id": "PEMPTY"}}, 1015),
        ({"priority": {"id": "PNONE"}}, 2001),
    ],
)
def test_what_cannot_be_created_has_a_code(sandbox: Sandbox, more: dict[str, Any], expected: int) -> None:
    """And nobody is paged."""
    sandbox.services.pagerduty.add_service("PX", "PEMPTY", [[]])

    assert code(ask(sandbox, "POST", "/incidents", new(**more))) == expected
    assert people(sandbox) == []


def test_an_empty_key_finds_everything(sandbox: Sandbox) -> None:
    """So do no statuses; a key, statuses, a service and a time narrow it, and pages have at most 100 rows."""
    for number in range(103):
        create(sandbox, incident_key=f"k{number}")
    first = sandbox.services.pagerduty.incidents[0]
    put(sandbox, first.id, status="resolved")

    def ids(**query: Any) -> list[str]:
        return [row["incident_key"] for row in ask(sandbox, "GET", "/incidents", **query).json()["incidents"]]

    page = ask(sandbox, "GET", "/incidents", incident_key="", limit=500).json()
    assert (len(page["incidents"]), page["more"], page["limit"]) == (100, True, 100)
    assert ids(offset=100, limit=100) == ["k100", "k101", "k102"]
    assert ids(incident_key="k7") == ["k7"]
    assert ids(incident_key="k0", statuses__=["triggered", "acknowledged"]) == []
    assert ids(incident_key="k0", service_ids__=["POTHER"]) == []
    assert ids(sort_by="created_at:desc", limit=1) == ["k102"]
    sandbox.clock.advance(40 * 86_400)
    assert ids(incident_key="k0") == []
    assert ids(incident_key="k0", date_range="all") == ["k0"]
    assert code(ask(sandbox, "GET", "/incidents", since="yesterday")) == 2001


def test_an_incident_goes_through_its_states(sandbox: Sandbox) -> None:
    """What is so already is said by a code."""
    made = create(sandbox)
    acknowledged = put(sandbox, made["id"], status="acknowledged").json()["incident"]
    assert acknowledged["acknowledgements"][0]["acknowledger"]["summary"] == "Admin"
    assert code(put(sandbox, made["id"], status="acknowledged")) == 1002
    resolved = put(sandbox, made["id"], status="resolved").json()["incident"]
    assert (resolved["status"], resolved["assignments"]) == ("resolved", [])
    assert code(put(sandbox, made["id"], status="resolved")) == 1001
    assert code(put(sandbox, made["id"], escalation_level=2)) == 1001
    assert code(put(sandbox, made["id"], status="open")) == 2001
    assert code(put(sandbox, made["id"], title=" ")) == 2001
    assert ask(sandbox, "PUT", "/incidents/QNONE", {"incident": {"type": "incident"}}).status == 404
    assert ask(sandbox, "GET", f"/incidents/{made['id']}").json()["incident"]["status"] == "resolved"


def test_handing_on_pages_anew(sandbox: Sandbox) -> None:
    """The next level, or the same policy from its beginning; what was acknowledged waits for an answer again."""
    made = create(sandbox)
    put(sandbox, made["id"], status="acknowledged")
    answer = put(sandbox, made["id"], escalation_level=2, title="Down, still")
    put(sandbox, made["id"], escalation_policy={"id": POLICY})

    assert (answer.json()["incident"]["status"], answer.json()["incident"]["title"]) == ("triggered", "Down, still")
    assert people(sandbox) == ["Olga Oncall", "Lee Lead", "Olga Oncall"]


def test_an_incident_can_be_given_to_people(sandbox: Sandbox) -> None:
    """They alone are paged, and PagerDuty goes to nobody else by itself."""
    sandbox.services.pagerduty.policies[POLICY].timeout = 60
    to = [{"assignee": {"id": user("Vera Vice")["id"], "type": "user_reference"}}]
    made = create(sandbox, assignments=to)
    sandbox.run_until(sandbox.clock.now() + timedelta(hours=1))
    put(sandbox, made["id"], assignments=to)

    assert people(sandbox) == ["Vera Vice", "Vera Vice"]


def test_what_cannot_be_escalated_changes_nothing(sandbox: Sandbox) -> None:
    """No such level, nobody there, no such policy: the title stays as well."""
    sandbox.services.pagerduty.add_service(SERVICE, "P", [["Ana"], []])
    made = create(sandbox)

    assert code(put(sandbox, made["id"], escalation_level=3, title="x")) == 1006
    assert code(put(sandbox, made["id"], escalation_level=2, title="x")) == 1015
    assert code(put(sandbox, made["id"], escalation_policy={"id": "PNONE"}, title="x")) == 1014
    assert ask(sandbox, "PUT", f"/incidents/{made['id']}", {"incident": {"title": "x"}}).status == 400
    assert ask(sandbox, "GET", f"/incidents/{made['id']}").json()["incident"]["title"] == "Down"


def test_notes_page_nobody(sandbox: Sandbox) -> None:
    """They can be read back, and there are at most 2,000."""
    made = create(sandbox)
    path = f"/incidents/{made['id']}/notes"

    assert ask(sandbox, "POST", path, {"note": {"content": "looking"}}).status == 201
    assert ask(sandbox, "GET", path).json()["notes"] == [{"id": "N1", "content": "looking"}]
    assert code(ask(sandbox, "POST", path, {"note": {"content": " "}})) == 2001
    sandbox.services.pagerduty.incidents[0].notes = ["x"] * 2_000
    assert code(ask(sandbox, "POST", path, {"note": {"content": "more"}})) == 2001
    assert len(people(sandbox)) == 1


def test_who_is_on_call_is_listed_by_policy_and_level(sandbox: Sandbox) -> None:
    """Between two instants, or now; a level that nobody has is simply not there."""
    now = int(sandbox.clock.epoch())
    day = 86_400
    levels: list[list[str | Duty]] = [
        [Duty("Ana", now - day, now + day), Duty("Ben", now + day, now + 2 * day)],
        [],
        ["Cora"],
    ]
    sandbox.services.pagerduty.add_service("PX", "PPAY", levels)

    def seen(**query: Any) -> list[tuple[str, int, str | None]]:
        rows = ask(sandbox, "GET", "/oncalls", escalation_policy_ids__=["PPAY"], **query).json()["oncalls"]
        return [(row["user"]["summary"], row["escalation_level"], row["start"]) for row in rows]

    assert seen() == [("Ana", 1, iso(now - day)), ("Cora", 3, None)]
    week = {"since": iso(now), "until": iso(now + 7 * day)}
    assert seen(**week) == [("Ana", 1, iso(now - day)), ("Ben", 1, iso(now + day)), ("Cora", 3, None)]
    assert len(seen(earliest="true", **week)) == 3
    sandbox.clock.advance(timedelta(days=1).total_seconds())
    assert seen()[0][0] == "Ben"


def test_a_plan_may_lack_priorities(sandbox: Sandbox) -> None:
    """Then asking for them, and naming one, is 402."""
    assert [row["id"] for row in ask(sandbox, "GET", "/priorities").json()["priorities"]] == ["PPRIO1", "PPRIO2"]
    assert create(sandbox, priority={"id": "PPRIO1"})["priority"]["id"] == "PPRIO1"
    sandbox.services.pagerduty.priorities = None
    assert ask(sandbox, "GET", "/priorities").status == 402
    assert ask(sandbox, "POST", "/incidents", new(priority={"id": "PPRIO1"}, incident_key="x")).status == 402


def test_services_and_policies_can_be_looked_at(sandbox: Sandbox) -> None:
    """How many levels there are, and which policy a service has."""
    service = ask(sandbox, "GET", f"/services/{SERVICE}").json()["service"]
    policy = ask(sandbox, "GET", f"/escalation_policies/{POLICY}").json()["escalation_policy"]

    assert service["escalation_policy"]["id"] == POLICY
    assert len(policy["escalation_rules"]) == 3
    assert ask(sandbox, "GET", "/services/PNONE").status == 404
    assert ask(sandbox, "GET", "/escalation_policies/PNONE").status == 404


def test_reading_needs_a_token_and_writing_a_user(sandbox: Sandbox) -> None:
    """A wrong token is 401; a From that nobody has is code 1008, and none at all is refused."""
    assert ask(sandbox, "GET", "/incidents", token="wrong").status == 401
    assert code(ask(sandbox, "POST", "/incidents", new(), sender="nobody@example.com")) == 1008
    assert code(ask(sandbox, "POST", "/incidents", new(), sender="")) == 2001
    assert ask(sandbox, "GET", "/incidents", sender="").status == 200


def test_so_many_calls_a_minute(sandbox: Sandbox) -> None:
    """960 for a key; then 429 with code 2020, and when to come back."""
    sandbox.services.pagerduty.limits["rest"] = (2, 60)
    told = [ask(sandbox, "GET", "/incidents") for _ in range(3)]

    assert [one.status for one in told] == [200, 200, 429]
    assert told[-1].json()["error"]["code"] == 2020
    assert 0 < int(told[-1].headers["ratelimit-reset"]) <= 60
