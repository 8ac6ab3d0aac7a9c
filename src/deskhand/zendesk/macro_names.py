"""The names that macros use, against those of the account: each kind is read when it is first asked for, both ways."""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from deskhand.errors import Rejected
from deskhand.zendesk.directory import policy_name
from deskhand.zendesk.gateway import Gateway, Json


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: its number, its names, the best one first, and whether it is in use."""

    number: str
    names: tuple[str, ...]
    active: bool = True


@dataclass(slots=True)
class MacroNames:
    """Numbers for names and names for numbers. A kind that the account lists as empty is an error, not an absence."""

    gateway: Gateway
    _tables: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    _rows: list[Json] = field(default_factory=list)
    """The ticket fields with their options, once they were asked for."""

    def number(self, kind: str, name: str) -> str:
        """The number of a name; of an option, its tag. Raises Rejected with the nearest names, or with all numbers that share it."""
        table, wanted = self._table(kind, name), name.partition("=")[2] if kind == "option" else name
        if kind == "option" and not table:
            return wanted  # a text field: any value will do
        found = {
            one.number: one for one in table if any(_folded(kind, wanted) == _folded(kind, own) for own in one.names)
        }
        if len(found) > 1:
            numbers = ", ".join(found)
            raise Rejected(
                f"{kind} '{wanted}' is there {len(found)} times ({numbers})",
                code="AmbiguousName",
                hint=f"Rename one of them in Zendesk, or write the number: #{next(iter(found))}.",
            )
        for number, entry in found.items():
            if not entry.active:
                raise Rejected(
                    f"{kind} '{wanted}' is deactivated",
                    code="UnknownName",
                    hint="Activate it in Zendesk, or use another.",
                )
            return number
        raise _unknown(kind, wanted, table)

    def name(self, kind: str, number: str) -> str | None:
        """The name of a number, None where there is none, where it would not lead back, or where the list cannot be read."""
        wanted = number.partition("=")[2] if kind == "option" else number
        try:
            table = self._table(kind, number)
        except Rejected:
            return None
        entry = next((one for one in table if one.number == wanted), None)
        if entry is None or not entry.active:
            return None
        for name in entry.names:
            if sum(any(_folded(kind, name) == _folded(kind, own) for own in one.names) for one in table) == 1:
                return name
        return None

    def locales(self) -> Mapping[str, int]:
        """The account's locales with their numbers."""
        return {one.names[0]: int(one.number) for one in self._table("locale", "")}

    def _table(self, kind: str, name: str) -> tuple[Entry, ...]:
        if kind == "option":
            return self._options(name.partition("=")[0])
        if kind not in self._tables:
            self._tables[kind] = tuple(_fields(self._all_fields()) if kind == "field" else _READERS[kind](self.gateway))
        table = self._tables[kind]
        if not table:
            raise Rejected(
                f"the account's list of kind '{kind}' came back empty",
                code="EmptyListing",
                hint="Nothing is looked up in an empty list: check the credentials' role and scope.",
            )
        return table

    def _all_fields(self) -> list[Json]:
        self._rows = self._rows or list(self.gateway.get("ticket_fields", holds="ticket_fields")["ticket_fields"])
        return self._rows

    def _options(self, field_name: str) -> tuple[Entry, ...]:
        key = f"option {field_name}"
        if key not in self._tables:
            number = self.number("field", field_name)
            row = next(one for one in self._all_fields() if str(one["id"]) == number)
            rows = row.get("custom_field_options") or ()
            self._tables[key] = tuple(Entry(str(one["value"]), (str(one["value"]), str(one["name"]))) for one in rows)
        return self._tables[key]


def _folded(kind: str, name: str) -> str:
    return name.casefold() if kind in ("agent", "locale") else name


def _unknown(kind: str, name: str, table: Iterable[Entry]) -> Rejected:
    near = difflib.get_close_matches(name, [own for one in table if one.active for own in one.names], n=3, cutoff=0.5)
    guess = f"; did you mean {' or '.join(repr(one) for one in near)}?" if near else ""
    return Rejected(
        f"the account has no {kind} '{name}'{guess}",
        code="UnknownName",
        hint="Mend the template, or make it in Zendesk.",
    )


def _groups(gateway: Gateway) -> Iterable[Entry]:
    return (
        Entry(str(one["id"]), (str(one["name"]),))
        for one in gateway.pages("groups", "groups")
        if not one.get("deleted")
    )


def _agents(gateway: Gateway) -> Iterable[Entry]:
    for role in ("agent", "admin"):
        for one in gateway.pages("users", "users", {"role[]": role}):
            if one.get("email"):
                yield Entry(str(one["id"]), (str(one["email"]),), one.get("suspended") is not True)


def _fields(rows: Iterable[Json]) -> Iterable[Entry]:
    system = {"subject", "description", "status", "custom_status", "tickettype", "priority", "group", "assignee"}
    for one in rows:
        if one["type"] not in system:
            title = str(one["title"])
            yield Entry(
                str(one["id"]), tuple(dict.fromkeys((policy_name(title) or title, title))), one.get("active", True)
            )


def _listed(path: str, name: str) -> Callable[[Gateway], Iterable[Entry]]:
    """A reader of a short listing."""

    def read(gateway: Gateway) -> Iterable[Entry]:
        for one in gateway.get(path, holds=path)[path]:
            yield Entry(str(one["id"]), (str(one[name]),), one.get("active", True))

    return read


_READERS: Final[Mapping[str, Callable[[Gateway], Iterable[Entry]]]] = {
    "group": _groups,
    "agent": _agents,
    "brand": _listed("brands", "name"),
    "form": _listed("ticket_forms", "name"),
    "custom status": _listed("custom_statuses", "agent_label"),
    "locale": _listed("locales", "locale"),
}
