"""Actions: what a rule does, in the order in which it says so."""

from collections.abc import Iterator
from typing import Final

from deskhand.core.brief import Target
from deskhand.core.message import Service
from deskhand.core.policy import (
    Action,
    AssignTo,
    Engage,
    Escalate,
    FileIssue,
    Follow,
    MoveSeverity,
    Publish,
    Send,
    SetTo,
    Tag,
    Tell,
    WriteNote,
)
from deskhand.core.ticket import Value
from deskhand.documents import compile_brief
from deskhand.documents.compile_compare import NAMED, use_field
from deskhand.documents.compile_ladder import people_channels
from deskhand.documents.models_brief import BriefTarget
from deskhand.documents.models_escalation import EscalateModel, FileIssueModel, PublishModel
from deskhand.documents.models_rule import ActionModel, AssignModel, EngageModel, NotifyModel, RaiseModel
from deskhand.documents.node import Node
from deskhand.documents.problems import listed, near
from deskhand.documents.scope import View
from deskhand.documents.vocabulary import FIELDS, SET_FIELDS, prefixed

_READ_ONLY: Final = {
    "severity": "use raise_severity or lower_severity",
    "group": "use assign: {group: ...}",
    "assignee": "use assign: {assignee: ...}",
    "tags": "use add_tags and remove_tags",
    "comment": "a rule writes no public comment; use internal_note",
}


def actions(model: ActionModel, node: Node, view: View) -> Iterator[Action]:
    """The actions of one entry of `then`."""
    if not node.mapping:
        view.problem(node, "an action is empty", "bad-action", f"use {', '.join(ActionModel.model_fields)}")
    for name, child in node.mapping.items():
        if getattr(model, name) is None:
            view.problem(node.key(name), f"'{name}' has no value", "bad-action")
        elif name in _PLAIN:
            yield from _plain(name, child, view)
        else:
            yield from _structured(name, model, child, view)


_PLAIN: Final = ("add_tags", "remove_tags", "internal_note", "add_follower")
"""Actions whose value is a word or a list of words, validated already."""


def _plain(name: str, node: Node, view: View) -> Iterator[Action]:
    words = [str(item.value) for item in node.items or (node,)]
    match name:
        case "add_tags":
            yield Tag(add=tuple(words))
        case "remove_tags":
            yield Tag(remove=tuple(words))
        case "internal_note":
            yield WriteNote(view.note(node, words[0]))
        case _:
            view.mention("agents", words[0], node)
            yield Follow(words[0])


def _structured(name: str, model: ActionModel, node: Node, view: View) -> Iterator[Action]:
    move = model.raise_severity if name == "raise_severity" else model.lower_severity
    if name == "set":
        yield from _set(node, view)
    elif name == "assign" and model.assign:
        yield from _assign(model.assign, node, view)
    elif name == "notify" and model.notify:
        yield from _notify(model.notify, node, view)
    elif name == "engage" and model.engage:
        yield from _engage(model.engage, node, view)
    elif name == "brief" and model.brief:
        yield compile_brief.action(model.brief, node, view)
    elif name == "escalate" and model.escalate:
        yield from _escalate(model.escalate, node, view)
    elif name == "file_issue" and model.file_issue:
        yield from _file_issue(model.file_issue, node, view)
    elif name == "publish" and model.publish:
        yield from _publish(model.publish, node, view)
    elif move:
        yield from _move(name, move, node, view)


def _set(node: Node, view: View) -> Iterator[Action]:
    if not node.mapping:
        view.problem(node, "'set' names no field", "bad-action", "write set: {status: open}")
    for name, child in node.mapping.items():
        key = node.key(name)
        if prefixed(name)[0] == "field":
            use_field(name, key, view)
            yield from _custom(name, child, view)
        elif name in SET_FIELDS:
            yield from _system(name, child, view)
        else:
            known = name in FIELDS or prefixed(name)[0] or name in _READ_ONLY
            hint = (
                _READ_ONLY.get(name)
                or near(name, (*SET_FIELDS, "field."))
                or f"use {', '.join(SET_FIELDS)} or field.<name>"
            )
            message = f"'{name}' cannot be set" if known else f"unknown field '{name}'"
            view.problem(key, message, "bad-action" if known else "unknown-field", hint)


def _system(name: str, node: Node, view: View) -> Iterator[Action]:
    allowed = SET_FIELDS[name]
    if not isinstance(node.value, str) or (allowed and node.value not in allowed):
        hint = near(str(node.value), allowed) or f"it can be {listed(allowed) if allowed else 'a text'}"
        view.problem(node, f"'{name}' cannot be {node.kind}", "bad-action", hint)
        return
    if name in NAMED:
        view.mention(NAMED[name], node.value, node)
    yield SetTo(name, node.value)


def _custom(name: str, node: Node, view: View) -> Iterator[Action]:
    field = prefixed(name)[1]
    entries = node.items or (node,)
    for entry in entries:
        if not entry.scalar or (node.items and not isinstance(entry.value, str)):
            view.problem(entry, f"'{name}' cannot be {entry.kind}", "bad-action", "give a scalar, or a list of options")
            return
        if isinstance(entry.value, str):
            view.mention("options", f"{field}={entry.value}", entry)
    value: Value = tuple(str(entry.value) for entry in entries) if node.items else _scalar(node)
    yield SetTo(name, value)


def _scalar(node: Node) -> str | int | float | bool | None:
    value = node.value
    assert value is None or isinstance(value, str | int | float)
    return value


def _assign(wanted: AssignModel, node: Node, view: View) -> Iterator[Action]:
    if wanted.group is None and wanted.assignee is None:
        view.problem(node, "'assign' names nobody", "bad-action", "give a group, an assignee, or both")
        return
    if wanted.group is not None:
        view.mention("groups", wanted.group, node.at(("group",)))
    if wanted.assignee is not None:
        view.mention("agents", wanted.assignee, node.at(("assignee",)))
    yield AssignTo(wanted.group, wanted.assignee)


def _move(word: str, wanted: RaiseModel, node: Node, view: View) -> Iterator[Action]:
    if wanted.by is not None and wanted.to is not None:
        view.problem(node.key("to"), f"'{word}' has both 'by' and 'to'", "bad-action", "use one of them")
        return
    level = view.severity(node.at(("to",))) if wanted.to is not None else None
    if wanted.to is not None and level is None:
        return
    yield MoveSeverity("raise" if word == "raise_severity" else "lower", wanted.reason, wanted.by or 1, level)


def _notify(wanted: NotifyModel, node: Node, view: View) -> Iterator[Action]:
    role = view.role(node.at(("role",)), wanted.role)
    if role is None:
        return
    template = view.note(node.at(("note",)), wanted.note or role.note)
    yield Tell(wanted.role, template, role.tag, role.who.agent)
    by = people_channels(wanted.by, node.at(("by",)), view) if wanted.by is not None else role.who.channels
    if by:
        yield Send(wanted.role, template, by, _brief(wanted.brief, view))


def _engage(wanted: EngageModel, node: Node, view: View) -> Iterator[Action]:
    if wanted.by is not None:
        at = node.at(("by",))
        if wanted.by not in FIELDS and not prefixed(wanted.by)[0]:
            hint = near(wanted.by, FIELDS) or f"a custom field is written field.{wanted.by}"
            view.problem(at, f"unknown field {at.kind}", "unknown-field", hint)
            return
        use_field(wanted.by, at, view)
    if wanted.agent is not None:
        view.mention("agents", wanted.agent, node.at(("agent",)))
    template = view.note(node.at(("note",)), wanted.note)
    yield Engage(wanted.tier, wanted.by, wanted.pattern, template, wanted.tag or f"engaged_{wanted.tier}", wanted.agent)


def _escalate(wanted: EscalateModel, node: Node, view: View) -> Iterator[Action]:
    if view.ladder(node.at(("ladder",)), wanted.ladder):
        view.scope.needs |= {"people", "metrics"}
        yield Escalate(wanted.ladder)


def _file_issue(wanted: FileIssueModel, node: Node, view: View) -> Iterator[Action]:
    template = view.note(node.at(("note",)), wanted.note)
    if _carried("jira", wanted.channel, node.at(("channel",)), view):
        target = _brief(wanted.target, view) or "Engineering"
        yield FileIssue(wanted.channel, template, target, wanted.due or 0, tuple(wanted.labels))


def _publish(wanted: PublishModel, node: Node, view: View) -> Iterator[Action]:
    text = view.announcement(node.at(("text",)), wanted.text)
    if not _carried("statuspage", wanted.channel, node.at(("channel",)), view) or text is None:
        return
    if wanted.status != "resolved" and not text.promises:
        hint = "give it 'next_update: 60m' and say << next_update | moment >> in its text"
        at = node.at(("text",))
        view.problem(at, f"announcement '{wanted.text}' does not say when the next one comes", "no-next-update", hint)
    yield Publish(wanted.channel, wanted.status, text.title, text.template, text.next_update)


def _brief(target: BriefTarget | None, view: View) -> Target | None:
    """Whom a brief is for; what it is filled in from is read with the ticket."""
    if target is None:
        return None
    view.scope.needs |= {"people", "metrics"}
    return compile_brief.TARGETS[target]


def _carried(service: Service, name: str, node: Node, view: View) -> bool:
    """Whether a channel exists and is of the service that an action needs."""
    channel = view.channel(node, name)
    if channel is not None and channel.service != service:
        hint = f"name a channel with service: {service}"
        view.problem(node, f"channel '{name}' is of service {channel.service}", "wrong-channel", hint)
    return channel is not None and channel.service == service
