"""How the demo shows itself: progress, the table of what was done, decisions explained, the check."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from deskhand.cli.demo.compare import Comparison
from deskhand.cli.demo.spoken import Happened, Spoken

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


_HEARD = (
    ("triggered", "matters for which somebody was paged"),
    ("paged", "pages that went to a person"),
    ("acknowledged", "acknowledged"),
    ("resolved", "closed at the pager"),
    ("Slack post", "posts in Slack"),
    ("Jira issue", "issues for engineering"),
    ("status page incident", "incidents on the public page"),
    ("kept back", "kept back, each with its reason"),
)


def heard(said: Spoken) -> dict[str, int]:
    """What the pretended services heard."""
    return {name.lower().replace(" ", "_"): said.counts[name] for name, _ in _HEARD}


def people(console: Console, said: Mapping[str, int]) -> None:
    """What was said outside Zendesk, as the services' own logs show it."""
    grid = Table(title="What people heard, as the services' logs show it", title_justify="left")
    grid.add_column("message")
    grid.add_column("count", justify="right")
    for name, words in _HEARD:
        grid.add_row(words, f"{said[name.lower().replace(' ', '_')]:,}")
    console.print(grid)


def climb(console: Console, title: str, lines: Sequence[Happened], most: int = 24) -> None:
    """One ladder that was climbed, second by second."""
    if not lines:
        return
    console.rule("A ladder that was climbed", align="left", style="dim")
    console.print(title, markup=False)
    for line in lines[:most]:
        console.print(f"  {line.at}  {line.words}", markup=False)
    if len(lines) > most:
        console.print(f"  ... and {len(lines) - most} more", style="dim")


def brief(console: Console, ticket: int, note: str) -> None:
    """An escalation brief, as the ticket has it."""
    if not note:
        return
    console.rule(f"The brief in ticket {ticket}", align="left", style="dim")
    for line in note.splitlines():
        console.print(f"    │ {line}", style="dim", markup=False)


def verdict(console: Console, found: Comparison, shown: int = 20) -> None:
    """The check, with the first differences in words."""
    if not found.mismatches:
        console.print(
            f"[green]Check passed[/]: {found.writes:,} writes, {found.audits:,} audits of {found.tickets:,} tickets read; "
            "every ticket, and every service's log, is exactly what the decisions said."
        )
        return
    console.print(
        f"[red]Check failed[/]: {len(found.mismatches):,} differences between the decisions and what is there."
    )
    for wrong in found.mismatches[:shown]:
        console.print(f"  {wrong}", markup=False)
