"""Nodes: the values of a YAML file, each knowing where it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from deskhand.core.ticket import Scalar
from deskhand.documents.problems import Problem

Path = tuple[str | int, ...]
"""Keys and indexes from the top of a file down to a value."""


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a mapping or a list with its place. Lines and columns count from 1.

    `keys` says for each key of a mapping where that key stands. `quoted` marks a text that was written in quotes.
    """

    file: str
    line: int
    column: int
    value: "Scalar | Mapping[str, Node] | tuple[Node, ...]"
    keys: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    quoted: bool = False

    @property
    def place(self) -> str:
        """`file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def mapping(self) -> "Mapping[str, Node]":
        """The entries of a mapping; empty for anything else."""
        return self.value if isinstance(self.value, Mapping) else {}

    @property
    def items(self) -> "tuple[Node, ...]":
        """The entries of a list; empty for anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def scalar(self) -> bool:
        """Whether it is neither a mapping nor a list."""
        return not isinstance(self.value, Mapping | tuple)

    @property
    def plain(self) -> object:
        """The value without its places: dicts, lists and scalars."""
        match self.value:
            case tuple():
                return [item.plain for item in self.value]
            case Mapping():
                return {key: node.plain for key, node in self.value.items()}
            case _:
                return self.value

    @property
    def kind(self) -> str:
        """What it is, in words."""
        match self.value:
            case Mapping():
                return "a mapping"
            case tuple():
                return "a list"
            case None:
                return "nothing"
            case bool():
                return "true" if self.value else "false"
            case str():
                return f"'{self.value if len(self.value) <= 60 else self.value[:57] + '...'}'"
            case _:
                return str(self.value)

    def key(self, name: str) -> "Node":
        """The key of an entry as a node of its own, for problems that are about the key."""
        line, column = self.keys.get(name, (self.line, self.column))
        return Node(self.file, line, column, name)

    def at(self, path: Path) -> "Node":
        """The node at a path below this one, or the deepest one on the way that exists."""
        node = self
        for step in path:
            if isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            elif isinstance(step, str) and step in node.mapping:
                node = node.mapping[step]
            else:
                return node
        return node

    def problem(self, message: str, check: str, hint: str = "") -> Problem:
        """A problem at this place."""
        return Problem(self.file, self.line, self.column, message, check, hint)

    def walk(self) -> "Iterator[Node]":
        """This node and all below it."""
        yield self
        for child in (*self.mapping.values(), *self.items):
            yield from child.walk()
