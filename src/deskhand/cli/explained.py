"""How a decision is shown: clocks in a table, rules as a tree with what each condition saw, effects, the next look."""

from datetime import timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from deskhand.app.explain import Explanation
from deskhand.cli.output import instant
from deskhand.core.climb import ClimbSeen
from deskhand.core.condition import describe_span
from deskhand.core.decision import ClockSeen, Decision
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
)
from deskhand.core.trace import Step, Verdict

_MARKS = {True: ("✓", "green"), False: ("✗", "red")}
_OUTCOMES = {
    "fires": ("fires", "bold green"),
    "found": ("fired already, and is not done twice", "bold yellow"),
    "holds": ("would fire, but only observes", "yellow"),
    "held": ("held", "bold yellow"),
    "lacks": ("waits for what this kind of ticket requires", "bold yellow"),
    "skipped": ("skipped", "yellow"),
    "already": ("holds, and fired already in this episode", "dim"),
    "not yet": ("holds, and may repeat later", "dim"),
    "no": ("does not hold", "dim"),
    "not reached": ("not asked: an earlier rule of its group matched", "dim"),
    "off": ("switched off", "dim"),
}


def show(out: Console, found: Explanation) -> None:
    """The whole explanation of a ticket."""
    ticket, decision = found.ticket, found.decision
    group = f", {ticket.group}" if ticket.group else ""
    out.print(Text.assemble((f"Ticket {ticket.id}", "bold"), f"  {ticket.subject[:80]}"))
    out.print(
        f"{ticket.status}{group}, severity {decision.severity or 'none'}, last changed {instant(ticket.updated_at)}",
        markup=False,
    )
    if not found.seen:
        out.print("[yellow]The worker has not seen this ticket yet; it was read from Zendesk just now.[/]")
    if found.stopped:
        out.print(f"The worker leaves this ticket alone: {found.stopped}.", markup=False, style="yellow")
    decided(out, decision)
    if found.row:
        out.print(
            f"A write is under way: {found.row.state}, {found.row.attempts} attempts. {found.row.reason}", markup=False
        )
    for past in found.past:
        rules = ", ".join(verdict.rule for verdict in past.verdicts if verdict.outcome in ("fires", "holds"))
        out.print(f"Earlier, {instant(past.at)}: {rules}", markup=False)


def decided(out: Console, decision: Decision, *, quiet_rules: bool = True) -> None:
    """A decision: clocks, rules, effects, next look. Without `quiet_rules` only those that came to something."""
    out.print(_clocks(decision.clocks))
    for verdict in decision.verdicts:
        if quiet_rules or verdict.outcome in ("fires", "found", "holds", "held", "lacks", "skipped"):
            out.print(_rule(verdict))
    for climb in decision.climbs:
        out.print(_climb(climb))
    for effect in decision.effects:
        out.print(Text(f"  → {said(effect)}", style="green" if effect.done and not effect.overruled_by else "yellow"))
    out.print(f"Looks again {instant(decision.look_again) if decision.look_again else 'when something changes'}.")


def said(effect: Effect) -> str:
    """An effect in words."""
    words = _change(effect.change)
    if effect.overruled_by:
        words += f" - not done: '{effect.overruled_by}' decided it first"
    elif effect.held:
        words += f" - held: {effect.held}"
    elif not effect.done:
        words += " - not done: the mode only observes"
    return f"{words}  [{effect.rule}, {effect.action}]"


def _change(change: Change) -> str:
    match change:
        case SetField():
            return f"set {change.field} to {change.value}"
        case AddTags():
            return f"add tags {', '.join(change.tags)}"
        case RemoveTags():
            return f"remove tags {', '.join(change.tags)}"
        case Assign():
            return "assign to " + " / ".join(name for name in (change.group, change.assignee) if name)
        case SetSeverity():
            return f"severity {change.before} to {change.after} ({change.field} {change.value}, {change.reason})"
        case Note():
            return f"internal note '{change.template}'"
        case AddFollower():
            return f"follower {change.email}"
        case Say():
            by = f" by {', '.join(change.channels)}" if change.channels else ""
            return f"{_SAYS[change.verb]} {change.to}{by}"


_SAYS = {
    "climb": "climb ladder",
    "page": "page",
    "tell": "tell",
    "close": "close at",
    "publish": "publish on",
    "file": "file an issue in",
}


def _clocks(clocks: tuple[ClockSeen, ...]) -> Table:
    grid = Table(
        "clock", "stage", "used", "of", "burn", "due", "calendar", box=None, pad_edge=False, header_style="dim"
    )
    for one in clocks:
        burn = f"{int(one.burn * 100)}%" if one.burn is not None else "?"
        grid.add_row(
            one.clock,
            one.stage,
            _span(one.elapsed),
            _span(one.target),
            burn if one.target else "-",
            instant(one.due_at),
            f"{one.calendar} {one.note}".strip(),
        )
    return grid


def _climb(climb: ClimbSeen) -> Tree:
    """Where the ticket stands on a ladder, and why it stands there."""
    stages = {"acknowledged": f"acknowledged by {climb.by}", "over": f"over: {climb.reason}"}
    stands = f"'{climb.rung}', page {climb.page}" if climb.page else f"'{climb.rung}'"
    label = Text.assemble(
        ("ladder ", "dim"),
        (climb.ladder, "bold"),
        (f"  {stages.get(climb.stage, climb.stage)}", "yellow" if climb.stage == "paging" else "dim"),
        f"  {stands if climb.stage != 'over' else ''}",
        (f"  {climb.thread}", "dim"),
    )
    tree = Tree(label, guide_style="dim")
    for proof in climb.proofs:
        tree.add(Text(f"left: {proof}"))
    if climb.waits:
        tree.add(Text(f"waits: {climb.waits}", style="yellow"))
    if climb.next_at:
        tree.add(Text(f"next step {instant(climb.next_at)}", style="cyan"))
    return tree


def _rule(verdict: Verdict) -> Tree:
    words, style = _OUTCOMES[verdict.outcome]
    words += f": {verdict.reason}" if verdict.reason else ""
    words += f", late: due {instant(verdict.due)}" if verdict.due else ""
    label = Text.assemble((verdict.rule, "bold"), "  ", (words, style), (f"  {verdict.place}", "dim"))
    tree = Tree(label, guide_style="dim")
    if verdict.step is not None:
        _branch(tree, verdict.step)
    return tree


def _branch(tree: Tree, step: Step) -> None:
    mark, style = _MARKS[step.held]
    turns = f"  turns {instant(step.turns_at)}" if step.turns_at and not step.parts else ""
    line = tree.add(
        Text.assemble(
            (mark, style), f" {step.says}", (turns, "cyan"), (f"  {step.place}" if not step.parts else "", "dim")
        )
    )
    for part in step.parts:
        _branch(line, part)


def _span(seconds: float | None) -> str:
    return describe_span(timedelta(seconds=seconds)) if seconds is not None else "-"
