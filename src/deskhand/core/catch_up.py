"""Catching up: what to do about steps that were due while nobody looked.

After an hour or a day away the steps of one clock come due all at once. What changes the ticket is still done. Of what only tells people the last step
alone is done, and says that it is late; the others are skipped, and so is what nobody needs to hear any more. A rule that is new to a worker does not
act on what held before it came. Everything that is skipped stands in the decision and in the ledger with its reason.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from deskhand.core.condition import Both, Burn, ClockIs, Condition, Not, Remaining, Since
from deskhand.core.facts import Facts
from deskhand.core.guards import Guards
from deskhand.core.memory import Memory
from deskhand.core.policy import Mode, Rule
from deskhand.core.ticket import Ticket
from deskhand.core.trace import Verdict

HOPS: Final = 50
"""How many turns of a condition are followed before giving up."""
Fires = tuple[Rule, Mode, Verdict]
Last = dict[tuple[frozenset[str], str], Verdict]
"""Of each clock's late steps in one life, the last one."""


@dataclass(frozen=True, slots=True)
class Past:
    """The same ticket at earlier instants."""

    ticket: Ticket
    memory: Memory
    now: datetime
    read: Callable[[datetime], Facts]
    guards: Guards
    added: Mapping[str, datetime]
    """When rules came to a worker that was at work already."""

    @property
    def began(self) -> datetime:
        """From when on nothing but time has changed the ticket and nobody has looked at it as it is."""
        looked, planned, touched = self.memory.looked_at, self.memory.planned, self.ticket.updated_at
        if looked is None:
            return self.ticket.created_at
        if touched <= looked:
            return looked
        return planned if planned is not None and looked < planned < touched else min(touched, self.now)

    def due(self, rule: Rule) -> datetime:
        """When a rule that holds now came to hold, as far as time alone did it."""
        at = self.began
        for _ in range(HOPS):
            step = rule.when.judge(self.read(at))
            if step.held:
                return at
            if step.turns_at is None or step.turns_at > self.now:
                break
            at = max(step.turns_at, at + timedelta(seconds=1))
        return self.now

    def held_at(self, rule: Rule, instant: datetime) -> bool:
        """Whether a rule held at an instant, on the ticket as it is; no for a ticket that has changed since."""
        return self.ticket.updated_at <= instant and rule.when.judge(self.read(instant)).held


def caught_up(firing: Iterable[Fires], past: Past) -> list[Fires]:
    """The same rules: late ones with the instant at which they were due, and what is not worth doing any more as `skipped`."""
    dated = [_dated(one, past) for one in firing]
    last: Last = {}
    for rule, _, verdict in dated:
        if _is_step(rule, verdict) and verdict.due is not None:
            key = (rule.when.clocks(), verdict.episode)
            if key not in last or verdict.due >= (last[key].due or verdict.due):
                last[key] = verdict
    return [(rule, mode, _judged(rule, verdict, last, past)) for rule, mode, verdict in dated]


def is_timed(condition: Condition) -> bool:
    """Whether time alone can make it true."""
    match condition:
        case Both():
            return any(is_timed(part) for part in condition.parts)
        case Not():
            return is_timed(condition.part)
        case ClockIs():
            return condition.state == "breached"
        case _:
            return isinstance(condition, Burn | Remaining | Since)


def _dated(fires: Fires, past: Past) -> Fires:
    """A late one with its instant. A repetition is due by the one before it, which its verdict says already."""
    rule, mode, verdict = fires
    if past.guards.late_after is None or not is_timed(rule.when):
        return rule, mode, replace(verdict, due=None)
    due = verdict.due or past.due(rule)
    late = (past.now - due).total_seconds() > past.guards.late_after
    return rule, mode, replace(verdict, due=due if late else None)


def _is_step(rule: Rule, verdict: Verdict) -> bool:
    """Whether it is one of the steps of a clock that only tell people, and comes late."""
    return verdict.due is not None and rule.only_tells and bool(rule.when.clocks()) and verdict.number == 1


def _judged(rule: Rule, verdict: Verdict, last: Last, past: Past) -> Verdict:
    """The verdict, as `skipped` where there is a reason for it."""
    if verdict.outcome == "found":
        return verdict
    since = past.added.get(rule.id)
    if since is not None and verdict.number == 1 and past.held_at(rule, since):
        return _skipped(verdict, f"it held before the rule was added at {since:%Y-%m-%d %H:%M} UTC")
    if verdict.due is None or not rule.only_tells:
        return verdict
    if past.guards.useful_for is not None and (past.now - verdict.due).total_seconds() > past.guards.useful_for:
        return _skipped(verdict, f"it was due at {verdict.due:%Y-%m-%d %H:%M} UTC, too long ago to be of use")
    highest = last.get((rule.when.clocks(), verdict.episode))
    if _is_step(rule, verdict) and highest is not None and highest.rule != rule.id:
        words = f"it was due at {verdict.due:%Y-%m-%d %H:%M} UTC and missed; '{highest.rule}' is the later step"
        return _skipped(verdict, words)
    return verdict


def _skipped(verdict: Verdict, reason: str) -> Verdict:
    return replace(verdict, outcome="skipped", reason=reason)
