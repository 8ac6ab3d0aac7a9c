"""What kinds of tickets must tell before they are escalated: from what was declared to core values."""

from collections.abc import Iterator, Mapping

from deskhand.core.condition import Compare, Condition
from deskhand.core.policy import Requirement
from deskhand.documents.compile_compare import use_field
from deskhand.documents.compile_condition import condition
from deskhand.documents.gather import Placed
from deskhand.documents.models_requires import RequirementModel
from deskhand.documents.node import Node
from deskhand.documents.problems import near
from deskhand.documents.scope import Scope, View
from deskhand.documents.vocabulary import FIELDS, prefixed

ISSUE_TYPE = "issue_type"
"""The custom field by which an entry without `when` is chosen."""


def requirements(declared: Mapping[str, Placed[RequirementModel]], scope: Scope) -> tuple[Requirement, ...]:
    """All entries, in order."""
    return tuple(made for name, placed in declared.items() for made in _one(name, placed, scope))


def _one(name: str, placed: Placed[RequirementModel], scope: Scope) -> Iterator[Requirement]:
    model, node, view = placed.model, placed.node, scope.view(f"requires '{name}': ")
    entries = node.at(("fields",)) if node.mapping else node
    for field, at in zip(model.fields, entries.items or (entries,), strict=True):
        _field(field, at, view)
    when = _issue(name, placed.key, view) if model.when is None else condition(node.at(("when",)), view)
    template = view.note(node.at(("note",)), model.note)
    if when is not None:
        yield Requirement(name, placed.key.place, when, tuple(model.fields), template, model.tag)


def _issue(name: str, key: Node, view: View) -> Condition:
    """Tickets of the issue type that the entry is named after."""
    view.mention("fields", ISSUE_TYPE, key)
    view.mention("options", f"{ISSUE_TYPE}={name}", key)
    return Compare(key.place, f"field.{ISSUE_TYPE}", "is", name)


def _field(name: str, at: Node, view: View) -> None:
    """A field that agents can fill in."""
    if prefixed(name)[0] == "field" or name in FIELDS:
        use_field(name, at, view)
        return
    hint = near(name, (*FIELDS, f"field.{name}")) or "a custom field of the ticket is written field.<name>"
    view.problem(at, f"unknown field '{name}'", "unknown-field", hint)
