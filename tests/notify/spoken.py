"""Messages to send, and words that nobody should be able to send: for the tests of every channel."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from deskhand.core.brief import Brief, Tried
from deskhand.core.message import Link, Message, Notice

NOW = datetime(2026, 11, 21, 3, 4, 5, tzinfo=UTC)
TICKET = "https://acme.zendesk.com/agent/tickets/4711"

BRIEF = Brief(
    ticket_id=4711,
    url=TICKET,
    at=NOW,
    summary="Checkout answers 500 for every basket",
    severity="Critical",
    target="Engineering",
    customers="3: Acme, Bolt, Cord",
    workflow_impact="Nobody can pay",
    revenue_at_risk="40,000 EUR an hour",
    sla="Breached",
    sla_clock="first_reply",
    description="Since 02:40 every checkout ends in an error.\nAll regions are hit. The release of 02:30 is suspected.",
    steps=("Fill a basket", "Press Pay"),
    expected="A receipt",
    actual="HTTP 500",
    environment="production, web 5.2",
    tried=(Tried("Restarted the web servers", "no change"), Tried("Rolled back to 5.1", "waits for approval")),
    last_update_at=NOW - timedelta(minutes=20),
    last_update="We are looking into it",
    expectation="Next word by 03:30",
    escalation_risk="Acme's board meets at 09:00",
    needed="Approve the rollback",
    deadline=NOW + timedelta(minutes=30),
    missing=("revenue_at_risk",),
)

NOTICE = Notice(
    title="P1 #4711 Checkout down",
    text="Acknowledge in PagerDuty by 03:09. Then Ann is asked.",
    url=TICKET,
    brief=BRIEF,
    facts=(("Severity", "p1"), ("Customer", "Acme"), ("First reply", "160 % of 15 min")),
    links=(Link("Runbook: checkout", "https://wiki.example/checkout"),),
)

PAGE = Message(
    key="3f1c0a9be2d44a7c9d10aa55",
    thread="zd:acme:4711:e1",
    number=1,
    ticket_id=4711,
    verb="page",
    channels=("chat",),
    notice=NOTICE,
    at=NOW,
    rule="p1-unacknowledged",
    role="eng_oncall",
    severity="p1",
    urgent=True,
    climb="production",
    rung=0,
    page=1,
)

HOSTILE = (
    "<!channel> <!here> <!everyone> <!subteam^S0123>", "<@U0123ABCD> wake up", "@here @channel @everyone", "<https://evil.example|the runbook>",
    "https://evil.example/?q=1", "&lt;!channel&gt; &amp;lt;!here&amp;gt;", "*bold* _it_ ~no~ `code` ```block``` > quote", ":fire: :rotating_light:",
    '"},{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}', "\\u003c!channel\\u003e", "{{ticket.id}} {% raw %} ${HOME} $(id) %s %(x)s {0}",
    "=cmd|' /C calc'!A0", "<script>alert(1)</script><img src=x onerror=alert(1)>", "\x1b[31mred\x1b[0m\x07\x00", "\u202egnp.exe \u2066hidden\u2069",
    "half \ud83d of one, \udfff", "\r\nX-Injected: 1\r\n\r\nbody", "javascript:alert(1)", "[click](javascript:alert(1))", "'; DROP TABLE tickets; --",
    "../../etc/passwd", "\u200b\ufeff", "  ", "", "\n\n\n", "😀" * 400, "a" * 65_536, "é\n" * 30_000, "\\" * 500, '"' * 500,
)  # fmt: skip
"""Words that some service, somewhere, would read as more than words."""


def page(**changes: Any) -> Message:
    """The page, or one that differs from it; `title`, `text`, `brief`, `facts`, `links`, `url` change its notice."""
    mine = {name: changes.pop(name) for name in ("title", "text", "brief", "facts", "links", "url") if name in changes}
    notice = changes.pop("notice", PAGE.notice)
    return replace(PAGE, **changes, notice=replace(notice, **mine))


def saying(words: str) -> Message:
    """A page in which everything that people can write says this."""
    brief = replace(
        BRIEF, summary=words, customers=words, workflow_impact=words, revenue_at_risk=words, description=words, steps=(words,) * 30,
        expected=words, actual=words, environment=words, tried=(Tried(words, words),) * 30, last_update=words, expectation=words,
        escalation_risk=words, needed=words, missing=(words,),
    )  # fmt: skip
    return page(
        title=words, text=words, brief=brief, facts=((words, words),) * 12, links=(Link(words, words),) * 12, rule=words
    )
