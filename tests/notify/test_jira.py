"""Issues for engineering: what Jira is told, what its answers mean, and that nothing is made twice."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
import responses

from deskhand.app import service_ports
from deskhand.core.ladder import Channel
from deskhand.core.message import Sent
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.service import ServiceSession
from deskhand.notify.jira import LAG, PROPERTY, Jira
from deskhand.sandbox import Options, Sandbox
from deskhand.sandbox.services.document import faults, text_of
from tests.notify.matters import HOSTILE, NOW, THREAD, URL, Hands, asked, brief, message
from tests.notify.settling import UNCLEAR, carry

BASE = "https://acme.atlassian.example"
ISSUE = f"{BASE}/rest/api/3/issue"
SEARCH = f"{BASE}/rest/api/3/search/jql"
LINK = f"{ISSUE}/ESC-7/remotelink"
COMMENT = f"{ISSUE}/ESC-7/comment"
FILED = Sent("bugs", "file", "ESC-7", 1)


def channel(now: Hands | None = None, place: str = "ESC", **options: str) -> Jira:
    """The project, with the channel's options."""
    session = ServiceSession(BASE, setting="DESKHAND_JIRA_URL")
    return Jira(Channel("bugs", "jira", place, options=options), session, "bot@acme.example", "s3cr3t", now or Hands())


def found(*keys: str, mark: object = None) -> dict[str, Any]:
    """An answer of the search."""
    usual = {"ticket": 48213, "key": f"{THREAD}:file:1", "thread": THREAD}
    return {"issues": [{"id": "1", "key": key, "properties": {PROPERTY: mark or usual}} for key in keys]}


def sent(path: str) -> dict[str, Any]:
    """What the last call to a path said."""
    call = [one for one in responses.calls if one.request.method == "POST" and one.request.url == path][-1]
    body = json.loads(call.request.body or b"")
    assert isinstance(body, dict)
    return body


def answers(*, search: dict[str, Any] | None = None) -> None:
    """A Jira in which all goes well."""
    responses.get(SEARCH, json=search or {"issues": []})
    responses.post(ISSUE, json={"id": "7", "key": "ESC-7", "self": f"{ISSUE}/7"}, status=201)
    responses.post(LINK, json={"id": 1}, status=201)
    responses.post(COMMENT, json={"id": "9"}, status=201)


def test_it_fits_the_port() -> None:
    """It is a channel for issues and their end, whose unclear outcomes are asked about."""
    port: service_ports.Channel = channel()

    assert (port.name, port.service, port.again) == ("bugs", "jira", "ask")
    assert [verb for verb in ("page", "tell", "close", "publish", "file") if port.carries(message(verb))] == [
        "close",
        "file",
    ]


@responses.activate
def test_an_issue_is_searched_then_made_then_linked() -> None:
    """It carries the brief as a document, labels to find it by, a property with the message's key, and a link with the ticket's id."""
    answers()
    told = message(brief=brief(), labels=("checkout flow", "p1"), due=NOW + timedelta(days=5))

    receipt = channel(issue_type="Incident", priority="Medium", priority_p1="Highest").send(told, ())

    assert (receipt.ref, receipt.url) == ("ESC-7", f"{BASE}/browse/ESC-7")
    assert [f"{call.request.method} {str(call.request.url).partition('?')[0]}" for call in responses.calls] == [f"GET {SEARCH}", f"POST {ISSUE}", f"POST {LINK}"]  # fmt: skip
    body = sent(ISSUE)
    description = body["fields"].pop("description")
    assert body["fields"] == {
        "project": {"key": "ESC"},
        "issuetype": {"name": "Incident"},
        "summary": "[ZD-48213] Checkout fails",
        "labels": ["zd-48213", "escalation", "p1", "checkout-flow"],
        "priority": {"name": "Highest"},
        "duedate": "2026-11-26",
    }
    assert body["properties"] == [
        {"key": PROPERTY, "value": {"ticket": 48213, "key": f"{THREAD}:file:1", "thread": THREAD}}
    ]
    assert "Find the cause" in text_of(description)
    assert sent(LINK) == {"globalId": "zendesk:48213", "object": {"url": URL, "title": "Zendesk ticket 48213", "status": {"resolved": False}}}  # fmt: skip
    assert responses.calls[0].request.headers["Authorization"] == "Basic Ym90QGFjbWUuZXhhbXBsZTpzM2NyM3Q="


@responses.activate
def test_an_issue_that_is_there_already_is_not_made_again() -> None:
    """Another message's issue about the same ticket is another issue."""
    answers(search=found("ESC-7"))
    assert channel().send(message(), ()).ref == "ESC-7"
    assert [call.request.url for call in responses.calls if call.request.method == "POST"] == [LINK]

    channel().send(message(key="another"), ())
    assert sent(ISSUE)


@responses.activate
def test_every_page_of_a_search_is_read() -> None:
    """The issue may be on the second."""
    responses.get(SEARCH, json=found("ESC-1", mark={"key": "x"}) | {"nextPageToken": "t2"})
    responses.get(SEARCH, json=found("ESC-7"))
    responses.post(LINK, json={}, status=200)

    assert channel().send(message(), ()).ref == "ESC-7"
    assert "nextPageToken=t2" in str(responses.calls[1].request.url)


@pytest.mark.parametrize(("field", "kept"), [("priority", "duedate"), ("duedate", "priority")])
@responses.activate
def test_a_field_that_the_screen_lacks_is_left_out_once(field: str, kept: str) -> None:
    """The issue matters more than its priority."""
    responses.get(SEARCH, json={"issues": []})
    refusal = f"Field '{field}' cannot be set. It is not on the appropriate screen, or unknown."
    responses.post(ISSUE, json={"errorMessages": [], "errors": {field: refusal}}, status=400)
    responses.post(ISSUE, json={"key": "ESC-7"}, status=201)
    responses.post(LINK, json={}, status=201)

    assert channel(priority="High").send(message(due=NOW), ()).ref == "ESC-7"
    assert field not in sent(ISSUE)["fields"]
    assert kept in sent(ISSUE)["fields"]


@responses.activate
def test_a_field_is_left_out_once_only() -> None:
    """A project that refuses again is a matter for a person."""
    responses.get(SEARCH, json={"issues": []})
    responses.post(ISSUE, json={"errors": {"priority": "no"}}, status=400)

    with pytest.raises(Rejected, match="priority: no"):
        channel(priority="High").send(message(), ())

    assert len(responses.calls) == 3


@responses.activate
def test_an_issue_without_its_link_is_still_an_issue() -> None:
    """The link may fail; the issue is not made again for it."""
    responses.get(SEARCH, json={"issues": []})
    responses.post(ISSUE, json={"key": "ESC-7"}, status=201)
    responses.post(LINK, status=503)

    assert channel().send(message(), ()).ref == "ESC-7"


@responses.activate
def test_later_messages_become_comments_and_the_end_marks_the_link() -> None:
    """A second issue would part the matter; the end is said and shown, and the issue is engineering's to close."""
    answers()

    channel().send(message(number=2, title="More customers", text="Globex too."), (FILED,))
    assert text_of(sent(COMMENT)["body"]).startswith("More customers\nGlobex too.")
    channel().send(message("close", number=3, title="Resolved in Zendesk"), (FILED,))

    assert sent(LINK)["object"]["status"] == {"resolved": True}
    assert sent(COMMENT)["properties"][0]["value"]["key"] == f"{THREAD}:close:3"
    assert ISSUE not in {call.request.url for call in responses.calls}


@responses.activate
def test_nothing_is_closed_where_nothing_was_filed() -> None:
    """The end of a matter without an issue needs no call."""
    assert channel().send(message("close"), ()).state == "nothing to close"
    assert len(responses.calls) == 0


@responses.activate
def test_a_comment_is_found_by_its_property() -> None:
    """Comments are read from the issue, so there is no lag to wait for."""
    mark = {"key": PROPERTY, "value": {"key": f"{THREAD}:close:2"}}
    responses.get(COMMENT, json={"comments": [{"id": "1"}, {"id": "2", "properties": [{"key": "x"}, mark]}]})

    known = channel().find(message("close", number=2), (FILED,))

    assert known is not None
    assert known.ref == "ESC-7"
    assert channel().find(message("close", number=3), (FILED,)) is None


@responses.activate
def test_what_is_not_found_is_searched_twice_before_it_counts_as_not_made() -> None:
    """Jira's search lags, so the first look in vain proves nothing; after a restart the pause begins anew."""
    hands = Hands()
    responses.get(SEARCH, json={"issues": []})
    jira = channel(hands)

    with pytest.raises(Transient, match="may be 30 s behind"):
        jira.find(message(), ())
    hands.now += LAG - timedelta(seconds=1)
    with pytest.raises(Transient):
        jira.find(message(), ())
    hands.now += timedelta(seconds=1)
    assert jira.find(message(), ()) is None

    with pytest.raises(Transient):
        channel(hands).find(message(), ())


@responses.activate
def test_what_the_search_has_is_found_at_once_and_linked() -> None:
    """The link may be missing where the first attempt ended in the middle."""
    responses.get(SEARCH, json=found("ESC-7"))
    responses.post(LINK, json={}, status=200)

    receipt = channel().find(message(), ())

    assert receipt is not None
    assert receipt.ref == "ESC-7"
    assert sent(LINK)


REFUSALS: list[tuple[int, dict[str, Any], type[DeskError], str]] = [
    (400, {"errors": {"project": "valid project is required"}}, Rejected, "`place` of channel 'bugs'"),
    (400, {"errors": {"issuetype": "Specify a valid issue type"}}, Rejected, "`issue_type` of channel 'bugs'"),
    (400, {"errors": {"labels": "Field 'labels' cannot be set."}}, Rejected, "Labels on the screen"),
    (400, {"errorMessages": ["INVALID_INPUT"], "errors": {}}, Rejected, "options of channel 'bugs'"),
    (422, {"errors": {"customfield_1": "is required"}}, Rejected, "options of channel 'bugs'"),
    (401, {}, AccessRefused, "DESKHAND_JIRA_TOKEN"),
    (403, {}, AccessRefused, "DESKHAND_JIRA_EMAIL"),
    (404, {}, Rejected, "DESKHAND_JIRA_URL"),
    (410, {}, Rejected, "DESKHAND_JIRA_URL"),
    (302, {}, Rejected, "DESKHAND_JIRA_URL"),
    (429, {}, RateLimited, ""),
    (500, {}, Unknown, ""),
    (502, {}, Unknown, ""),
    (503, {}, Unknown, ""),
    (201, {}, Unknown, ""),
]


@pytest.mark.parametrize(("status", "body", "meaning", "hint"), REFUSALS)
@responses.activate
def test_each_answer_to_a_new_issue_has_one_meaning(
    status: int, body: dict[str, Any], meaning: type[DeskError], hint: str
) -> None:
    """Retry, settle, alarm or configuration; the hint names the setting or the policy key, and no secret is in the sentence."""
    responses.get(SEARCH, json={"issues": []})
    responses.post(ISSUE, json=body, status=status, headers={"Retry-After": "7"})

    with pytest.raises(DeskError) as error:
        channel().send(message(), ())

    assert type(error.value) is meaning
    assert hint in error.value.hint
    assert "s3cr3t" not in str(error.value) + error.value.hint
    assert getattr(error.value, "retry_after", 7.0) == 7.0


@pytest.mark.parametrize(
    ("status", "body", "headers", "meaning"),
    [
        (200, {"issues": []}, {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}, AccessRefused),
        (200, {"issues": []}, {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}, AccessRefused),
        (200, {}, {}, Transient),
        (200, {"issues": "x"}, {}, Transient),
        (500, {}, {}, Transient),
        (429, {}, {}, RateLimited),
        (400, {"errorMessages": ["The value 'ESC' does not exist for the field 'project'."]}, {}, Rejected),
    ],
)
@responses.activate
def test_a_search_that_failed_is_not_taken_for_an_empty_one(
    status: int, body: dict[str, Any], headers: dict[str, str], meaning: type[DeskError]
) -> None:
    """Jira answers strangers with nothing instead of 401; no issue is made on the word of such an answer."""
    responses.get(SEARCH, json=body, status=status, headers=headers)

    for ask in (channel().send, channel().find):
        with pytest.raises(DeskError) as error:
            ask(message(), ())
        assert type(error.value) is meaning
        assert meaning is not Rejected or "`place` of channel 'bugs'" in error.value.hint


@responses.activate
def test_a_lost_comment_is_an_unclear_one() -> None:
    """A success without a comment in it may be a proxy's page."""
    responses.post(COMMENT, body="<html>", status=200)

    with pytest.raises(Unknown):
        channel().send(message(number=2), (FILED,))


@pytest.mark.parametrize("text", HOSTILE)
@responses.activate
def test_hostile_text_is_only_text(text: str) -> None:
    """No label has a space, the summary is one line within its limit, the document is valid, and no query is opened."""
    answers()

    channel(place=text or "ESC").send(message(title=text, brief=brief(summary=text), labels=(text,)), ())

    fields = sent(ISSUE)["fields"]
    assert list(faults(fields["description"])) == []
    assert len(fields["summary"]) <= 255
    assert "\n" not in fields["summary"]
    assert all(label and len(label) <= 255 and not set(label) & set(' \n"') for label in fields["labels"])
    assert asked("jql", 0).replace("\\\\", "").replace('\\"', "").count('"') == 4


@responses.activate
def test_what_is_past_due_is_listed() -> None:
    """Requirement 99: open escalations whose date is past, the oldest first; a row without a date is none."""
    rows = [
        {"key": "ESC-1", "fields": {"summary": "A\nb", "duedate": "2026-11-01", "assignee": {"displayName": "Mia"}}},
        {"key": "ESC-2", "fields": {"summary": "C", "duedate": "2026-11-20", "assignee": None}},
        {"key": "ESC-3", "fields": {"summary": "D"}},
    ]
    responses.get(SEARCH, json={"issues": rows})

    late = channel().past_due()

    assert [(one.key, one.summary, one.due, one.assignee) for one in late] == [
        ("ESC-1", "A b", date(2026, 11, 1), "Mia"),
        ("ESC-2", "C", date(2026, 11, 20), ""),
    ]
    assert late[0].url == f"{BASE}/browse/ESC-1"
    assert 'labels = "escalation" AND duedate < now() AND statusCategory != Done' in asked("jql")


# Against the stand-in, with faults on the way. Rows of the idempotency map: "Jira create" and "Jira remote link".


def stage() -> tuple[Sandbox, Jira]:
    """A sandbox and a channel to its project."""
    sandbox = Sandbox(options=Options(accidents_take_time=True))
    return sandbox, jira_of(sandbox)


def jira_of(sandbox: Sandbox) -> Jira:
    """A channel of a process that has just begun."""
    session = ServiceSession(sandbox.services.jira.url, setting="X", mount=sandbox.adapter())
    return Jira(
        Channel("bugs", "jira", "ESC", options={"priority": "High"}), session, "e", "sandbox-token", sandbox.clock.now
    )


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_jira_create_happens_once_whatever_befalls_it(kind: str, nth: int) -> None:
    """Time-outs before and after the commit, late commits, resets, junk, while the search lags: one issue, with its document whole."""
    sandbox, jira = stage()
    sandbox.faults.add({"kind": kind, "path": "/services/jira/*", "nth": nth, "seconds": 10})

    receipt = carry(sandbox, jira, message(brief=brief()))
    sandbox.clock.advance(600)
    sandbox.run_due()

    assert [one.key for one in sandbox.services.jira.of("issue")] == [receipt.ref] == ["ESC-1"]


@pytest.mark.parametrize("kind", ["timeout_before_commit", "timeout_after_commit", "status"])
def test_jira_remote_link_is_one_however_often_it_is_sent(kind: str) -> None:
    """Its global id makes the second the first; a lost one costs no second issue, and the end sets it in any case."""
    sandbox, jira = stage()
    sandbox.faults.add({"kind": kind, "path": "*/remotelink", "count": 1})
    filed = Sent("bugs", "file", carry(sandbox, jira, message()).ref, 1)

    carry(sandbox, jira, message("close", number=2, title="Over"), (filed,))

    pretended = sandbox.services.jira
    assert list(pretended.issues) == ["ESC-1"]
    assert pretended.issues["ESC-1"]["links"] == {"zendesk:48213": {"url": URL, "title": "Zendesk ticket 48213", "status": {"resolved": True}}}  # fmt: skip


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("nth", [1, 2])
def test_jira_comments_are_made_once_whatever_befalls_them(kind: str, nth: int) -> None:
    """The end of a matter is said once."""
    sandbox, jira = stage()
    filed = Sent("bugs", "file", carry(sandbox, jira, message()).ref, 1)
    sandbox.faults.add({"kind": kind, "path": "/services/jira/*", "nth": nth, "seconds": 10})

    carry(sandbox, jira, message("close", number=2, title="Over"), (filed,))
    sandbox.clock.advance(600)
    sandbox.run_due()

    assert [one.facts["text"].split("\n")[0] for one in sandbox.services.jira.of("comment")] == ["Over"]


def test_jira_create_waits_as_long_as_429_says() -> None:
    """Then it goes, once."""
    sandbox, jira = stage()
    sandbox.services.jira.limits = {"calls": (1, 10)}
    with pytest.raises(RateLimited) as error:
        jira.send(message(), ())
    assert 0 < error.value.retry_after <= 10
    sandbox.services.jira.limits = {"calls": (9, 10)}
    carry(sandbox, jira, message())

    assert len(sandbox.services.jira.issues) == 1


@pytest.mark.parametrize("committed", [True, False])
def test_jira_create_survives_a_restart_in_the_middle(committed: bool) -> None:
    """The process died while it sent, and the search does not have the issue yet: the next process waits for it."""
    sandbox, jira = stage()
    kind = "timeout_after_commit" if committed else "timeout_before_commit"
    sandbox.faults.add({"kind": kind, "method": "POST", "path": "*/issue", "count": 1})
    sandbox.services.jira.lag = 25.0
    with pytest.raises(Unknown):
        jira.send(message(), ())

    receipt = carry(sandbox, jira_of(sandbox), message(), unclear=True)

    assert list(sandbox.services.jira.issues) == [receipt.ref]


def test_a_screen_without_priority_gets_the_issue_without_it() -> None:
    """Said by the stand-in as Jira says it."""
    sandbox, jira = stage()
    sandbox.services.jira.lacking = ["priority", "duedate"]

    receipt = carry(sandbox, jira, message(due=NOW))

    assert not {"priority", "duedate"} & sandbox.services.jira.issues[receipt.ref]["fields"].keys()


def test_wrong_credentials_make_no_issue() -> None:
    """A stranger's search finds nothing, which is not taken for an answer."""
    sandbox, jira = stage()
    sandbox.services.jira.tokens = []

    with pytest.raises(AccessRefused, match="credentials were refused"):
        jira.send(message(), ())

    assert sandbox.services.jira.calls.keys() == {("GET", "/rest/api/3/search/jql", 200)}


def test_past_due_issues_are_those_that_people_left_open() -> None:
    """Done ones, and those that are due later, are not among them."""
    sandbox, jira = stage()
    for number, days in ((1, 2), (2, 3), (3, 90)):
        late = message(key=f"k{number}", title=f"Issue {number}", due=sandbox.clock.now() + timedelta(days=days))
        carry(sandbox, jira, late)
    sandbox.services.jira.finish("ESC-1")
    sandbox.clock.advance(10 * 86_400)

    assert [one.key for one in jira.past_due()] == ["ESC-2"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_taken_as_an_issue(text: str) -> None:
    """Jira itself, as strict as it is, has nothing to refuse, and finds the issue again."""
    sandbox, jira = stage()
    told = message(title=text, text=text, brief=brief(summary=text, description=text), labels=(text,))

    receipt = carry(sandbox, jira, told)
    sandbox.clock.advance(60)

    assert carry(sandbox, jira_of(sandbox), told).ref == receipt.ref
    assert len(sandbox.services.jira.issues) == 1
