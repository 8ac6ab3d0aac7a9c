"""The shape of guards: how much the worker may do before a person has looked. Each can be `false`, which switches it off."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from deskhand.documents import scalars
from deskhand.documents.shape import Duration, Strict, TagName, reader, written

Count = Annotated[int, Field(ge=1, le=1_000_000)]


def _off(value: object) -> object:
    """`false`, and not the number 0, which would be something else."""
    if value is not False:
        raise ValueError("write false to switch it off")
    return value


Off = Annotated[Literal[False], BeforeValidator(reader(_off, "bad-value"), json_schema_input_type=Literal[False])]
Span = Duration | Off


def _share(value: object) -> object:
    return False if value is False else str(scalars.share(value))


Share = Annotated[
    str | Literal[False],
    BeforeValidator(
        reader(_share, "bad-percent"), json_schema_input_type=written(scalars.PERCENT, "30%") | Literal[False]
    ),
]


class CeilingModel(Strict):
    """How many tickets a rule may change before all that it wants is held."""

    per_hour: Count | Off | None = None
    """Within an hour: 1000 unless stated."""
    per_cycle: Count | Off | None = None
    """In one cycle: 500 unless stated."""
    share: Share | None = None
    """Within an hour, as a share of the live tickets, counting those older than an hour: 30% unless stated."""
    floor: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """The share counts from so many tickets on: 10 unless stated."""


class StormModel(Strict):
    """When alike matters become one."""

    count: Annotated[int, Field(ge=2, le=1_000)] | None = None
    """So many of them: 3 unless stated."""
    within: Duration | None = None
    """Within so long: 10m unless stated."""


class GuardsModel(Strict):
    """The guards that are not as they come."""

    ceiling: CeilingModel = CeilingModel()
    """For rules that have none of their own."""
    per_ticket_and_day: Count | Off | None = None
    """Writes to one ticket within 24 hours, repetitions not counted: 10 unless stated."""
    flapping: Count | Off | None = None
    """So often may a rule fire anew on a ticket within an hour: 3 unless stated."""
    grace: Span | None = None
    """What somebody else changed so short a time ago is left alone: 10s unless stated."""
    stop_tag: TagName | Off | None = None
    """Tickets with this tag are not touched: deskhand_stop unless stated."""
    late_after: Span | None = None
    """A step that comes later than this is late: 10m unless stated."""
    useful_for: Span | None = None
    """What only tells people is skipped when it was due longer ago: 7d unless stated."""
    pages_per_hour: Count | Off | None = None
    """So often may a role be paged within an hour before pages go to a channel that wakes nobody, P1 and security excepted: 5 unless stated."""
    storm: StormModel | Off | None = None
    """When alike matters become one: the first page, those that follow are told in the first's thread."""
