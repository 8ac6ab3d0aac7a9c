"""Zendesk's SLA metrics as clocks: what starts, pauses and ends each of the eight (zendesk-api.md section 6).

For accounts without an SLA plan, and to hold our own measure against Zendesk's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deskhand.core.calendar import Calendar
from deskhand.core.clock import ClockSpec, Trigger

_CREATED: Final = Trigger("created")
_AGENT: Final = Trigger("agent_reply")
_CUSTOMER: Final = Trigger("customer_reply")
_GROUP: Final = Trigger("group")
_SOLVED: Final = Trigger("status", frozenset({"solved", "closed"}))


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric's rules. `pauses` are status categories in which it stands still."""

    name: str
    starts: Trigger
    stops: tuple[Trigger, ...]
    pauses: frozenset[str] = frozenset()
    after: Trigger | None = None
    again: bool = False

    def clock(self, targets: Mapping[str, int], calendar: Calendar) -> ClockSpec:
        """The metric as a clock of ours, with targets in seconds by severity."""
        return ClockSpec(
            id=self.name,
            starts=self.starts,
            stops=self.stops,
            targets=targets,
            calendar=calendar,
            calendars={},
            pauses=self.pauses,
            after=self.after,
            like=self.name,
            again=self.again,
        )


METRICS: Final[Mapping[str, Metric]] = {
    metric.name: metric
    for metric in (
        Metric("first_reply_time", _CREATED, (_AGENT, _SOLVED)),
        Metric("next_reply_time", _CUSTOMER, (_AGENT, _SOLVED), after=_AGENT, again=True),
        Metric("periodic_update_time", _AGENT, (_AGENT, _SOLVED), again=True),
        Metric("pausable_update_time", _AGENT, (_AGENT, _SOLVED), frozenset({"pending"}), again=True),
        Metric("requester_wait_time", _CREATED, (_SOLVED,), frozenset({"pending"})),
        Metric("agent_work_time", _CREATED, (_SOLVED,), frozenset({"pending", "hold"})),
        Metric("total_resolution_time", _CREATED, (_SOLVED,)),
        Metric("group_ownership_time", _GROUP, (_GROUP, _SOLVED), again=True),
    )
}
