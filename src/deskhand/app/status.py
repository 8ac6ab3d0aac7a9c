"""Status: how the worker stands, from what it has stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from deskhand.app.adopt import REFUSED
from deskhand.app.disagree import COUNTED
from deskhand.app.engine import BEAT
from deskhand.app.ports import Store, Transaction
from deskhand.app.standing import Told, told
from deskhand.app.troubled import LOOKED_BACK, passed_over, stuck
from deskhand.app.unclear import NOT_SHOWN

ACCOUNT: Final = "account"
"""The name under which it is noted of which account a database is."""
RESTORED: Final = "restored"
"""The name under which it is noted that a backup was put back."""


@dataclass(frozen=True, slots=True)
class Status:
    """Tickets by status, writes by state, what is due and since when, and up to when each feed was read."""

    tickets: Mapping[str, int]
    outbox: Mapping[str, int]
    due: int
    oldest_due: datetime | None
    next_look: datetime | None
    read_to: Mapping[str, str]
    last_cycle: str = ""
    """When a full cycle was last completed."""
    policy: Told | None = None
    """The policy in force, as the worker said it last."""
    refused: str = ""
    """Why changed policies are not in force; the last good ones are."""
    held: Mapping[str, str] = field(default_factory=dict)
    """Rules of which something is held, with the reason."""
    messages: Mapping[str, int] = field(default_factory=dict)
    """Messages to people, by state."""
    stuck: Mapping[str, str] = field(default_factory=dict)
    """Channels whose messages were tried in vain, with how many wait, since when, and why."""
    passed_over: Mapping[str, str] = field(default_factory=dict)
    """Channels that failed of late, so that others carried what was theirs, with how much that was, and why."""
    not_shown: int = 0
    """Pages that a service took and did not show."""
    restored: str = ""
    """When a backup was last put back, and as of when that was."""
    disagreed: int = 0
    """How often two measures of one clock of a ticket began to differ by more than a minute."""


def status(store: Store, now: datetime) -> Status:
    """Look, without changing anything."""
    with store.read() as tx:
        due, oldest = tx.work.overdue(now)
        read = {
            name: tx.notebook.get(f"read to {name}") for name in ("recent", "export", "ticket events", "metric events")
        }
        return Status(
            tickets=dict(tx.tickets.count()),
            outbox={name: count for name, count in tx.outbox.count().items() if count},
            due=due,
            oldest_due=oldest,
            next_look=tx.work.next_at(),
            read_to={name: at for name, at in read.items() if at},
            last_cycle=tx.notebook.get(BEAT) or "",
            refused=tx.notebook.get(REFUSED) or "",
            policy=told(tx),
            held=_held(tx),
            messages={name: count for name, count in tx.messages.count().items() if count},
            stuck=stuck(tx.messages.listed(("planned", "unknown"))),
            passed_over=passed_over(tx.messages.recent(now - LOOKED_BACK)),
            restored=tx.notebook.get(RESTORED) or "",
            not_shown=int(tx.notebook.get(NOT_SHOWN) or 0),
            disagreed=int(tx.notebook.get(COUNTED) or 0),
        )


def _held(tx: Transaction) -> dict[str, str]:
    """The reason of the oldest row that each rule is held with."""
    reasons: dict[str, str] = {}
    for row in tx.outbox.listed(("held",)):
        for rule in row.owners:
            reasons.setdefault(rule, row.reason)
    return reasons
