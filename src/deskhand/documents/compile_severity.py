"""Severities: their promises, and where a ticket keeps its level."""

from collections.abc import Iterator, Mapping
from typing import Final

from deskhand.core.severity import LEVELS, WEEK, Binding, Level
from deskhand.core.ticket import PRIORITIES
from deskhand.documents.models_severity import BindingModel, SeverityModel
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, listed, near
from deskhand.documents.vocabulary import prefixed

_PRIORITY_OF: Final = dict(zip(LEVELS, reversed(PRIORITIES), strict=True))
_OTHER_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "p1": ("urgent", "critical"),
    "p2": ("high",),
    "p3": ("normal", "medium"),
    "p4": ("low",),
}
"""Zendesk's priorities, and the words of escalation briefs (which have none for p4)."""


def level(name: str, model: SeverityModel) -> Level:
    """One severity in seconds."""
    weekly = model.sla_resolution_hours == "weekly"
    return Level(
        id=name,
        definition=model.definition,
        response=round(model.sla_response_minutes * 60),
        resolution=WEEK if weekly else round(float(model.sla_resolution_hours) * 3600),
        page_on_call=_word(value=model.page_on_call),
        notify=tuple(model.notify),
        update_every=model.customer_update_cadence,
        status_page=_word(value=model.requires_status_page),
    )


def _word(*, value: bool | str) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def aliases(name: str) -> Iterator[str]:
    """Every name of a level, in lower case: p1, sev1, sev-1, severity 1, severity_1, urgent, critical."""
    number = name[1:]
    yield name
    for word in ("sev", "severity"):
        yield from (f"{word}{gap}{number}" for gap in ("", " ", "-", "_"))
    yield from _OTHER_NAMES[name]


def default_binding() -> Binding:
    """Severity is the priority: urgent, high, normal, low."""
    return _binding("priority", _PRIORITY_OF, {})


def binding(model: BindingModel, node: Node) -> tuple[Binding, list[Problem]]:
    """Where severity is kept, and what is wrong with how that was stated."""
    problems: list[Problem] = []
    at_field = node.at(("field",))
    if model.field != "priority" and prefixed(model.field)[0] != "field":
        hint = near(model.field, ("priority", "field.severity")) or "a custom field is written field.<name>"
        problems.append(at_field.problem(f"severity: {at_field.kind} keeps no severity", "unknown-field", hint))
    for section, given in (("values", model.values), ("aliases", model.aliases)):
        for name in given.keys() - set(LEVELS):
            key = node.at((section,)).key(name)
            problems.append(
                key.problem(
                    f"severity: unknown severity {key.kind}", "unknown-severity", f"levels are {', '.join(LEVELS)}"
                )
            )
    defaults = _PRIORITY_OF if model.field == "priority" else {name: name for name in LEVELS}
    writes = defaults | {name: value for name, value in model.values.items() if name in LEVELS}
    for name, value in writes.items():
        if model.field == "priority" and value not in PRIORITIES:
            at = node.at(("values", name))
            hint = near(value, PRIORITIES) or f"they are {listed(PRIORITIES, 'and')}"
            problems.append(at.problem(f"severity: {at.kind} is no priority", "bad-value", hint))
    made = _binding(model.field, writes, model.aliases)
    problems += _clashes(made, node)
    return made, problems


def _binding(field: str, writes: Mapping[str, str], more: Mapping[str, list[str]]) -> Binding:
    reads = {alias: name for name in LEVELS for alias in aliases(name)}
    reads |= {alias.casefold(): name for name, given in more.items() if name in LEVELS for alias in given}
    reads |= {value.casefold(): name for name, value in writes.items()}
    return Binding(field, dict(writes), reads)


def _clashes(made: Binding, node: Node) -> Iterator[Problem]:
    """Two levels that are written with the same value could not be told apart."""
    for name, value in made.writes.items():
        if made.reads[value.casefold()] != name:
            at = node.at(("values", name))
            yield at.problem(f"severity: '{value}' stands for two levels", "bad-value", "give each its own value")
