"""A message in PagerDuty's form: the title that phones read out, with the mark by which it is found again, and the details below it.

PagerDuty interprets nothing of it: titles and details are shown as plain text. Both of its APIs are given the same title, so that either finds what the
other one sent.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from deskhand.core.brief import Brief
from deskhand.core.brief_note import brief_note
from deskhand.core.message import Message
from deskhand.core.plain import cut, line, plain

TITLE: Final = 255
"""Characters of a title: PagerDuty takes 1,024, and nobody listens to that."""
LABEL: Final = 100
VALUE: Final = 3_000
TEXT: Final = 10_000
ENTRIES: Final = 20
"""Most characters of a label, a value and a text, and most rows of one kind: all of it stays far below the 512 KB of an event."""
SEVERITIES: Final[Mapping[str | None, str]] = {"p1": "critical", "p2": "error", "p3": "warning", "p4": "info"}
URL: Final = 2_000

_MARK: Final = re.compile(r" \[#(\d{1,9})\]\Z")
_WEB: Final = re.compile(r"https?://[^\s<>\"]+\Z")


def title(message: Message) -> str:
    """One line, with the message's number in its thread at its end: the latest page that PagerDuty was told of."""
    words = line(message.notice.title) or f"Ticket {message.ticket_id}"
    mark = f" [#{message.number}]"
    return cut(words, TITLE - len(mark)) + mark


def marked(words: object) -> int:
    """The number at the end of a title; -1 where there is none."""
    found = _MARK.search(str(words))
    return int(found.group(1)) if found else -1


def severity(message: Message) -> str:
    """One of PagerDuty's four; an error where the message has none, since somebody has to get up."""
    return SEVERITIES.get(message.severity, "error")


def source(message: Message) -> str:
    """Where it comes from: the help desk's account, as its thread names it."""
    parts = message.thread.split(":")
    return cut(line(f"zendesk:{parts[1]}"), LABEL) if len(parts) > 1 and line(parts[1]) else "zendesk"


def web(url: str) -> str:
    """An address that people may be led to; empty for anything else."""
    return url if len(url) <= URL and _WEB.match(url) else ""


def links(message: Message) -> list[dict[str, str]]:
    """The links of a message, for those who are paged."""
    given = [one for one in message.notice.links if web(one.url)][:ENTRIES]
    return [{"href": one.url, "text": cut(line(one.text), LABEL) or "Link"} for one in given]


def custom_details(message: Message) -> dict[str, Any]:
    """What an event carries below its title: labels with values, or lists of them."""
    rows: dict[str, Any] = {}
    notice = message.notice
    if plain(notice.text).strip():
        rows["What to do"] = cut(plain(notice.text).strip(), TEXT)
    for label, value in notice.facts[: 2 * ENTRIES]:
        rows[cut(line(label), LABEL) or "Fact"] = cut(plain(value).strip(), VALUE)
    if notice.brief is not None:
        rows |= dict(_brief(notice.brief))
    return rows


def details(message: Message) -> str:
    """The same as one text, for an incident that is made directly."""
    notice = message.notice
    facts = [f"{cut(line(label), LABEL)}: {cut(line(value), VALUE)}" for label, value in notice.facts[: 2 * ENTRIES]]
    parts = [
        cut(plain(notice.text).strip(), TEXT),
        "\n".join(facts),
        brief_note(notice.brief) if notice.brief is not None else "",
        "\n".join(f"{one['text']}: {one['href']}" for one in links(message)),
        f"Ticket: {web(notice.url)}" if web(notice.url) else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _brief(brief: Brief) -> Iterator[tuple[str, Any]]:
    """The parts of a brief, in the order of its form; what is empty is left out but for what has to be asked for."""
    tried = [f"{line(one.action)} -> {line(one.result) or 'not stated'}" for one in brief.tried]
    update = " ".join(part for part in (_moment(brief.last_update_at), line(brief.last_update)) if part)
    for label, value in (
        ("Escalation", brief.summary),
        ("Severity", brief.severity or ""),
        ("Target", brief.target or ""),
        ("Missing", "; ".join(brief.missing)),
        ("Customers", brief.customers),
        ("Workflow impact", brief.workflow_impact),
        ("Revenue at risk", brief.revenue_at_risk),
        ("SLA status", f"{brief.sla} ({brief.sla_clock})" if brief.sla_clock else brief.sla),
        ("Issue description", brief.description),
        ("Reproduction steps", brief.steps),
        ("Expected", brief.expected),
        ("Actual", brief.actual),
        ("Environment", brief.environment),
        ("What's been tried", tried),
        ("Last update", update),
        ("Expectation", brief.expectation),
        ("Escalation risk", brief.escalation_risk),
        ("What's needed", brief.needed),
        ("Deadline", _moment(brief.deadline)),
    ):
        told: Any = cut(plain(value).strip(), VALUE) if isinstance(value, str) else _listed(value)
        if told:
            yield label, told


def _listed(entries: tuple[str, ...] | list[str]) -> list[str]:
    """At most so many entries, with a word on those that are left out."""
    more = [f"({len(entries) - ENTRIES} more are in the ticket)"] if len(entries) > ENTRIES else []
    return [cut(line(one), VALUE // 10) for one in entries[:ENTRIES]] + more


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
