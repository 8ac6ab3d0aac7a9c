"""The pretended Jira: its checks, its screens, its lagging search, and what strangers see."""

from typing import Any
from urllib.parse import quote

import pytest

from deskhand.sandbox import Sandbox
from tests.sandbox.services.asking import ask

DOCUMENT = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}]}


def issue(**fields: Any) -> dict[str, Any]:
    """What a client sends."""
    usual = {"project": {"key": "ESC"}, "issuetype": {"name": "Bug"}, "summary": "It fails", "labels": ["zd-1"]}
    return {"fields": {**usual, **fields}, "properties": [{"key": "p", "value": {"a": 1}}]}


def search(sandbox: Sandbox, jql: str, more: str = "", auth: str | None = None) -> Any:
    """An answer of the search."""
    path = f"jira/rest/api/3/search/jql?jql={quote(jql)}{more}"
    return ask(sandbox, "GET", path, **({"auth": auth} if auth is not None else {})).json()


def test_an_issue_is_made_and_found_when_the_index_has_it() -> None:
    """Its id alone, unless fields and properties are asked for."""
    sandbox = Sandbox()
    made = ask(sandbox, "POST", "jira/rest/api/3/issue", issue(description=DOCUMENT, priority={"name": "High"}))
    assert (made.status, made.json()["key"]) == (201, "ESC-1")
    assert search(sandbox, 'labels = "zd-1"')["issues"] == []
    sandbox.clock.advance(10)

    assert search(sandbox, 'labels = "zd-1"')["issues"] == [{"id": "10000"}]
    assert search(sandbox, 'project = ESC AND labels = "zd-1"', "&fields=summary&properties=p")["issues"] == [
        {"id": "10000", "key": "ESC-1", "fields": {"summary": "It fails"}, "properties": {"p": {"a": 1}}}
    ]
    assert search(sandbox, "labels = zd-2")["issues"] == []


def test_a_search_goes_page_by_page() -> None:
    """With a token for the next."""
    sandbox = Sandbox()
    for _ in range(3):
        ask(sandbox, "POST", "jira/rest/api/3/issue", issue())
    sandbox.clock.advance(10)

    first = search(sandbox, "project = ESC", "&maxResults=2")
    second = search(sandbox, "project = ESC", f"&maxResults=2&nextPageToken={first['nextPageToken']}")

    assert [len(first["issues"]), len(second["issues"])] == [2, 1]
    assert "nextPageToken" not in second


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"project": {"key": "X"}}, "project"),
        ({"project": {"key": "OTHER"}}, "project"),
        ({"issuetype": {"name": "Nonsense"}}, "issuetype"),
        ({"summary": ""}, "summary"),
        ({"summary": "a\nb"}, "summary"),
        ({"summary": "x" * 256}, "summary"),
        ({"labels": ["a b"]}, "labels"),
        ({"labels": ["x" * 256]}, "labels"),
        ({"labels": 5}, "labels"),
        ({"priority": {"name": "Panic"}}, "priority"),
        ({"duedate": "21.11.2026"}, "duedate"),
        ({"description": "plain text"}, "description"),
        ({"environment": {}}, "environment"),
        ({"customfield_1": 1}, "customfield_1"),
    ],
)
def test_what_is_wrong_is_refused_by_field(fields: dict[str, Any], name: str) -> None:
    """400, and nothing is made."""
    sandbox = Sandbox()
    sandbox.services.jira.projects = ["ESC"]

    answer = ask(sandbox, "POST", "jira/rest/api/3/issue", issue(**fields))

    assert (answer.status, list(answer.json()["errors"])) == (400, [name])
    assert sandbox.services.jira.issues == {}
    assert ask(sandbox, "POST", "jira/rest/api/3/issue", {"fields": []}).status == 400


def test_a_screen_may_lack_a_field() -> None:
    """Said in Jira's words."""
    sandbox = Sandbox()
    sandbox.services.jira.told({"lacking": ["priority"]})

    answer = ask(sandbox, "POST", "jira/rest/api/3/issue", issue(priority={"name": "High"}))

    assert "not on the appropriate screen" in answer.json()["errors"]["priority"]


@pytest.mark.parametrize("jql", ["", "labels = ", "project = NONE", "votes = 3", "labels = a or labels = b"])
def test_queries_that_jira_does_not_take_are_refused(jql: str) -> None:
    """Unbounded ones too."""
    sandbox = Sandbox()
    sandbox.services.jira.projects = ["ESC"]
    ask(sandbox, "POST", "jira/rest/api/3/issue", issue())
    sandbox.clock.advance(10)

    assert search(sandbox, jql)["errorMessages"]


def test_the_old_search_is_gone() -> None:
    """410, by either method."""
    assert [ask(Sandbox(), verb, "jira/rest/api/3/search").status for verb in ("GET", "POST")] == [410, 410]


def test_a_stranger_finds_nothing_and_makes_nothing() -> None:
    """The search answers 200; only a header tells."""
    sandbox = Sandbox()
    ask(sandbox, "POST", "jira/rest/api/3/issue", issue())
    sandbox.clock.advance(10)

    found = ask(sandbox, "GET", "jira/rest/api/3/search/jql?jql=labels%3Dzd-1", auth="")
    assert (found.status, found.json()["issues"]) == (200, [])
    assert found.headers["x-seraph-loginreason"] == "AUTHENTICATED_FAILED"
    assert ask(sandbox, "POST", "jira/rest/api/3/issue", issue(), auth="").status == 401


def test_a_link_is_known_by_its_global_id() -> None:
    """201 the first time, 200 from then on; without a title it is none."""
    sandbox = Sandbox()
    ask(sandbox, "POST", "jira/rest/api/3/issue", issue())
    path = "jira/rest/api/3/issue/ESC-1/remotelink"
    thing = {"url": "https://x.example/", "title": "T"}

    told = [ask(sandbox, "POST", path, {"globalId": "g", "object": thing}).status for _ in range(2)]
    told.append(ask(sandbox, "POST", path, {"object": {"url": "x"}}).status)
    told.append(ask(sandbox, "POST", "jira/rest/api/3/issue/ESC-9/remotelink", {"object": thing}).status)

    assert told == [201, 200, 400, 404]
    assert sandbox.services.jira.issues["ESC-1"]["links"] == {"g": thing}


def test_comments_have_documents_and_properties() -> None:
    """An empty one is refused; properties are told where they are asked for."""
    sandbox = Sandbox()
    ask(sandbox, "POST", "jira/rest/api/3/issue", issue())
    path = "jira/rest/api/3/issue/ESC-1/comment"
    empty = {"type": "doc", "version": 1, "content": []}

    told = [ask(sandbox, "POST", path, {"body": body}).status for body in ("x", empty, DOCUMENT)]
    ask(sandbox, "POST", path, {"body": DOCUMENT, "properties": [{"key": "p"}]})

    assert told == [400, 400, 201]
    assert [one["id"] for one in ask(sandbox, "GET", f"{path}?orderBy=-created").json()["comments"]] == ["2", "1"]
    assert "properties" not in ask(sandbox, "GET", path).json()["comments"][0]
    assert ask(sandbox, "GET", f"{path}?expand=properties").json()["comments"][1]["properties"] == [{"key": "p"}]


def test_too_many_calls_are_answered_with_429() -> None:
    """With the seconds until the next; paths that there are not with 404."""
    sandbox = Sandbox()
    sandbox.services.jira.limits = {"calls": (1, 10)}
    ask(sandbox, "POST", "jira/rest/api/3/issue", issue())

    late = ask(sandbox, "POST", "jira/rest/api/3/issue", issue())

    assert (late.status, int(late.headers["retry-after"]) > 0) == (429, True)
    assert ask(sandbox, "GET", "jira/rest/api/3/nothing").status == 404


def test_people_act_by_orders() -> None:
    """They close issues; what nobody knows is refused."""
    sandbox = Sandbox()
    ask(sandbox, "POST", "jira/rest/api/3/issue", issue(duedate="2026-01-01"))
    ask(sandbox, "POST", "jira/rest/api/3/issue", issue(duedate="2026-01-01"))
    sandbox.services.jira.told({"finish": "ESC-1", "lag": 0})

    late = search(sandbox, "labels = zd-1 AND duedate < now() AND statusCategory != Done", "&fields=summary")

    assert [one["key"] for one in late["issues"]] == ["ESC-2"]
    with pytest.raises(ValueError, match="got 'dance'"):
        sandbox.services.jira.told({"dance": 1})
