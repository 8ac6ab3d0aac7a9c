"""Which runbook belongs to a ticket: the one that carries the ticket's issue type as its label (requirement 90)."""

from collections.abc import Iterable
from typing import Final

from deskhand.core.facts import Facts
from deskhand.core.ladder import Channel

FIELD: Final = "issue_type"
"""The ticket field that says of what kind a problem is, where the channel's option `field` names no other."""


def runbook_of(facts: Facts, channels: Iterable[Channel]) -> str:
    """The label of the ticket's runbook; empty where the policy has no channel of service `confluence`, or the ticket no issue type."""
    for channel in channels:
        if channel.service == "confluence":
            kind = facts.get("field." + channel.options.get("field", FIELD).removeprefix("field."))
            return kind if isinstance(kind, str) else ""
    return ""
