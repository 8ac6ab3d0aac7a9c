"""Which ticket a webhook speaks of. Nothing else of its body is read: what the ticket is like, Zendesk is asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

DEEPEST: Final = 32
"""Objects and lists inside each other; an event of Zendesk's has four."""
DIGITS: Final = 18
"""The most that a number of Zendesk's has."""
_SUBJECT: Final = "zen:ticket:"
_EVENT: Final = "zen:event-type:ticket."


@dataclass(frozen=True, slots=True)
class Hint:
    """The numbers of the ticket and of the account, as far as they are told."""

    ticket: int | None = None
    account: int | None = None


def hint_of(body: bytes) -> Hint:
    """The hint in a body: an event of Zendesk's (`subject`, else `detail.id`), or `{"ticket_id": 25}` as a trigger sends it. Empty for all else."""
    try:
        told: object = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Hint()
    if not isinstance(told, dict) or not _shallow(told):
        return Hint()
    return Hint(_ticket(told), _number(told.get("account_id")))


def _ticket(told: dict[str, Any]) -> int | None:
    if "ticket_id" in told:
        return _number(told["ticket_id"])
    if "subject" in told:
        subject = told["subject"]
        return _number(subject.removeprefix(_SUBJECT)) if str(subject).startswith(_SUBJECT) else None
    detail = told.get("detail")
    is_event = str(told.get("type")).startswith(_EVENT)
    return _number(detail.get("id")) if is_event and isinstance(detail, dict) else None


def _number(given: object) -> int | None:
    """A number of Zendesk's, as JSON's number or in digits; None for anything else."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given if 0 < given < 10**DIGITS else None
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= DIGITS:
        return int(given) or None
    return None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object; one that says a thing twice says nothing."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no JSON")


def _shallow(told: object) -> bool:
    """Whether nothing is nested deeper than it may be."""
    level = [told]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return True
    return False


def _inside(outer: object) -> Sequence[object]:
    """The objects and lists in one."""
    found = list(outer.values()) if isinstance(outer, dict) else outer if isinstance(outer, list) else []
    return [one for one in found if isinstance(one, dict | list)]
