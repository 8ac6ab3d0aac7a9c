"""What the worker remembers of a ticket between two looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from deskhand.core.climb import Climb
from deskhand.core.history import History
from deskhand.core.message import Standing
from deskhand.core.metric_event import MetricEvent


@dataclass(frozen=True, slots=True)
class Firing:
    """An entry of the ledger: this step of this rule fired in this episode, so it does not fire again.

    `op_id` is the write that carries it, empty where nothing was to be written (observed, skipped). What a guard held waits for a person, who lets
    it go (the entry is taken back) or drops it. What was `found` in the ticket's audits is on the ticket, and still to be decided upon.
    """

    rule: str
    episode: str
    number: int
    at: datetime
    op_id: str = ""
    outcome: Literal["fired", "observed", "skipped", "held", "dropped", "found"] = "fired"


@dataclass(frozen=True, slots=True)
class Edge:
    """Whether a rule's condition held at the last look, and how many lives it has had."""

    holds: bool
    lives: int


@dataclass(frozen=True, slots=True)
class Cycle:
    """One of Zendesk's own metrics as last seen: its stage, and how many times it has been started."""

    stage: str
    count: int
    idle_at: datetime | None = None
    """When it was last seen not running."""
    began: datetime | None = None
    """When its present life began, by its metric events."""


@dataclass(frozen=True, slots=True)
class Own:
    """Our last write as the ticket's stamp shows it: `after` it, and the stamp that somebody else's change had left `before`."""

    after: datetime
    before: datetime


@dataclass(frozen=True, slots=True)
class Promised:
    """When our own running clocks were due at the last look, by how much of the ticket was `known`: events, and audits up to when."""

    known: int
    exact_to: datetime | None
    due: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Memory:
    """History, ledger and the little state that tells one episode from the next.

    `intended` is the severity that our own last write gives the ticket: a change to it is ours, any other is a person's.
    """

    ticket_id: int
    history: History = ()
    ledger: tuple[Firing, ...] = ()
    edges: Mapping[str, Edge] = field(default_factory=dict)
    cycles: Mapping[str, Cycle] = field(default_factory=dict)
    intended: str | None = None
    events: tuple[MetricEvent, ...] = ()
    """Zendesk's metric events of the ticket, as far as they matter to clocks that still run."""
    exact_to: datetime | None = None
    """Up to when the history was taken from the ticket's audits; what came later was seen in passing."""
    off_by: Mapping[str, float] = field(default_factory=dict)
    """Clocks whose two measures differ, with the seconds: told once, not at every look."""
    looked_at: datetime | None = None
    """The last look."""
    planned: datetime | None = None
    """When the ticket was to be looked at again by itself, as of the last look."""
    allowed: tuple[str, ...] = ()
    """Rules that a person let go at the next look, whatever their ceiling."""
    calm: tuple[str, ...] = ()
    """Rules whose condition may come true at the next look without beginning a new life, since it is our own undoing that made it so."""
    own: Own | None = None
    """Our last write."""
    promised: Promised | None = None
    """What was due when at the last look, so that an edit in flight is noticed."""
    standings: tuple[Standing, ...] = ()
    """Where this ticket's open pages stand at the services that carry them, as last read."""
    climbs: tuple[Climb, ...] = ()
    """Ladders that are or were climbed for it, the newest climb of each."""
    numbers: Mapping[str, int] = field(default_factory=dict)
    """The number of the last message of each thread."""
    unread: datetime | None = None
    """The ticket may have been written to since then by a worker of which this database knows nothing: its audits are read before it is written to."""

    def fired(self, rule: str, episode: str) -> tuple[Firing, ...]:
        """The ledger's entries for a rule in an episode, oldest first."""
        return tuple(entry for entry in self.ledger if entry.rule == rule and entry.episode == episode)

    def held(self, rule: str) -> Firing | None:
        """What a guard holds of a rule on this ticket, if it does."""
        return next((entry for entry in self.ledger if entry.rule == rule and entry.outcome == "held"), None)

    def without(self, op_id: str) -> "Memory":
        """The memory with the firings of a write taken back, since that write did not happen. What was said of climbs in it is still to be told."""
        return replace(
            self,
            ledger=tuple(entry for entry in self.ledger if entry.op_id != op_id),
            intended=None,
            climbs=tuple(climb.without(op_id) for climb in self.climbs),
        )
