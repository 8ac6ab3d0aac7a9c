"""Pages in Confluence's storage format, made of a sheet. Every word is escaped: nothing in it is a tag, an entity or a macro."""

from collections.abc import Iterable
from html import escape

from deskhand.core.plain import line
from deskhand.core.sheet import Section, Sheet


def storage(sheet: Sheet) -> str:
    """The whole page. Its last words tell people who made it, and a reader of ours which content it is."""
    parts = "".join(map(_section, sheet.sections))
    return f"{parts}<p><em>{_words(f'{made_of(sheet)}: what is changed here is lost with the next one.')}</em></p>"


def made_of(sheet: Sheet) -> str:
    """The words by which a page of this very content is known."""
    return f"Made by deskhand from the policies, as {sheet.digest}"


def _section(section: Section) -> str:
    text = f"<p>{_words(section.text)}</p>" if section.text else ""
    lines = f"<ul>{''.join(f'<li>{_words(one)}</li>' for one in section.lines)}</ul>" if section.lines else ""
    return f"<h2>{_words(section.heading)}</h2>{text}{_table(section)}{lines}"


def _table(section: Section) -> str:
    if not section.heads:
        return ""
    rows = "".join(_row("td", row) for row in section.rows)
    return f"<table><tbody>{_row('th', section.heads)}{rows}</tbody></table>"


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_words(cell)}</{tag}>' for cell in cells)}</tr>"


def _words(text: str) -> str:
    return escape(line(text))
