"""Conditions on a ticket, as SLA policies, triggers, automations and views state them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.records import CATEGORIES, PRIORITIES, TYPES, Ticket
from deskhand.sandbox.table import as_id

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

_OF_CHANGE = ("changed", "not_changed", "changed_to", "changed_from", "not_changed_to", "not_changed_from", "value")
"""Operators that ask what the present update does, not how the ticket is."""

_TYPE_NUMBERS = {str(number): name for number, name in enumerate(TYPES, 1)}
_RANKS = {name: rank for names in (CATEGORIES, PRIORITIES) for rank, name in enumerate(names)}


def all_hold(world: "World", ticket: Ticket, conditions: Row, facts: Row | None = None) -> bool:
    """Whether every condition of `all` and, where there are any, one of `any` holds. `facts` are about the present update."""
    facts = facts or {}
    every, some = conditions.get("all") or [], conditions.get("any") or []
    if not all(holds(world, ticket, row, facts) for row in every):
        return False
    return not some or any(holds(world, ticket, row, facts) for row in some)


def narrowed(world: "World", conditions: Row) -> list[int]:
    """Listed tickets, ascending, among which are all those that meet the conditions: by the narrowest index there is for one of them."""
    found = [ids for row in conditions.get("all") or [] if (ids := _indexed(world, row)) is not None]
    if not found:
        return list(world.live.ids)
    tickets = (world.tickets[key] for key in min(found, key=len))
    return [ticket.id for ticket in tickets if not ticket.deleted and not ticket.archived]


def _indexed(world: "World", row: Row) -> list[int] | None:
    """The tickets for which a condition can hold, or None where no index knows."""
    name, operator, value = row.get("field"), row.get("operator"), row.get("value")
    if name == "status" and isinstance(value, str) and operator not in _OF_CHANGE:
        wanted = [status for status in CATEGORIES if _compare(str(operator or "is"), status, value)]
        return sorted(key for status in wanted for key in world.by_status.ids(status))
    if operator != "is" or name not in ("group_id", "assignee_id", "requester_id", "organization_id"):
        return None
    key = as_id(value)
    return None if key is None else world.by[name].ids(key)


def holds(world: "World", ticket: Ticket, row: Row, facts: Row) -> bool:
    """Whether one condition holds. One on a field or with an operator that the sandbox does not know does not hold."""
    name, operator, value = str(row.get("field")), str(row.get("operator") or "is"), row.get("value")
    if name in facts:
        return _compare(operator, facts[name], value)
    if operator in _OF_CHANGE:
        return _changed(facts.get("changes") or {}, _alias(name), operator, value)
    seen = _seen(world, ticket, name)
    return seen is not _UNKNOWN and _compare(operator, seen, value)


_UNKNOWN = object()
_ALIASES = {
    "ticket_type_id": "type",
    "priority_id": "priority",
    "status_id": "status",
    "current_tags": "tags",
    "ticket_form_id": "form_id",
}


def _alias(name: str) -> str:
    return _ALIASES.get(name, name)


def _seen(world: "World", ticket: Ticket, name: str) -> Any:  # noqa: ANN401 - JSON values
    if name in _READ:
        return _READ[name](ticket)
    for prefix in ("custom_fields_", "ticket_fields_"):
        if name.startswith(prefix):
            return ticket.fields.get(as_id(name.removeprefix(prefix)) or 0)
    if name.startswith("organization.custom_fields."):
        return _extra(world.tables["organizations"].get(ticket.organization_id), "organization_fields", name)
    if name.startswith("requester.custom_fields."):
        return _extra(world.tables["users"].get(ticket.requester_id), "user_fields", name)
    if name == "requester_role":
        row = world.tables["users"].get(ticket.requester_id)
        return None if row is None else {"end-user": 0, "admin": 2, "agent": 4}[row["role"]]
    if name in ("organization_tags", "user_tags"):
        table, key = ("organizations", ticket.organization_id) if name[0] == "o" else ("users", ticket.requester_id)
        return (world.tables[table].get(key) or {}).get("tags", [])
    return _UNKNOWN


def _extra(row: Row | None, key: str, name: str) -> Any:  # noqa: ANN401 - JSON values
    return None if row is None else row[key].get(name.rpartition(".")[2])


_VIA_IDS = {"web": 0, "email": 4, "api": 5, "chat": 29, "voice": 44}

_READ: dict[str, Callable[[Ticket], Any]] = {
    "status": lambda t: t.status,
    "custom_status_id": lambda t: t.custom_status_id,
    "priority": lambda t: t.priority,
    "type": lambda t: t.type,
    "ticket_type_id": lambda t: t.type,
    "group_id": lambda t: t.group_id,
    "assignee_id": lambda t: t.assignee_id,
    "requester_id": lambda t: t.requester_id,
    "submitter_id": lambda t: t.submitter_id,
    "organization_id": lambda t: t.organization_id,
    "brand_id": lambda t: t.brand_id,
    "ticket_form_id": lambda t: t.form_id,
    "current_tags": lambda t: t.tags,
    "via_id": lambda t: _VIA_IDS.get(t.via.channel, 5),
    "current_via_id": lambda t: _VIA_IDS.get(t.via.channel, 5),
    "recipient": lambda t: t.recipient,
    "ticket_is_public": lambda t: "public" if t.is_public else "private",
    "exact_created_at": lambda t: t.created,
    "subject_includes_word": lambda t: t.subject,
    "description_includes_word": lambda t: t.description,
    "comment_includes_word": lambda t: t.subject + " " + t.description,
    "schedule_id": lambda t: t.schedule_id,
    "due_date": lambda t: t.due_at,
}


def _compare(operator: str, seen: Any, value: Any) -> bool:  # noqa: ANN401 - JSON values
    if operator in ("includes", "not_includes") or isinstance(seen, tuple | list):
        return _includes(operator, seen, value)
    if operator in ("is", "is_not", "not"):
        return _same(seen, value) == (operator == "is")
    if operator in ("present", "not_present"):
        return (seen not in (None, "", False)) == (operator == "present")
    if operator.endswith(("less_than", "greater_than", "less_than_equal", "greater_than_equal")) or operator.startswith(
        ("less", "greater")
    ):
        return _ordered(operator, seen, value)
    return False


def _includes(operator: str, seen: Any, value: Any) -> bool:  # noqa: ANN401 - JSON values
    given = value.split() if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
    wanted = [str(item) for item in given if item is not None]
    there = {str(item) for item in seen} if isinstance(seen, tuple | list) else {str(seen)}
    if isinstance(seen, str):
        there = set(seen.lower().split())
        wanted = [word.lower() for word in wanted]
    found = any(word in there for word in wanted)
    return found != (operator in ("not_includes", "is_not"))


def _same(seen: Any, value: Any) -> bool:  # noqa: ANN401 - JSON values
    if isinstance(value, list):
        return any(_same(seen, item) for item in value)
    if value in (None, ""):
        return seen in (None, "", False)
    if isinstance(seen, bool):
        return seen == (str(value).lower() in ("true", "1"))
    text = str(value)
    return str(seen) == text or (seen in TYPES and _TYPE_NUMBERS.get(text) == seen)


def _ordered(operator: str, seen: Any, value: Any) -> bool:  # noqa: ANN401 - JSON values
    try:
        left = _RANKS[seen] if seen in _RANKS else float(seen)
        right = _RANKS[value] if value in _RANKS else float(value)
    except (TypeError, ValueError):
        return False
    if operator.startswith("less"):
        return left <= right if operator.endswith("equal") else left < right
    return left >= right if operator.endswith("equal") else left > right


def _changed(changes: Row, name: str, operator: str, value: Any) -> bool:  # noqa: ANN401 - JSON values
    """`changes` maps names to (previous, new)."""
    pair = changes.get(name)
    negative = operator.startswith("not_")
    if operator.endswith("changed"):
        return (pair is not None) != negative
    hit = pair is not None and _same(pair[0] if operator.endswith("from") else pair[1], value)
    return hit != negative
