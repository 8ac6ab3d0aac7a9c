"""Which calendar counts for the business hours of Zendesk's own targets: one for all, or by brand, group and organization."""

from deskhand.core.office import Office, OfficeChoice
from deskhand.documents.gather import Placed
from deskhand.documents.models_time import OfficeModel
from deskhand.documents.node import Node
from deskhand.documents.scope import Kind, Scope, View


def office(placed: Placed[list[OfficeModel]] | None, scope: Scope) -> Office:
    """The choices in order. The last one without a condition is the default; where there is none, targets count round the clock."""
    if placed is None or not placed.model:
        return Office(scope.always)
    view = scope.view("zendesk_calendar: ")
    nodes = placed.node.items or (placed.node,)
    choices = [_choice(model, node, view) for model, node in zip(placed.model, nodes, strict=True)]
    for number, (choice, node) in enumerate(zip(choices, nodes, strict=True)):
        if _is_open(choice) and number < len(choices) - 1:
            view.problem(node, "stands for all tickets, so what follows never counts", "never-reached", "put it last")
    if not _is_open(choices[-1]):
        hint = "end the list with the calendar of all others, such as `- calendar: office`"
        view.problem(nodes[-1], "says nothing of other tickets; theirs count round the clock", "no-default", hint)
        return Office(scope.always, tuple(choices))
    return Office(choices[-1].calendar, tuple(choices[:-1]))


def _choice(model: OfficeModel, node: Node, view: View) -> OfficeChoice:
    """One entry. Whether the account has the names is asked later, as for rules."""
    _mention(model.brand, "brands", node, "brand", view)
    _mention(model.group, "groups", node, "group", view)
    if model.organization:
        view.scope.needs.add("people")
    calendar = view.calendar(node if node.scalar else node.at(("calendar",)))
    return OfficeChoice(calendar, frozenset(model.brand), frozenset(model.group), frozenset(model.organization))


def _mention(names: list[str], kind: Kind, node: Node, key: str, view: View) -> None:
    for name in names:
        view.mention(kind, name, node.at((key,)))


def _is_open(choice: OfficeChoice) -> bool:
    return not (choice.brands or choice.groups or choice.organizations)
