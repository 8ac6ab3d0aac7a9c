"""The pretended Statuspage: its limits, its checks, and whom it mails."""

from pathlib import Path
from typing import Any

import pytest

from deskhand.sandbox import Sandbox, state
from tests.sandbox.services.asking import ask

AUTH = "OAuth sandbox-token"
INCIDENTS = "statuspage/v1/pages/pg1/incidents"


def incident(**facts: Any) -> dict[str, Any]:
    """What a client sends."""
    return {"incident": {"name": "Payments fail", "body": "We look.", **facts}}


def make(sandbox: Sandbox, **facts: Any) -> dict[str, Any]:
    """An incident that is there."""
    made = ask(sandbox, "POST", INCIDENTS, incident(**facts), auth=AUTH).json()
    assert isinstance(made, dict)
    return made


def test_subscribers_are_mailed_unless_told_otherwise() -> None:
    """The default that surprises people."""
    sandbox = Sandbox()
    page = sandbox.services.statuspage

    make(sandbox)
    make(sandbox, deliver_notifications=False)

    assert page.mails == page.subscribers
    assert [one.facts["deliver_notifications"] for one in page.of("incident")] == [None, False]


def test_an_incident_lives_from_its_beginning_to_its_end() -> None:
    """Updates are newest first, components and impact follow, and what is resolved is not among the open ones."""
    sandbox = Sandbox()
    made = make(sandbox, components={"c1": "major_outage"}, component_ids=["c1"], metadata={"zendesk": {"key": "k"}})
    path = f"{INCIDENTS}/{made['id']}"

    assert (made["status"], made["impact"], made["metadata"]) == (
        "investigating",
        "critical",
        {"zendesk": {"key": "k"}},
    )
    assert [one["id"] for one in ask(sandbox, "GET", f"{INCIDENTS}/unresolved", auth=AUTH).json()] == [made["id"]]
    ended = ask(
        sandbox, "PATCH", path, {"incident": {"status": "resolved", "components": {"c1": "operational"}}}, auth=AUTH
    )
    assert [one["status"] for one in ended.json()["incident_updates"]] == ["resolved", "investigating"]
    assert ended.json()["components"] == [{"id": "c1", "status": "operational"}]
    assert ask(sandbox, "GET", f"{INCIDENTS}/unresolved", auth=AUTH).json() == []
    assert ask(sandbox, "GET", path, auth=AUTH).json()["resolved_at"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "x" * 256}, {"status": "fixed"}, {"body": "x" * 25_001}, {"impact_override": "huge"}, {"metadata": {"key": "k"}},
        {"metadata": []}, {"components": {"c1": "bad"}}, {"components": []}, {"component_ids": ["c9"]},
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_422(wrong: dict[str, Any]) -> None:
    """And nothing is done."""
    sandbox = Sandbox()
    sandbox.services.statuspage.components = ["c1"]

    answer = ask(sandbox, "POST", INCIDENTS, incident(**wrong), auth=AUTH)

    assert (answer.status, len(answer.json()["error"])) == (422, 1)
    assert sandbox.services.statuspage.log == []
    assert ask(sandbox, "POST", INCIDENTS, {"x": 1}, auth=AUTH).status == 422


def test_the_61st_call_of_a_minute_is_answered_with_420() -> None:
    """With the seconds until the next."""
    sandbox = Sandbox()
    told = [ask(sandbox, "GET", f"{INCIDENTS}/unresolved", auth=AUTH) for _ in range(61)]
    sandbox.clock.advance(60)

    assert [one.status for one in told] == [200] * 60 + [420]
    assert 0 < int(told[-1].headers["retry-after"]) <= 60
    assert ask(sandbox, "GET", f"{INCIDENTS}/unresolved", auth=AUTH).status == 200


def test_strangers_and_pages_that_there_are_not_are_refused() -> None:
    """401 and 404."""
    sandbox = Sandbox()
    sandbox.services.statuspage.pages = ["pg2"]

    assert ask(sandbox, "GET", f"{INCIDENTS}/unresolved", auth="OAuth wrong").status == 401
    assert ask(sandbox, "GET", f"{INCIDENTS}/unresolved").status == 401
    assert ask(sandbox, "GET", f"{INCIDENTS}/unresolved", auth=AUTH).status == 404
    assert ask(sandbox, "PATCH", f"{INCIDENTS}/inc9", incident(), auth=AUTH).status == 404


def test_people_act_on_the_page_by_orders() -> None:
    """They resolve and delete; other orders are refused."""
    sandbox = Sandbox()
    page = sandbox.services.statuspage
    first, second = make(sandbox), make(sandbox)

    page.told({"resolve": first["id"], "subscribers": 5})
    page.told({"delete": second["id"]})

    assert [(one["id"], one["status"]) for one in page.incidents] == [(first["id"], "resolved")]
    assert page.subscribers == 5
    with pytest.raises(ValueError, match="got 'dance'"):
        page.told({"dance": 1})


def test_pages_are_kept_in_a_state(tmp_path: Path) -> None:
    """Incidents, mails and the log are there after a restart."""
    sandbox = Sandbox()
    make(sandbox)
    state.save(sandbox, tmp_path / "state")

    page = state.restore(tmp_path / "state").services.statuspage

    assert (page.incidents, page.mails, page.log) == (
        sandbox.services.statuspage.incidents,
        sandbox.services.statuspage.mails,
        sandbox.services.statuspage.log,
    )
