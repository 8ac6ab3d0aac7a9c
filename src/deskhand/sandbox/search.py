"""The search language: words, and `field:value` terms with comparisons, over tickets."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deskhand.sandbox.clock import epoch_of
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import CATEGORIES, PRIORITIES, Ticket
from deskhand.sandbox.table import as_id
from deskhand.sandbox.world import World

_TERM = re.compile(r'(-?)(?:([A-Za-z_][\w.]*)(:|>=|<=|>|<)("[^"]*"|\S+)|("[^"]*"|\S+))')
_AGO = re.compile(r"(\d+)(minute|hour|day|week|month|year)s?$")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_592_000, "year": 31_536_000}


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query. A bare word has the field ''."""

    field: str
    operator: str
    value: str
    negative: bool = False


def parse(query: str) -> list[Term]:
    """The terms of a query, in their order."""
    return [
        Term((field or "").lower(), operator or ":", (value or word).strip('"'), bool(minus))
        for minus, field, operator, value, word in _TERM.findall(query)
    ]


def kind_of(terms: list[Term]) -> str | None:
    """Which kind of record a query asks for, or None for all."""
    return next(
        (
            term.value.lower()
            for term in terms
            if term.field == "type" and term.value.lower() in ("ticket", "user", "organization", "group")
        ),
        None,
    )


def tickets(world: World, terms: list[Term], user: int) -> list[Ticket]:
    """The tickets that match, in the order of their ids. Several values of one field are alternatives."""
    terms = [
        term
        for term in terms
        if term.field not in ("type", "order_by", "sort")
        or term.value.lower() in ("question", "incident", "problem", "task")
    ]
    groups: dict[tuple[str, bool], list[Term]] = {}
    for number, term in enumerate(terms):
        alone = (
            term.field in ("", "created", "updated", "solved", "due_date", "created_at", "updated_at")
            or term.operator != ":"
        )
        groups.setdefault((f"{term.field}{number}" if alone else term.field, term.negative), []).append(term)
    latest = world.now() - world.options.search_lag
    return [
        ticket
        for key in _candidates(world, groups)
        if not (ticket := world.tickets[key]).deleted and ticket.updated <= latest
        and all(any(_matches(world, ticket, term, user) for term in some) != negative for (_, negative), some in groups.items())
    ]  # fmt: skip


def _candidates(world: World, groups: dict[tuple[str, bool], list[Term]]) -> list[int]:
    """Tickets that can match, by the narrowest index there is for a term."""
    found: list[list[int]] = []
    for (_, negative), terms in groups.items():
        ids = None if negative else _indexed(world, terms)
        if ids is not None:
            found.append(ids)
    return min(found, key=len) if found else list(world.tickets)


def _indexed(world: World, terms: list[Term]) -> list[int] | None:
    first = terms[0]
    if first.field == "status" and first.operator == ":" and first.value != "closed":
        return sorted(key for term in terms for key in world.by_status.ids(term.value))
    name = {
        "assignee": "assignee_id",
        "requester": "requester_id",
        "organization": "organization_id",
        "group": "group_id",
        "external_id": "external_id",
    }.get(first.field)
    if name == "external_id":
        return sorted(key for term in terms for key in world.by[name].ids(term.value))
    if name is not None and all(as_id(term.value) is not None for term in terms):
        return sorted(key for term in terms for key in world.by[name].ids(int(term.value)))
    if (
        first.field in ("updated", "updated_at")
        and first.operator in (">", ">=")
        and (start := _instant(world, first.value)) is not None
    ):
        return sorted(key for _, key in world.updated.after(start))
    return None


def _matches(world: World, ticket: Ticket, term: Term, user: int) -> bool:
    if not term.field:
        text = f"{ticket.id} {ticket.subject} {ticket.description} {' '.join(ticket.tags)}".lower()
        return term.value.lower().rstrip("*") in text
    if term.field in _TIMES:
        return _timed(world, _TIMES[term.field](ticket), term)
    if term.field in ("status", "priority"):
        return _ranked(term, ticket.status if term.field == "status" else ticket.priority)
    if term.field in _PEOPLE:
        return _person(world, getattr(ticket, _PEOPLE[term.field]), term.value, user)
    if term.field.startswith("custom_field_"):
        key = term.field.removeprefix("custom_field_")
        value = ticket.fields.get(as_id(key) or 0)
        return str(value).lower() == term.value.lower() if value is not None else term.value == "none"
    reader = _READ.get(term.field)
    return reader is not None and _same(reader(world, ticket), term.value)


_TIMES: dict[str, Callable[[Ticket], int | None]] = {
    "created": lambda t: t.created, "created_at": lambda t: t.created, "updated": lambda t: t.updated, "updated_at": lambda t: t.updated,
    "due_date": lambda t: t.due_at, "solved": lambda t: t.updated if t.status in ("solved", "closed") else None,
}  # fmt: skip
_PEOPLE = {"assignee": "assignee_id", "requester": "requester_id", "submitter": "submitter_id"}


def _named(table: str, attribute: str) -> Callable[[World, Ticket], Any]:
    def read(world: World, ticket: Ticket) -> list[Any]:
        row = world.tables[table].get(getattr(ticket, attribute))
        return [] if row is None else [row["id"], row["name"]]

    return read


_READ: dict[str, Callable[[World, Ticket], Any]] = {
    "tags": lambda _, t: list(t.tags), "ticket_type": lambda _, t: t.type, "type": lambda _, t: t.type, "subject": lambda _, t: t.subject,
    "description": lambda _, t: t.description, "external_id": lambda _, t: t.external_id, "via": lambda _, t: t.via.channel,
    "group": _named("groups", "group_id"), "organization": _named("organizations", "organization_id"), "brand": _named("brands", "brand_id"),
    "form": _named("ticket_forms", "form_id"), "ids": lambda _, t: [t.id], "fieldvalue": lambda _, t: list(t.fields.values()),
    "custom_status_id": lambda _, t: t.custom_status_id,
}  # fmt: skip


def _same(seen: Any, value: str) -> bool:  # noqa: ANN401 - values of many types
    low = value.lower()
    if low == "none":
        return seen in (None, "", [])
    if isinstance(seen, list):
        return any(str(item).lower() == low for item in seen)
    text = str(seen).lower() if seen is not None else ""
    return low.rstrip("*") in text if " " in text or low.endswith("*") else text == low


def _ranked(term: Term, seen: str | None) -> bool:
    ranks: tuple[str, ...] = CATEGORIES if term.field == "status" else PRIORITIES
    if term.operator == ":":
        return (seen or "none") == term.value
    if seen not in ranks or term.value not in ranks:
        return False
    return _compare(term.operator, ranks.index(str(seen)), ranks.index(term.value))


def _compare(operator: str, left: int, right: int) -> bool:
    return {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}.get(operator, left == right)


def _timed(world: World, seen: int | None, term: Term) -> bool:
    wanted = _instant(world, term.value)
    if seen is None or wanted is None:
        return False
    if term.operator == ":" and len(term.value) <= 10:
        return wanted <= seen < wanted + 86_400
    if len(term.value) == 10 and term.operator in (">", "<="):
        wanted += 86_399
    return _compare(term.operator, seen, wanted)


def _instant(world: World, text: str) -> int | None:
    ago = _AGO.match(text.lower())
    if ago:
        return world.now() - int(ago[1]) * _SECONDS[ago[2]]
    try:
        return epoch_of(text)
    except ValueError:
        return None


def _person(world: World, key: int | None, value: str, user: int) -> bool:
    low = value.lower()
    if low == "none":
        return key is None
    row = world.tables["users"].get(key)
    if row is None:
        return False
    return (
        low in (str(row["id"]), str(row["email"] or "").lower())
        or (low == "me" and row["id"] == user)
        or low == str(row["name"]).lower()
        or (low in str(row["name"]).lower().split())
    )


def rows(world: World, table: str, terms: list[Term]) -> list[Row]:
    """Users, organizations or groups whose name, address or tags hold all the words, and whose fields have the values."""
    return [
        row
        for row in world.tables[table]
        if row.get("active", True) and all(_row_matches(row, term) != term.negative for term in terms)
    ]


def _row_matches(row: Row, term: Term) -> bool:
    low = term.value.lower().rstrip("*")
    if term.field in ("", "name", "email"):
        text = f"{row.get('name') or ''} {row.get('email') or ''}" if not term.field else str(row.get(term.field) or "")
        return low in text.lower()
    if term.field in ("created_at", "created", "updated", "updated_at"):
        stamp = row["created_at" if term.field.startswith("c") else "updated_at"]
        try:
            return _compare(term.operator, epoch_of(stamp), epoch_of(term.value))
        except ValueError:
            return False
    if term.field in ("type", "order_by", "sort"):
        return True
    seen = row.get({"organization": "organization_id"}.get(term.field, term.field))
    return low in [str(item).lower() for item in seen] if isinstance(seen, list) else str(seen).lower() == low
