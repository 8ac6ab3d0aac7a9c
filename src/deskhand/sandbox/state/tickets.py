"""Tickets with their audits as rows of a file, compact: what many of them share (channels, policies) is written once."""

from collections.abc import Iterable
from dataclasses import astuple, fields
from typing import Any

from deskhand.sandbox.draft import shared
from deskhand.sandbox.records import Applied, Audit, Change, Comment, Event, Note, Policy, Target, Ticket, Via
from deskhand.sandbox.state.plain import Codec, Unreadable

COLUMNS = tuple(one.name for one in fields(Ticket))
"""A ticket's fields in the order in which they are written."""

_OWN = {"via", "audits", "applied", "fields"}
_TUPLES = {"follower_ids", "email_cc_ids", "tags", "followup_ids"}
_MANY = (list, tuple, dict)
Line = list[Any]


class Writer:
    """Writes tickets as rows."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._known: dict[object, int] = {}
        self._changes: dict[int, int] = {}
        self._held: list[object] = []
        """What is known by its identity, so that nothing else gets that while this writes."""

    def ticket(self, ticket: Ticket) -> Line:
        """A ticket's values by COLUMNS."""
        return [self._value(name, getattr(ticket, name)) for name in COLUMNS]

    def _value(self, name: str, value: Any) -> Any:  # noqa: ANN401 - values of many types
        if name not in _OWN:
            return list(value) if name in _TUPLES else self._free(value)
        if name == "via":
            return self._via(value)
        if name == "fields":
            return [[key, self._free(item)] for key, item in value.items()]
        if name == "audits":
            return [self._audit(audit) for audit in value]
        return [
            [one.at, self._policy(one.policy), one.priority, one.audit, self._policy(one.group_policy)] for one in value
        ]

    def _free(self, value: Any) -> Any:  # noqa: ANN401 - values of many types
        return value if value is None or isinstance(value, str | int | float) else self._codec.write(value)

    def _via(self, via: Via | None) -> Line | int | None:
        return None if via is None else self._shared(via, list(astuple(via)))

    def _policy(self, policy: Policy | None) -> Line | int | None:
        if policy is None or id(policy) in self._known:
            return None if policy is None else self._known[id(policy)]
        targets = [[*key, target.seconds, target.business] for key, target in policy.targets.items()]
        row = [policy.id, policy.title, policy.description, targets, sorted(policy.settings)]
        self._held.append(policy)
        return self._shared(id(policy), row)

    def _shared(self, key: object, row: Line) -> Line | int:
        """A value written whole the first time, and by its number after that."""
        number = self._known.get(key)
        if number is None:
            self._known[key] = len(self._known)
            return row
        return number

    def _audit(self, audit: Audit) -> Line:
        return [
            audit.id, audit.at, audit.author, self._via(audit.via), [self._event(event) for event in audit.events], audit.client,
            self._free(audit.custom),
        ]  # fmt: skip

    def _event(self, event: Event) -> Line | int:
        """An event; a change that many tickets have in common is one object, and is written once."""
        if isinstance(event, Change):
            number = self._changes.get(id(event))
            if number is not None:
                return number
            self._changes[id(event)] = len(self._changes)
            self._held.append(event)
            return [0, event.name, self._free(event.value), self._free(event.previous), event.created, self._via(event.via)]  # fmt: skip
        if isinstance(event, Comment):
            return [1, event.body, event.public, event.author, event.html, self._free(event.files or None), self._via(event.via)]  # fmt: skip
        return [2, event.kind, self._free(event.rest), self._via(event.via)]


class Reader:
    """Reads tickets from rows of the given columns."""

    def __init__(self, codec: Codec, columns: Iterable[str]) -> None:
        self._codec = codec
        self._columns = tuple(columns)
        strange = set(self._columns) - set(COLUMNS)
        if strange:
            raise Unreadable(f"tickets with {', '.join(sorted(strange))}")
        self._known: list[Any] = []
        self._texts: dict[str, str] = {}
        self._changes: list[Change] = []

    def ticket(self, row: Line) -> Ticket:
        """A ticket from its row."""
        made = Ticket(**{name: self._value(name, value) for name, value in zip(self._columns, row, strict=True)})
        first = made.audits[0].events[0] if made.audits and made.audits[0].events else None
        if isinstance(first, Comment) and first.body == made.description:
            first.body = made.description
        return made

    def _value(self, name: str, value: Any) -> Any:  # noqa: ANN401 - values of many types
        if name in _TUPLES:
            return tuple(map(self._text, value))
        if name not in _OWN:
            return self._free(value)
        if name == "via":
            return self._via(value)
        if name == "fields":
            return {key: self._free(item) for key, item in value}
        if name == "audits":
            return [self._audit(item) for item in value]
        return [
            Applied(at, self._policy(policy), priority, audit, self._policy(group))
            for at, policy, priority, audit, group in value
        ]

    def _free(self, value: Any) -> Any:  # noqa: ANN401 - values of many types
        return self._codec.read(value) if isinstance(value, list | dict) else self._text(value)

    def _text(self, value: Any) -> Any:  # noqa: ANN401 - only short texts are kept as one
        return self._texts.setdefault(value, value) if isinstance(value, str) and len(value) < 40 else value

    def _shared(self, value: Line | int, make: Any) -> Any:  # noqa: ANN401 - what `make` makes
        if isinstance(value, list):
            self._known.append(make(*value))
            return self._known[-1]
        return self._known[value]

    def _via(self, value: Line | int | None) -> Any:  # noqa: ANN401 - a Via or None
        return None if value is None else self._shared(value, _via)

    def _policy(self, value: Line | int | None) -> Any:  # noqa: ANN401 - a Policy or None
        return None if value is None else self._shared(value, _policy)

    def _audit(self, row: Line) -> Audit:
        key, at, author, via, events, client, custom = row
        source = self._via(via)
        return Audit(
            key, at, author, source, tuple(map(self._event, events)), self._text(client), self._codec.read(custom)
        )

    def _event(self, row: Line | int) -> Event:
        if isinstance(row, int):
            return self._changes[row]
        kind, *rest = row
        if kind == 0:
            self._changes.append(self._change(*rest))
            return self._changes[-1]
        if kind == 1:
            body, public, author, html, files, via = rest
            return Comment(self._text(body), public, author, html, self._codec.read(files) or (), self._via(via))
        name, held, via = rest
        return Note(self._text(name), self._codec.read(held), self._via(via))

    def _change(self, name: str, value: Any, previous: Any, created: bool, via: Line | int | None) -> Change:  # noqa: ANN401, FBT001 - a row's columns
        """A change; those alike are kept as one."""
        made = Change(self._text(name), self._free(value), self._free(previous), created, self._via(via))
        return made if isinstance(made.value, _MANY) or isinstance(made.previous, _MANY) else shared(made)


def _policy(key: int | str, title: str, description: str | None, targets: list[Line], settings: list[str]) -> Policy:
    held = {(priority, metric): Target(seconds, business) for priority, metric, seconds, business in targets}
    return Policy(key, title, description, held, frozenset(settings))


def _via(  # noqa: PLR0917 - the columns of a row
    channel: str, rel: str | None, rule: int | None, title: str | None, revision: int | None, to: Line | None
) -> Via:
    return Via(channel, rel, rule, title, revision, None if to is None else (to[0], to[1]))
