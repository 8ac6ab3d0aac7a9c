"""What JSON looks like without its values: which keys, which types; and in what two such shapes differ."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

FREE = {"user_fields", "organization_fields", "custom"}
"""Objects whose keys are an account's own; that they are objects is all there is to compare."""

VARIED = {"events", "child_events"}
"""Lists of objects of several kinds, each told by its `type`."""


def kind_of(value: Any) -> str:
    """The JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "list" if isinstance(value, list) else "object"


@dataclass(slots=True)
class Shape:
    """The shape of one value, or of several at the same place: their types, and of objects the keys, each with how often it was there."""

    types: set[str] = field(default_factory=set)
    objects: int = 0
    keys: dict[str, "Shape"] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)

    def add(self, value: Any, name: str = "") -> "Shape":
        """Take another value in. `name` is the key under which it stands."""
        self.types.add(kind_of(value))
        if isinstance(value, dict) and name not in FREE:
            self.objects += 1
            for key, item in value.items():
                self._at(key).add(item, key)
        elif isinstance(value, list):
            for item in value:
                variant = item.get("type") if name in VARIED and isinstance(item, dict) else None
                self._at("[]" if variant is None else f"[{variant}]").add(item)
        return self

    def _at(self, key: str) -> "Shape":
        self.times[key] = self.times.get(key, 0) + 1
        return self.keys.setdefault(key, Shape())

    def sure(self, key: str) -> bool:
        """Whether every object has this key."""
        return self.times.get(key, 0) == self.objects > 0 and not key.startswith("[")


_NOTHING = Shape()


def differences(mine: Shape, real: Shape, known: Shape, where: str = "") -> Iterator[str]:
    """In what a shape of ours differs from the real one of the same request. `known` is what all recordings of this endpoint taken together show.

    Ours must have each key that every real object has, no key that no recording has, and no type that no recording has at that place: null only
    where there is a recorded null.
    """
    for kind in sorted(mine.types - real.types - known.types) if known.types else ():
        yield f"{where or 'the body'} is {kind}, not {' or '.join(sorted(real.types or known.types))}"
    if known.types and not mine.types & known.types:
        return
    for key in real.keys:
        if real.sure(key) and mine.objects and mine.times.get(key, 0) < mine.objects:
            yield f"{where}.{key} is missing"
    for key, shape in mine.keys.items():
        inner = known.keys.get(key)
        if inner is not None:
            yield from differences(shape, real.keys.get(key, _NOTHING), inner, f"{where}.{key}")
        elif not key.startswith("["):
            yield f"{where}.{key} is in no recording"
        elif known.times or key != "[]":
            yield f"{where}.{key} is of a kind that is in no recording"
