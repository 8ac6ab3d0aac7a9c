"""Orders of tickets that are kept up to date with each change, so that no request and no update looks at all tickets."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator

_SHIFT = 28
"""Ticket ids stay below 2**28, so that an instant and an id make one number."""

_FAR = (1 << 35) - 1
"""The year 3058: what is later has its place there, as an instant and an id have to fit into 64 bits."""


def _key(instant: int, ticket_id: int) -> int:
    return min(_FAR, instant) << _SHIFT | ticket_id


class ByTime:
    """Tickets by (instant, id), ascending, one place each."""

    def __init__(self) -> None:
        self._keys = array("q")

    def add(self, instant: int, ticket_id: int) -> None:
        """Put a ticket at its place."""
        key = _key(instant, ticket_id)
        if not self._keys or key > self._keys[-1]:
            self._keys.append(key)
        elif key != self._keys[-1] and not self.has(instant, ticket_id):
            insort(self._keys, key)

    def fill(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Put many tickets, as (instant, id), at their places at once."""
        self._keys = array("q", sorted({*self._keys, *(_key(*pair) for pair in pairs)}))

    def has(self, instant: int, ticket_id: int) -> bool:
        """Whether a ticket has a place at an instant."""
        key = _key(instant, ticket_id)
        at = bisect_left(self._keys, key)
        return at < len(self._keys) and self._keys[at] == key

    def remove(self, instant: int, ticket_id: int) -> None:
        """Take a ticket away; one that is not there is ignored."""
        key = _key(instant, ticket_id)
        at = bisect_left(self._keys, key)
        if at < len(self._keys) and self._keys[at] == key:
            del self._keys[at]

    def after(
        self, instant: int, ticket_id: int = -1, *, until: int | None = None, limit: int | None = None
    ) -> list[tuple[int, int]]:
        """(instant, id) of those behind the place (instant, ticket_id), at most at `until`, at most `limit` of them."""
        start = bisect_right(self._keys, (instant << _SHIFT | ticket_id) if ticket_id >= 0 else (instant << _SHIFT) - 1)
        end = len(self._keys) if until is None else bisect_left(self._keys, (until + 1) << _SHIFT)
        stop = end if limit is None else min(end, start + limit)
        return [_split(key) for key in self._keys[start : max(start, stop)]]

    def upto(self, instant: int, limit: int) -> list[tuple[int, int]]:
        """(instant, id) of the last `limit` of those at or before an instant, ascending."""
        end = bisect_left(self._keys, (instant + 1) << _SHIFT)
        return [_split(key) for key in self._keys[max(0, end - limit) : end]]

    def latest(self, limit: int) -> list[int]:
        """The ids of the last ones, ascending."""
        return [_split(key)[1] for key in self._keys[-limit:]]

    def ids(self) -> "Ids":
        """The ids in this order."""
        return Ids(self._keys)

    def place(self, instant: int, ticket_id: int) -> int:
        """How many come before the place (instant, ticket_id)."""
        return bisect_left(self._keys, instant << _SHIFT | ticket_id)

    def __len__(self) -> int:
        return len(self._keys)


def _split(key: int) -> tuple[int, int]:
    return key >> _SHIFT, key & ((1 << _SHIFT) - 1)


class Ids:
    """A read-only sequence of ids over the keys of a ByTime."""

    def __init__(self, keys: "array[int]") -> None:
        self._keys = keys

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, at: int) -> int:
        return self._keys[at] & ((1 << _SHIFT) - 1)

    def __iter__(self) -> Iterator[int]:
        return (key & ((1 << _SHIFT) - 1) for key in self._keys)


class Sorted:
    """Numbers in ascending order, each once."""

    def __init__(self) -> None:
        self.ids: list[int] = []

    def add(self, number: int) -> None:
        """Put a number in; one that is there stays."""
        if not self.ids or number > self.ids[-1]:
            self.ids.append(number)
            return
        at = bisect_left(self.ids, number)
        if self.ids[at] != number:
            self.ids.insert(at, number)

    def remove(self, number: int) -> None:
        """Take a number out; one that is not there is ignored."""
        at = bisect_left(self.ids, number)
        if at < len(self.ids) and self.ids[at] == number:
            del self.ids[at]

    def __len__(self) -> int:
        return len(self.ids)


class Grouped:
    """Ticket ids by the value of one field, each group ascending."""

    def __init__(self) -> None:
        self._groups: dict[object, Sorted] = defaultdict(Sorted)

    def move(self, ticket_id: int, old: object, new: object) -> None:
        """A ticket's value changed; None means no place."""
        if old is not None:
            self._groups[old].remove(ticket_id)
        if new is not None:
            self._groups[new].add(ticket_id)

    def ids(self, value: object) -> list[int]:
        """The tickets of one value, ascending."""
        group = self._groups.get(value)
        return group.ids if group else []
