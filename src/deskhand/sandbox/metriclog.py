"""All metric events of an account in the order of their times, brought up to date when they are asked for.

The events themselves are told anew from the audits (promises.metric_events); this keeps at which instants a ticket has any, and those of the tickets
that were read last.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Final

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.index import ByTime
from deskhand.sandbox.life import MetricEvent
from deskhand.sandbox.promises import all_events, event_row, metric_events
from deskhand.sandbox.records import Ticket
from deskhand.sandbox.world import World

REMEMBERED: Final = 2_000
"""Tickets whose events are kept at hand."""

AT_ONCE: Final = 200
"""Places that are looked at in one go."""

Place = tuple[int, int, int]
"""Where an event stands: its instant, ticket and id."""
Told = dict[int, list[tuple[int, MetricEvent]]]
"""Events with their ids, by instant."""


class MetricLog:
    """The instants at which tickets have metric events."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._times = ByTime()
        self._of: dict[int, frozenset[int]] = {}
        self._told: dict[int, tuple[object, Told]] = {}
        world.listeners["schedules"] = self._hours_edited

    def _hours_edited(self) -> None:
        """Opening hours changed: breaches that are foreseen may have moved."""
        for status in ("new", "open", "pending", "hold"):
            self._world.changed.update(self._world.by_status.ids(status))

    def _refresh(self) -> None:
        for key in sorted(self._world.changed):
            times = frozenset(event.at for _, event in all_events(self._world, self._world.tickets[key]))
            before = self._of.get(key, frozenset())
            for instant in before - times:
                self._times.remove(instant, key)
            for instant in times - before:
                self._times.add(instant, key)
            self._of[key] = times
        self._world.changed.clear()

    def of_second(self, place: Place, *, deleted: bool = True) -> list[tuple[Place, Row]]:
        """The events behind a place that share its instant."""
        self._refresh()
        pairs = self._times.after(place[0], place[1] - 1, until=place[0])
        return list(self._behind(place, pairs, deleted=deleted))

    def after(self, place: Place, limit: int, *, deleted: bool = True) -> list[tuple[Place, Row]]:
        """Events behind a place, at most `limit`, each with its own place; without those taken back unless `deleted`."""
        self._refresh()
        return list(islice(self._from(place, deleted=deleted), limit))

    def _from(self, place: Place, *, deleted: bool) -> Iterator[tuple[Place, Row]]:
        instant, ticket, _ = place
        start = (instant, ticket - 1) if ticket > 0 else (instant, -1)
        while pairs := self._times.after(*start, limit=AT_ONCE):
            yield from self._behind(place, pairs, deleted=deleted)
            start = pairs[-1]

    def _behind(self, place: Place, pairs: list[tuple[int, int]], *, deleted: bool) -> Iterator[tuple[Place, Row]]:
        """The events of tickets at instants, in their order, that come after a place."""
        for instant, key in pairs:
            ticket = self._world.tickets[key]
            for identity, event in self._tell(ticket).get(instant, ()):
                spot = (instant, key, identity)
                if spot > place and (deleted or not event.deleted):
                    yield spot, event_row(identity, ticket, event)

    def _tell(self, ticket: Ticket) -> Told:
        """A ticket's events, remembered while it does not change and is asked for: clients read the newest again and again."""
        until = self.shown_until(ticket)
        mark = bisect_right(ticket.audits, until, key=lambda audit: audit.at), self._world.revision
        kept = self._told.get(ticket.id)
        if kept is not None and kept[0] == mark:
            self._told[ticket.id] = self._told.pop(ticket.id)
            return kept[1]
        told: Told = {}
        for identity, event in metric_events(self._world, ticket, until):
            told.setdefault(event.at, []).append((identity, event))
        self._told.pop(ticket.id, None)
        if len(self._told) >= REMEMBERED:
            self._told.pop(next(iter(self._told)))
        self._told[ticket.id] = mark, told
        return told

    def shown_until(self, ticket: Ticket) -> int:
        """What was written later than this does not show yet: some tickets are later than others."""
        options = self._world.options
        late = (ticket.id * 2_654_435_761 % 1_000) / 1_000 < options.late_metric_share
        delay = options.metric_event_lag if late else options.metric_event_delay
        return self._world.now() - max(delay, options.metric_event_delay)
