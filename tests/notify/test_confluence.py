"""Runbooks: found by label or id, kept for a day, and never waited for."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import responses

from deskhand.app import service_ports
from deskhand.core.ladder import Channel
from deskhand.core.message import Link, Receipt
from deskhand.core.sheet import Sheet
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient
from deskhand.http.service import ServiceSession
from deskhand.notify.confluence import AFTER_FAILURE, KEPT, NOTHING_KEPT, Confluence
from deskhand.notify.storage import made_of
from deskhand.sandbox import Options, Sandbox
from tests.notify.matters import HOSTILE, Hands, asked
from tests.notify.settling import UNCLEAR
from tests.notify.test_storage import SHEET

BASE = "https://acme.atlassian.example/wiki"
SEARCH = f"{BASE}/rest/api/search"


def wiki(hands: Hands | None = None, **options: str) -> Confluence:
    """The runbooks of a space."""
    session = ServiceSession(BASE, setting="DESKHAND_CONFLUENCE_URL")
    channel = Channel("runbooks", "confluence", "SUP", options=options)
    return Confluence(channel, session, "bot@acme.example", "s3cr3t", hands or Hands())


def results(*titles: str, changed: str = "2026-11-01T09:00:00.000Z", url: str = "") -> dict[str, Any]:
    """An answer of the search."""
    rows = [
        {"content": {"id": str(i), "title": title}, "url": url or f"/spaces/SUP/pages/{i}", "lastModified": changed}
        for i, title in enumerate(titles)
    ]
    return {"results": rows, "_links": {"base": "https://evil.example/wiki"}}


@responses.activate
def test_a_runbook_is_found_by_its_label() -> None:
    """In its space, and with a link into the wiki of the settings, whatever host the answer speaks of."""
    port: service_ports.Runbooks = wiki()
    responses.get(SEARCH, json=results("Webhook outage", "Older"))

    assert port.find("webhook") == Link("Webhook outage", f"{BASE}/spaces/SUP/pages/0")
    assert asked("cql") == 'label = "runbook" and label = "webhook" and space = "SUP" and type = page order by lastmodified desc'  # fmt: skip
    assert str(responses.calls[0].request.headers["Authorization"]).startswith("Basic ")


@responses.activate
def test_a_runbook_is_found_by_its_id() -> None:
    """A page that is gone is no runbook."""
    page = {"id": "42", "title": "DNS", "version": {"createdAt": "2026-11-01T09:00:00Z"}, "_links": {"webui": "/spaces/SUP/pages/42/DNS"}}  # fmt: skip
    responses.get(f"{BASE}/api/v2/pages/42", json=page)
    responses.get(f"{BASE}/api/v2/pages/43", status=404)

    assert wiki().find("42") == Link("DNS", f"{BASE}/spaces/SUP/pages/42/DNS")
    assert wiki().find("43") is None


@responses.activate
def test_what_was_found_is_kept_for_a_day_and_nothing_for_an_hour() -> None:
    """A new runbook is seen within the hour; a known one costs one call a day."""
    hands = Hands()
    runbooks = wiki(hands)
    responses.get(SEARCH, json=results("A"))
    runbooks.find("a")
    hands.now += KEPT - timedelta(seconds=1)
    runbooks.find("a")
    assert len(responses.calls) == 1
    hands.now += timedelta(seconds=1)
    responses.replace("GET", SEARCH, json=results())
    assert runbooks.find("a") is None
    hands.now += NOTHING_KEPT
    runbooks.find("a")
    assert len(responses.calls) == 3


@responses.activate
def test_where_it_cannot_be_asked_the_last_answer_serves() -> None:
    """No page waits for a runbook: no error leaves, and a wiki that is down is asked every few minutes only."""
    hands = Hands()
    runbooks = wiki(hands)
    responses.get(SEARCH, json=results("A"))
    known = runbooks.find("a")
    responses.replace("GET", SEARCH, status=503)
    hands.now += KEPT

    assert [runbooks.find("a"), runbooks.find("a"), runbooks.find("b"), runbooks.find("b")] == [known, known, None, None]  # fmt: skip
    assert len(responses.calls) == 3
    hands.now += AFTER_FAILURE
    responses.replace("GET", SEARCH, json=results("B"))
    assert runbooks.find("b") == Link("B", f"{BASE}/spaces/SUP/pages/0")


@pytest.mark.parametrize(("options", "stale"), [({}, True), ({"stale_after_days": "400"}, False)])
@responses.activate
def test_a_runbook_that_nobody_changed_for_long_says_so(options: dict[str, str], stale: bool) -> None:
    """Whoever reads it at night should know."""
    responses.get(SEARCH, json=results("A", changed="2026-01-02T09:00:00.000Z"))

    link = wiki(None, **options).find("a")

    assert link is not None
    assert ("(not changed since 2026-01-02)" in link.text) is stale


@pytest.mark.parametrize("label", HOSTILE)
@responses.activate
def test_a_hostile_label_stays_within_its_quotes(label: str) -> None:
    """No label opens another query."""
    responses.get(SEARCH, json=results())

    assert wiki().find(label) is None
    if responses.calls:
        assert asked("cql").replace("\\\\", "").replace('\\"', "").count('"') == 6


@pytest.mark.parametrize("url", ["https://evil.example/x", "evil", "", "javascript:x"])
@responses.activate
def test_a_link_never_leads_out_of_the_wiki(url: str) -> None:
    """What is no path of the wiki is no link."""
    responses.get(SEARCH, json={"results": [{"content": {"title": "A"}, "url": url}]})

    assert wiki().find("a") is None


@pytest.mark.parametrize(
    ("status", "meaning", "hint"),
    [
        (400, Rejected, "`place` (a space's key)"),
        (401, AccessRefused, "DESKHAND_CONFLUENCE_EMAIL"),
        (403, AccessRefused, "'SUP'"),
        (404, Rejected, "DESKHAND_CONFLUENCE_URL"),
        (302, Rejected, "DESKHAND_CONFLUENCE_URL"),
        (429, RateLimited, ""),
        (500, Transient, ""),
        (200, Transient, ""),
        (204, Transient, ""),
    ],
)
@responses.activate
def test_each_answer_has_one_meaning(status: int, meaning: type[DeskError], hint: str) -> None:
    """Retry or configuration; the hint names the setting or the policy key."""
    responses.get(SEARCH, body="", status=status)

    with pytest.raises(DeskError) as error:
        wiki().ask("a")

    assert type(error.value) is meaning
    assert hint in error.value.hint
    assert "s3cr3t" not in str(error.value) + error.value.hint


def test_an_address_without_wiki_is_refused() -> None:
    """The commonest slip, told at the start."""
    with pytest.raises(SettingsError, match="does not end with /wiki"):
        Confluence(
            Channel("runbooks", "confluence", "SUP"),
            ServiceSession("https://acme.atlassian.example", setting="DESKHAND_CONFLUENCE_URL"),
            "e",
            "t",
            Hands(),
        )


# Against the stand-in.


def test_a_runbook_is_found_in_a_wiki() -> None:
    """By label in its space, the newest first; by id; and a wiki that is down costs nothing but the link."""
    sandbox = Sandbox()
    pretended = sandbox.services.confluence
    now = sandbox.clock.epoch()
    pretended.add("Old webhook runbook", "runbook", "webhook", changed=now - 900 * 86_400)
    number = pretended.add("Webhook runbook", "runbook", "webhook", changed=now)
    pretended.add("Elsewhere", "runbook", "webhook", space="DEV", changed=now)
    session = ServiceSession(pretended.url + "/wiki", setting="X", mount=sandbox.adapter())
    runbooks = Confluence(Channel("runbooks", "confluence", "SUP"), session, "e", "sandbox-token", sandbox.clock.now)

    found = Link("Webhook runbook", f"{pretended.url}/wiki/spaces/SUP/pages/{number}")
    assert [runbooks.find("webhook"), runbooks.find(number), runbooks.find("dns")] == [found, found, None]
    sandbox.faults.add({"kind": "timeout_before_commit", "path": "/services/confluence/*"})
    assert [runbooks.find("webhook"), runbooks.find("billing")] == [found, None]
    pretended.tokens = []
    sandbox.faults.clear()
    assert runbooks.find("login") is None


# Pages of ours. Row of the idempotency map: "Confluence page".


def space(sandbox: Sandbox, key: str = "SUP") -> Confluence:
    """A channel to a space of the pretended wiki."""
    session = ServiceSession(sandbox.services.confluence.url + "/wiki", setting="X", mount=sandbox.adapter())
    return Confluence(Channel("runbooks", "confluence", key), session, "e", "sandbox-token", sandbox.clock.now)


@pytest.mark.requirement(14, 37)
def test_a_page_is_made_once_and_then_changed_where_it_differs() -> None:
    """Known by its title; what says so already is left alone."""
    sandbox = Sandbox()
    wiki, pretended = space(sandbox), sandbox.services.confluence

    first = wiki.put(SHEET)
    again = wiki.put(SHEET)
    last = wiki.put(replace(SHEET, sections=SHEET.sections[:1]))

    assert first == Receipt("1000", f"{pretended.url}/wiki/spaces/SUP/pages/1000", "made")
    assert (again, last) == (replace(first, state="unchanged"), replace(first, state="changed"))
    assert [one.facts for one in pretended.of("page")] == [{"title": "Escalation", "version": 1}, {"title": "Escalation", "version": 2}]  # fmt: skip
    assert "Ladder: up" not in pretended.pages["1000"]["body"]


@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_confluence_page_is_there_once_whatever_befalls_it(kind: str, nth: int) -> None:
    """Where it ends with an error, it may be done again: the title is found, or refused."""
    sandbox = Sandbox(options=Options(accidents_take_time=True))
    sandbox.faults.add({"kind": kind, "path": "/services/confluence/*", "nth": nth, "seconds": 40})
    for _ in range(3):
        with contextlib.suppress(DeskError):
            space(sandbox).put(SHEET)
        sandbox.clock.advance(60)
    sandbox.run_due()

    (page,) = sandbox.services.confluence.pages.values()
    assert made_of(SHEET) in page["body"]


def test_a_lost_answer_is_looked_after_at_once() -> None:
    """The wiki is asked once more, since it knows pages by their title."""
    sandbox = Sandbox()
    sandbox.faults.add({"kind": "timeout_after_commit", "method": "POST", "path": "/services/confluence/*", "count": 1})

    assert space(sandbox).put(SHEET).ref == "1000"
    assert len(sandbox.services.confluence.of("page")) == 1


def test_refusals_of_a_page_say_what_to_mend() -> None:
    """A space that there is not, a page that somebody changed at the same moment, a user who may not."""
    sandbox = Sandbox()
    pretended = sandbox.services.confluence
    with pytest.raises(Rejected, match="no space 'NONE'") as none:
        space(sandbox, "NONE").put(SHEET)
    space(sandbox).put(SHEET)
    sandbox.faults.add({"kind": "status", "method": "PUT", "path": "/services/confluence/*", "status": 409, "body": {"errors": [{"title": "Version must be incremented"}]}})  # fmt: skip
    with pytest.raises(Rejected, match="Version must be incremented") as twice:
        space(sandbox).put(Sheet("Escalation", ()))
    pretended.tokens = []
    with pytest.raises(AccessRefused) as stranger:
        space(sandbox).put(SHEET)

    hints = [one.value.hint for one in (none, twice, stranger)]
    assert ["`place`" in hints[0], "do it again" in hints[1], "DESKHAND_CONFLUENCE_EMAIL" in hints[2]] == [True] * 3  # fmt: skip
