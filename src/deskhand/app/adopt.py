"""Adopt: put a policy in force. Rules that are new to a worker at work begin with what changes from now on."""

import json
from dataclasses import replace
from datetime import datetime

from deskhand import logs
from deskhand.app import trail
from deskhand.app.ports import Store
from deskhand.core.policy import Policy
from deskhand.core.ticket import LIVE

log = logs.get(__name__)
RULES = "rules"
RULE_DIGESTS = "rule digests"
DIGEST = "policy"
DATA = "policy data"
"""Under this name stands the edition of public holidays that the policy in force was made with."""
REFUSED = "policy refused"
"""Under this name it is noted why changed policies are not in force."""


def adopt(store: Store, policy: Policy, now: datetime) -> Policy:
    """The policy with the instants at which its rules came; where it is another one than before, every live ticket is looked at again.

    A rule with `enforce_from` counts from then on, whatever held before. On a new database every rule counts at once.
    """
    with store.begin() as tx:
        noted, before = tx.notebook.get(RULES), tx.notebook.get(DIGEST)
        known: dict[str, str] = json.loads(noted) if noted else {}
        since = "" if noted is None else now.isoformat()
        rules = {rule.id: known.get(rule.id, since) for rule in policy.rules}
        told: dict[str, str] = json.loads(tx.notebook.get(RULE_DIGESTS) or "{}")
        tx.notebook.set(RULES, json.dumps(rules))
        tx.notebook.set(RULE_DIGESTS, json.dumps({rule.id: rule.digest for rule in policy.rules}))
        tx.notebook.set(DIGEST, policy.digest)
        tx.notebook.set(REFUSED, "")
        dated = tx.notebook.get(DATA) or ""
        tx.notebook.set(DATA, policy.data)
        changed = before is not None and (before, dated) != (policy.digest, policy.data)
        if changed:
            tx.work.wake(tx.tickets.ids(LIVE), now)
        if before != policy.digest:
            tx.trail.add([trail.adopted(policy, before, known, told, now)])
    if changed:
        log.info("policy_changed", rules=len(rules), new=[rule for rule in rules if rule not in known])
    fixed = {rule.id for rule in policy.rules if rule.enforce_from}
    added = {rule: datetime.fromisoformat(at) for rule, at in rules.items() if at and rule not in fixed}
    return replace(policy, added=added)
