"""What should be done to a ticket: single effects with their reason, and the one write that carries them."""

from dataclasses import dataclass
from typing import Final, Literal

from deskhand.core.message import Verb
from deskhand.core.ticket import Value


@dataclass(frozen=True, slots=True)
class SetField:
    """Give a system field (`priority`, `status`, ...) or a custom field (`field.<name>`) a value."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class AddTags:
    """Put tags on the ticket; the others stay."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveTags:
    """Take tags off the ticket; the others stay."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """Give the ticket to a group, an agent (by e-mail address), or both."""

    group: str | None = None
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class SetSeverity:
    """Raise or lower the severity; `field` and `value` say where that is written."""

    before: str
    after: str
    field: str
    value: Value
    reason: str

    @property
    def raises(self) -> bool:
        """Whether it gets more severe."""
        return self.after < self.before


@dataclass(frozen=True, slots=True)
class Note:
    """An internal note, never public. `template` is its name, `body` its finished plain text."""

    template: str
    body: str


@dataclass(frozen=True, slots=True)
class AddFollower:
    """Let an agent (by e-mail address) follow the ticket."""

    email: str


@dataclass(frozen=True, slots=True)
class Say:
    """Say something outside Zendesk; nothing on the ticket changes by it. `climb` begins the steps of a ladder, `to` names whom it is for, or the place."""

    verb: Verb | Literal["climb"]
    to: str
    channels: tuple[str, ...] = ()


Change = SetField | AddTags | RemoveTags | Assign | SetSeverity | Note | AddFollower | Say

KINDS: Final = {
    SetField: "set",
    AddTags: "add_tags",
    RemoveTags: "remove_tags",
    Assign: "assign",
    SetSeverity: "severity",
    Note: "note",
    AddFollower: "follower",
    Say: "message",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One change that one step of one rule asks for.

    `action` is the word of the policy that caused it (`add_tags`, `raise_severity`, `notify`, ...). `done` is False where the rule's mode only
    observes, or where a guard holds it: then `held` says why. `overruled_by` names the rule that had already decided the same field in this
    evaluation.
    """

    rule: str
    action: str
    change: Change
    done: bool = True
    overruled_by: str | None = None
    held: str = ""

    @property
    def kind(self) -> str:
        """The kind of change, as counted in reports."""
        return KINDS[type(self.change)]


@dataclass(frozen=True, slots=True)
class TicketWrite:
    """All that one decision changes on one ticket: one conditional update, one internal note at most.

    `op_id` marks the update in the ticket's audit and is made from what fired, so the same decision never has two; `stamp`
    is the ticket's `updated_at` as read, in ISO form to the second (`2026-03-02T09:00:00Z`). `sets` are (field, value)
    pairs; `tags` is the full list that results and None where tags stay; `rules` names the rules behind it. `before` and, once it is done,
    `after` are the fields that it changes or may change, so that it can be undone; `undoes` names the writes that this one takes back. `policy` is the
    beginning of the digest of the policy that it was decided under; a person's undoing has none. `fired` are the keys of
    what fired for it, which its audit names, so that it is known again by a database that is older than it.
    """

    op_id: str
    ticket_id: int
    stamp: str
    rules: tuple[str, ...]
    sets: tuple[tuple[str, Value], ...] = ()
    group: str | None = None
    assignee: str | None = None
    tags: tuple[str, ...] | None = None
    tags_added: tuple[str, ...] = ()
    tags_removed: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
    note: str | None = None
    followers_removed: tuple[str, ...] = ()
    before: tuple[tuple[str, Value], ...] = ()
    after: tuple[tuple[str, Value], ...] = ()
    undoes: tuple[str, ...] = ()
    policy: str = ""
    fired: tuple[str, ...] = ()
