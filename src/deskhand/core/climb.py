"""A climb: where one ticket stands on one ladder, as it is remembered between two looks. `climb_walk` takes its steps; `climb_words` says them.

    paging -> acknowledged -> paging (let go of, or silent for too long) -> ...
           -> monitor (contained) -> over, and anew as the next episode where it stops being contained
           -> over (solved, resolved, closed, merged, taken back; or not for this severity any more)

What is said in the ticket is kept here until the write that carries it is done, so that a write that is taken back loses no word: the messages of
a step are queued with the decision, whatever comes of its note.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from deskhand.core.message import Message

Stage = Literal["paging", "acknowledged", "monitor", "over"]
Why = Literal["", "ended", "severity", "contained before", "no ladder", "undone"]
"""Why a climb is over: it came to its end; its severity is not the ladder's; what was contained is not any more; the policy has no such ladder now; it was taken back."""
ProofKind = Literal["no answer", "nobody on call", "no channel", "not awake"]

KEPT: Final = 40
"""So many of its words a climb keeps."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Why a rung was left for the next one (requirement 39): how often it was paged from when to when, and whom.

    `not awake`: the worker itself was not running when its time came, so that a later rung was due already. `confirmed` is whether the pager has shown the
    pages of this matter at all.
    """

    kind: ProofKind
    rung: int
    name: str
    role: str
    at: datetime
    pages: int = 0
    since: datetime | None = None
    who: tuple[str, ...] = ()
    missed: int = 0
    """Pages more that were due while the worker was not awake."""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """Words about a step, for the ticket's note. `op_id` is the write that carries them; empty while they are still to be told."""

    number: int
    at: datetime
    text: str
    op_id: str = ""


@dataclass(frozen=True, slots=True)
class Climb:
    """Where a ticket stands on a ladder, in one episode.

    `cause` names the firing that began it. `rung` is the one it stands on; past the last one, nobody has answered. `pages` counts those on this rung, and
    `last` is the newest of them, or the arrival; `planned` is when the next step was due as of the last look.
    """

    ladder: str
    rule: str
    cause: str
    thread: str
    episode: int
    began: datetime
    last: datetime
    stage: Stage = "paging"
    severity: str | None = None
    rung: int = 0
    pages: int = 0
    since: datetime | None = None
    """The first page on this rung."""
    planned: datetime | None = None
    climber: Literal["", "worker", "pagerduty"] = ""
    """Who climbs in this episode: settled with the first page, so that it is never both."""
    channels: tuple[str, ...] = ()
    """Channels that something was to be said by, which hear of the end."""
    by: str = ""
    answered_at: datetime | None = None
    """When it was last acknowledged, by the pager's own time."""
    asked_again: bool = False
    """Whether who had acknowledged was asked once more, and has not answered yet."""
    waits: str = ""
    """What keeps the next page back, as it was said."""
    later: tuple[int, ...] = ()
    """Rungs that are only told, and are told when their hours begin."""
    informed: tuple[int, ...] = ()
    """Rungs that are only told, and were: they are told once, however often the way leads past them."""
    proofs: tuple[Proof, ...] = ()
    said: tuple[Said, ...] = ()
    told: int = 0
    """How many words there have been."""
    briefed: str = ""
    """The write that carries the brief; empty while it is still to be written."""
    undone: bool = False
    """Whether a person took back what began it: it is over with the next look."""
    closed: bool = False
    why: Why = ""
    reason: str = ""

    @property
    def paged(self) -> bool:
        """Whether anybody was paged in this episode."""
        return bool(self.climber)

    @property
    def to_tell(self) -> tuple[Said, ...]:
        """Words that no write carries yet."""
        return tuple(one for one in self.said if not one.op_id)

    def saying(self, at: datetime, text: str) -> "Climb":
        """The climb with words to be told."""
        words = (*self.said, Said(self.told + 1, at, text))
        return replace(self, said=words[-KEPT:], told=self.told + 1)

    def carried(self, op_id: str) -> "Climb":
        """The climb with all its words in the hands of a write."""
        words = tuple(replace(one, op_id=one.op_id or op_id) for one in self.said)
        return replace(self, said=words, briefed=self.briefed or op_id)

    def without(self, op_id: str) -> "Climb":
        """The climb with the words of a write that did not happen: they are still to be told."""
        words = tuple(replace(one, op_id="") if one.op_id == op_id else one for one in self.said)
        return replace(self, said=words, briefed="" if self.briefed == op_id else self.briefed)


@dataclass(frozen=True, slots=True)
class ClimbSeen:
    """A climb as a decision left it, for people: `next_at` is when its next step is due if nothing happens, `waits` what it waits for."""

    ladder: str
    thread: str
    stage: Stage
    rung: str
    role: str
    page: int
    next_at: datetime | None = None
    waits: str = ""
    by: str = ""
    reason: str = ""
    proofs: tuple[str, ...] = ()


def over(climbs: Iterable[Climb], message: Message) -> str:
    """Why nobody needs a message of a climb any more; empty while somebody does, and for what no climb made."""
    if not message.climb or message.verb == "close":
        return ""
    climb = next((one for one in climbs if one.thread == message.thread), None)
    if climb is None:
        return "its escalation is over and forgotten"
    if climb.stage == "over":
        return f"its escalation is over: {climb.reason}"
    if message.verb != "page" or climb.stage == "paging":
        return ""
    return f"{climb.by or 'somebody'} acknowledged" if climb.stage == "acknowledged" else climb.reason
