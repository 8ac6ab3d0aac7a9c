"""The status page, issues and runbooks from the outbox to the services: seeded matters with faults on the way, and what the services have in the end."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deskhand.app.deliver import deliver
from deskhand.app.engine import Engine
from deskhand.app.post import Post
from deskhand.app.service_ports import Channel as Way
from deskhand.core.guards import OFF
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, MessageRow, Notice, Verb
from deskhand.http.service import ServiceSession
from deskhand.notify.confluence import Confluence
from deskhand.notify.jira import Jira
from deskhand.notify.statuspage import Statuspage
from deskhand.sandbox import Options, Sandbox
from deskhand.store import MemoryStore
from tests.app.carriers import NoDesk
from tests.core.builders import policy
from tests.notify.matters import HOSTILE, brief
from tests.notify.settling import UNCLEAR

PLACES = {
    "page": Channel("page", "statuspage", "pg1", options={"subscribers": "all", "review": "never"}),
    "bugs": Channel("bugs", "jira", "ESC"),
    "wiki": Channel("wiki", "confluence", "SUP"),
}
STATUSES = ("investigating", "identified", "resolved")


class Works:
    """A worker's post over the pretended services, on the sandbox's clock."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(options=Options(accidents_take_time=True))
        self.sandbox.services.confluence.add(
            "Checkout runbook", "runbook", "checkout", changed=self.sandbox.clock.epoch()
        )
        self.engine = Engine(
            MemoryStore(), NoDesk(), (), replace(policy(), channels=PLACES, guards=OFF), self.sandbox.clock, "run"
        )
        self.restart()

    def restart(self) -> None:
        """A process that knows nothing but its store."""
        services, adapter, now = self.sandbox.services, self.sandbox.adapter(), self.sandbox.clock.now

        def session(name: str, path: str = "") -> ServiceSession:
            return ServiceSession(services.all[name].url + path, setting="X", mount=adapter)

        ways: dict[str, Way] = {
            "page": Statuspage(PLACES["page"], session("statuspage", "/v1"), "sandbox-token", now),
            "bugs": Jira(PLACES["bugs"], session("jira"), "e", "sandbox-token", now),
        }
        wiki = Confluence(PLACES["wiki"], session("confluence", "/wiki"), "e", "sandbox-token", now)
        self.post = Post(channels=ways, runbooks=wiki)
        self.post.arrange(PLACES)

    def queue(self, ticket: int, number: int, verb: Verb, channel: str, **notice: Any) -> Message:
        """A decision's message."""
        told = Notice(
            **{"title": f"Ticket {ticket}", "url": f"https://acme.zendesk.com/agent/tickets/{ticket}"} | notice
        )
        now = self.sandbox.clock.now()
        one = Message(f"k{ticket}-{number}", f"zd:acme:{ticket}:1", number, ticket, verb, (channel,), told, now)
        with self.engine.store.begin() as tx:
            tx.messages.add([one], now, "run")
        return one

    def work(self, seconds: float) -> None:
        """Let so much time pass, a turn every ten seconds."""
        end = self.sandbox.clock.epoch() + seconds
        while self.sandbox.clock.epoch() < end:
            deliver(self.engine, self.post)
            self.sandbox.clock.advance(10)

    def rows(self) -> list[MessageRow]:
        """All messages as the store has them."""
        with self.engine.store.begin() as tx:
            return tx.messages.recent(self.sandbox.clock.now() - timedelta(days=30))


@pytest.mark.parametrize("seed", range(30))
def test_whatever_befalls_the_services_each_message_is_carried_once(seed: int) -> None:
    """Three matters with three public words, an issue, a comment and an end each, under time-outs, resets, junk, limits, outages and restarts."""
    chance = random.Random(seed)
    works = Works()
    for kind in chance.sample(UNCLEAR, 4):
        service = chance.choice(("statuspage", "jira", "*"))
        until = works.sandbox.clock.epoch() + 900
        fault = {"kind": kind, "path": f"/services/{service}/*", "share": 0.2, "until": until, "seconds": 15}
        works.sandbox.faults.add(fault)
    for number, status in enumerate(STATUSES, 1):
        for ticket in (1, 2, 3):
            works.queue(ticket, number, "publish", "page", text=f"{ticket} {status}", status=status)
            verb: Verb = "close" if status == "resolved" else "file"
            works.queue(ticket, number + 10, verb, "bugs", text=f"{ticket} {status}", runbook="checkout")
        works.work(300)
        if chance.random() < 0.5:
            works.restart()
    works.work(3_600)

    page, jira = works.sandbox.services.statuspage, works.sandbox.services.jira
    assert sum(row["happened"] for row in works.sandbox.faults.rows()) > 0
    assert Counter(row.state for row in works.rows()) == {"sent": 18}
    said = [(one.facts["body"], one.facts["status"]) for one in page.log]
    assert sorted(said) == sorted((f"{ticket} {status}", status) for ticket in (1, 2, 3) for status in STATUSES)
    for ticket in (1, 2, 3):
        assert [status for body, status in said if body.startswith(str(ticket))] == list(STATUSES)
    assert page.mails == 9 * page.subscribers
    assert Counter(one.kind for one in jira.log if one.kind != "link") == {"issue": 3, "comment": 6}
    links = [list(issue["links"].values()) for issue in jira.issues.values()]
    assert [[link["status"]["resolved"] for link in one] for one in links] == [[True]] * 3


def test_a_status_page_that_is_away_for_an_hour_loses_nothing_and_keeps_the_order() -> None:
    """The end never comes before the beginning."""
    works = Works()
    until = works.sandbox.clock.epoch() + 3_600
    works.sandbox.faults.add({"kind": "timeout_before_commit", "path": "/services/statuspage/*", "until": until})
    for number, status in enumerate(STATUSES, 1):
        works.queue(1, number, "publish", "page", text=status, status=status)
    issue = works.queue(1, 9, "file", "bugs")
    works.work(600)
    assert [one.key for one in works.sandbox.services.jira.of("issue")] == ["ESC-1"], issue
    works.work(7_200)

    assert [one.facts["status"] for one in works.sandbox.services.statuspage.log] == list(STATUSES)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_a_ticket_says_is_public(text: str) -> None:
    """Whatever the issue says of the ticket, the page says the policy's words; a public message that holds a ticket's is not carried by it."""
    works = Works()
    people = brief(summary=text, description=text)
    works.queue(1, 1, "publish", "page", title="Payments fail", text="We look.", status="investigating")
    works.queue(1, 2, "publish", "page", title=text, text=text, status="identified", brief=people)
    works.queue(1, 3, "file", "bugs", title=text, text=text, brief=people)
    works.work(120)

    (shown,) = works.sandbox.services.statuspage.incidents
    assert (shown["name"], [one["body"] for one in shown["incident_updates"]]) == ("Payments fail", ["We look."])
    states = {row.message.number: row.state for row in works.rows()}
    assert states == {1: "sent", 2: "dead", 3: "sent"}


def test_the_runbook_is_in_the_issue() -> None:
    """Requirement 90: looked up by its label when the message leaves."""
    works = Works()
    works.queue(1, 1, "file", "bugs", runbook="checkout")
    works.work(20)

    said = str(works.sandbox.services.jira.issues["ESC-1"]["fields"]["description"])
    assert "Runbook: Checkout runbook" in said
    assert "/wiki/spaces/SUP/pages/1000" in said
