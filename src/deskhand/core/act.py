"""From rules that fire to changes on the ticket: what each action would change, who claims what, and the one write."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from deskhand.core.brief_make import brief_for
from deskhand.core.brief_note import brief_note
from deskhand.core.effect import (
    AddFollower,
    AddTags,
    Assign,
    Change,
    Effect,
    Note,
    RemoveTags,
    Say,
    SetField,
    SetSeverity,
    TicketWrite,
)
from deskhand.core.facts import Facts, titles
from deskhand.core.note import Ask, note_values
from deskhand.core.policy import (
    TELLING,
    Action,
    AskFor,
    AssignTo,
    Engage,
    Escalate,
    FileIssue,
    Follow,
    Mode,
    MoveSeverity,
    Policy,
    Publish,
    Rule,
    Send,
    SetTo,
    Tag,
    Tell,
    WriteBrief,
    WriteNote,
)
from deskhand.core.severity import moved
from deskhand.core.ticket import Ticket, Value
from deskhand.core.trace import Verdict
from deskhand.core.undo import snapshot

NAMED: Final = 12
"""Characters of a policy's digest that a write carries."""


def draft(firing: Iterable[tuple[Rule, Mode, Verdict]], facts: Facts, policy: Policy) -> tuple[Effect, ...]:
    """The effects of all rules that fire, in order. What is so already is left out; what only observes or is held is not `done`."""
    claims = _Claims()
    effects: list[Effect] = []
    for rule, mode, verdict in firing:
        held = verdict.reason if verdict.outcome == "held" else ""
        ask = Ask(before=facts.severity)
        for action in sorted(rule.then, key=lambda action: not isinstance(action, MoveSeverity)):
            done = not held and may(action, mode)
            for change in _changes(action, rule, facts, policy, ask):
                effect = claims.settle(Effect(rule.id, word(action), _dated(change, verdict), done, held=held))
                if isinstance(change, SetSeverity) and effect and effect.overruled_by is None:
                    ask = replace(ask, after=change.after, reason=change.reason)
                effects += [effect] if effect else []
    return tuple(effects)


def may(action: Action, mode: Mode) -> bool:
    """Whether a rule of this mode carries an action out."""
    return mode == "enforce" or (mode == "notify" and isinstance(action, TELLING))


def merge(
    ticket: Ticket,
    effects: tuple[Effect, ...],
    op_id: str,
    *,
    policy: str = "",
    fired: tuple[str, ...] = (),
    held: bool = False,
) -> TicketWrite | None:
    """The one write that carries out the effects, or None if none of them is to be done. `fired` names what fired. With `held`, the one that is kept back."""
    todo = [effect for effect in effects if (effect.held if held else effect.done) and effect.overruled_by is None]
    todo = [effect for effect in todo if not isinstance(effect.change, Say)]
    if not todo:
        return None
    changes = [effect.change for effect in todo]
    added = _gather(change.tags for change in changes if isinstance(change, AddTags))
    removed = _gather(change.tags for change in changes if isinstance(change, RemoveTags))
    notes = [change.body for change in changes if isinstance(change, Note)]
    return TicketWrite(
        op_id=op_id,
        ticket_id=ticket.id,
        stamp=ticket.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        rules=tuple(dict.fromkeys(effect.rule for effect in todo)),
        sets=tuple((change.field, change.value) for change in changes if isinstance(change, SetField | SetSeverity)),
        group=next((change.group for change in changes if isinstance(change, Assign) and change.group), None),
        assignee=next((change.assignee for change in changes if isinstance(change, Assign) and change.assignee), None),
        tags=tuple(sorted((ticket.tags | set(added)) - set(removed))) if added or removed else None,
        tags_added=added,
        tags_removed=removed,
        followers=_gather((change.email,) for change in changes if isinstance(change, AddFollower)),
        note="\n\n".join(notes) or None,
        before=snapshot(ticket, (change.field for change in changes if isinstance(change, SetField | SetSeverity))),
        policy=policy[:NAMED],
        fired=fired,
    )


def _dated(change: Change, verdict: Verdict) -> Change:
    """A note that comes late says so."""
    if isinstance(change, Note) and verdict.due is not None:
        return replace(
            change, body=f"{change.body}\n\nThis comes late: it was due at {verdict.due:%Y-%m-%d %H:%M} UTC."
        )
    return change


def intended(effects: tuple[Effect, ...]) -> str | None:
    """The severity that these effects give the ticket, if they change it."""
    for effect in effects:
        if isinstance(effect.change, SetSeverity) and effect.done and effect.overruled_by is None:
            return effect.change.after
    return None


_WORDS: Final[Mapping[type, str]] = {
    SetTo: "set",
    AssignTo: "assign",
    WriteNote: "internal_note",
    Follow: "add_follower",
    Tell: "notify",
    Send: "notify",
    Engage: "engage",
    Escalate: "escalate",
    FileIssue: "file_issue",
    Publish: "publish",
    WriteBrief: "brief",
    AskFor: "requires",
}


def word(action: Action) -> str:
    """The word of the policy language for an action."""
    match action:
        case Tag():
            return "add_tags" if action.add else "remove_tags"
        case MoveSeverity():
            return f"{action.direction}_severity"
        case _:
            return _WORDS[type(action)]


@dataclass(slots=True)
class _Claims:
    """Which rule has decided what, so that a later one cannot undo it in the same evaluation."""

    held: dict[str, tuple[str, Value]] = field(default_factory=dict)

    def settle(self, effect: Effect) -> Effect | None:
        """The effect; marked as overruled where another value was claimed before; None where it says the same again."""
        asks = list(_asks(effect.change))
        for target, value in asks:
            owner, claimed = self.held.get(target, (effect.rule, value))
            if claimed != value:
                return replace(effect, overruled_by=owner)
        if asks and all(target in self.held for target, _ in asks):
            return None
        if effect.done:
            self.held |= {target: (effect.rule, value) for target, value in asks}
        return effect


def _asks(change: Change) -> Iterator[tuple[str, Value]]:
    """What a change lays claim to: a field with its value, a tag with its presence."""
    match change:
        case SetField():
            yield change.field, change.value
        case SetSeverity():
            yield change.field, change.value
        case AddTags():
            yield from ((f"tag {tag}", True) for tag in change.tags)
        case RemoveTags():
            yield from ((f"tag {tag}", False) for tag in change.tags)
        case Assign():
            yield from (
                (name, value) for name, value in (("group", change.group), ("assignee", change.assignee)) if value
            )
        case AddFollower():
            yield f"follower {change.email}", True
        case Note() | Say():
            return


def _changes(action: Action, rule: Rule, facts: Facts, policy: Policy, ask: Ask) -> Iterator[Change]:
    """What an action would change on this ticket as it is; nothing for what is so already."""
    ticket = facts.ticket
    match action:
        case SetTo():
            if facts.get(action.field) != action.value:
                yield SetField(action.field, action.value)
        case Tag():
            yield from _tags(ticket, action)
        case AssignTo():
            group = action.group if action.group != ticket.group else None
            assignee = action.assignee if action.assignee != ticket.assignee else None
            if group or assignee:
                yield Assign(group, assignee)
        case MoveSeverity():
            yield from _severity(action, facts, policy)
        case WriteNote() | WriteBrief() | AskFor():
            yield from _note(action, rule, facts, policy, ask)
        case Follow():
            yield from _follow(ticket, action.email)
        case Tell() | Engage():
            yield from _tell(action, rule, facts, policy, ask)
        case _:
            yield from _say(action, policy)


def channels_of(action: Send, policy: Policy) -> tuple[str, ...]:
    """The channels by which an action tells a role: those it names, else the role's own."""
    role = policy.roles.get(action.role)
    return action.channels or (role.channels if role else ())


def _say(action: Send | Escalate | FileIssue | Publish, policy: Policy) -> Iterator[Change]:
    """What is said outside Zendesk changes nothing on the ticket. `speak` and `climbs` make the messages."""
    match action:
        case Send():
            if channels := channels_of(action, policy):
                yield Say("tell", action.role, channels)
        case Escalate():
            yield Say("climb", action.ladder)
        case FileIssue():
            yield Say("file", action.channel, (action.channel,))
        case Publish():
            yield Say("publish", action.channel, (action.channel,))


def _note(
    action: WriteNote | WriteBrief | AskFor, rule: Rule, facts: Facts, policy: Policy, ask: Ask
) -> Iterator[Change]:
    """A template written out; the brief, of which a P4 has none; what is missing, with a tag that goes when nothing is."""
    if isinstance(action, WriteBrief):
        if brief := brief_for(facts, policy, action.target):
            yield Note("brief", brief_note(brief))
        return
    fields = action.fields if isinstance(action, AskFor) else ()
    if isinstance(action, WriteNote) or fields:
        ask = replace(ask, missing=titles(fields)) if fields else ask
        yield Note(action.template, policy.templates[action.template].render(note_values(facts, rule, ask)))
    if isinstance(action, AskFor):
        yield from _tags(facts.ticket, Tag(add=(action.tag,)) if fields else Tag(remove=(action.tag,)))


def _tags(ticket: Ticket, action: Tag) -> Iterator[Change]:
    missing = tuple(tag for tag in action.add if tag not in ticket.tags)
    present = tuple(tag for tag in action.remove if tag in ticket.tags)
    if missing:
        yield AddTags(missing)
    if present:
        yield RemoveTags(present)


def _severity(action: MoveSeverity, facts: Facts, policy: Policy) -> Iterator[Change]:
    """A move in the stated direction only: raising to a level that is less severe does nothing."""
    before = facts.severity
    if before is None:
        return
    step = action.by if action.direction == "raise" else -action.by
    after = action.to or moved(before, step)
    if (after < before) if action.direction == "raise" else (after > before):
        name, value = policy.binding.write(after)
        yield SetSeverity(before, after, name, value, action.reason)


def _follow(ticket: Ticket, email: str) -> Iterator[Change]:
    if email not in ticket.followers:
        yield AddFollower(email)


def _tell(action: Tell | Engage, rule: Rule, facts: Facts, policy: Policy, ask: Ask) -> Iterator[Change]:
    """Somebody is told: a note, a tag that can be searched for, and a follower where one is named."""
    if isinstance(action, Tell):
        ask = replace(ask, role=action.role)
    else:
        area = str(facts.get(action.by) or "") if action.by else ""
        ask = replace(ask, tier=action.tier, area=area, pattern=action.pattern)
    yield Note(action.template, policy.templates[action.template].render(note_values(facts, rule, ask)))
    yield from _tags(facts.ticket, Tag(add=(action.tag,)))
    if action.follower:
        yield from _follow(facts.ticket, action.follower)


def _gather(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All names in order, each once."""
    return tuple(dict.fromkeys(name for group in groups for name in group))
