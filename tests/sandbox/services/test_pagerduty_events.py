"""The pretended PagerDuty's Events API: what it takes, what becomes of it later, and the people behind it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deskhand.sandbox import Request, Sandbox
from deskhand.sandbox.services.pagerduty import PagerDuty
from deskhand.sandbox.services.pagerduty_events import MOST_BYTES, ROUTING_KEY, SERVICE
from deskhand.sandbox.state import restore, save

KEY = "zd:acme:48213:e1"


def event(action: str = "trigger", key: str = KEY, **more: Any) -> dict[str, Any]:
    """An event about the one matter."""
    payload = {"payload": {"summary": "Down", "source": "zendesk", "severity": "critical"}} if action == "trigger" else {}  # fmt: skip
    return {"routing_key": ROUTING_KEY, "event_action": action, "dedup_key": key} | payload | more


def tell(sandbox: Sandbox, body: object) -> tuple[int, Mapping[str, Any]]:
    """Send an event; status and answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = sandbox.handle(Request.of("POST", sandbox.services.pagerduty.url + "/v2/enqueue", body=data))
    return answer.status, answer.json()


def wait(sandbox: Sandbox, seconds: float = 10) -> list[str]:
    """Let time pass; the kinds of all that happened so far."""
    sandbox.run_until(sandbox.clock.now() + timedelta(seconds=seconds))
    return [one.kind for one in sandbox.services.pagerduty.log]


def test_an_event_becomes_an_incident_a_little_later() -> None:
    """It is taken with 202 and its key; nobody is paged before the lag is over."""
    sandbox = Sandbox()

    assert tell(sandbox, event()) == (202, {"status": "success", "message": "Event processed", "dedup_key": KEY})
    assert wait(sandbox, 2) == []
    assert wait(sandbox, 2) == ["triggered", "paged"]
    assert tell(sandbox, event(key=""))[1]["dedup_key"]


def test_a_trigger_for_what_is_open_pages_nobody() -> None:
    """It is the same alert while it is open; after its end, a trigger opens a new incident."""
    sandbox = Sandbox()
    for action in ("trigger", "trigger", "acknowledge", "trigger", "resolve", "trigger"):
        tell(sandbox, event(action))

    assert wait(sandbox) == ["triggered", "paged", "again", "acknowledged", "again", "resolved", "triggered", "paged"]
    assert len(sandbox.services.pagerduty.incidents) == 2


def test_an_end_without_a_beginning_is_dropped() -> None:
    """Acknowledging or resolving what is not open does nothing."""
    sandbox = Sandbox()
    tell(sandbox, event("resolve"))
    tell(sandbox, event("acknowledge"))

    assert wait(sandbox) == ["dropped", "dropped"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        event(routing_key="short"),
        event(routing_key="x" * 32),
        event("page"),
        event(dedup_key="k" * 256),
        event("resolve", key=""),
        event(payload=None),
        event(payload={"summary": " ", "source": "s", "severity": "critical"}),
        event(payload={"summary": "s" * 1025, "source": "s", "severity": "critical"}),
        event(payload={"summary": "s", "source": "s", "severity": "p1"}),
        event(payload={"summary": "s", "source": "s", "severity": "info", "links": []}),
        event(links=[{"text": "no address"}]),
        event(client="c" * MOST_BYTES),
    ],
)
def test_what_is_no_event_is_refused(body: object) -> None:
    """A wrong key, shape or size is 400 with a list of reasons, and nothing comes of it."""
    sandbox = Sandbox()
    status, answer = tell(sandbox, body)

    assert (status, answer["status"], bool(answer["errors"])) == (400, "invalid event", True)
    assert wait(sandbox) == []


def test_so_many_events_a_minute() -> None:
    """120 for each key; one more is told to calm down."""
    sandbox = Sandbox()

    assert [tell(sandbox, event())[0] for _ in range(121)] == [202] * 120 + [429]
    wait(sandbox, 60)
    assert tell(sandbox, event())[0] == 202


def test_people_answer_in_their_time_or_never() -> None:
    """Who is paged acknowledges after so long; PagerDuty's own policy goes on where nobody does, and ends at its last level."""
    sandbox = Sandbox()
    pagerduty = sandbox.services.pagerduty
    pagerduty.add_service(SERVICE, "P", [["Ana"], [], ["Ben"], ["Cora"]], timeout=300)
    pagerduty.answers_in("Ben", 120)
    tell(sandbox, event())
    wait(sandbox, 3_600)

    seen = [(one.kind, one.facts.get("person") or one.facts.get("by")) for one in pagerduty.log]
    assert seen == [
        ("triggered", None), ("paged", "Ana"), ("escalated", "policy"), ("paged", "Ben"), ("acknowledged", "Ben"),
    ]  # fmt: skip
    begin = pagerduty.log[0].at
    assert [one.at - begin for one in pagerduty.log] == [0, 0, 300, 300, 420]


def test_nobody_on_call_is_said() -> None:
    """An incident that reaches nobody is there all the same."""
    sandbox = Sandbox()
    sandbox.services.pagerduty.add_service(SERVICE, "P", [[], []])
    tell(sandbox, event())

    assert wait(sandbox) == ["triggered", "nobody"]


def test_an_answer_to_what_was_handed_on_counts_no_more() -> None:
    """Somebody who is late finds that another one has it; who stops answering does not."""
    sandbox = Sandbox()
    pagerduty = sandbox.services.pagerduty
    pagerduty.add_service(SERVICE, "P", [["Ana"], ["Ben"]], timeout=60)
    pagerduty.answers_in("Ana", 90)
    pagerduty.answers_in("Ben", 60)
    tell(sandbox, event())
    wait(sandbox, 70)
    pagerduty.answers_in("Ben", None)

    assert "acknowledged" not in wait(sandbox, 600)


def test_orders_come_by_the_sandboxs_own_path() -> None:
    """Services and people's patience can be set where the sandbox is served; what is not known is refused."""
    sandbox = Sandbox()
    pagerduty = sandbox.services.pagerduty
    pagerduty.told({
        "answers_in": {"Ana": 60},
        "services": {"PSHOP": {"policy": "PPAY", "levels": [["Ana"]], "routing_key": "r" * 32}},
    })  # fmt: skip
    tell(sandbox, event(routing_key="r" * 32))

    assert wait(sandbox, 120) == ["triggered", "paged", "acknowledged"]
    assert pagerduty.find(KEY, "PSHOP") is not None
    pagerduty.told({"answers_in": {"Ana": None}})
    assert pagerduty.patience == {}
    with pytest.raises(ValueError, match="answers_in and services"):
        pagerduty.told({"resolve": True})


def test_a_state_file_keeps_what_is_yet_to_happen(tmp_path: Path) -> None:
    """Incidents, duties, the log, events on their way and people on theirs are as they were."""
    sandbox = Sandbox()
    sandbox.services.pagerduty.add_service(SERVICE, "P", [["Ana"], ["Ben"]], timeout=300)
    sandbox.services.pagerduty.answers_in("Ben", 120)
    tell(sandbox, event())
    wait(sandbox, 5)
    tell(sandbox, event(key="another"))
    save(sandbox, tmp_path / "s")
    twin = restore(tmp_path / "s")
    pagerduty: PagerDuty = twin.services.pagerduty

    assert wait(twin, 3_600) == wait(sandbox, 3_600)
    assert pagerduty.log == sandbox.services.pagerduty.log
    assert pagerduty.incidents == sandbox.services.pagerduty.incidents
