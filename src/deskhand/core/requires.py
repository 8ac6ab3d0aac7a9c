"""What a kind of ticket must tell before it is escalated (requirement 27): which rules wait for it, and how it is asked for.

A rule that would escalate a ticket on which something required is empty waits, and fires by itself as soon as that is filled in, if it still holds then.
It is asked for once: in an internal note and by a tag that goes when everything is there. A P1 waits for nothing, and neither
does what climbs an urgent ladder (security): it is escalated, and asked for as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from deskhand.core.condition import Both
from deskhand.core.facts import Facts, titles
from deskhand.core.memory import Edge, Memory
from deskhand.core.policy import AskFor, Escalate, Mode, Policy, Requirement, Rule, lesser
from deskhand.core.trace import Outcome, Step, Verdict

Judged = tuple[Rule, Mode, Verdict]


@dataclass(frozen=True, slots=True)
class Lack:
    """A requirement that a ticket does not meet, with its fields that are empty."""

    requirement: Requirement
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """All that a ticket lacks, and the ladders that wait for nothing."""

    lacks: tuple[Lack, ...] = ()
    urgent: frozenset[str] = frozenset()


def lacking_of(facts: Facts, policy: Policy) -> Lacking:
    """What the ticket lacks, by requirement."""
    found = []
    for one in policy.requires:
        if one.when.judge(facts).held:
            empty = tuple(name for name in one.fields if facts.get(name) in (None, "", ()))
            found += [Lack(one, empty)] if empty else []
    return Lacking(tuple(found), frozenset(name for name, ladder in policy.ladders.items() if ladder.urgent))


def held_back(rule: Rule, verdict: Verdict, facts: Facts, lacking: Lacking) -> Verdict:
    """The verdict of a rule that would escalate now: it waits where something is lacking, unless nothing may wait."""
    urgent = facts.severity == "p1" or any(
        isinstance(action, Escalate) and action.ladder in lacking.urgent for action in rule.then
    )
    if verdict.outcome not in ("fires", "holds") or not lacking.lacks or urgent:
        return verdict
    empty = tuple(dict.fromkeys(name for lack in lacking.lacks for name in lack.fields))
    return replace(
        verdict,
        outcome="lacks",
        reason=f"{titles(empty)} {'is' if len(empty) == 1 else 'are'} empty",
        lacks=empty,
        look_again=verdict.step.turns_at if verdict.step else None,
    )


def asking(
    escalating: Iterable[Judged], lacking: Lacking, facts: Facts, memory: Memory, policy: Policy
) -> list[tuple[Judged, Edge]]:
    """For each requirement that matters to this ticket: whether it is asked for now, is being waited for, or has been met."""
    waiting = [mode for _, mode, verdict in escalating if _is_on(verdict)]
    empty = {lack.requirement.id: lack.fields for lack in lacking.lacks} if waiting else {}
    mode = _strongest(waiting) if waiting else policy.mode
    found = []
    for requirement in policy.requires:
        fields = empty.get(requirement.id, ())
        before = memory.edges.get(_name(requirement), Edge(holds=False, lives=0))
        if fields or before.lives:
            edge = Edge(bool(fields), before.lives + (1 if fields and not before.holds else 0))
            rule = _as_rule(requirement, fields)
            found.append(((rule, mode, _verdict(rule, edge, mode, memory, facts)), edge))
    return found


def _strongest(modes: Iterable[Mode]) -> Mode:
    """The mode that may do most: who waits for it decides how it is asked for."""
    found: Mode = "off"
    for mode in modes:
        found = mode if lesser(found, mode) == found else found
    return found


def _is_on(verdict: Verdict) -> bool:
    """Whether a rule's condition holds, whatever came of it."""
    return verdict.step is not None and verdict.step.held and verdict.outcome not in ("off", "not reached", "skipped")


def _name(one: Requirement) -> str:
    """How the ledger and the trace call it; no rule can have this name."""
    return f"requires:{one.id}"


def _as_rule(requirement: Requirement, fields: tuple[str, ...]) -> Rule:
    """A requirement as what it counts at this look: a rule of its own that asks, or takes the tag away again."""
    return Rule(
        id=_name(requirement),
        place=requirement.place,
        description="What is missing is asked for once.",
        when=Both(requirement.place, "all", ()),
        then=(AskFor(requirement.template, requirement.tag, fields),),
    )


def _verdict(rule: Rule, edge: Edge, mode: Mode, memory: Memory, facts: Facts) -> Verdict:
    """Asking is the first step of an episode, taking the tag away the second; each is done once."""
    (action,) = rule.then
    assert isinstance(action, AskFor)
    fields, episode = action.fields, f"e{edge.lives}"
    done = len(memory.fired(rule.id, episode))
    due = done == 0 if fields else done == 1 and action.tag in facts.ticket.tags and facts.ticket.live
    outcome: Outcome = "already" if fields else "no"
    if memory.held(rule.id):
        outcome = "held"
    elif due:
        outcome = "holds" if mode == "observe" else "fires"
    says = f"{titles(fields)} to be filled in before an escalation" if fields else "no escalation waits for a field"
    step = Step(rule.place, says, held=bool(fields))
    return Verdict(rule.id, rule.place, outcome, step, episode, 1 if fields else 2)
