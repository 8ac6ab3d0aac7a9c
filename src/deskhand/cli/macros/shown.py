"""A plan for people: what would be done, word by word as readers see it, names beside numbers, and the sum at the end."""

import json
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Final

from rich.markup import escape

from deskhand.app.macros.document import Plan
from deskhand.core.macros.plan import MEANING, Item, Kind
from deskhand.core.macros.value import Macro, canonical, reads

SIGNS: Final[dict[Kind, tuple[str, str]]] = {
    "create": ("+", "green"), "update": ("~", "yellow"), "mark": ("#", "cyan"), "deactivate": ("-", "red"), "delete": ("x", "red"),
    "refresh": ("=", "dim"), "drift": ("!", "magenta"), "conflict": ("!", "bold red"), "gone": ("?", "bold red"), "adopt": ("?", "bold red"),
    "foreign": ("?", "bold red"), "clone": ("c", "magenta"), "orphan": ("o", "dim"), "kept": ("o", "dim"),
}  # fmt: skip


_KINDS: Final = {"group_id": "group", "assignee_id": "agent", "follower": "agent", "brand_id": "brand", "ticket_form_id": "form", "custom_status_id": "custom status",
                 "locale_id": "locale"}  # fmt: skip


def lines(plan: Plan, *, raw: bool = False) -> Iterator[str]:
    """The plan in lines with rich's markup. Environment and account come first."""
    yield f"[bold]{escape(plan.env)}[/] on account [bold]{escape(plan.account)}[/], installation {escape(plan.installation)}"
    for kind in MEANING:
        items = [item for item in plan.items if item.kind == kind]
        if items and kind != "refresh":
            yield ""
            yield f"[{SIGNS[kind][1]}]{kind}[/]: {MEANING[kind]}"
            for item in items:
                yield from _item(item, plan, raw=raw)
    if plan.count("refresh"):
        yield f"\n{plan.count('refresh')} macros are as wanted already; an apply brings the state up to date."
    yield from (f"[yellow]warning[/]: {escape(text)}" for text in plan.warnings)
    yield from (f"[bold red]refused[/]: {escape(text)}" for text in plan.refusals)
    yield ""
    yield summary(plan)


def summary(plan: Plan) -> str:
    """One line of numbers."""
    counts = {kind: plan.count(kind) for kind in ("create", "update", "mark", "deactivate", "delete")}
    shown = [f"{count} {kind}" for kind, count in counts.items() if count or kind != "mark"]
    rest = [
        f"{plan.count(kind)} {kind}"
        for kind in ("drift", "conflict", "gone", "adopt", "foreign", "clone", "orphan", "kept")
        if plan.count(kind)
    ]
    return f"Plan: {', '.join(shown)}{' | ' + ', '.join(rest) if rest else ''} (of {plan.managed} managed, {plan.shared} shared)"


def differences(item: Item, *, raw: bool = False) -> list[tuple[str, str]]:
    """The lines that go and come, as (sign, line)."""
    if item.kind in ("drift", "conflict", "gone", "clone"):
        before, after = item.want, item.live
    else:
        before, after = item.live, item.after
    old, new = (_lines(one, raw=raw) for one in (before, after))
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [("-", line) for line in old[a:b]] + [("+", line) for line in new[c:d]]
    return found


def named(line: str, plan: Plan) -> str:
    """A line of a difference with the name beside the number, where a template gave one."""
    field, _, number = line.partition(": ")
    kind = _KINDS.get(field, "field" if field.startswith("custom_fields_") else "")
    wanted = field.removeprefix("custom_fields_") if kind == "field" else number
    name = next(
        (
            name.removeprefix(f"{kind} ")
            for name, one in plan.references.items()
            if kind and one == wanted and name.startswith(f"{kind} ")
        ),
        "",
    )
    return f"{line} ({name})" if name else line


def head(item: Item, account: str) -> str:
    """Key, title, number and address of an item."""
    where = (
        f" https://{account}.zendesk.com/admin/workspaces/agent-workspace/macros/{item.macro_id}"
        if item.macro_id and "." not in account
        else ""
    )
    number = f" #{item.macro_id}" if item.macro_id else ""
    uses = f", used {item.uses} times in 30 days" if item.uses else ""
    causes = f", because of {', '.join(item.causes)}" if item.causes else ""
    return f"{item.key}: {item.title}{number}{uses}{causes}{where}"


def _item(item: Item, plan: Plan, *, raw: bool) -> Iterator[str]:
    sign, style = SIGNS[item.kind]
    yield f"  [{style}]{sign}[/] {escape(head(item, plan.account))}"
    if item.note:
        yield f"      {escape(item.note)}"
    for mark, bare in differences(item, raw=raw):
        line = named(bare, plan)
        yield f"      [{'red' if mark == '-' else 'green'}]{mark} {escape(line)}[/]"
    if item.kind == "conflict":
        yield from (
            f"      base {one.field}: {escape(json.dumps(one.base, ensure_ascii=False)[:300])}"
            for one in item.changes
            if one.verdict == "conflict"
        )
    for one in item.drifted if item.kind == "update" else ():
        yield f"      [magenta]! {one.field} was changed in Zendesk and is kept[/]"


def _lines(macro: Macro | None, *, raw: bool) -> list[str]:
    if macro is None:
        return []
    if not raw:
        return list(reads(macro))
    return [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in canonical(macro).items()]
