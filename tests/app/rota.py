"""A pager for tests of who is on call and who answered: it knows what it is told, notes what it is asked, and can be away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from deskhand.core.message import Shift, Standing
from deskhand.errors import DeskError


@dataclass(slots=True)
class Rota:
    """Shifts by schedule and level, standings by thread. `fails` is raised in place of the next answers while it is set."""

    name: str = "on-call"
    shifts: dict[tuple[str, int], tuple[Shift, ...]] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    fails: Callable[[], DeskError] | None = None
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def standing(self, thread: str) -> Standing | None:
        """Where a thread stands."""
        self._note("standing", thread)
        return self.standings.get(thread)

    def on_call(self, schedule: str, level: int, since: datetime, until: datetime) -> tuple[Shift, ...]:
        """Who is on call between two instants."""
        self._note("on call", schedule, str(level))
        return tuple(
            shift
            for shift in self.shifts.get((schedule, level), ())
            if (shift.end is None or shift.end > since) and (shift.start is None or shift.start < until)
        )

    def _note(self, *what: str) -> None:
        self.asked.append(what)
        if self.fails:
            raise self.fails()
