"""A write on its way to Zendesk: the states of an outbox row, and what an attempt came to.

    planned -> sending(attempt, job) -> done(audit) | unknown -> done | planned
                                     -> planned (later) | conflict | dead(reason)
    held(reason) -> conflict | dropped

`sending` is committed before the first byte leaves. After `unknown` the ticket's audits are read for the row's `op_id` before anything
is sent again. `conflict` ends the row: its firings are taken back and the ticket is judged again. A guard keeps a row `held` until a person
lets it go, which judges the ticket again, or drops it. `observed` rows were decided while the worker only observed; they are never sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from deskhand.core.effect import TicketWrite

State = Literal["planned", "sending", "unknown", "done", "conflict", "dead", "observed", "held", "dropped"]
OPEN: Final[tuple[State, ...]] = ("planned", "sending", "unknown")
"""States in which a row still has to come to an end."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outbox row: a write, its state and what is known of its attempts. Instants are UTC.

    `not_before` is the earliest next attempt; `lease_until` is when a claim may be taken over by another worker; `run` names the run of the
    worker that decided it; `job_id` is the Zendesk job that carried the last attempt.
    """

    write: TicketWrite
    state: State
    created_at: datetime
    not_before: datetime
    run: str = ""
    attempts: int = 0
    job_id: str = ""
    lease_until: datetime | None = None
    reason: str = ""
    audit_id: int | None = None
    settled_at: datetime | None = None

    @property
    def op_id(self) -> str:
        """The mark of its write."""
        return self.write.op_id

    @property
    def owners(self) -> tuple[str, ...]:
        """In whose name it waits: its rules, or the undoing that it is a part of."""
        return self.write.rules[:1] if self.write.undoes else self.write.rules


Came = Literal["done", "conflict", "retry", "away", "astray", "unknown", "rejected"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Zendesk said of one write. `retry_after` is seconds; `reason` is for people.

    `away` says nothing of the write itself: nobody took it, so it is no attempt of its own, and waits for as long as that lasts. `astray` left no
    trace: it never arrived, which is no fault of the write's either.
    """

    op_id: str
    came: Came
    reason: str = ""
    retry_after: float | None = None
    audit_id: int | None = None


AWAY_WAIT: Final = 30.0
"""Seconds until a write is offered again where Zendesk does not say how long to wait."""
MAX_ATTEMPTS: Final = 12
FIRST_WAIT: Final = 5.0
LONGEST_WAIT: Final = 600.0


def next_try(outcome: Outcome, attempts: int, now: datetime) -> datetime | None:
    """When a write that came back as `retry` may go again, or None once a person must look.

    Doubles from 5 s (5, 10, 20, ... capped at 10 min) and never goes before Zendesk's own `Retry-After`; after twelve attempts, about an hour
    and a half, the row is dead. What went astray goes again for as long as it takes.
    """
    if outcome.came not in ("retry", "astray") or (outcome.came == "retry" and attempts >= MAX_ATTEMPTS):
        return None
    wait = min(FIRST_WAIT * 2 ** max(attempts - 1, 0), LONGEST_WAIT)
    return now + timedelta(seconds=max(wait, outcome.retry_after or 0.0))
