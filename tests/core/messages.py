"""Short ways to make the messages, rows and channels that tests of escalation speak of."""

from dataclasses import replace
from typing import Any

from deskhand.core.calendar import Calendar
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, MessageRow, Notice
from deskhand.core.week import Week
from tests.core.builders import at

OFFICE = Calendar(
    "office", "Europe/Berlin", Week.of({day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")})
)
"""At work on weekdays in Berlin, whose clocks change at the end of March."""

PAGER = Channel("on-call", "pagerduty", "P1")
SLACK = Channel("support", "slack", "C1")
QUIET_SLACK = Channel("office-slack", "slack", "C2", hours=OFFICE)
QUIET_PAGER = Channel("office-pager", "pagerduty", "P2", hours=OFFICE)
CHANNELS = {one.name: one for one in (PAGER, SLACK, QUIET_SLACK, QUIET_PAGER)}


def message(about: int = 1, minutes: float = 0, **changes: Any) -> Message:
    """A page to whoever is on call about ticket `about`, decided so long after START."""
    facts: dict[str, Any] = {
        "key": f"page-{about}-{minutes}",
        "thread": f"zd:acme:{about}:e1",
        "number": 1,
        "ticket_id": about,
        "verb": "page",
        "channels": ("on-call", "support"),
        "notice": Notice(f"P2 #{about} no sound"),
        "at": at(minutes),
        "role": "on_call",
    }
    return Message(**(facts | changes))


def planned(one: Message, **changes: Any) -> MessageRow:
    """A message that waits to be sent."""
    return replace(MessageRow(one, "planned", one.at), **changes)


def sent(one: Message, minutes: float | None = None, **changes: Any) -> MessageRow:
    """A message that was sent, when it was decided or so long after START; a page is at its end only when it was read back."""
    when = one.at if minutes is None else at(minutes)
    facts: dict[str, Any] = {"state": "sent", "sent_at": when, "settled_at": None if one.verb == "page" else when}
    return replace(planned(one), **(facts | changes))
