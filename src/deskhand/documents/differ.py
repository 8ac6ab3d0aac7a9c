"""What differs between two versions of the policies: what was added, removed and changed in each section, and the lines of each file."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deskhand.documents.node import Node
from deskhand.documents.yaml_reader import read_bytes


@dataclass(frozen=True, slots=True)
class Section:
    """What differs in one section, such as `rules` or `ladders`. `moved` says that what stayed stands in another order, which decides who comes first."""

    name: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.removed or self.changed or self.moved)


@dataclass(frozen=True, slots=True)
class Differences:
    """`sections` of what the files say, without comments and layout; `files` are unified diffs, line by line, of those that differ at all."""

    sections: tuple[Section, ...] = ()
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> Differences:
    """What has to be done to texts, by file name, to make others of them."""
    old, new = _said(before), _said(after)
    names = sorted({*old, *new}, key=lambda name: (name != "rules", name))
    sections = (_section(name, old.get(name, {}), new.get(name, {})) for name in names)
    return Differences(tuple(one for one in sections if one), dict(_files(before, after)))


def _section(name: str, old: Mapping[str, object], new: Mapping[str, object]) -> Section:
    both = [key for key in old if key in new]
    return Section(
        name,
        added=tuple(key for key in new if key not in old),
        removed=tuple(key for key in old if key not in new),
        changed=tuple(key for key in both if old[key] != new[key]),
        moved=name in ("rules", "groups") and both != [key for key in new if key in old],
    )


def _files(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            from_, to = (name if text is not None else "(no file)" for text in (old, new))
            lines = difflib.unified_diff((old or "").splitlines(), (new or "").splitlines(), from_, to, lineterm="")
            yield name, tuple(lines)


def _said(texts: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """What all files say: section, name, value. A file that is no YAML says nothing."""
    found: dict[str, dict[str, object]] = {}
    for name in sorted(texts):
        top = read_bytes(texts[name].encode(), name).node
        for section, node in top.mapping.items() if top else ():
            for kind, key, value in _items(section, node):
                found.setdefault(kind, {})[key] = value
    return found


def _items(section: str, node: Node) -> Iterator[tuple[str, str, object]]:
    """The named things of a section; rules count as rules in whatever group they stand, and with the group they stand in."""
    if section == "groups":
        for number, group in enumerate(node.items, 1):
            rules = group.mapping.get("rules")
            own = {key: one.plain for key, one in group.mapping.items() if key != "rules"}
            name = _name(group, number)
            yield section, name, own
            for kind, key, value in _items("rules", rules) if rules else ():
                yield kind, key, (name, value)
    elif node.mapping:
        yield from ((section, key, one.plain) for key, one in node.mapping.items())
    elif node.items:
        yield from ((section, _name(one, number), one.plain) for number, one in enumerate(node.items, 1))
    else:
        yield section, section, node.plain


def _name(node: Node, number: int) -> str:
    """What something in a list is called: its id, or its place."""
    own = node.mapping.get("id")
    return str(own.value) if own is not None and own.scalar else f"no. {number}"
