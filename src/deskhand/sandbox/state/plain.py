"""Values as JSON and back: plain ones, and those of the sandbox's own classes that are listed. Nothing else is ever made from a file.

What JSON lacks is an object with a text under `~`: its kind, or the name of a class. A number under `~` or `#` is that of the object, by which it is
named where it is met again, so that it is one object after reading as before.
"""

import base64
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import partial
from inspect import ismethod
from random import Random
from typing import Any

from deskhand.sandbox.agenda import HAPPENINGS, name_of

KIND, OF, NUMBER = "~", "of", "#"
_LONG = 4
"""Tuples of so many items are worth keeping as one."""


class Unsavable(Exception):
    """A value that cannot be written; its text names it."""


class Unreadable(Exception):
    """What a file holds is not what this version writes; its text says what."""


class Codec:
    """Writes and reads the values of one file.

    `classes` are the dataclasses that may occur, each with the fields that are left out; `parties` are objects that exist on both sides, by name.
    """

    def __init__(self, classes: Mapping[type, frozenset[str]], parties: Mapping[str, object]) -> None:
        self._classes = dict(classes)
        self._by_name = {cls.__name__: cls for cls in classes}
        self._parties = parties
        self._names = {id(party): name for name, party in parties.items()}
        self._numbers: dict[int, int] = {}
        self._met: list[object] = []
        self._made: dict[int, Any] = {}
        self._readers: dict[str, Callable[[Any], Any]] = {
            "tuple": lambda of: tuple(map(self.read, of)),
            "map": lambda of: {self.read(key): self.read(value) for key, value in of},
            "set": lambda of: set(map(self.read, of)),
            "frozenset": lambda of: frozenset(map(self.read, of)),
            "deque": lambda of: deque(map(self.read, of[1]), of[0]),
            "instant": datetime.fromisoformat,
            "counter": lambda of: Counter({self.read(key): value for key, value in of}),
            "bytes": base64.b64decode,
            "random": _random,
            "party": lambda of: self._parties[of],
            "again": lambda of: self._made[of],
            "call": self._call,
        }

    # Writing.

    def write(self, value: Any) -> Any:  # noqa: ANN401 - values of many types
        """A value as JSON. Raises Unsavable."""
        if value is None or isinstance(value, str | int | float):
            return value
        if id(value) in self._names:
            return {KIND: "party", OF: self._names[id(value)]}
        if type(value) is list:
            return [self.write(item) for item in value]
        number = self._numbers.get(id(value))
        if number is not None:
            return {KIND: "again", OF: number}
        if type(value) is dict:
            return self._write_dict(value)
        if type(value) is tuple:
            return self._write_tuple(value)
        if type(value) in self._classes:
            return self._write_object(value)
        return self._write_rare(value)

    def _number(self, value: object) -> int:
        """The number of a value that may be met again. It is held here, so that nothing else gets its identity."""
        self._met.append(value)
        self._numbers[id(value)] = number = len(self._met)
        return number

    def _write_dict(self, value: dict[Any, Any]) -> dict[str, Any]:
        number = self._number(value)
        if all(type(key) is str for key in value) and KIND not in value:
            return {KIND: number} | {key: self.write(item) for key, item in value.items()}
        return {KIND: "map", NUMBER: number, OF: [[self.write(key), self.write(item)] for key, item in value.items()]}

    def _write_tuple(self, value: tuple[Any, ...]) -> dict[str, Any]:
        row: dict[str, Any] = {KIND: "tuple", OF: [self.write(item) for item in value]}
        if len(value) >= _LONG:
            row[NUMBER] = self._number(value)
        return row

    def _write_object(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - any listed class
        left_out = self._classes[type(value)]
        number = self._number(value)
        held = {one.name: self.write(getattr(value, one.name)) for one in fields(value) if one.name not in left_out}
        return {KIND: type(value).__name__, NUMBER: number, OF: held}

    def _write_rare(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - values of many types
        match value:
            case Counter():
                return {KIND: "counter", OF: [[self.write(key), count] for key, count in value.items()]}
            case set() | frozenset():
                ordered = sorted(value, key=str)
                return {KIND: type(value).__name__, OF: [self.write(item) for item in ordered]}
            case deque():
                return {KIND: "deque", OF: [value.maxlen, [self.write(item) for item in value]]}
            case datetime():
                return {KIND: "instant", OF: value.isoformat()}
            case bytes():
                return {KIND: "bytes", OF: base64.b64encode(value).decode("ascii")}
            case Random():  # noqa: S311 - no dice are thrown here
                version, state, gauss = value.getstate()
                return {KIND: "random", OF: [version, list(state), gauss]}
            case _ if callable(value):
                return self._write_call(value)
            case _:
                raise Unsavable(f"a value of {type(value).__qualname__}")

    def _write_call(self, value: Any) -> dict[str, Any]:  # noqa: ANN401 - a function, a method or a partial of one
        arguments: list[Any] = []
        named: dict[str, Any] = {}
        while isinstance(value, partial):
            arguments, named = [*value.args, *arguments], {**value.keywords, **named}
            value = value.func
        if ismethod(value):
            arguments, value = [value.__self__, *arguments], value.__func__
        name = name_of(value)
        if HAPPENINGS.get(name) is not value:
            raise Unsavable(f"{name}, which is not marked as a happening")
        return {
            KIND: "call", "name": name, OF: [self.write(item) for item in arguments],
            "named": {key: self.write(item) for key, item in named.items()},
        }  # fmt: skip

    # Reading.

    def read(self, row: Any) -> Any:  # noqa: ANN401 - values of many types
        """The value that a piece of JSON means. Raises Unreadable."""
        if isinstance(row, list):
            return [self.read(item) for item in row]
        if not isinstance(row, dict):
            return row
        kind, of = row.get(KIND), row.get(OF)
        if isinstance(kind, int):
            made = self._made[kind] = {key: self.read(item) for key, item in row.items() if key != KIND}
            return made
        if kind == "call":
            of = row
        reader = self._readers.get(str(kind))
        try:
            value = reader(of) if reader else self._object(str(kind), of)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise Unreadable(f"{kind}: {type(error).__name__}: {error}") from error
        if NUMBER in row:
            self._made[row[NUMBER]] = value
        return value

    def _object(self, kind: str, of: Any) -> Any:  # noqa: ANN401 - any listed class
        cls = self._by_name.get(kind)
        if cls is None or not isinstance(of, dict):
            raise Unreadable(f"there is no kind of value {kind!r}")
        return cls(**{name: self.read(item) for name, item in of.items()})

    def _call(self, row: dict[str, Any]) -> Callable[..., object]:
        function = HAPPENINGS.get(row["name"])
        if function is None:
            raise Unreadable(f"there is no happening {row['name']!r}")
        arguments = [self.read(item) for item in row[OF]]
        return partial(function, *arguments, **{key: self.read(item) for key, item in row["named"].items()})


def _random(of: Any) -> Random:  # noqa: ANN401 - JSON
    version, state, gauss = of
    made = Random()  # noqa: S311 - a pretended world's dice
    made.setstate((version, tuple(state), gauss))
    return made
