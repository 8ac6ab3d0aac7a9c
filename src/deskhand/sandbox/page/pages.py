"""Portions of long lists: no page shows more than a handful of what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import urlencode

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class Ordered(Protocol[Item_co]):
    """What can be asked for its length, and for the item at a place."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def __getitem__(self, at: int, /) -> Item_co:
        """The item at a place from 0 on."""
        ...


MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Pages:
    """Which part of a list is shown: the numbers of its first and last item, of all, and the addresses of the parts beside it."""

    first: int
    last: int
    total: int
    newer: str | None
    older: str | None


def portion(
    items: Ordered[Item], query: Mapping[str, str], size: int, name: str = "page", *, newest_first: bool = False
) -> tuple[list[Item], Pages]:
    """The items of the page that a query names; `newest_first` takes an ascending list from its end. Nothing else of the list is touched."""
    total = len(items)
    at = min(_number(query.get(name)), max(1, -(-total // size)))
    start, end = (at - 1) * size, min(at * size, total)
    if newest_first:
        shown = [items[total - 1 - place] for place in range(start, end)]
    else:
        shown = [items[place] for place in range(start, end)]
    return shown, Pages(
        start + 1 if total else 0, end, total,
        _link(query, name, at - 1) if at > 1 else None, _link(query, name, at + 1) if end < total else None,
    )  # fmt: skip


def _number(text: str | None) -> int:
    return max(1, min(MOST, int(text))) if text and text.isascii() and text.isdigit() and len(text) < 10 else 1


def _link(query: Mapping[str, str], name: str, at: int) -> str:
    return "?" + urlencode({**query, name: str(at)})


def chosen(query: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    """A choice from a query; '' where it is none of those known."""
    value = query.get(name, "")
    return value if value in known else ""
