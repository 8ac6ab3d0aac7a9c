"""How the demo shows itself: progress, the table of what was done, decisions explained, the check."""

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from deskhand.cli.demo.compare import Comparison

_ROWS = (
    ("retagged", "tags put on or taken off"),
    ("reassigned", "group or agent changed"),
    ("raised", "severity raised"),
    ("lowered", "severity lowered"),
    ("fields", "other fields set"),
    ("followers", "followers added"),
    ("notified", "people told"),
    ("engaged", "other tiers asked for help"),
    ("notes", "internal notes written"),
)


def figures(found: Comparison) -> dict[str, int]:
    """The effects as the audits confirm them."""
    kinds, words = found.kinds, found.words
    return {
        "retagged": kinds["add_tags"] + kinds["remove_tags"],
        "reassigned": kinds["assign"],
        "raised": found.raised,
        "lowered": found.lowered,
        "fields": kinds["set"],
        "followers": kinds["follower"],
        "notified": words["notify"],
        "engaged": words["engage"],
        "notes": kinds["note"],
    }


def table(console: Console, report: Mapping[str, object]) -> None:
    """What was done, as counted in the audits."""
    grid = Table(title="What the worker did, as the tickets' audits show it", title_justify="left")
    grid.add_column("effect")
    grid.add_column("count", justify="right")
    for name, words in _ROWS:
        grid.add_row(words, f"{report[name]:,}")
    console.print(grid)


def verdict(console: Console, found: Comparison, shown: int = 20) -> None:
    """The check, with the first differences in words."""
    if not found.mismatches:
        console.print(
            f"[green]Check passed[/]: {found.writes:,} writes, {found.audits:,} audits of {found.tickets:,} tickets read; "
            "every ticket is exactly what the decisions said."
        )
        return
    console.print(f"[red]Check failed[/]: {len(found.mismatches):,} differences between decisions and tickets.")
    for wrong in found.mismatches[:shown]:
        console.print(f"  {wrong}", markup=False)
