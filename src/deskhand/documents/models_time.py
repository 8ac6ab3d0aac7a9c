"""The shape of calendars and clocks."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from deskhand.core.clock import ZENDESK_METRICS
from deskhand.documents.shape import Day, Duration, Instant, OneOrMore, Strict

Hours = Annotated[str, Field(examples=["09:00-17:00", "13:00-24:00"])]

YEARS = r"^[0-9]{4}-[0-9]{4}$"


class HolidayModel(Strict):
    """Dates that are closed: one date, a range, part of a date, or the public holidays of a country."""

    date: Day | None = None
    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    hours: Hours | None = None
    """Closed only in these hours: a half day."""
    name: str = ""
    country: str | None = None
    """ISO code, such as DE: its public holidays."""
    subdivision: str | None = None
    """ISO code within the country, such as BY."""
    years: Annotated[str, Field(pattern=YEARS)] = "2010-2045"
    """Years for which the public holidays are looked up."""


def _holiday(value: object) -> object:
    """A text is a date, or a range with two dots."""
    if not isinstance(value, str):
        return value
    first, dots, last = value.partition("..")
    return {"from": first.strip(), "to": last.strip()} if dots else {"date": value}


Holiday = Annotated[HolidayModel, BeforeValidator(_holiday, json_schema_input_type=HolidayModel | str)]


class OpeningModel(Strict):
    """A date with hours of its own, instead of the week's."""

    date: Day
    hours: OneOrMore[Hours]
    name: str = ""


class CalendarModel(Strict):
    """Opening hours of a week in a time zone, less holidays and breaks; or a Zendesk schedule."""

    zone: str = "UTC"
    """An IANA name such as Europe/Berlin, or one of Zendesk's display names."""
    hours: dict[str, OneOrMore[Hours]] | None = None
    """By days: `mon-fri: [09:00-12:00, 13:00-17:00]`, `sat: 10:00-14:00`, `mon-sun: 00:00-24:00`."""
    breaks: dict[str, OneOrMore[Hours]] = Field(default_factory=dict)
    """Closed every week, by days, as hours are given."""
    holidays: OneOrMore[Holiday] = Field(default_factory=list)
    """Dates (2026-12-25), ranges (2026-12-27..2026-12-31), half days, countries."""
    openings: list[OpeningModel] = Field(default_factory=list)
    """Dates with hours of their own."""
    zendesk: str | None = None
    """The name of a Zendesk schedule, instead of all other keys."""


class OfficeModel(Strict):
    """A calendar for the business hours of some tickets' Zendesk targets; without any condition it is for all others."""

    calendar: str
    """The calendar that counts for them."""
    brand: OneOrMore[str] = Field(default_factory=list)
    """For tickets of this brand."""
    group: OneOrMore[str] = Field(default_factory=list)
    """For tickets in this group."""
    organization: OneOrMore[str] = Field(default_factory=list)
    """For tickets of this organization."""


def _office(value: object) -> object:
    """A text is the calendar of all tickets."""
    return {"calendar": value} if isinstance(value, str) else value


OfficeChoice = Annotated[OfficeModel, BeforeValidator(_office, json_schema_input_type=OfficeModel | str)]


Trigger = Annotated[
    Any,
    WithJsonSchema(
        {
            "description": "What starts or stops a clock: a word, or a field with its values.",
            "anyOf": [
                {"enum": ["created", "agent_reply", "customer_reply", "assigned", "group", "solved"]},
                {"type": "object", "minProperties": 1, "maxProperties": 1},
            ],
        }
    ),
]


class EarlierModel(Strict):
    """What a clock promised before an edit. What is not written here is as it is now."""

    until: Instant
    """The instant of the edit: clocks that began before it keep these terms."""
    targets: dict[str, Duration] = Field(default_factory=dict)
    """The targets of that time, by severity."""
    calendar: str | None = None
    """The calendar of that time: keep its hours under another name."""
    calendars: dict[str, str] = Field(default_factory=dict)
    """The calendars of some severities at that time."""


class ClockModel(Strict):
    """A promise of our own, measured on every ticket."""

    like: Annotated[str | None, WithJsonSchema({"enum": list(ZENDESK_METRICS)})] = None
    """One of Zendesk's metrics, whose start, end and pauses it takes over."""
    starts: Trigger = None
    """created, agent_reply, customer_reply, assigned, group, or `{status: open}`, `{field.x: value}`, `{field.x: {present: true}}`."""
    stops: OneOrMore[Trigger] = Field(default_factory=list)
    """solved, agent_reply, or `{field.mitigation_status: [mitigated, resolved]}`; the first one ends it."""
    pauses: OneOrMore[Literal["new", "open", "pending", "hold"]] | None = None
    """Statuses in which it stands still."""
    promise: Literal["sla_response_minutes", "sla_resolution_hours", "customer_update_cadence"] | None = None
    """The key of the severities that gives its targets."""
    targets: dict[str, Duration] = Field(default_factory=dict)
    """Its targets by severity, where no promise gives them: `{p1: 15m, p2: 1h}`."""
    calendar: str = "always"
    """The calendar in which it counts."""
    calendars: dict[str, str] = Field(default_factory=dict)
    """Another calendar for some severities: `{p3: office}`."""
    on_severity: Literal["keep", "restart", "from_change"] = "keep"
    """A person's change of severity: the time used counts against the new target, or is forgotten, or stays the share that it was."""
    on_reopen: Literal["continue", "restart", "stay"] = "continue"
    """A reopen: it goes on with the time used, begins from nothing, or stays over."""
    on_paused_solve: Literal["leave_out", "count"] = "leave_out"
    """A ticket solved out of a pause: that last pause is left out as any other, or counts."""
    on_merge: Literal["drop", "end"] = "drop"
    """A ticket merged into another one: what still ran there is no longer promised, or ends as it would by a solve."""
    enforce_from: Instant | None = None
    """Clocks that began before this instant have no target."""
    earlier: list[EarlierModel] = Field(default_factory=list)
    """Terms from before edits of targets or hours; without them an edit holds at once for clocks that run."""
    after: Trigger = None
    """It may start only once this has happened."""
    again: bool | None = None
    """Whether it starts anew each time."""
    own_writes: Literal["count", "ignore"] = "count"
    """Whether deskhand's own writes stop it: `ignore` where only people (and other software) can, as for an acknowledgement."""
