"""On call: who is behind each role now, and whether somebody will be for the days to come. A service that cannot tell keeps nobody from being paged."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from deskhand import logs
from deskhand.app.service_ports import Pager
from deskhand.core.coverage import gaps, on_duty
from deskhand.core.ladder import Ladder, Role, Rung
from deskhand.core.message import Shift
from deskhand.core.policy import Policy
from deskhand.core.restraint import WAKING
from deskhand.errors import DeskError, RateLimited

log = logs.get(__name__)

FRESH: Final = timedelta(seconds=60)
"""What was told so short a time ago is not asked for again."""
KNOWN: Final = timedelta(minutes=5)
"""After so long without an answer it is not known any more who is on call."""
LEVELS: Final = 3
"""So many levels of an escalation policy are looked at, from the role's own on, until somebody is there: PagerDuty passes over an empty one too."""


class OnCall:
    """Keeps who is on call. `refresh` asks the services, and nobody waits for it; `people` answers from what was last told."""

    def __init__(self, pagers: Mapping[str, Pager]) -> None:
        """`pagers` by the names of their channels."""
        self._pagers = pagers
        self._people: dict[str, tuple[datetime, tuple[str, ...]]] = {}
        self._not_before: dict[str, datetime] = {}
        self._turn = threading.Lock()

    def people(self, now: datetime) -> dict[str, tuple[str, ...]]:
        """Who is on call for each role, as told lately; a role of which nothing is known is absent, and one that nobody is on call for is empty."""
        with self._turn:
            return {role: people for role, (at, people) in self._people.items() if now - at <= KNOWN}

    def refresh(self, roles: Mapping[str, Role], now: datetime) -> None:
        """Ask again about roles with a schedule of which nothing fresh is known. What a service cannot tell stays as it was until it is too old."""
        asked: dict[tuple[str, str, int], tuple[str, ...]] = {}
        for name, role in roles.items():
            pager = pager_of(role, self._pagers)
            if pager is None or self._is_fresh(name, now) or now < self._not_before.get(pager.name, now):
                continue
            try:
                key = (pager.name, role.schedule, role.level)
                if key not in asked:
                    asked[key] = first_on_duty(pager, role, roles, now)
            except DeskError as error:
                self._failed(pager, error, now)
            else:
                with self._turn:
                    self._people[name] = (now, asked[key])

    def _is_fresh(self, role: str, now: datetime) -> bool:
        held = self._people.get(role)
        return held is not None and now - held[0] < FRESH

    def _failed(self, pager: Pager, error: DeskError, now: datetime) -> None:
        """Leave a service alone for a while that did not answer."""
        seconds = error.retry_after if isinstance(error, RateLimited) else FRESH.total_seconds()
        self._not_before[pager.name] = now + timedelta(seconds=seconds)
        log.warning("on_call_not_known", channel=pager.name, error=type(error).__name__, reason=str(error))


def pager_of(role: Role, pagers: Mapping[str, Pager]) -> Pager | None:
    """Who can tell who is behind a role: the first of its channels that pages, else any; None without a schedule."""
    if not role.schedule:
        return None
    own = (pagers[name] for name in role.channels if name in pagers)
    return next(own, next(iter(pagers.values()), None))


def first_on_duty(pager: Pager, role: Role, roles: Mapping[str, Role], now: datetime) -> tuple[str, ...]:
    """Who is on call at a role's level, or at the first level above that has somebody and is no other role's."""
    others = {one.level for one in roles.values() if one.schedule == role.schedule and one.level > role.level}
    for level in range(role.level, min([role.level + LEVELS, *others])):
        people = on_duty(pager.on_call(role.schedule, level, now, now + FRESH), now)
        if people:
            return people
    return ()


# ---- the days to come --------------------------------------------------------------------------------------------------

Kind = Literal["gap", "no way", "no schedule", "not known"]
"""Nobody is on call; nobody can be reached; nobody knows who is meant; the service could not be asked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one rung of one ladder. A gap has its two instants."""

    kind: Kind
    ladder: str
    rung: str
    role: str
    words: str
    start: datetime | None = None
    end: datetime | None = None

    @property
    def grave(self) -> bool:
        """Whether a page could go nowhere; a role without a schedule may well be a team that shares a channel."""
        return self.kind != "no schedule"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what was found, in the order of the ladders."""

    since: datetime
    until: datetime
    rungs: int
    findings: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether somebody can be reached at every rung all the time."""
        return not any(one.grave for one in self.findings)


def ladder_check(policy: Policy, pagers: Mapping[str, Pager], now: datetime, days: int = 7) -> Checked:
    """Is somebody there at each rung, for the days to come? Asks each schedule and level once."""
    until = now + timedelta(days=days)
    rota = _Rota(pagers, now, until)
    found = [
        one for ladder in policy.ladders.values() for rung in ladder.rungs for one in _look(policy, ladder, rung, rota)
    ]
    return Checked(now, until, sum(len(ladder.rungs) for ladder in policy.ladders.values()), tuple(found))


def warn(checked: Checked) -> None:
    """Say in the log what was found."""
    for one in checked.findings:
        if one.grave:
            log.warning("ladder_gap", ladder=one.ladder, rung=one.rung, role=one.role, kind=one.kind, reason=one.words)


class _Rota:
    """Shifts by schedule and level, each asked for once; an error is remembered like an answer."""

    def __init__(self, pagers: Mapping[str, Pager], since: datetime, until: datetime) -> None:
        self.pagers, self.since, self.until = pagers, since, until
        self._held: dict[tuple[str, str, int], tuple[Shift, ...] | DeskError] = {}

    def shifts(self, pager: Pager, schedule: str, level: int) -> tuple[Shift, ...]:
        """Raises what the pager raised."""
        key = (pager.name, schedule, level)
        if key not in self._held:
            try:
                self._held[key] = pager.on_call(schedule, level, self.since, self.until)
            except DeskError as error:
                self._held[key] = error
        held = self._held[key]
        if isinstance(held, DeskError):
            raise held
        return held


def _look(policy: Policy, ladder: Ladder, rung: Rung, rota: _Rota) -> Iterator[Finding]:
    """What is wrong with one rung. Who is only told needs nobody on call."""

    def finding(kind: Kind, words: str, start: datetime | None = None, end: datetime | None = None) -> Finding:
        return Finding(kind, ladder.id, rung.name, rung.role, words, start, end)

    role = policy.roles.get(rung.role)
    names = rung.channels or (role.channels if role else ())
    ways = [policy.channels[name] for name in names if name in policy.channels]
    if not ways:
        yield finding("no way", f"no channel reaches {rung.role}; give the rung or the role `channels`")
        return
    if rung.how != "page" or role is None:
        return
    if not any(channel.service in WAKING for channel in ways):
        yield finding("no way", f"{rung.role} is to be paged, and none of {', '.join(names)} pages")
    if not role.schedule:
        yield finding("no schedule", f"{role.name} has no `schedule`, so nobody can look up who is on call")
        return
    pager = pager_of(role, rota.pagers)
    if pager is None:
        yield finding("not known", "no channel of the policies can tell who is on call")
        return
    urgent = ladder.urgent or "p1" in ladder.severities
    try:
        shifts = rota.shifts(pager, role.schedule, role.level)
        for start, end in gaps(shifts, rota.since, rota.until, None if urgent else rung.hours):
            yield finding("gap", _gap(rota, pager, role, start, end), start, end)
    except DeskError as error:
        yield finding("not known", f"{pager.name} could not be asked: {error}. {error.hint}".rstrip())


def _gap(rota: _Rota, pager: Pager, role: Role, start: datetime, end: datetime) -> str:
    """A gap in words, with whoever PagerDuty goes on to."""
    words = f"nobody is on call from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC (level {role.level} of {role.schedule})"
    above = rota.shifts(pager, role.schedule, role.level + 1)
    if above and not gaps(above, start, end):
        words += f"; level {role.level + 1} has {', '.join(on_duty(above, start))}"
    elif not above and (start, end) == (rota.since, rota.until):
        words += "; check that this is the id of an escalation policy, and that it has this level"
    return words
