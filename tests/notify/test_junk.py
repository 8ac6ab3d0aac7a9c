"""Answers that no service would give: whatever comes, an adapter reads it or raises an error of ours, and nothing else."""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import responses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.core.ladder import Channel
from deskhand.core.message import Sent
from deskhand.errors import DeskError
from deskhand.http.service import ServiceSession
from deskhand.notify.confluence import Confluence
from deskhand.notify.jira import PROPERTY, Jira
from deskhand.notify.pagerduty import PagerDuty
from deskhand.notify.pagerduty_events import PagerDutyEvents
from deskhand.notify.slack import Slack
from deskhand.notify.slack_hook import SlackHook
from deskhand.notify.statuspage import Statuspage
from deskhand.notify.webhook import Webhook
from tests.notify.matters import NOW, THREAD, message
from tests.notify.test_storage import SHEET

NAMES = (
    "id", "key", "status", "metadata", "zendesk", "last", "components", "issues", "properties", PROPERTY, "fields", "duedate", "assignee", "errors",
    "errorMessages", "comments", "value", "results", "content", "url", "lastModified", "version", "createdAt", "number", "_links", "webui", "title",
    "body", "storage", "message", "nextPageToken", "shortlink",
    "incident", "incidents", "incident_key", "escalation_policy", "escalation_level", "oncalls", "user", "start", "end", "acknowledgements", "acknowledger", "at",
    "last_status_change_at", "last_status_change_by", "created_at", "html_url", "error", "code", "more", "summary", "service",
    "ok", "channel", "ts", "thread_ts", "messages", "blocks", "block_id", "event_type", "event_payload", "needed", "response_metadata", "next_cursor",
)  # fmt: skip
"""The names that adapters read."""

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([THREAD, "resolved", "2026-01-01", "/x", PROPERTY, "acknowledged", 2002, 1001, "missing_scope", "deskhand_message"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=12,
)  # fmt: skip
CHANNEL = Channel("it", "jira", "ESC", options={"components": "c1"})


def session(path: str = "") -> ServiceSession:
    """A session to nowhere."""
    return ServiceSession(f"https://service.example{path}", setting="X")


def calls() -> list[Callable[[], object]]:
    """Everything that adapters can be asked to do."""
    page = Statuspage(CHANNEL, session(), "t", lambda: NOW)
    jira = Jira(CHANNEL, session(), "e", "t", lambda: NOW)
    wiki = Confluence(CHANNEL, session("/wiki"), "e", "t", lambda: NOW)
    pager = PagerDuty(CHANNEL, session(), "t", "ops@example.com", lambda: NOW)
    events = PagerDutyEvents(CHANNEL, session(), "k" * 32, lambda: NOW, pager)
    paged = message("page")
    threaded = (Sent("it", "page", "C0/1.5", 1),)

    def slack() -> Slack:
        return Slack(CHANNEL, session(), "xoxb-1", lambda: NOW)

    said = (Sent("it", "publish", "inc1", 1),)
    filed = (Sent("it", "file", "ESC-1", 1),)
    public = message("publish", text="x", status="resolved")
    return [
        lambda: page.send(public, ()),
        lambda: page.send(message("publish", text="x", status="identified"), said),
        lambda: page.find(public, said),
        lambda: jira.send(message(), ()),
        lambda: jira.send(message("close"), filed),
        lambda: jira.find(message(), ()),
        lambda: jira.find(message("close"), filed),
        jira.past_due,
        lambda: wiki.ask("x"),
        lambda: wiki.ask("42"),
        lambda: wiki.find("y"),
        lambda: wiki.put(SHEET),
        lambda: pager.send(paged, ()),
        lambda: pager.send(replace(paged, schedule="P", level=2), ()),
        lambda: pager.send(message("close"), ()),
        lambda: pager.find(paged, ()),
        lambda: pager.find(message("close"), ()),
        lambda: pager.standing(THREAD),
        lambda: pager.on_call("P", 1, NOW, NOW),
        lambda: events.send(paged, ()),
        lambda: events.send(paged, (Sent("it", "page", THREAD, 1),)),
        lambda: events.find(paged, ()),
        lambda: slack().send(paged, ()),
        lambda: slack().send(paged, threaded),
        lambda: slack().find(paged, ()),
        lambda: slack().find(paged, threaded),
        lambda: SlackHook(CHANNEL, session(), lambda: NOW).send(paged, ()),
        lambda: Webhook(CHANNEL, session(), "s", lambda: NOW).send(paged, ()),
    ]


@pytest.mark.parametrize("number", range(28))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bodies=st.lists(VALUES, min_size=1, max_size=4), status=st.sampled_from([200, 200, 200, 201, 400, 404, 409, 422])
)
def test_whatever_is_answered_only_our_own_errors_come_of_it(number: int, bodies: list[Any], status: int) -> None:
    """No answer is a crash, however odd."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        left = [json.dumps(body) for body in bodies]

        def answer(_request: object) -> tuple[int, dict[str, str], str]:
            return status, {}, left.pop(0) if len(left) > 1 else left[0]

        for method in ("GET", "POST", "PUT", "PATCH"):
            mock.add_callback(method, re.compile("https://service.example/.*"), callback=answer)
        with contextlib.suppress(DeskError):
            calls()[number]()
