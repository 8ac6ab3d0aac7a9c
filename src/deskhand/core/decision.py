"""What `decide` returns: what to do, why, and when to look again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from deskhand.core.climb import ClimbSeen
from deskhand.core.effect import Effect, TicketWrite
from deskhand.core.memory import Memory
from deskhand.core.message import Message
from deskhand.core.trace import Verdict

Stage = Literal["running", "paused", "met", "idle"]
"""`met`: the promise was kept or broken, and is over. `idle`: it has not begun, or has no target."""


@dataclass(frozen=True, slots=True)
class ClockSeen:
    """A clock as a decision saw it. `elapsed` and `target` are seconds in the clock's own calendar.

    `due_at` is when the target is used up if the clock keeps running, or was; `source` is `own` or `zendesk`; `note` says what is
    not known, for people.
    """

    clock: str
    source: Literal["own", "zendesk"]
    stage: Stage
    episode: str
    elapsed: float | None = None
    target: int | None = None
    due_at: datetime | None = None
    calendar: str = ""
    note: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    off_by: float | None = None
    """Seconds by which another measure of the same clock differs, where that is more than a minute."""

    @property
    def burn(self) -> float | None:
        """Elapsed over target for display; comparisons use whole seconds, never this."""
        return None if self.elapsed is None or not self.target else self.elapsed / self.target


@dataclass(frozen=True, slots=True)
class Decision:
    """One evaluation of one ticket. `policy` is the digest of the policy that was asked; `memory` is what to remember; `held` is what a guard keeps back."""

    ticket_id: int
    at: datetime
    policy: str
    verdicts: tuple[Verdict, ...]
    effects: tuple[Effect, ...]
    clocks: tuple[ClockSeen, ...]
    memory: Memory
    write: TicketWrite | None = None
    look_again: datetime | None = None
    severity: str | None = None
    held: TicketWrite | None = None
    messages: tuple[Message, ...] = ()
    """What is said to people outside Zendesk, queued in the same transaction."""
    climbs: tuple[ClimbSeen, ...] = ()
    """Where the ticket stands on the ladders that are climbed for it."""

    @property
    def quiet(self) -> bool:
        """Whether nothing fired, not even in observation, and nothing was skipped or found."""
        told = any(verdict.outcome in ("skipped", "found") for verdict in self.verdicts)
        return not self.effects and not self.messages and not told
