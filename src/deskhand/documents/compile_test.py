"""Tests of rules: from what a test says of its ticket to the readings that a worker would have made of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, cast

from deskhand.core.clock import ZENDESK_METRICS
from deskhand.core.history import Event, History, Levels, observe
from deskhand.core.severity import Binding
from deskhand.core.ticket import Organization, Person, SlaMetric, Ticket, Value
from deskhand.documents import scalars
from deskhand.documents.compile_compare import read
from deskhand.documents.gather import Placed
from deskhand.documents.models_rule import ExpectModel, RuleModel, RuleTestModel
from deskhand.documents.node import Node
from deskhand.documents.problems import listed, near
from deskhand.documents.scope import Scope, View
from deskhand.documents.vocabulary import FIELDS, prefixed

TICKET_ID: Final = 1
REPLIES: Final = ("agent_reply", "customer_reply")
_LISTS: Final = ("tags", "followers")
_OTHERS: Final = ("created", "updated", "first_reply", "events", "slas", "alike")
TICKET_KEYS: Final = (*FIELDS, *_LISTS, *_OTHERS)
EVENT_KEYS: Final = (*FIELDS, *_LISTS, *REPLIES, "at", "ours")


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happens to a test's ticket: new values of fields, or a reply. `ours` marks what the worker did."""

    at: datetime
    values: Mapping[str, Value]
    replies: tuple[str, ...] = ()
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A ticket as it was created, and what happened to it since, in order."""

    created: datetime
    updated: datetime
    values: Mapping[str, Value]
    slas: tuple[SlaMetric, ...]
    changes: tuple[Change, ...]
    alike: int = 0
    """How many customers have tickets like it, in whatever respect."""

    def at(self, now: datetime, binding: Binding, watched: frozenset[str]) -> tuple[Ticket, History]:
        """The ticket at an instant, with the history that the worker would have gathered."""
        ticket = _ticket(self, self.values, self.updated, binding)
        history = observe((), None, ticket, Levels(None, binding.read(ticket)), watched)
        values = dict(self.values)
        for change in (change for change in self.changes if change.at <= now):
            values |= _retargeted(values, change.values)
            after = _ticket(self, values, max(change.at, ticket.updated_at), binding)
            level = binding.read(after)
            levels = Levels(binding.read(ticket), level, level if change.ours else None)
            history = observe(history, ticket, after, levels, watched)
            history += tuple(
                Event(change.at, "agent_reply" if reply == "agent_reply" else "customer_reply")
                for reply in change.replies
            )
            ticket = after
        return ticket, tuple(sorted(history, key=lambda event: event.at))


def _retargeted(values: Mapping[str, Value], new: Mapping[str, Value]) -> dict[str, Value]:
    """New values, where `severity` and `priority` each take the other's place."""
    out = dict(new)
    if "priority" in new and "severity" in values:
        out.setdefault("severity", None)
    return out


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test of one rule, ready to run. `node` is where it stands."""

    rule: str
    name: str
    node: Node
    scenario: Scenario
    at: datetime
    looked_at: tuple[datetime, ...]
    together: bool
    expect: ExpectModel
    awake: bool = False
    """Whether the worker looks at it by itself until then."""
    on_call: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answered_at: datetime | None = None
    answered_by: str = ""


def rule_tests(rules: Iterable[Placed[RuleModel]], scope: Scope) -> Iterator[RuleTest]:
    """The tests of all rules; those that cannot be built become problems."""
    for placed in rules:
        entries = placed.node.at(("tests",))
        for model, node in zip(placed.model.tests, entries.items, strict=True):
            view = scope.view(f"rule '{placed.model.id}': test '{model.name}': ")
            before = len(scope.problems)
            test = _test(placed.model.id, model, node, view)
            if len(scope.problems) == before:
                yield test


def _test(rule: str, model: RuleTestModel, node: Node, view: View) -> RuleTest:
    scenario = _scenario(node.at(("ticket",)), model.at, view)
    expect, at = model.expect, node.at(("expect",))
    if not expect.model_fields_set:
        view.problem(at, "expects nothing in particular", "bad-test", "write expect: nothing, or what should happen")
    if expect.severity is not None:
        expect = expect.model_copy(update={"severity": view.severity(at.at(("severity",)))})
    for instant in (scenario.created, *model.looked_at):
        if instant > model.at:
            view.problem(
                node.at(("at",)), "looks at a ticket before it was created, or before an earlier look", "bad-test"
            )
            break
    for role in model.on_call:
        view.role(node.at(("on_call",)).key(role), role)
    answer = model.acknowledged
    return RuleTest(
        rule=rule,
        name=model.name,
        node=node,
        scenario=scenario,
        at=model.at,
        looked_at=tuple(sorted(model.looked_at)),
        together=model.together,
        expect=expect,
        awake=model.awake,
        on_call={role: tuple(people) for role, people in model.on_call.items()},
        answered_at=answer.at if answer else None,
        answered_by=answer.by if answer else "",
    )


def _scenario(node: Node, at: datetime, view: View) -> Scenario:
    created = _instant(node, "created", view) or at
    updated = _instant(node, "updated", view) or created
    values = dict(_values(node, TICKET_KEYS, view))
    changes = [_change(item, view) for item in (node.mapping["events"].items if "events" in node.mapping else ())]
    first_reply = _instant(node, "first_reply", view)
    if first_reply:
        changes.append(Change(first_reply, {}, ("agent_reply",)))
    slas = node.mapping.get("slas")
    metrics = tuple(_metric(slas.key(name), child, view) for name, child in slas.mapping.items()) if slas else ()
    ordered = tuple(sorted(changes, key=lambda change: change.at))
    return Scenario(created, updated, values, metrics, ordered, _alike(node, view))


def _alike(node: Node, view: View) -> int:
    """How many customers have tickets like the test's."""
    given = node.mapping.get("alike")
    if given is None:
        return 0
    if not isinstance(given.value, int) or isinstance(given.value, bool) or given.value < 0:
        view.problem(given, f"{given.kind} is no number of customers", "bad-test", "alike: 3")
        return 0
    return given.value


def _instant(node: Node, name: str, view: View) -> datetime | None:
    given = node.mapping.get(name)
    return read(given, scalars.instant, "bad-instant", view) if given else None


def _change(node: Node, view: View) -> Change:
    at = _instant(node, "at", view)
    if at is None:
        view.problem(node, "an event needs 'at'", "bad-test", "at: 2026-03-02T09:00Z")
    replies = tuple(name for name in REPLIES if name in node.mapping and node.mapping[name].value is True)
    ours = "ours" in node.mapping and node.mapping["ours"].value is True
    values = dict(_values(node, EVENT_KEYS, view))
    return Change(at or scalars.instant("1970-01-01T00:00Z"), values, replies, ours)


def _metric(key: Node, node: Node, view: View) -> SlaMetric:
    """One of Zendesk's own clocks: `first_reply_time: {target: 1h, due: 2026-03-02T10:00Z, stage: active}`."""
    name = str(key.value)
    if name not in ZENDESK_METRICS:
        view.problem(key, f"'{name}' is none of Zendesk's metrics", "bad-test", near(name, ZENDESK_METRICS))
    known = ("target", "due", "stage", "business_hours")
    for other in node.mapping.keys() - set(known):
        view.problem(node.key(other), f"a metric has no '{other}'", "bad-test", near(other, known))
    target, stage, office = (node.mapping.get(word) for word in ("target", "stage", "business_hours"))
    return SlaMetric(
        metric=name,
        stage=str(stage.value) if stage else "active",
        breach_at=_instant(node, "due", view),
        target=read(target, scalars.duration, "bad-duration", view) if target else None,
        business_hours=bool(office and office.value is True),
    )


def _values(node: Node, known: Iterable[str], view: View) -> Iterator[tuple[str, Value]]:
    """The fields that a test gives, checked as conditions check them."""
    for name, child in node.mapping.items():
        if name in _OTHERS or name in ("at", "ours", *REPLIES):
            if name not in known:
                view.problem(node.key(name), f"'{name}' does not go here", "bad-test")
        elif name in _LISTS or prefixed(name)[0] or name in FIELDS:
            yield from ((name, value) for value in _one(name, child, view))
        else:
            hint = near(name, known) or "custom fields are written field.<name>"
            view.problem(node.key(name), f"unknown field '{name}'", "bad-test", hint)


def _one(name: str, node: Node, view: View) -> Iterator[Value]:
    """The value of one field, if it can have it."""
    field, value = FIELDS.get(name), node.value
    if node.items or value == ():
        yield tuple(str(item.value) for item in node.items)
    elif name in _LISTS:
        yield (str(value),)
    elif name == "severity" and value is not None:
        level = view.severity(node)
        yield from (level,) if level else ()
    elif field and field.values and value is not None and value not in field.values:
        view.problem(
            node,
            f"'{name}' is never {node.kind}",
            "bad-test",
            near(str(value), field.values) or f"it is {listed(field.values)}",
        )
    elif not node.scalar:
        view.problem(node, f"'{name}' cannot be {node.kind}", "bad-test")
    else:
        assert value is None or isinstance(value, str | int | float)
        yield value


def _ticket(scenario: Scenario, values: Mapping[str, Value], updated: datetime, binding: Binding) -> Ticket:
    """The ticket with these values."""
    system = {name: value for name, value in values.items() if name in FIELDS and name not in ("severity", "status")}
    own = {name: _below(values, name) for name in ("field", "organization", "requester")}
    level = values.get("severity")
    if isinstance(level, str):
        where, written = binding.write(level)
        system |= {"priority": written} if where == "priority" else {}
        own["field"] |= {} if where == "priority" else {where.removeprefix("field."): written}
    ticket = Ticket(
        id=TICKET_ID,
        status=str(values.get("status") or "open"),
        created_at=scenario.created,
        updated_at=updated,
        tags=frozenset(_texts(values.get("tags"))),
        followers=frozenset(_texts(values.get("followers"))),
        fields=own["field"],
        requester=_person(own["requester"]),
        organization=_organization(own["organization"]),
        slas=scenario.slas,
    )
    return replace(ticket, **cast("dict[str, Any]", system))


def _below(values: Mapping[str, Value], prefix: str) -> dict[str, Value]:
    return {prefixed(name)[1]: value for name, value in values.items() if prefixed(name)[0] == prefix}


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _person(values: Mapping[str, Value]) -> Person:
    email = values.get("email")
    return Person(
        id=2,
        name=str(values.get("name") or "Requester"),
        email=email if isinstance(email, str) else None,
        role=str(values.get("role") or "end-user"),
        tags=_texts(values.get("tags")),
        fields=values,
    )


def _organization(values: Mapping[str, Value]) -> Organization | None:
    if not values:
        return None
    return Organization(3, str(values.get("name") or "Organization"), _texts(values.get("tags")), values)
