"""All metric events of an account in the order of their times, brought up to date when they are asked for.

The events themselves are told anew from the audits (sla.metric_events); this keeps only at which instants a ticket has any.
"""

from collections import OrderedDict
from typing import Final

from deskhand.sandbox import sla
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.index import ByTime
from deskhand.sandbox.life import MetricEvent
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.world import World

REMEMBERED: Final = 2_000
"""Tickets whose events are kept at hand."""


class MetricLog:
    """The instants at which tickets have metric events."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._times = ByTime()
        self._of: dict[int, frozenset[int]] = {}
        self._told: OrderedDict[int, list[tuple[int, MetricEvent]]] = OrderedDict()

    def _refresh(self) -> None:
        for key in sorted(self._world.changed):
            self._told.pop(key, None)
            times = frozenset(event.at for _, event in self._tell(self._world.tickets[key]))
            before = self._of.get(key, frozenset())
            for instant in before - times:
                self._times.remove(instant, key)
            for instant in times - before:
                self._times.add(instant, key)
            self._of[key] = times
        self._world.changed.clear()

    def of_second(self, place: tuple[int, int, int]) -> list[tuple[tuple[int, int, int], Row]]:
        """The events behind a place that share its instant."""
        self._refresh()
        pairs = self._times.after(place[0], until=place[0])
        return [row for at, key in pairs for row in self._events(at, self._world.tickets[key]) if row[0] > place]

    def after(self, place: tuple[int, int, int], limit: int) -> list[tuple[tuple[int, int, int], Row]]:
        """Events behind a place (instant, ticket, event id), at most `limit`, each with its own place."""
        self._refresh()
        instant, ticket, _ = place
        found: list[tuple[tuple[int, int, int], Row]] = []
        start = (instant, ticket - 1) if ticket > 0 else (instant, -1)
        while len(found) < limit:
            pairs = self._times.after(*start, limit=limit)
            if not pairs:
                break
            for at, key in pairs:
                found += [row for row in self._events(at, self._world.tickets[key]) if row[0] > place]
            start = pairs[-1]
        return found[:limit]

    def _tell(self, ticket: Ticket) -> list[tuple[int, MetricEvent]]:
        """A ticket's events, remembered while it does not change and is asked for: clients read the newest again and again."""
        if ticket.id in self._told:
            self._told.move_to_end(ticket.id)
        else:
            self._told[ticket.id] = sla.metric_events(self._world, ticket)
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
        return self._told[ticket.id]

    def _events(self, instant: int, ticket: Ticket) -> list[tuple[tuple[int, int, int], Row]]:
        hidden = self._hidden_after(ticket)
        written = {audit.id: audit.at for audit in ticket.audits}
        return [
            ((instant, ticket.id, identity), sla.event_row(identity, ticket, event))
            for identity, event in self._tell(ticket)
            if event.at == instant and written.get(event.audit, 0) <= hidden
        ]

    def _hidden_after(self, ticket: Ticket) -> int:
        """Events written later than this do not show yet: a share of the tickets is late."""
        options = self._world.options
        late = options.late_metric_share > 0 and (ticket.id * 2_654_435_761 % 1_000) / 1_000 < options.late_metric_share
        return self._world.now() - (options.metric_event_lag if late or options.late_metric_share == 0 else 0)
