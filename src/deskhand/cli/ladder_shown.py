"""The escalation matrix as a page: for a terminal, and as Markdown to be put where everybody finds it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deskhand.core.condition import describe_span
from deskhand.core.matrix import Matrix, Row, Step, Way
from deskhand.core.severity import Level
from deskhand.core.sheet import Section, Sheet

HEADS = ("Severity", "Kind", "Issue", "Who has it", "When", "Who is next", "How", "Rule")
RUNGS = ("Rung", "Who", "How", "After", "Hours", "By")
LEVELS = ("Severity", "When", "Response", "Resolution", "Customer hears every", "Pages", "Told", "Status page")
WIDE = 160
"""Columns of a terminal from which on the matrix is a table; on one that is narrower its words would be cut to pieces."""
NAMES = ("Who", "Who is next", "Rule")
"""Columns of names, which are searched for and typed, and so are never broken."""
_PAGES = {"true": "yes", "false": "no", "business_hours_only": "in business hours"}
_STATUS = {"true": "yes", "false": "no", "case_by_case": "case by case"}


def show(out: Console, page: Matrix) -> None:
    """The page on a terminal."""
    rows = [_row(row) for row in page.rows]
    if out.width >= WIDE:
        out.print(_table("Escalation matrix", HEADS, rows))
    else:
        out.print("[italic]Escalation matrix[/]")
        for row in rows:
            out.print()
            out.print(_block(row))
    for way in page.ladders:
        out.print()
        out.print(f"[bold]Ladder {escape(way.id)}[/] ({way.kind}): {escape(way.description)}")
        out.print(_table("", RUNGS, [_step(step) for step in way.steps]))
        for line in _says(way):
            out.print(escape(line))


def _block(row: Sequence[str]) -> Table:
    """A row where there is no room for columns: its rule, and each cell on a line of its own."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for head, cell in zip(HEADS[-1:] + HEADS[:-1], (row[-1], *row[:-1]), strict=True):
        grid.add_row(head, f"[bold]{escape(cell)}[/]" if head == HEADS[-1] else escape(cell))
    return grid


def _table(title: str, heads: Sequence[str], rows: list[tuple[str, ...]]) -> Table:
    table = Table(
        title=title or None,
        title_justify="left",
        show_lines=len(heads) == len(HEADS),
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=head in NAMES)
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def sheet(page: Matrix, title: str = "Escalation") -> Sheet:
    """The page as data, for every place that it is published in."""
    sections = [Section("Severities", heads=LEVELS, rows=tuple(_level(level) for level in page.severities))]
    sections = sections if page.severities else []
    sections.append(Section("Matrix", heads=HEADS, rows=tuple(_row(row) for row in page.rows)))
    for way in page.ladders:
        name, rungs = f"Ladder: {way.id} ({way.kind})", tuple(_step(step) for step in way.steps)
        sections.append(Section(name, way.description, RUNGS, rungs, tuple(_says(way))))
    return Sheet(title, tuple(sections))


def markdown(page: Matrix) -> str:
    """The page as Markdown."""
    return "\n".join(_lines(sheet(page))) + "\n"


def _lines(page: Sheet) -> Iterator[str]:
    yield f"# {_cell(page.title)}"
    for part in page.sections:
        yield from ("", f"## {_cell(part.heading)}", "")
        yield from (_cell(part.text), "") if part.text else ()
        yield from _grid(part.heads, part.rows)
        yield from ("", *(f"* {_cell(line)}" for line in part.lines)) if part.lines else ()


def _grid(heads: Sequence[str], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    """Words that stay in one cell and mean nothing to Markdown."""
    plain = " ".join(text.split())
    for sign in "\\`*_[]<>|":
        plain = plain.replace(sign, f"\\{sign}")
    return plain


def _row(row: Row) -> tuple[str, ...]:
    severities = ", ".join(row.severities).upper() or "any"
    return (severities, row.kind, row.issue, row.owner, row.trigger, row.next, "; ".join(row.does), row.rule)


def _step(step: Step) -> tuple[str, ...]:
    return (step.name, step.role, step.how, step.after, step.hours, ", then ".join(step.channels))


def _says(way: Way) -> Iterator[str]:
    """What is to know of a ladder beside its rungs."""
    yield f"For {', '.join(way.severities).upper()}; climbed by {way.climber}."
    yield f"Nobody is paged any more: {way.stops}. Over: {way.ends}."
    yield from way.notes


def _level(level: Level) -> tuple[str, ...]:
    spans = (describe_span(timedelta(seconds=one)) for one in (level.response, level.resolution, level.update_every))
    told = ", ".join(level.notify) or "nobody"
    pages, status = _PAGES[level.page_on_call], _STATUS[level.status_page]
    return (level.id.upper(), level.definition, *spans, pages, told, status)
