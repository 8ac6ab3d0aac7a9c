"""A plan as a comment on a pull request: a table first, details folded, never too long, and safe whatever the macros say.

The first line is a hidden mark by environment, so that CI finds its comment again and writes it anew in place of adding another.
"""

import re
from collections.abc import Iterator
from typing import Final

from deskhand.app.macros.document import Plan
from deskhand.cli.macros.shown import differences, head, named, summary
from deskhand.core.macros.plan import MEANING, Item

LONGEST: Final = 60_000
"""Characters; the places where it is shown take 65,536."""


def rendered(plan: Plan, *, raw: bool = False) -> str:
    """The comment. Whole items are left out where it would be too long, and it says how many."""
    top = "\n".join(_top(plan))
    end = f"\n\n<sub>commit {safe(plan.commit[:12]) or 'not known'}, plan {plan.digest[:12]}, {safe(plan.tool)}, until {plan.expires_at[:16]}</sub>\n"
    room, parts, left = LONGEST - len(top) - len(end) - 200, [], 0
    for item in plan.items:
        if item.kind == "refresh":
            continue
        text = "\n".join(_details(item, plan, raw=raw))
        if len(text) + 1 > room or left:
            left += 1
            continue
        room -= len(text) + 1
        parts.append(text)
    more = f"\n\n**{left} further items are not shown here**; the plan file has them all." if left else ""
    return top + "\n" + "\n".join(parts) + more + end


def safe(text: str) -> str:
    """A text that cannot mention anybody, break a table or become HTML."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "\\|")
    return re.sub(r"([@#`*_\[\]~])", "\\\\\\1", re.sub(r"\s+", " ", escaped)).replace("\\@", "@\u200b")


def fence(text: str) -> str:
    """A fence that nothing inside can close."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _top(plan: Plan) -> Iterator[str]:
    yield f"<!-- deskhand macros {plan.installation}/{plan.env} -->"
    yield f"### Macros of `{plan.env}` ({safe(plan.account)})"
    yield ""
    yield f"**{summary(plan)}**" if plan.writing or plan.blocking or plan.drifted else f"No changes. {summary(plan)}"
    for text in plan.refusals:
        yield f"\n> **Refused:** {safe(text)}"
    for text in plan.warnings:
        yield f"\n> Warning: {safe(text)}"
    kinds = [kind for kind in MEANING if plan.count(kind) and kind != "refresh"]
    if kinds:
        yield "\n| | macros | |\n|---|---|---|"
    for kind in kinds:
        keys = [item.key for item in plan.items if item.kind == kind]
        shown = ", ".join(f"`{key}`" for key in keys[:20]) + (f" and {len(keys) - 20} more" if len(keys) > 20 else "")
        yield f"| {len(keys)} {kind} | {shown} | {safe(MEANING[kind])} |"


def _details(item: Item, plan: Plan, *, raw: bool) -> Iterator[str]:
    yield f"\n<details><summary>{item.kind} {safe(head(item, plan.account))}</summary>\n"
    if item.note:
        yield f"{safe(item.note)}\n"
    text = "\n".join(f"{sign} {named(line, plan)}" for sign, line in differences(item, raw=raw))
    if text:
        mark = fence(text)
        yield f"{mark}diff\n{text[:20_000]}\n{mark}"
    yield "</details>"
