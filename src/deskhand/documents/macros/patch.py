"""Changes made in Zendesk as changes of the YAML: what did not change keeps its comments, order and template expressions.

Nothing is rewritten. Actions are matched with the entries they come from, replies paragraph by paragraph with the lines they come from. What holds a
template expression is left as it is and told to a person. Each patched file is compiled again and held against the macro in Zendesk.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher, unified_diff
from itertools import pairwise
from typing import Final, Protocol

from deskhand.core.macros.value import Action, Field, Macro, canonical, canonical_value, essential, same
from deskhand.documents.macros import writing
from deskhand.documents.macros.compile import recompiled, rows_by_item, write_text
from deskhand.documents.macros.folder import Folder, Source
from deskhand.documents.macros.patch_reply import Lines, patch_reply, patch_text
from deskhand.documents.node import Node

_OURS: Final = re.compile(r"<<|<%")
_COMMENT: Final = re.compile(r"\s+#.*$")


class Account(Protocol):
    """The account's names, both ways."""

    def number(self, kind: str, name: str) -> str:
        """The number of a name. Raises Rejected."""
        ...

    def name(self, kind: str, number: str) -> str | None:
        """The name of a number."""
        ...


@dataclass(frozen=True, slots=True)
class Patch:
    """The new text of a file, and what a person has to look at."""

    file: str
    before: str
    after: str
    notes: tuple[str, ...] = ()

    @property
    def diff(self) -> str:
        """As `git apply` takes it."""
        lines = unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{self.file}",
            f"b/{self.file}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def patch(folder: Folder, source: Source, live: Macro, fields: Iterable[Field], *, env: str, account: Account) -> Patch:
    """The file changed so that it says what Zendesk says in these fields."""
    before = (folder.path / source.name).read_text(encoding="utf-8")
    work = _Work(folder, source, live, env, account, Lines(before))
    wanted = tuple(fields)
    for name in wanted:
        work.change(name)
    after = work.lines.text
    made = recompiled(folder, source, after, env, account.number)
    macro = made.wants[0].macro if made.wants else None
    if macro is None or not same(macro, live, wanted):
        after, extra = work.plainer(macro)
        work.notes += extra
    return Patch(source.file, before, after, tuple(f"{source.file}: {note}" for note in work.notes))


@dataclass(frozen=True, slots=True)
class _Group:
    """Entries from `first` up to `last`, and the rows that they became."""

    first: int
    last: int
    rows: tuple[Action, ...]


@dataclass(slots=True)
class _Work:
    """One file on its way to what Zendesk says."""

    folder: Folder
    source: Source
    live: Macro
    env: str
    account: Account
    lines: Lines
    notes: list[str] = field(default_factory=list)

    @property
    def node(self) -> Node:
        """The file's top."""
        return self.source.node

    def change(self, name: Field) -> None:
        """Bring one field over."""
        match name:
            case "title":
                self._scalar("title", [f"title: {writing.text(self.live.title)}"])
            case "active":
                self._scalar("active", ["active: true" if self.live.active else "active: false"])
            case "description":
                self._scalar("description", writing.entry("description", self.live.description, ""))
            case "restriction":
                lines = writing.restriction_lines(self.live.restriction, self.account.name)
                self._scalar("restriction", lines or ["restriction: everyone"])
            case "actions":
                self._actions()
            case "content":
                self._texts()
            case _:
                self.notes.append(f"{name} changed in Zendesk: bring it over by hand")

    def plainer(self, macro: Macro | None) -> tuple[str, list[str]]:
        """The file without edits that do not give the macro in Zendesk, unless a person has to look anyway."""
        if self.notes and macro is not None:
            return self.lines.text, []
        if macro is None:
            return self.lines.before, ["the change could not be brought over: do it by hand"]
        names = [name for name, value in canonical(macro).items() if value != canonical(self.live)[name]]
        return self.lines.text, [f"{', '.join(names)} not brought over whole: compare it with Zendesk"]

    def _scalar(self, name: str, lines: list[str]) -> None:
        """Replace a key at the top of the file, or add it after the title."""
        if name not in self.node.keys:
            after = self._extent("title")[1]
            self.lines.insert(after, lines)
            return
        start, end = self._extent(name)
        old = self.lines.slice(start, end)
        if any(_OURS.search(line) for line in old):
            self.notes.append(
                f"line {start + 1}: '{name}' changed in Zendesk, and holds a template expression: {lines[-1].strip()}"
            )
            return
        self.lines.replace(start, end, _with_comment(lines, old))

    def _extent(self, name: str) -> tuple[int, int]:
        """The lines of a key at the top of the file, without what stands between it and the next one."""
        starts = sorted(line for line, _ in self.node.keys.values())
        line = self.node.keys[name][0]
        following = next((one for one in starts if one > line), len(self.lines.old) + 1)
        return self.lines.trimmed(line - 1, following - 1)

    def _texts(self) -> None:
        """Bring the texts of dynamic content over: the original to the reply, the others to their locales."""
        original = self.folder.locales[0]
        for locale, text in self.live.content:
            replies = (item.mapping["reply"] for item in self.node.at(("actions",)).items if "reply" in item.mapping)
            node = next(replies, None) if locale == original else self.node.at(("locales", locale)).mapping.get("reply")
            if node is None:
                self.notes.append(f"{locale}: a text was added in Zendesk: {text[:200]}")
            else:
                notes = patch_text(self.lines, node, text, self._written)
                self.notes += [f"line {note.line}: {note.words}" for note in notes]

    # Actions.

    def _actions(self) -> None:
        node = self.node.at(("actions",))
        per_item = rows_by_item(self.folder, self.source, self.env, self.account.number)
        for group in _groups(per_item, essential(self.live.actions)):
            self._group(node, group, per_item)

    def _group(self, node: Node, group: _Group, per_item: list[tuple[Action, ...]]) -> None:
        """Bring over what some entries became."""
        first, last, rows = group.first, group.last, group.rows
        start, end = self._items_extent(node, first, last)
        old = self.lines.slice(start, end)
        item = node.items[first] if last - first == 1 else None
        if item is not None and _is_same_reply(item, rows, per_item[first]):
            notes = patch_reply(self.lines, item.mapping["reply"], rows, self._written)
            self.notes += [f"line {note.line}: {note.words}" for note in notes]
            return
        if any(_OURS.search(line) for line in old):
            shown = "; ".join(f"{row.field}: {str(row.value)[:60]}" for row in rows) or "nothing"
            self.notes.append(f"line {start + 1}: holds a template expression, and became {shown}")
            return
        indent = " " * (node.items[0].column - 3) if node.items else "  "
        made = [
            indent + ("- " if number == 0 else "  ") + line if line else ""
            for lines in writing.items(rows, self.account.name)
            for number, line in enumerate(lines)
        ]
        self.lines.replace(start, end, _with_comment(made, old))

    def _written(self, text: str) -> str:
        return write_text(self.folder, self.source, text, self.env, self.account.number)

    def _items_extent(self, node: Node, first: int, last: int) -> tuple[int, int]:
        """The lines of some entries; an empty stretch after the entry before where there are none."""
        if first == last:
            if first == 0 or not node.items:
                line = node.items[0].line - 1 if node.items else self._extent("actions")[1]
                return line, line
            end = self._items_extent(node, first - 1, first)[1]
            return end, end
        start = node.items[first].line - 1
        following = node.items[last].line - 1 if last < len(node.items) else self._extent("actions")[1]
        return self.lines.trimmed(start, following)


def _form(row: Action) -> str:
    return f"{row.field} {canonical_value(row.field, row.value)}"


def _is_same_reply(item: Node, rows: tuple[Action, ...], before: tuple[Action, ...]) -> bool:
    """Whether a reply is still one: the same kind of text, with its visibility or without."""
    if "reply" not in item.mapping or not rows or not before or rows[0].field != before[0].field:
        return False
    return len(rows) <= 2 and all(row.field == "comment_mode_is_public" for row in rows[1:])


def _with_comment(lines: list[str], old: list[str]) -> list[str]:
    """A single line keeps the comment of the single line that it replaces."""
    found = _COMMENT.search(old[0]) if len(old) == 1 and len(lines) == 1 else None
    quotes = old[0].count('"') + old[0].count("'") if old else 0
    return [lines[0] + found[0]] if found and not quotes else lines


def _groups(per_item: list[tuple[Action, ...]], theirs: tuple[Action, ...]) -> Iterator[_Group]:
    """Stretches of entries that changed, with the rows that they became."""
    kept = list(_kept(per_item, theirs))
    anchors = [(-1, 0, 0), *kept, (len(per_item), len(theirs), len(theirs))]
    for (before, _, start), (after, end, _) in pairwise(anchors):
        if after - before > 1 or end > start:
            yield from _split(before + 1, after, list(theirs[start:end]), per_item)


def _kept(per_item: list[tuple[Action, ...]], theirs: tuple[Action, ...]) -> Iterator[tuple[int, int, int]]:
    """Entries that are as they were, each with where its rows begin and end among theirs."""
    wanted = [_form(row) for rows in per_item for row in rows]
    matcher = SequenceMatcher(None, wanted, [_form(row) for row in theirs], autojunk=False)
    there = {low + step: start + step for low, start, size in matcher.get_matching_blocks() for step in range(size)}
    row = 0
    for number, rows in enumerate(per_item):
        places = [there.get(row + step) for step in range(len(rows))]
        first = places[0] if places else None
        if first is not None and places == list(range(first, first + len(rows))):
            yield number, first, first + len(rows)
        row += len(rows)


def _split(first: int, last: int, rows: list[Action], per_item: list[tuple[Action, ...]]) -> Iterator[_Group]:
    """One group for each entry whose field is there still, one for each that is gone, and one for what is new between them."""
    for number in range(first, last):
        field_name = per_item[number][0].field if per_item[number] else ""
        at = next((n for n, row in enumerate(rows) if row.field == field_name), None)
        if at is None:
            yield _Group(number, number + 1, ())
            continue
        if at:
            yield _Group(number, number, tuple(rows[:at]))
        more = field_name.startswith("comment_value") and rows[at + 1 : at + 2]
        size = 2 if more and more[0].field == "comment_mode_is_public" else 1
        yield _Group(number, number + 1, tuple(rows[at : at + size]))
        rows = rows[at + size :]
    if rows:
        yield _Group(last, last, tuple(rows))
