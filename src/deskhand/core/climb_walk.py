"""The next steps of a climb: one rung at a time, on what is known at one instant.

A rung that pages waits for an acknowledgement, pages again, and then leaves for the next; a rung that tells goes on at once. A rung is left without an
answer only with a proof of it. Time that nobody was awake in is caught up without a burst: the steps of that time are gone through as if they were taken
when they were due, and of their pages the last one alone is sent; who was only to be told is told.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from deskhand.core import climb_words as words
from deskhand.core.climb import Climb, Proof, ProofKind, Why
from deskhand.core.climb_bounds import barred, ending, moved_at, opening, too_high, unreachable
from deskhand.core.ladder import Ladder, Rung
from deskhand.core.message import Message, Notice, Standing, Verb
from deskhand.core.plain import line
from deskhand.core.scene import Scene

SLACK: Final = timedelta(minutes=15)
"""So long after its rung was left a page is still worth sending, by another channel, while nobody has acknowledged."""
LATE: Final = timedelta(minutes=1)
"""A page that comes so much later than it was due says so."""


@dataclass(frozen=True, slots=True)
class _Left:
    """A climb before it left a rung whose newest page was due and not sent."""

    climb: Climb
    due: datetime
    missed: int
    messages: int
    numbers: dict[str, int]


@dataclass(slots=True)
class Walk:
    """One look at one climb. `climb` changes step by step; `messages` are those of this look."""

    climb: Climb
    ladder: Ladder
    scene: Scene
    numbers: dict[str, int]
    """The last number of each thread, which counts on."""
    messages: list[Message] = field(default_factory=list)
    look_again: list[datetime] = field(default_factory=list)
    _due: datetime | None = None
    """When the page that is about to be sent was due; None without one."""
    _missed: int = 0
    """Pages of this rung that were due while nobody was awake."""
    _kept: "_Left | None" = None
    """How it was before the rung of a page that was due was left without sending it."""
    _first: bool = True
    """Whether no step has been taken in this look."""

    def go(self) -> None:
        """Everything that is due by now."""
        if self._is_over():
            return
        self._hear()
        if self._is_contained():
            return
        if self.climb.stage == "acknowledged":
            self._ask_again()
        if self.climb.stage == "paging":
            self._go_up()
            self._tell_later()

    # ---- what ends it, or holds it ------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """The instant of this look."""
        return self.scene.now

    @property
    def urgent(self) -> bool:
        """P1 and security: no hours, no budget."""
        return self.ladder.urgent or self.climb.severity == "p1"

    def _is_over(self) -> bool:
        """Whether it ends now; then what was opened is closed."""
        reason = ending(self.ladder, self.scene.facts)
        if self.climb.undone:
            self.end("undone", "what began it was taken back")
        elif reason:
            self.end("ended", reason)
        elif self.climb.severity not in self.ladder.severities:
            level = (self.climb.severity or "no severity").upper()
            self.end("severity", f"the ticket is {level}, which does not climb this ladder")
        self._turns(self.ladder.ends.judge(self.scene.facts).turns_at)
        return self.climb.stage == "over"

    def end(self, why: Why, reason: str) -> None:
        """It is over: nobody is paged any more, and the pages are closed."""
        self._close(reason)
        self.climb = replace(self.climb, stage="over", why=why, reason=reason, planned=None, waits="", later=())
        self._say(f"The escalation is over: {reason}.")

    def _close(self, reason: str) -> None:
        """One message for each channel that was used in this matter."""
        if self.climb.closed:
            return
        for channel in self.climb.channels:
            told = words.notice(self.scene, self.ladder, self.climb, f"The escalation is over: {reason}.")
            self._message("close", "", (channel,), replace(told, brief=None), of=channel)
        self.climb = replace(self.climb, closed=bool(self.climb.channels))

    def _is_contained(self) -> bool:
        """Whether paging rests since `stops` holds. What stops being contained is a new episode, which `climbs` begins."""
        step = self.ladder.stops.judge(self.scene.facts)
        self._turns(step.turns_at)
        if not step.held:
            if self.climb.stage == "monitor":
                self.end("contained before", "what had stopped the paging is so no more, and it begins anew")
            return self.climb.stage == "over"
        if self.climb.stage != "monitor":
            if self.climb.stage == "paging" and self.climb.paged:
                self._close("contained before anybody acknowledged")
            self.climb = replace(
                self.climb, stage="monitor", reason="it is contained", planned=None, waits="", later=()
            )
            self._say("Paging stops, since it is contained. Timers of updates and progress go on.")
        return True

    # ---- who acknowledged ---------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        """What the pagers say of this matter."""
        standings = [one for one in self.scene.memory.standings if one.thread == self.climb.thread]
        if not self.climb.paged or self.climb.stage == "monitor" or not standings:
            return
        answers = [one for one in standings if one.state != "triggered"]
        fresh = [one for one in answers if self._is_news(one)]
        if fresh:
            self._answered(max(fresh, key=lambda one: one.at or self.now))
        elif self.climb.stage == "acknowledged" and not answers and self._is_let_go(standings):
            self.climb = replace(self.climb, stage="paging", last=self.now, planned=None, asked_again=False)
            self._say(f"{self.climb.by or 'Whoever acknowledged'} let go of it: the escalation goes on.")

    def _is_news(self, standing: Standing) -> bool:
        """Whether an answer is later than the one that is known. Both times are the pager's."""
        known = self.climb.answered_at
        return known is None or (standing.at is not None and standing.at > known)

    def _is_let_go(self, standings: list[Standing]) -> bool:
        """Whether the pager shows it as open again, later than it was acknowledged."""
        known = self.climb.answered_at
        return any(one.at is None or known is None or one.at > known for one in standings)

    def _answered(self, standing: Standing) -> None:
        rung, pages = self._answering()
        who = line(standing.by)[:80] or f"somebody as {self.ladder.rungs[rung].role}"
        self.climb = replace(
            self.climb,
            stage="acknowledged",
            by=who,
            answered_at=standing.at or self.now,
            rung=rung,
            pages=pages,
            asked_again=False,
            planned=None,
            waits="",
        )
        if standing.state == "resolved":
            self._say(f"{who} resolved the page, but the ticket is not contained: it counts as acknowledged.")
        else:
            at = f" at {words.moment(standing.at)}" if standing.at else ""
            self._say(f"{who} acknowledged{at}: nobody else is paged. Timers of updates and progress go on.")

    def _answering(self) -> tuple[int, int]:
        """The rung that was paged last, and how often it was."""
        if self.climb.pages:
            return self.climb.rung, self.climb.pages
        return next((proof.rung, proof.pages) for proof in reversed(self.climb.proofs) if proof.pages)

    def _ask_again(self) -> None:
        """Who acknowledged and has moved nothing for too long is asked once more."""
        if not self.ladder.reask or self.climb.climber == "pagerduty" or self.climb.answered_at is None:
            return
        quiet = max(self.climb.answered_at, moved_at(self.scene.facts, self.scene.memory) or self.climb.answered_at)
        due = self._opening(self._rung(), quiet + timedelta(seconds=self.ladder.reask))
        if due > self.now:
            self._plan(due)
            return
        self.climb = replace(self.climb, stage="paging", asked_again=True)
        self._say(f"Nothing has moved since {words.moment(quiet)}: {self.climb.by} is asked once more.")
        self._page(self.now)

    # ---- up the ladder ------------------------------------------------------------------------------------------------

    def _go_up(self) -> None:
        """Rung by rung, until somebody has to be waited for."""
        while self._step() or self._send() or self._send_after_all():
            pass

    def _step(self) -> bool:
        """The next step, if it is due; says whether it was."""
        if self.climb.rung >= len(self.ladder.rungs):
            return self._wait("nobody answered on any rung: somebody has to be reached by other means")
        rung = self._rung()
        left = self.climb.pages >= rung.pages or self.climb.asked_again
        if self.climb.pages and (left or self.climb.climber == "pagerduty"):
            return self._leave_unanswered(rung)
        return self._pass_telling(rung) if rung.how == "notify" else self._try_page(rung)

    def _try_page(self, rung: Rung) -> bool:
        """A rung that pages, before its first page or before another one."""
        bar = barred(rung, self.climb, self.ladder, self.scene.policy)
        if bar:
            return self._wait(bar)
        impact = self.ladder.impact.judge(self.scene.facts) if self.ladder.impact else None
        if impact and not impact.held:
            self._turns(impact.turns_at)
            return self._wait("its impact is not confirmed")
        due = self._opening(rung, self._next())
        if due > self.now:
            late = due > self._next()
            return self._wait(f"{rung.role} is not paged before {words.moment(due)}" if late else "", due)
        due = self._trusted(due)
        kind = None if self.climb.pages else unreachable(rung, self.climb, self.ladder, self.scene.outside)
        if kind:
            self._prove(rung, kind, due)
            self._arrive(due)
        else:
            self._page(due)
        return True

    def _next(self) -> datetime:
        """When the next step is due, as far as waiting goes."""
        wait = timedelta(seconds=max(self._rung().wait, 1)) if self.climb.pages else timedelta()
        return self.climb.last + wait

    def _trusted(self, due: datetime) -> datetime:
        """When a step that is due by now really came to be: when it was planned, else now, since something else than time has made it so."""
        first, self._first = self._first, False
        return due if not first or due == self.climb.planned else self.now

    def _opening(self, rung: Rung, at: datetime) -> datetime:
        return at if self.urgent else opening(rung, self.climb, self.scene.policy, self.scene.facts.ticket, at)

    def _page(self, due: datetime) -> None:
        """Page: at once if it is the last of this look, not at all if a later step is due as well."""
        self._missed += 1 if self._due is not None else 0
        self._due, self._kept = due, None
        climber = self.climb.climber or self.ladder.climber.get(self.climb.severity or "", "worker")
        self.climb = replace(
            self.climb,
            pages=self.climb.pages + 1,
            last=due,
            since=self.climb.since if self.climb.pages else due,
            climber=climber,
        )

    def _leave_unanswered(self, rung: Rung) -> bool:
        """Its last page was not answered in time: the next rung. Where PagerDuty climbs, the worker goes no further."""
        if self.climb.climber == "pagerduty":
            return self._wait("")
        due = self._next()
        if due > self.now:
            return self._wait("", due)
        due = self._trusted(due)
        if self._due is not None:
            self._kept = _Left(self.climb, self._due, self._missed, len(self.messages), dict(self.numbers))
            self._missed += 1
            self._due = None
        real = self.climb.pages - self._missed
        self._prove(rung, "no answer" if real else "not awake", due)
        self._arrive(due)
        return True

    def _prove(self, rung: Rung, kind: ProofKind, at: datetime) -> None:
        """Keep why this rung is left, and say it."""
        proof = Proof(
            kind,
            self.climb.rung,
            rung.name,
            rung.role,
            at,
            self.climb.pages - self._missed,
            self.climb.since,
            self.scene.people(rung.role),
            self._missed if self.climb.pages > self._missed else 0,
            any(one.thread == self.climb.thread for one in self.scene.memory.standings),
        )
        self.climb = replace(self.climb, proofs=(*self.climb.proofs, proof))
        self._say(f"'{rung.name}' is left: {words.proof_words(proof)}.")

    def _arrive(self, at: datetime) -> None:
        """Stand on the next rung."""
        self._missed = 0
        self.climb = replace(
            self.climb,
            rung=self.climb.rung + 1,
            pages=0,
            since=None,
            last=at,
            asked_again=False,
            planned=None,
            waits="",
        )

    def _send(self) -> bool:
        """Send the page that is left after everything else of this look; says whether there was one."""
        if self._due is None:
            return False
        rung, number = self._rung(), self.climb.pages - self._missed
        self.climb = replace(
            self.climb, pages=number, last=self.now, since=self.now if number == 1 else self.climb.since
        )
        until = self._next()
        text = words.page_words(self.ladder, rung, self.climb, until, self._upward())
        told = words.notice(self.scene, self.ladder, self.climb, text)
        leaves = until + timedelta(seconds=max(rung.wait, 1)) * max(rung.pages - number, 0) + SLACK
        last = self.climb.rung + 1 >= len(self.ladder.rungs) or self.climb.climber == "pagerduty"
        self._message("page", rung.role, rung.channels, replace(told, due=until), None if last else leaves)
        self._say(self._paged(rung, number))
        self._due, self._missed = None, 0
        return True

    def _send_after_all(self) -> bool:
        """Where no later page was due: go back to the last one that was, and send it."""
        if self._kept is None:
            return False
        left, self._kept = self._kept, None
        self.climb, self._due, self._missed = left.climb, left.due, left.missed
        del self.messages[left.messages :]
        self.numbers.clear()
        self.numbers.update(left.numbers)
        return self._send()

    def _paged(self, rung: Rung, number: int) -> str:
        """The words about a page that is sent."""
        who = words.people(self.scene.people(rung.role), rung.role)
        turn = f", page {number} of {rung.pages}" if rung.pages > 1 and number <= rung.pages else ""
        after = ", which asks the next ones itself" if self.climb.climber == "pagerduty" else ""
        late = self._due if self._due and self.now - self._due > LATE else None
        came = f" It was due at {words.moment(late)}, while the worker was not awake." if late else ""
        came += f" Pages missed before it, which are not made up for: {self._missed}." if self._missed else ""
        return f"Paged {who} as '{rung.name}'{turn}, by {', '.join(rung.channels)}{after}.{came}"

    def _upward(self) -> str:
        """Who is asked after this rung, in words."""
        after = next((one for one in self.ladder.rungs[self.climb.rung + 1 :] if one.how == "page"), None)
        return f"{after.role} is asked ('{after.name}')." if after else "nobody else is left on this ladder."

    def _pass_telling(self, rung: Rung) -> bool:
        """A rung that only tells: tell them, now or when their hours begin, and go on at once."""
        bar = too_high(rung, self.climb, self.ladder, self.scene.policy)
        if bar:
            return self._wait(bar)
        at = self._trusted(self._next())
        if self.climb.rung in (*self.climb.informed, *self.climb.later):
            pass  # the way leads past them again, since an acknowledgement was let go
        elif self.urgent or rung.hours is None or rung.hours.is_open(self.now):
            self._tell(self.climb.rung, rung)
        else:
            self.climb = replace(self.climb, later=(*self.climb.later, self.climb.rung))
            self._say(f"{rung.role} is told from {words.moment(rung.hours.next_open(self.now))} on.")
        self._arrive(at)
        return True

    def _tell_later(self) -> None:
        """Tell those whose hours have begun, and plan for the others."""
        for number in self.climb.later if self.climb.stage == "paging" else ():
            rung = self.ladder.rungs[number] if number < len(self.ladder.rungs) else None
            if rung is not None and not self.urgent and rung.hours and not rung.hours.is_open(self.now):
                self._turns(rung.hours.next_open(self.now))
                continue
            self.climb = replace(self.climb, later=tuple(one for one in self.climb.later if one != number))
            if rung is not None:
                self._tell(number, rung)

    def _tell(self, number: int, rung: Rung) -> None:
        self.climb = replace(self.climb, informed=(*self.climb.informed, number))
        after = next((one for one in self.ladder.rungs[number + 1 :] if one.how == "page"), None)
        upward = f" {after.role} is asked next." if after else ""
        text = words.tell_words(self.ladder, rung, upward)
        told = words.notice(self.scene, self.ladder, self.climb, text)
        if not rung.channels:
            self._say(f"{rung.role} is not told, since no channel reaches them.")
            return
        self._message("tell", rung.role, rung.channels, told, rung=number)
        self._say(f"Told {rung.role} as '{rung.name}', by {', '.join(rung.channels)}.")

    # ---- small things -------------------------------------------------------------------------------------------------

    def _rung(self) -> Rung:
        return self.ladder.rungs[min(self.climb.rung, len(self.ladder.rungs) - 1)]

    def _say(self, text: str) -> None:
        self.climb = self.climb.saying(self.now, text)

    def _wait(self, why: str, until: datetime | None = None) -> bool:
        """Nothing more is due: a page that is to be sent is sent first, then it is said once what is waited for."""
        if self._due is None:
            if why and why != self.climb.waits:
                self._say(f"Waiting: {why}.")
            self.climb = replace(self.climb, waits=why)
            self._plan(until)
        return False

    def _plan(self, at: datetime | None) -> None:
        self.climb = replace(self.climb, planned=at)
        self._turns(at)

    def _turns(self, at: datetime | None) -> None:
        if at is not None and at > self.now:
            self.look_again.append(at)

    def _message(
        self,
        verb: Verb,
        role: str,
        channels: tuple[str, ...],
        told: Notice,
        useful_until: datetime | None = None,
        *,
        rung: int | None = None,
        of: str = "",
    ) -> None:
        """Queue one message, with the number that comes next in its thread."""
        climb, ticket = self.climb, self.scene.facts.ticket
        at, page = climb.rung if rung is None else rung, climb.pages if verb == "page" else 0
        marked = f"{ticket.id}|{climb.thread}|{verb}|{of or at}|{page}"
        self.numbers[climb.thread] = number = self.numbers.get(climb.thread, 0) + 1
        alike = self.scene.facts.get(self.ladder.alike) if self.ladder.alike else None
        self.messages.append(
            Message(
                key=hashlib.sha256(marked.encode()).hexdigest()[:24],
                thread=climb.thread,
                number=number,
                ticket_id=ticket.id,
                verb=verb,
                channels=channels,
                notice=told,
                at=self.now,
                rule=climb.rule,
                role=role,
                severity=climb.severity,
                urgent=self.urgent,
                climb=climb.ladder,
                rung=at,
                page=page,
                useful_until=useful_until,
                group=f"{self.ladder.id}:{alike}" if alike not in (None, "", ()) else "",
            )
        )
        if verb != "close":
            self.climb = replace(self.climb, channels=tuple(dict.fromkeys((*climb.channels, *channels))))
