"""Documents in Atlassian's format (ADF), built of nodes: what people wrote is only ever the content of a text node, so nothing in it is interpreted.

A text node is never empty and holds no line break. The whole text of a document stays below Jira's limit; what is cut says so.
"""

from collections.abc import Iterable
from typing import Any, Final

from deskhand.core.brief import Brief
from deskhand.core.message import Link, Notice
from deskhand.core.plain import CUT, cut, plain

MOST: Final = 30_000
"""Characters of a whole document; Jira takes 32,767 as it counts them."""
MOST_PART: Final = 6_000
"""Characters of one paragraph or list item, so that a long log leaves room for what comes after it."""
LEAST: Final = 40
"""Room below which a document counts as full."""
WHEN: Final = "%Y-%m-%d %H:%M UTC"
EMPTY: Final = "(not given)"

Node = dict[str, Any]


class Document:
    """A document while it is written. What no longer fits is left out, and the document ends by saying so."""

    def __init__(self) -> None:
        self._content: list[Node] = []
        self._left = MOST

    def heading(self, text: str) -> None:
        """A heading of the third level."""
        self._add("heading", self._inline(text), attrs={"level": 3})

    def paragraphs(self, text: str) -> None:
        """Text as people wrote it: empty lines part paragraphs, other breaks stay."""
        for part in plain(text).split("\n\n"):
            self._add("paragraph", self._inline(part))

    def fact(self, label: str, value: str) -> None:
        """A label in bold and its value; what is empty is said to be."""
        self._add("paragraph", [*self._inline(f"{label}: ", "strong"), *self._inline(value or EMPTY)])

    def link(self, link: Link) -> None:
        """A link, or its words alone where the address is not one of the web."""
        marks = [{"type": "link", "attrs": {"href": link.url}}] if link.url.startswith(("https://", "http://")) else []
        words = self._inline(link.text or link.url)
        self._add("paragraph", [one | {"marks": marks} if marks and one["type"] == "text" else one for one in words])

    def items(self, texts: Iterable[str], *, numbered: bool = False) -> None:
        """A list, with a point or a number before each text."""
        rows = [
            {"type": "listItem", "content": [{"type": "paragraph", "content": words}]}
            for words in map(self._inline, texts)
            if words
        ]
        self._add("orderedList" if numbered else "bulletList", rows)

    def done(self) -> Node:
        """The whole document."""
        if self._left < LEAST:
            self._content.append({"type": "paragraph", "content": [{"type": "text", "text": CUT}]})
        return {"type": "doc", "version": 1, "content": self._content}

    def _add(self, kind: str, content: list[Node], **more: Node) -> None:
        if content:
            self._content.append({"type": kind, **more, "content": content})

    def _inline(self, text: str, mark: str = "") -> list[Node]:
        """Text nodes with hard breaks between them, as far as the document has room."""
        kept = cut(plain(text), min(MOST_PART, self._left)) if self._left >= LEAST else ""
        self._left -= len(kept)
        marks: Node = {"marks": [{"type": mark}]} if mark else {}
        found: list[Node] = []
        for row in kept.strip("\n").split("\n"):
            found += [{"type": "hardBreak"}] if found else []
            found += [{"type": "text", "text": row, **marks}] if row else []
        return found


def of_notice(notice: Notice) -> Node:
    """A whole notice: its text, its facts, the brief if there is one, and where to go from here."""
    document = Document()
    document.paragraphs(notice.text)
    for label, value in notice.facts:
        document.fact(label, value)
    if notice.brief is not None:
        _write_brief(document, notice.brief)
    for link in (Link("Ticket in Zendesk", notice.url), *notice.links):
        if link.url:
            document.link(link)
    return document.done()


def _write_brief(document: Document, brief: Brief) -> None:
    """The parts of the form in its order (requirements 82 to 88)."""
    document.heading(f"ESCALATION: {brief.summary or EMPTY}")
    document.fact("Severity", brief.severity or "")
    document.fact("Target", brief.target or "")
    if brief.missing:
        document.fact("Missing", "; ".join(brief.missing))
    document.heading("IMPACT")
    document.fact("Customers", brief.customers)
    document.fact("Workflow impact", brief.workflow_impact)
    if brief.revenue_at_risk:
        document.fact("Revenue at risk", brief.revenue_at_risk)
    document.fact("SLA", f"{brief.sla} ({brief.sla_clock})" if brief.sla_clock else brief.sla)
    document.heading("ISSUE DESCRIPTION")
    document.paragraphs(brief.description or EMPTY)
    _write_reproduction(document, brief)
    document.heading("WHAT'S BEEN TRIED")
    document.items([f"{one.action} → {one.result or EMPTY}" for one in brief.tried] or [EMPTY], numbered=True)
    document.heading("CUSTOMER COMMUNICATION")
    document.fact("Last update", f"{brief.last_update_at:{WHEN}}" if brief.last_update_at else "")
    if brief.last_update:
        document.fact("What was said", brief.last_update)
    document.fact("Expectation", brief.expectation)
    document.fact("Escalation risk", brief.escalation_risk)
    document.heading("WHAT'S NEEDED")
    document.paragraphs(brief.needed or EMPTY)
    document.fact("Deadline", f"{brief.deadline:{WHEN}}" if brief.deadline else "")


def _write_reproduction(document: Document, brief: Brief) -> None:
    """The steps, where there are any or where they are asked for."""
    if not (brief.steps or brief.expected or brief.actual or brief.environment):
        return
    document.heading("REPRODUCTION STEPS")
    document.items(brief.steps or (EMPTY,), numbered=True)
    document.fact("Expected", brief.expected)
    document.fact("Actual", brief.actual)
    document.fact("Environment", brief.environment)
