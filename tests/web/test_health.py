"""The pages for machines."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deskhand.app.vitals import Vitals
from deskhand.web.health import application

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FIT = Vitals(
    at=NOW, alive=True, ailments=(), mode="enforce", policy="0" * 64, run="abc", last_cycle=NOW, outbox={"held": 2}
)


def ask(path: str, vitals: Vitals = FIT, *, token: str = "", **headers: str) -> tuple[int, str]:
    """Status and body of one page."""
    sent: list[dict[str, Any]] = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(lambda: vitals, token)(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


def test_a_worker_that_lives_and_works_answers_with_200() -> None:
    """Both pages, and what a person wants to know."""
    status, body = ask("/readyz")

    assert ask("/healthz") == (200, "alive\n")
    assert status == 200
    assert json.loads(body)["outbox"] == {"held": 2}


def test_ailments_make_it_unready_and_only_hanging_makes_it_dead() -> None:
    """Starting it again mends the one and not the other."""
    ill = Vitals(at=NOW, alive=True, ailments=("poll failed 3 times: gone",), mode="enforce", policy="", run="")
    hangs = Vitals(at=NOW, alive=False, ailments=(), mode="enforce", policy="", run="")

    status, body = ask("/readyz", ill)

    assert (status, json.loads(body)["ailments"]) == (503, ["poll failed 3 times: gone"])
    assert ask("/healthz", ill)[0] == 200
    assert ask("/healthz", hangs) == (503, "hangs\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_with_a_token_nobody_learns_anything_without_it(path: str) -> None:
    """S8: 401 without detail."""
    assert ask(path, token="secret") == (401, "no\n")
    assert ask(path, token="secret", authorization="Bearer wrong") == (401, "no\n")
    assert ask(path, token="secret", authorization="Bearer secret")[0] == 200


def test_when_zendesk_last_told_of_a_change_is_shown_and_no_ailment() -> None:
    """The polls do without webhooks."""
    quiet = json.loads(ask("/readyz")[1])
    status, body = ask("/readyz", replace(FIT, webhooks={"taken": 1}, last_webhook=NOW))

    assert (quiet["ready"], quiet["last_webhook"]) == (True, None)
    assert (status, json.loads(body)["last_webhook"]) == (200, NOW.isoformat())


def test_no_other_page_and_no_other_method_is_answered() -> None:
    """Read only."""
    assert ask("/")[0] == 404


def test_metrics_show_lag_age_and_writes_by_state() -> None:
    """In the text that Prometheus reads."""
    vitals = Vitals(
        at=NOW,
        alive=True,
        ailments=(),
        mode="enforce",
        policy="",
        run="",
        due=3,
        oldest_due=NOW - timedelta(seconds=75),
        read_to={"export": NOW - timedelta(seconds=20)},
        outbox={"held": 2, "done": 5},
    )

    status, body = ask("/metrics", vitals)

    assert status == 200
    for line in (
        "deskhand_oldest_due_seconds 75.0",
        'deskhand_feed_lag_seconds{feed="export"} 20.0',
        'deskhand_outbox{state="held"} 2.0',
        "deskhand_ready 1.0",
    ):
        assert line in body.splitlines()
