"""A table of rows: JSON objects as the API shows them, but for their `url`, in the order they were made."""

from collections.abc import Iterator
from typing import Any

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.refusal import not_found

Key = int | str


def as_id(value: object) -> int | None:
    """The number that an id given as number or text is, or None: nothing longer than 19 digits is an id."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = value if isinstance(value, str) else ""
    return int(text) if len(text) <= 19 and text.isdecimal() and text.isascii() else None


class Table:
    """Rows by id. `one` and `many` are the names under which the API returns them; `path` is where they live."""

    def __init__(self, one: str, many: str, path: str | None = None) -> None:
        self.one = one
        self.many = many
        self.path = path or many
        self.rows: dict[Key, Row] = {}

    def put(self, row: Row) -> Row:
        """Add a row, or replace the one with its id."""
        self.rows[row["id"]] = row
        return row

    def get(self, key: object) -> Row | None:
        """The row of an id given as number or text, or None."""
        if type(key) in (int, str) and key in self.rows:
            return self.rows[key]
        number = as_id(key)
        return None if number is None else self.rows.get(number)

    def need(self, key: object) -> Row:
        """The row of an id. Raises Refusal (404)."""
        row = self.get(key)
        if row is None:
            raise not_found()
        return row

    def drop(self, key: object) -> Row:
        """Remove and return the row of an id. Raises Refusal (404)."""
        row = self.need(key)
        del self.rows[row["id"]]
        return row

    def where(self, **facts: Any) -> list[Row]:
        """The rows that have all these values."""
        return [row for row in self if all(row.get(name) == value for name, value in facts.items())]

    def first(self, **facts: Any) -> Row | None:
        """The first row that has all these values, or None."""
        return next((row for row in self if all(row.get(name) == value for name, value in facts.items())), None)

    def __iter__(self) -> Iterator[Row]:
        return iter(list(self.rows.values()))

    def __len__(self) -> int:
        return len(self.rows)
