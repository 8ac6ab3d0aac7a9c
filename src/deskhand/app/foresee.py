"""Foresee: what a version of the policies would do now to the tickets that are known, before anybody signs it. Nothing is stored or sent."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from deskhand.app.adopt import RULES
from deskhand.app.alike import count_alike
from deskhand.app.ports import Transaction
from deskhand.core.decide import decide
from deskhand.core.memory import Memory
from deskhand.core.outside import Outside
from deskhand.core.policy import Policy
from deskhand.core.ticket import LIVE

MOST: Final = 2_000
"""The most tickets that are judged: a person is waiting."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How many tickets each rule would act on at once, and how many were judged of how many that are live."""

    rules: Mapping[str, int]
    judged: int
    live: int


def foresee(tx: Transaction, policy: Policy, now: datetime) -> Foreseen:
    """Judge the newest live tickets as if this policy were in force from now on; rules that it adds leave the backlog alone, as they would."""
    noted = tx.notebook.get(RULES)
    known = json.loads(noted) if noted else {rule.id: "" for rule in policy.rules}
    new = {rule.id: now for rule in policy.rules if rule.id not in known and rule.enforce_from is None}
    ids = sorted(tx.tickets.ids(LIVE))
    chosen = ids[-MOST:]
    found = Counter(_fired(tx, replace(policy, added=new), chosen, now))
    return Foreseen(dict(sorted(found.items())), len(chosen), len(ids))


def _fired(tx: Transaction, policy: Policy, ids: list[int], now: datetime) -> Iterator[str]:
    """Each rule once for each ticket on which it would do something."""
    tickets, memories = tx.tickets.load(ids), tx.memories.load(ids)
    alike = count_alike(tx, tickets.values(), policy.alike, now)
    for key, ticket in tickets.items():
        if policy.guards.stop_tag not in ticket.tags:
            outside = Outside(alike=alike.get(key, {}))
            decision = decide(ticket, memories.get(key) or Memory(key), policy, now, outside=outside)
            yield from {verdict.rule for verdict in decision.verdicts if verdict.outcome == "fires"}
