"""S2 at its full size: five hundred texts that want to be more than text, through every sink that a ticket's words can reach; none is interpreted by any."""

import io
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deskhand import logs
from deskhand.app.service_ports import Channel
from deskhand.cli.harmless import Harmless
from deskhand.core import ladder
from deskhand.core.brief_note import brief_note
from deskhand.core.message import Message, MessageRow
from deskhand.core.plain import plain as without_unseen
from deskhand.documents.notes import compile_note
from deskhand.http.service import ServiceSession
from deskhand.notify import adf
from deskhand.notify.others import Address, words
from deskhand.notify.slack import Slack
from deskhand.notify.slack_hook import SlackHook
from deskhand.notify.webhook import Webhook
from deskhand.sandbox import Sandbox
from deskhand.sandbox.scenarios.hostile_text import HOSTILE
from deskhand.sandbox.services import document, slack_form
from deskhand.store import open_store
from deskhand.zendesk.writes import plain as for_zendesk
from tests.notify import spoken
from tests.requirements.shipped import Firm

COUNT = 500
FRAMES = (
    "%s",
    "hello %s bye",
    "%s%s",
    "a\n%s\nb",
    "*%s*",
    "`%s`",
    '"%s"',
    "{{%s}}",
    "<%s>",
    "[%s](%s)",
    "<https://evil.example|%s>",
    "\u202e%s",
    "  %s  ",
    "> %s",
)
"""What stands around a hostile text. Filled by replacing, since the texts themselves hold per cent signs."""
MEGABYTE = "<!channel> {{ticket.id}} \x1b[31m\u202e @everyone " * 24_000


@cache
def texts() -> tuple[str, ...]:
    """Five hundred different ones, the same in each run: every known one, and mixtures of them."""
    known = [*HOSTILE.values(), *(one[:2_000] for one in spoken.HOSTILE)]
    found = dict.fromkeys([MEGABYTE, *known])
    draw = random.Random(4711)
    while len(found) < COUNT:
        frame = draw.choice(FRAMES)
        found[frame.replace("%s", draw.choice(known)[: draw.randint(1, 400)])] = None
    return tuple(found)[:COUNT]


def messages() -> Iterator[tuple[str, Message]]:
    """A page for each of them, in which everything that people can write says it."""
    for number, text in enumerate(texts()):
        message = spoken.saying(text)
        yield text, spoken.page(notice=message.notice, key=f"k{number}", thread=f"zd:acme:{number}:e1")


def _session(sandbox: Sandbox, setting: str) -> ServiceSession:
    address = sandbox.services.settings(sandbox.url)[setting]
    return ServiceSession(address, setting=setting, mount=sandbox.adapter())


def test_there_are_five_hundred_of_them() -> None:
    """S2: Liquid, Jinja, mrkdwn, mentions, formulas, markup, escape sequences, text that is turned round, and a megabyte."""
    assert len(set(texts())) == COUNT
    assert max(map(len, texts())) > 1_000_000


@pytest.mark.parametrize("service", ["slack", "slack_hook"])
def test_slack_pings_nobody_and_links_nowhere(service: str) -> None:
    """S2: by its Web API and by its webhook; none of the forms is refused."""
    sandbox = Sandbox()
    slack = sandbox.services.slack
    slack.limits["posts"] = (0, 10)
    place = ladder.Channel("chat", "slack", "C0SUPPORT")
    channel: Channel = (
        Slack(place, _session(sandbox, "DESKHAND_SLACK_URL"), "xoxb-sandbox", sandbox.clock.now)
        if service == "slack"
        else SlackHook(place, _session(sandbox, "DESKHAND_SLACK_HOOK_URL"), sandbox.clock.now)
    )

    for _, message in messages():
        channel.send(message, ())
        sandbox.clock.advance(1)

    assert len(slack.posts) == COUNT
    assert {status for (_, _, status) in slack.calls} == {200}
    assert [effect.facts["pings"] for effect in slack.log] == [[]] * COUNT
    assert {link for post in slack.posts for link in slack_form.links(post["blocks"])} <= {spoken.TICKET, *texts()}
    assert all("mrkdwn" not in json.dumps(post["blocks"]).partition("text")[0] for post in slack.posts)


def test_the_webhook_stays_one_envelope() -> None:
    """S2: its receiver checks each of them, and its signature."""
    sandbox = Sandbox()
    hook = Webhook(
        ladder.Channel("relay", "webhook"),
        _session(sandbox, "DESKHAND_WEBHOOK_URL"),
        "sandbox-secret",
        sandbox.clock.now,
    )

    for number, (_, message) in enumerate(messages()):
        hook.send(message, ())
        sandbox.clock.advance(1)
        assert sandbox.services.hook.log[number].facts["ticket"] == 4711

    assert len(sandbox.services.hook.of("taken")) == COUNT


def test_no_text_of_apprise_pings_or_controls_anything() -> None:
    """S2: whatever service stands behind the address."""
    pings = ("<!", "<@", "@here", "@everyone", "@channel", "<https", "\x1b", "\u202e", "\x00")

    for _, message in messages():
        for text in words(message, Address("x", lambda _title, _text: True)):
            assert [ping for ping in pings if ping in text] == []
            text.encode()


def test_an_issue_stays_one_document() -> None:
    """S2: of text nodes alone, by the published schema of the format."""
    for text, message in messages():
        made = adf.of_notice(message.notice)

        assert list(document.faults(made)) == []
        assert set(document.links_of(made)) <= {spoken.TICKET, text}


def test_a_note_has_nothing_that_zendesk_expands() -> None:
    """S2: neither in a note of a template nor in a brief; and a template reads no words of a ticket as its own."""
    note, _ = compile_note("n", "[<< ticket.subject >>]")
    assert note is not None

    for text, message in messages():
        brief = message.notice.brief
        assert brief is not None
        for sent in (
            for_zendesk(without_unseen(brief_note(brief))),
            for_zendesk(note.render({"ticket": {"subject": without_unseen(text[:9_000])}})),
        ):
            assert "{{" not in sent
            assert "{%" not in sent
        whole = _mended(text[:9_000])
        assert note.render({"ticket": {"subject": whole}}) == f"[{whole}]".replace("\r\n", "\n").replace("\r", "\n")


def _mended(text: str) -> str:
    """Without halves of characters, as the store keeps texts."""
    return text.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_line_of_the_log_is_one_line(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """S2: which no terminal obeys and no reader takes for two."""
    logs.configure("console" if form == "console" else "json")

    for text in texts():
        logs.get("deskhand.x").warning("write_dead", reason=text[:5_000])

    told = capsys.readouterr().err
    assert told.count("\n") == COUNT
    assert not set("\x1b\x07\x08\x9b\u202e\r") & set(told)


def test_a_terminal_obeys_none_of_them() -> None:
    """S2: what the commands print has no control character but line feeds."""
    out = Console(file=io.StringIO(), highlight=False, width=200)
    out.push_render_hook(Harmless())

    for text in texts():
        out.print(text[:5_000], markup=False)

    assert isinstance(out.file, io.StringIO)
    shown = out.file.getvalue()
    assert not {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), 0x202E)} & set(shown)
    assert "[red]not red[/red]" in shown


def test_the_store_gives_back_what_it_was_given(tmp_path: Path) -> None:
    """S2: no word of a ticket is SQL."""
    store = open_store(f"sqlite:///{tmp_path}/here.db")
    rows = [
        MessageRow(spoken.page(key=message.key, title=_mended(text), text=_mended(text)), "planned", message.at)
        for text, message in messages()
    ]

    with store.begin() as tx:
        tx.messages.put(rows)
    with store.read() as tx:
        found = [tx.messages.find(row.message.key) for row in rows]

    assert found == rows
    store.close()


CANARY = "ZQ7X"
MIXTURE = f"""{CANARY} <!channel> <!here|here> <@U0ANN> @everyone {{{{ticket.requester.email}}}} <% for x in tickets %> "}}]}}]}},"x":[ \x1b[31m\u202e
<https://evil.example|the runbook> [~admin] {{code}} *bold* https://evil.example/{CANARY}. One. Two. Three."""
WRITTEN = (
    "affected_customers", "workflow_impact", "revenue_at_risk", "issue_description", "reproduction_steps", "expected_result", "actual_result",
    "environment", "tried_so_far", "last_customer_update", "customer_expectation", "escalation_risk", "help_needed", "request_id", "client_version",
)  # fmt: skip
"""Fields of the company in which people write what they like."""


def test_the_whole_worker_says_them_to_every_service_and_none_obeys(tmp_path: Path) -> None:
    """S2: by the shipped policies: Slack pings nobody, an issue stays a document, a page keeps its form, and nothing of it is public."""
    firm = Firm(tmp_path)
    facts = {"subject": MIXTURE[:140].replace("\n", " "), "comment": {"body": MIXTURE}}
    fields: dict[str, Any] = dict.fromkeys(WRITTEN, MIXTURE)
    one = firm.ticket("p1", facts=facts, impact_stated=True, **fields)
    firm.carry(16)
    firm.change(one, facts={"assignee_email": "oncall@acme.example"})
    firm.change(one, repro_confirmed=True, suspected_bug=True, product_area="api", issue_type="bug")
    firm.carry(10)

    slack, jira, page, pager = (
        getattr(firm.sandbox.services, name) for name in ("slack", "jira", "statuspage", "pagerduty")
    )
    assert CANARY in json.dumps(slack.posts)
    assert [effect.facts["pings"] for effect in slack.log] == [[]] * len(slack.log)
    links = {link for post in slack.posts for link in slack_form.links(post["blocks"])}
    assert not [link for link in links if "evil" in link]
    assert CANARY in json.dumps(jira.issues)
    for issue in jira.issues.values():
        assert list(document.faults(issue["fields"]["description"])) == []
        assert CANARY not in json.dumps([issue["fields"].get("labels"), issue["properties"]])
    assert page.incidents != []
    assert CANARY not in json.dumps(page.incidents)
    assert [effect.kind for effect in pager.log if effect.kind == "triggered"] != []
    for service in (slack, jira, page):
        assert {status for (_, _, status) in service.calls if status >= 400} <= {404}
    with firm.worker.store.read() as tx:
        assert tx.messages.listed(("dead",)) == []
    notes = firm.notes(one)
    assert CANARY in notes
    assert "{{" not in notes
