"""Past due: every escalation issue that should be done by now, from all trackers, the oldest first (requirement 99)."""

from collections.abc import Iterable

from deskhand.app.service_ports import Tracker
from deskhand.core.issue import PastDue


def past_due(trackers: Iterable[Tracker]) -> list[PastDue]:
    """The issues of all trackers; one that two of them share is listed once. Raises as a channel does."""
    found = {one.url: one for tracker in trackers for one in tracker.past_due()}
    return sorted(found.values(), key=lambda one: (one.due, one.key))
