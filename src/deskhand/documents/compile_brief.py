"""The escalation brief: from what was declared to the form, and to the action that writes it."""

from fractions import Fraction
from typing import Final

from deskhand.core.brief import Target
from deskhand.core.brief_form import USUAL, BriefForm
from deskhand.core.policy import WriteBrief
from deskhand.documents.compile_compare import use_field
from deskhand.documents.compile_condition import condition
from deskhand.documents.gather import Placed
from deskhand.documents.models_brief import BriefModel, BriefTarget, PartsModel, WriteBriefModel
from deskhand.documents.node import Node
from deskhand.documents.problems import near
from deskhand.documents.scope import Scope, View
from deskhand.documents.vocabulary import FIELDS, prefixed

TARGETS: Final[dict[BriefTarget, Target]] = {
    "engineering": "Engineering",
    "product": "Product",
    "security": "Security",
    "leadership": "Leadership",
}
"""The words of the policies for those who take a ticket over."""


def form(placed: Placed[BriefModel] | None, scope: Scope) -> BriefForm:
    """The form of a folder. Where it is declared, every field of it must be the account's."""
    if placed is None:
        return BriefForm()
    scope.has_brief = True
    model, node, view = placed.model, placed.node, scope.view("brief: ")
    parts = {part: getattr(model.fields, part) for part in PartsModel.model_fields}
    for part, name in parts.items():
        if name:
            _use(name, node.at(("fields", part)), view)
    usual = BriefForm()
    return BriefForm(
        fields={part: name for part, name in parts.items() if name},
        at_risk=Fraction(model.at_risk),
        clock=view.clock(node.at(("clock",))) if "clock" in node.mapping else _usual_clock(usual, scope),
        bug=(condition(node.at(("bug",)), view) if "bug" in node.mapping else None) or usual.bug,
    )


def action(wanted: WriteBriefModel, node: Node, view: View) -> WriteBrief:
    """The action that writes a brief. Where no form is declared, the account must have the usual fields, since those are asked for."""
    view.scope.needs |= {"people", "metrics"}
    for name in () if view.scope.has_brief else USUAL.values():
        use_field(name, node, view)
    return WriteBrief(TARGETS[wanted.target])


def _usual_clock(usual: BriefForm, scope: Scope) -> str:
    scope.needs.add("metrics")
    return usual.clock


def _use(name: str, at: Node, view: View) -> None:
    """A field that is there to be read."""
    if name not in FIELDS and not prefixed(name)[0]:
        hint = near(name, (*FIELDS, f"field.{name}")) or f"a custom field is written field.{name}"
        view.problem(at, f"unknown field '{name}'", "unknown-field", hint)
        return
    use_field(name, at, view)
