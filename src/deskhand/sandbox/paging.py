"""Pages of lists: by cursor (page[size], page[after]) and by number (page, per_page), with their limits and errors."""

import base64
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from deskhand.sandbox.exchange import Raw, Row
from deskhand.sandbox.index import ByTime
from deskhand.sandbox.records import CATEGORIES, Ticket
from deskhand.sandbox.refusal import bad_page, bad_parameter
from deskhand.sandbox.route import Ask
from deskhand.sandbox.table import as_id
from deskhand.sandbox.world import World

SIZE = 100
DEEPEST = 10_000
"""Records that can be reached by page number."""

CURSOR_ERRORS = (ValueError, TypeError, LookupError, OverflowError, RecursionError)
"""What reading a cursor comes to that is none of ours."""

_PLACES = {"page[after]", "page[before]", "page", "cursor", "start_time"}
"""The parts of an address that say at which page to go on."""

_GARBLED = "page[after] is not valid"

Key = list[Any]


class Placed(Protocol):
    """A sorted list whose members have places. Keys are JSON lists."""

    name: str

    def key(self, member: Any) -> Key:  # noqa: ANN401 - members of any kind
        """The place of a member."""
        ...


class Order(Placed, Protocol):
    """A sorted list that can be entered at any number."""

    def __len__(self) -> int: ...
    def slice(self, start: int, end: int) -> list[Any]:
        """The members from `start` to before `end`."""
        ...

    def below(self, key: Key) -> int:
        """How many members come before a place."""
        ...

    def upto(self, key: Key) -> int:
        """How many members come before or at a place."""
        ...


class Stream(Placed, Protocol):
    """A sorted list that can be entered at any place, but whose members are not numbered."""

    def after(self, key: Key | None, limit: int) -> list[Any]:
        """The first members behind a place, or the very first ones."""
        ...

    def before(self, key: Key, limit: int) -> list[Any]:
        """The last members before a place, ascending."""
        ...


class ById:
    """Ticket ids in ascending order."""

    name = "nice_id"

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    def slice(self, start: int, end: int) -> list[int]:
        """The ids from `start` to before `end`."""
        return list(self._ids[start:end])

    def key(self, member: int) -> Key:
        """The id itself."""
        return [member]

    def below(self, key: Key) -> int:
        """How many ids are smaller."""
        return bisect_left(self._ids, int(key[0]))

    def upto(self, key: Key) -> int:
        """How many ids are smaller or equal."""
        return bisect_right(self._ids, int(key[0]))


class ByUpdate:
    """Ticket ids by updated_at, then id."""

    name = "updated_at,nice_id"

    def __init__(self, index: ByTime, world: World) -> None:
        self._index = index
        self._ids = index.ids()
        self._world = world

    def __len__(self) -> int:
        return len(self._ids)

    def slice(self, start: int, end: int) -> list[int]:
        """The ids from `start` to before `end`."""
        return [self._ids[at] for at in range(start, min(end, len(self._ids)))]

    def key(self, member: int) -> Key:
        """Its updated_at and id."""
        return [self._world.tickets[member].updated, member]

    def below(self, key: Key) -> int:
        """How many come before this instant and id."""
        return self._index.place(int(key[0]), int(key[1]))

    def upto(self, key: Key) -> int:
        """How many come before or at this instant and id."""
        return self._index.place(int(key[0]), int(key[1]) + 1)


class ByStatus:
    """Ticket ids by status from new to closed, then id."""

    name = "status,nice_id"

    def __init__(self, world: World) -> None:
        self._world = world
        self._groups = [world.by_status.ids(status) for status in CATEGORIES]

    def __len__(self) -> int:
        return sum(len(group) for group in self._groups)

    def slice(self, start: int, end: int) -> list[int]:
        """The ids from `start` to before `end`."""
        found: list[int] = []
        for group in self._groups:
            found += group[max(0, start) : max(0, end)]
            start, end = start - len(group), end - len(group)
        return found

    def key(self, member: int) -> Key:
        """The rank of its status and its id."""
        return [CATEGORIES.index(self._world.tickets[member].status), member]

    def below(self, key: Key) -> int:
        """How many come before this status and id."""
        rank = int(key[0])
        return sum(len(group) for group in self._groups[:rank]) + bisect_left(self._groups[rank], int(key[1]))

    def upto(self, key: Key) -> int:
        """How many come before or at this status and id."""
        return self.below([key[0], int(key[1]) + 1])


class Rows:
    """Rows as they are, by their place in the list; a cursor is the id of the row it stands at."""

    name = "id"

    def __init__(self, rows: Sequence[Any], key: Callable[[Any], Any] = lambda row: row["id"]) -> None:
        self._rows = rows
        self._key = key

    def __len__(self) -> int:
        return len(self._rows)

    def slice(self, start: int, end: int) -> list[Any]:
        """The rows from `start` to before `end`."""
        return list(self._rows[start:end])

    def key(self, member: Any) -> Key:  # noqa: ANN401 - members of any kind
        """The row's id."""
        return [self._key(member)]

    def below(self, key: Key) -> int:
        """The place of the row with this id; where it is gone, of the first one with a greater id."""
        for at, row in enumerate(self._rows):
            if self._key(row) == key[0]:
                return at
        return next((at for at, row in enumerate(self._rows) if str(self._key(row)) > str(key[0])), len(self._rows))

    def upto(self, key: Key) -> int:
        """The place behind the row with this id."""
        at = self.below(key)
        return at + 1 if at < len(self._rows) and self._key(self._rows[at]) == key[0] else at


Shown = Callable[[list[Any]], Raw | list[Row]]


def by_cursor(ask: Ask) -> bool:
    """Whether a query asks for a page by cursor."""
    return any(key.startswith("page[") for key in ask.query)


def page(ask: Ask, name: str, order: Order, shown: Shown, *, descending: bool = False, most: int = SIZE) -> Row:
    """One page of a list under `name`, by cursor if the query asks so, else by number. Raises Refusal (400)."""
    if by_cursor(ask):
        return _by_cursor(ask, name, order, shown, descending=descending, most=most)
    return _by_number(ask, name, order, shown, descending=descending, most=most)


def rows_page(ask: Ask, name: str, rows: Sequence[Row], shown: Callable[[list[Row]], list[Row]] | None = None) -> Row:
    """One page of rows that are few enough to be at hand as a list."""
    return page(ask, name, Rows(rows), shown or (lambda part: part))


def _by_number(ask: Ask, name: str, order: Order, shown: Shown, *, descending: bool, most: int) -> Row:
    number, size = max(1, ask.number("page", 1)), ask.number("per_page", most)
    size = most if size > most or size < 1 else size
    if (number - 1) * size >= DEEPEST:
        raise bad_parameter(
            f"Pagination by page number is limited to the first {DEEPEST:,} records: use cursor pagination"
        )
    start, total = (number - 1) * size, len(order)
    members = _part(order, start, start + size, descending=descending)
    links = {
        "next_page": number + 1 if start + size < total else None,
        "previous_page": number - 1 if number > 1 else None,
    }
    return (
        {name: shown(members)}
        | {key: None if to is None else link(ask, {"page": str(to)}) for key, to in links.items()}
        | {"count": total}
    )


def _by_cursor(ask: Ask, name: str, order: Order, shown: Shown, *, descending: bool, most: int) -> Row:
    size = page_size(ask, most)
    total = len(order)
    start, end = 0, size
    after, before = ask.query.get("page[after]"), ask.query.get("page[before]")
    if after is not None:
        below, upto = _places(order, after)
        start = total - below if descending else upto
        end = start + size
    elif before is not None:
        below, upto = _places(order, before)
        end = total - upto if descending else below
        start = max(0, end - size)
    members = _part(order, start, min(end, total), descending=descending)
    more = end < total if before is None else start > 0
    return {name: shown(members)} | _links(ask, order, members, more=more)


def stream_page(ask: Ask, name: str, stream: Stream, shown: Shown) -> Row:
    """One page by cursor of a list whose members are not numbered. Raises Refusal (400)."""
    size = page_size(ask, SIZE)
    after, before = ask.query.get("page[after]"), ask.query.get("page[before]")
    if after is None and before is not None:
        found = stream.before(_numbers(before, stream.name), size + 1)
        members = found[-size:]
    else:
        found = stream.after(None if after is None else _numbers(after, stream.name), size + 1)
        members = found[:size]
    return {name: shown(members)} | _links(ask, stream, members, more=len(found) > size)


def _part(order: Order, start: int, end: int, *, descending: bool) -> list[Any]:
    if not descending:
        return order.slice(start, max(start, end))
    total = len(order)
    return order.slice(max(0, total - end), max(0, total - start))[::-1]


def _numbers(cursor: str, name: str) -> Key:
    """The place that a cursor of a stream names, all numbers. Raises Refusal (400)."""
    try:
        return [int(part) for part in _read(cursor, name)]
    except CURSOR_ERRORS:
        raise bad_page(_GARBLED) from None


def _places(order: Order, cursor: str) -> tuple[int, int]:
    """How many members come before a cursor, and how many before or at it. Raises Refusal (400)."""
    key = _read(cursor, order.name)
    try:
        return order.below(key), order.upto(key)
    except CURSOR_ERRORS:  # a cursor of our form that holds something else
        raise bad_page(_GARBLED) from None


def page_size(ask: Ask, most: int, usual: int | None = None) -> int:
    """How many members a page by cursor has. Raises Refusal (400)."""
    size = as_id(ask.query.get("page[size]", str(usual or most)))
    if size is None or not 1 <= size <= most:
        raise bad_page(f"page[size] must be a number from 1 to {most}")
    return size


def _links(ask: Ask, order: Placed, members: list[Any], *, more: bool) -> Row:
    if not members:
        none = {"has_more": False, "after_cursor": None, "before_cursor": None}
        return {"meta": none, "links": {"prev": None, "next": None}}
    first, last = _write(order, members[0]), _write(order, members[-1])
    return {
        "meta": {"has_more": more, "after_cursor": last, "before_cursor": first},
        "links": {"prev": link(ask, {"page[before]": first}), "next": link(ask, {"page[after]": last})},
    }


def _write(order: Placed, member: Any) -> str:  # noqa: ANN401 - members of any kind
    text = json.dumps({"o": order.name, "v": order.key(member)}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def _read(cursor: str, name: str) -> Key:
    try:
        value = json.loads(base64.b64decode(cursor, validate=True))
        if value["o"] == name and isinstance(value["v"], list) and _fits(name, value["v"]):
            return list(value["v"])
    except CURSOR_ERRORS:
        pass
    raise bad_page(_GARBLED)


def _fits(name: str, key: Key) -> bool:
    """Whether a cursor's key can be a place in the order of this name: numbers, and a status that there is."""
    if name == Rows.name:
        return bool(key)
    ranked = not name.startswith("status") or (bool(key) and key[0] in range(len(CATEGORIES)))
    return ranked and len(key) == name.count(",") + 1 and all(type(part) is int for part in key)


def link(ask: Ask, changes: dict[str, str]) -> str:
    """This request's address with another page: whatever else was asked for is asked for again."""
    pairs = [(key, value) for key, value in ask.request.query if key not in _PLACES] + list(changes.items())
    path = ask.request.path.rstrip("/").removesuffix(".json")
    return f"{ask.base}{path}.json?{urlencode(sorted(pairs))}"


def ticket_order(world: World, ids: Sequence[int] | None, sort: str) -> Order:
    """Tickets in one of the orders of cursor pagination; `ids` narrows the list where they are sorted by id."""
    if ids is not None or sort in ("id", "created_at", "nice_id"):
        return ById(world.live.ids if ids is None else ids)
    if sort == "updated_at":
        return ByUpdate(world.updated, world)
    return ByStatus(world)


def sorted_ids(world: World, ids: Sequence[int], field: str) -> list[int]:
    """Ids by any other field of the tickets: this looks at all of them, as only page numbers ask for it."""

    def key(number: int) -> tuple[bool, Any]:
        value = getattr(world.tickets[number], field)
        return value is not None, value if value is not None else 0

    return sorted(ids, key=key)


def listed(ticket: Ticket) -> bool:
    """Whether lists show a ticket."""
    return not ticket.deleted and not ticket.archived
