"""The words of conditions as data: fields, comparisons, instants and clocks.

Reading, the JSON Schema for editors and the manual all come from these tables.
"""

from dataclasses import dataclass
from typing import Final, get_args

from deskhand.core.clock import ZENDESK_METRICS
from deskhand.core.condition import Op
from deskhand.core.facts import INSTANTS
from deskhand.core.severity import LEVELS
from deskhand.core.ticket import PRIORITIES, STATUSES, TYPES

EQUALS: Final[tuple[Op, ...]] = ("is", "is_not", "in", "not_in", "present")
ORDERS: Final[tuple[Op, ...]] = ("less_than", "greater_than", "at_least", "at_most")
TEXTS: Final[tuple[Op, ...]] = ("contains", "not_contains")
OPS: Final[tuple[Op, ...]] = get_args(Op)
LISTS: Final = frozenset({"in", "not_in"})
BOUNDS: Final = ("above", "at_least", "below", "at_most")
CLOCK_STATES: Final = ("running", "paused", "met", "idle", "breached")
ANY_CLOCK: Final = ("any", "current")
CLOCK_WORDS: Final = (*ANY_CLOCK, *ZENDESK_METRICS)
INSTANT_WORDS: Final = INSTANTS
PREFIXES: Final = ("field", "organization", "requester")


@dataclass(frozen=True, slots=True)
class Field:
    """A field that conditions may compare. `values` are all it can hold, empty where that is open."""

    name: str
    about: str
    ops: tuple[Op, ...] = (*EQUALS, *TEXTS)
    values: tuple[str, ...] = ()
    whole: bool = False
    truth: bool = False


FIELDS: Final[dict[str, Field]] = {
    field.name: field
    for field in (
        Field(
            "severity",
            "The ticket's level, p1 (most severe) to p4, or one of its other names.",
            (*EQUALS, *ORDERS),
            LEVELS,
        ),
        Field("status", "Zendesk's status category.", EQUALS, STATUSES),
        Field("custom_status", "The custom status, as agents see it."),
        Field("priority", "Zendesk's priority, low to urgent.", (*EQUALS, *ORDERS), PRIORITIES),
        Field("type", "Zendesk's ticket type.", EQUALS, TYPES),
        Field("subject", "The subject; `contains` does not mind capitals."),
        Field("group", "The group's name."),
        Field("assignee", "The assigned agent's e-mail address."),
        Field("brand", "The brand's name."),
        Field("form", "The ticket form's name."),
        Field("via", "The channel that the ticket came by, such as web or email."),
        Field("external_id", "The id in another system."),
        Field("problem_id", "The number of the problem that an incident belongs to.", (*EQUALS, *ORDERS), whole=True),
        Field("is_public", "Whether the ticket has a public comment.", ("is", "is_not"), truth=True),
    )
}
"""Fields without a prefix. With one: `field.<name>`, `organization.<name>`, `requester.<name>`."""

GROUPERS: Final = ("all", "any", "not")
TIMED: Final = ("burn", "remaining", "clock", "since")
CONDITION_WORDS: Final = (*GROUPERS, "tags", "alike", *TIMED, *FIELDS)
"""Every key that a condition may have, but for those with a prefix."""

SET_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "status": ("open", "pending", "hold", "solved"),
    "priority": PRIORITIES,
    "type": TYPES,
    "custom_status": (),
    "subject": (),
    "brand": (),
    "form": (),
    "external_id": (),
}
"""Fields that `set` may write, with the values allowed; custom ones are `field.<name>`."""


def prefixed(name: str) -> tuple[str, str]:
    """`("field", "product_area")` of `field.product_area`; two empty texts for any other name."""
    prefix, dot, rest = name.partition(".")
    return (prefix, rest) if dot and rest and prefix in PREFIXES else ("", "")


def field_names() -> tuple[str, ...]:
    """Names to suggest for a field that is unknown."""
    return (*FIELDS, *(f"{prefix}." for prefix in PREFIXES))
