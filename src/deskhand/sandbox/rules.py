"""Triggers on each write, automations on their hourly tick: the account's own rules really run."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from deskhand.sandbox import sla
from deskhand.sandbox.actions import changes
from deskhand.sandbox.agenda import Agenda, happening
from deskhand.sandbox.conditions import all_hold, narrowed
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.life import life_of
from deskhand.sandbox.records import CALL, CATEGORIES, Change, Comment, Event, Note, Ticket, Via
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.text import expand, quoted

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

HOUR = 3_600
MOST_FIRED = 1_000
"""Tickets on which one automation acts in one hour."""

_ATTRIBUTES = {"ticket_form_id": "form_id"}


class Rules:
    """The triggers and automations of a world."""

    def __init__(self, world: "World", agenda: Agenda) -> None:
        self._world = world
        self._agenda = agenda
        self._ticking = False

    # Triggers.

    def run_triggers(self, world: "World", ticket: Ticket, events: list[Event], created: bool) -> list[Event]:  # noqa: FBT001 - World's hook
        """Run the triggers on an update; each fires at most once, and after one fired all are checked again."""
        waiting = list(world.active("triggers"))
        made: list[Event] = []
        fired = bool(waiting) and ticket.status not in ("closed", "deleted")
        while fired:
            facts = update_facts(world, [*events, *made], created=created)
            row = next((row for row in waiting if all_hold(world, ticket, row["conditions"], facts)), None)
            fired = row is not None
            if row is not None:
                waiting.remove(row)
                made += self._act(ticket, row, "trigger")
        return made

    def _act(self, ticket: Ticket, row: Row, rel: str) -> list[Event]:
        """What a rule's actions do to a ticket, and the messages they send."""
        revision = self._world.revisions.get(row["id"], 1) if rel == "trigger" else None
        via = Via("rule", rel, row["id"], row["title"], revision)
        wanted = changes(self._world, ticket, row["actions"], ticket.assignee_id or ticket.submitter_id)
        wanted.pop("comment", None)
        try:
            made = self._world.change_by_rule(ticket, wanted, via)
        except Refusal:
            made = []
        return made + [
            _message(self._world, ticket, action, via)
            for action in row["actions"]
            if str(action["field"]).startswith("notification_")
        ]

    # Automations.

    def tick_hourly(self) -> None:
        """Begin the hourly run of automations, once there are any; those made in the past begin in the present."""
        if not self._ticking and self._world.tables["automations"].rows:
            self._ticking = True
            self._agenda.at(max(self._world.now(), self._world.present()) + HOUR, self._tick)

    @happening
    def _tick(self) -> None:
        for row in self._world.active("automations"):
            self._automate(row)
        self._ticking = bool(self._world.tables["automations"].rows)
        if self._ticking:
            self._agenda.at(self._world.now() + HOUR, self._tick)

    def _automate(self, row: Row) -> None:
        fired = 0
        for key in self._candidates(row):
            ticket = self._world.tickets[key]
            if fired >= MOST_FIRED:
                return
            if ticket.status == "closed" or not all_hold(
                self._world, ticket, row["conditions"], self._facts(ticket, row)
            ):
                continue
            events = self._act(ticket, row, "automation")
            if events:
                self._world.record_by_rule(ticket, events, Via("rule", "automation", row["id"], row["title"]))
                fired += 1

    def _candidates(self, row: Row) -> list[int]:
        """Tickets that may match: by the status since which the rule counts, or by the narrowest index."""
        for condition in row["conditions"].get("all") or []:
            if condition["field"] in _SINCE:
                return list(self._world.by_status.ids(condition["field"].lower()))
        return narrowed(self._world, row["conditions"])

    def _facts(self, ticket: Ticket, row: Row) -> Row:
        """The hours that the rule's time conditions ask for."""
        names = {str(condition["field"]) for kind in ("all", "any") for condition in row["conditions"].get(kind) or []}
        return {name: hours for name in names if (hours := self._hours(ticket, name)) is not None}

    def _hours(self, ticket: Ticket, name: str) -> int | None:
        now = self._world.now()
        if name in _SINCE:
            steps = life_of(ticket, self._world).statuses
            return None if ticket.status != name.lower() or not steps else (now - steps[-1][0]) // HOUR
        if name in ("created_at", "updated_at"):
            return (now - (ticket.created if name == "created_at" else ticket.updated)) // HOUR
        if name in ("until_sla_next_breach_at", "sla_next_breach_at"):
            breach = sla.next_breach(self._world, ticket)
            left = None if breach is None else breach - now
            return None if left is None or (left < 0) == (name[0] == "u") else abs(left) // HOUR
        return None


_SINCE = {status.upper() for status in CATEGORIES}
"""Conditions on the hours since a status was set are named after it, in capitals."""


def update_facts(world: "World", events: Iterable[Event], *, created: bool) -> Row:
    """What a trigger can ask about the present update."""
    facts: Row = {"update_type": "Create" if created else "Change", "changes": {}, "comment_is_public": "not_relevant"}
    for event in events:
        if isinstance(event, Change):
            facts["changes"][_ATTRIBUTES.get(event.name, event.name)] = (event.previous, event.value)
        elif isinstance(event, Comment):
            facts["comment_is_public"] = "true" if event.public else "false"
            facts["current_user_id"] = event.author
            facts["role"] = "end_user" if event.author not in world.staff else "agent"
    return facts


def _message(world: "World", ticket: Ticket, action: Row, via: Via) -> Note:
    value = action["value"] if isinstance(action["value"], list) else [action["value"]]
    if action["field"] == "notification_webhook":
        given = value[1] if len(value) > 1 else ""
        text = given if isinstance(given, str) else json.dumps(given)
        body = expand(world, ticket, ticket.assignee_id or ticket.submitter_id, text, quoted)
        return Note(CALL, {"resource": str(value[0]), "body": body}, via)
    to = {"requester_id": ticket.requester_id, "assignee_id": ticket.assignee_id}.get(str(value[0]), value[0])
    known = world.tables["users"].get(to)
    rest = {
        "subject": str(value[1]) if len(value) > 1 else "",
        "body": str(value[2]) if len(value) > 2 else "",
        "recipients": [known["id"]] if known else [],
    }
    return Note("Notification", rest, via)
