"""The world: an account with its people, settings and tickets, and the one way in which tickets change.

HTTP requests, scripted people, triggers and jobs all go through `World.create_ticket` and `World.update_ticket`: these check, write the audit, move
`updated_at` and `generated_timestamp`, run the triggers, apply the SLA policy, and keep the indexes. No call looks at all tickets.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from deskhand.sandbox import sla
from deskhand.sandbox.comment import written
from deskhand.sandbox.draft import Draft
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.index import ByTime, Grouped, Sorted
from deskhand.sandbox.lookups import Lookups
from deskhand.sandbox.options import Options
from deskhand.sandbox.records import API, Audit, Change, Comment, Event, Note, Ticket, Via
from deskhand.sandbox.refusal import bad_parameter, invalid_field, not_found
from deskhand.sandbox.table import as_id
from deskhand.sandbox.text import tag_list

AUDIT_WIDTH = 512
"""Ids that an audit takes up: its own, those of its events, and those of the metric events that follow from it."""

_FIRST = ("requester_id", "organization_id", "brand_id", "ticket_form_id")
Rules = Callable[["World", Ticket, list[Event], bool], list[Event]]
Watcher = Callable[[Ticket, Audit], object]


class World(Lookups):
    """An account. `clock` gives the seconds since 1970."""

    def __init__(
        self, clock: Callable[[], float], *, seed: int = 1, subdomain: str = "acme", options: Options | None = None
    ) -> None:
        super().__init__(seed, subdomain, options or Options())
        self._clock = clock
        self._fixed: int | None = None
        self.tickets: dict[int, Ticket] = {}
        self.generated = ByTime()
        self.updated = ByTime()
        self.live = Sorted()
        self.by_status = Grouped()
        self.by = {
            name: Grouped()
            for name in (
                "requester_id",
                "assignee_id",
                "organization_id",
                "group_id",
                "external_id",
                "problem_id",
                "type",
            )
        }
        self.applied_macros: dict[int, list[int]] = {}
        self.written = ByTime()
        """Tickets by the instants of their audits."""
        self.changed: set[int] = set()
        """Tickets that changed since the metric events were last asked for."""
        self.rules: Rules | None = None
        self.watchers: list[Watcher] = []
        self._closing: deque[tuple[int, int]] = deque()
        self._last_ticket = 0

    # Time.

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self._clock()) if self._fixed is None else self._fixed

    def present(self) -> int:
        """Seconds since 1970 by the clock, whatever instant things are let happen at."""
        return int(self._clock())

    @contextmanager
    def as_of(self, epoch: float) -> Iterator[None]:
        """Let everything within happen at one instant."""
        before, self._fixed = self._fixed, int(epoch)
        try:
            yield
        finally:
            self._fixed = before

    # Tickets.

    def find(self, key: object) -> Ticket | None:
        """A ticket by an id given as number or text, deleted or not."""
        number = as_id(key)
        return None if number is None else self.tickets.get(number)

    def ticket(self, key: object) -> Ticket:
        """A ticket that is not deleted. Raises Refusal (404)."""
        ticket = self.find(key)
        if ticket is None or ticket.deleted:
            raise not_found()
        return ticket

    def create_ticket(  # noqa: PLR0913 - all but the first are what is said about it beside its facts
        self, facts: Mapping[str, Any], *, author: int, via: Via = API, comment: Row | str | None = None,
        metadata: Row | None = None, client: str | None = None, at: float | None = None, number: int | None = None,
    ) -> Ticket:  # fmt: skip
        """Make a ticket from the body of a creation, by `author`. Raises Refusal (422).

        `at` gives it another time than now, `number` another id than the next: one that no ticket has.
        """
        if at is not None:
            with self.as_of(at):
                return self.create_ticket(
                    facts, author=author, via=via, comment=comment, metadata=metadata, client=client, number=number
                )
        body = comment if comment is not None else facts.get("comment") or facts.get("description")
        body = _comment(body)
        if not body:
            raise invalid_field("base", "Description: cannot be blank", "BlankValue")
        ticket, draft = self._begin(facts, author, via, number or self._last_ticket + 1)
        first = written(self, ticket, body, self._first_author(author, body), created=True)
        ticket.description, ticket.is_public = first.body, first.public
        if "subject" not in draft.new and first.body:
            draft.new["subject"] = first.body[:60]
        events: list[Event] = [first, *draft.events(created=True)]
        self._last_ticket = max(self._last_ticket, ticket.id)
        self._take_over(ticket, draft)
        self._record(ticket, events, author, via, metadata, client, created=True)
        return ticket

    def _begin(self, facts: Mapping[str, Any], author: int, via: Via, number: int) -> tuple[Ticket, Draft]:
        now, person = self.now(), self.tables["users"].need(author)
        requester = facts.get("requester_id") or self._requester(facts.get("requester")) or author
        row = self.tables["users"].get(requester)
        if row is None:
            raise invalid_field("requester", f"Requester: {requester} is invalid")
        ticket = Ticket(
            number,
            now,
            now,
            now,
            row["id"],
            person["id"],
            self.default_id("brands"),
            self.default_id("ticket_forms"),
            "new",
            0,
            via,
        )
        draft = Draft(self, ticket, author)
        start = {
            "requester_id": row["id"],
            "organization_id": row["organization_id"],
            "status": "new",
            "priority": None,
            "type": None,
        }
        start |= {"brand_id": ticket.brand_id, "ticket_form_id": ticket.form_id, "tags": self._inherited(row, facts)}
        draft.take(start | {key: value for key, value in facts.items() if key not in ("requester_id", "tags")})
        if facts.get("via_followup_source_id"):
            self._follow_up(ticket, facts["via_followup_source_id"])
        return ticket, draft

    def _inherited(self, requester: Row, facts: Mapping[str, Any]) -> list[str]:
        """A new ticket's tags: its own, its requester's and their organization's."""
        given = facts.get("tags")
        organization = (
            self.tables["organizations"].get(facts.get("organization_id") or requester["organization_id"]) or {}
        )
        return [
            *tag_list(given),
            *(requester["tags"] or []),
            *(organization.get("tags") or []),
        ]

    def _requester(self, facts: object) -> int | None:
        """The id of a requester given by e-mail address, who is made where unknown."""
        if isinstance(facts, int):
            return facts
        if not isinstance(facts, dict) or not (facts.get("email") or facts.get("name")):
            return None
        email = str(facts.get("email") or "").lower() or None
        known = self.emails.get(email or "")
        return known or int(self.add_user(facts.get("name") or str(email).split("@")[0], email)["id"])

    def _follow_up(self, ticket: Ticket, source: object) -> None:
        before = self.find(source)
        if before is None or before.status != "closed":
            raise invalid_field("base", "Followup source: is invalid")
        ticket.followup_of = before.id
        before.followup_ids += (ticket.id,)

    def _first_author(self, author: int, body: Row) -> int:
        """Who wrote the first comment: who it says, or the requester where an agent makes a ticket for somebody."""
        named = self.tables["users"].get(body.get("author_id")) if author in self.staff else None
        return named["id"] if named else author

    def update_ticket(
        self, ticket: Ticket | int, changes: Mapping[str, Any], *, author: int, via: Via = API, comment: Row | str | None = None,
        metadata: Row | None = None, client: str | None = None,
    ) -> Audit:  # fmt: skip
        """Change a ticket as the body of an update says, by `author`; returns the audit. Raises Refusal (400, 404, 409, 422)."""
        ticket = self.ticket(ticket) if isinstance(ticket, int) else ticket
        draft = Draft(self, ticket, author)
        draft.take(changes)
        body = _comment(comment if comment is not None else changes.get("comment"))
        events: list[Event] = []
        if body:
            events.append(written(self, ticket, body, author))
        events += draft.events()
        self._take_over(ticket, draft)
        if events and type(events[0]) is Comment and events[0].public:
            ticket.is_public = True
        return self._record(ticket, events, author, via, metadata, client)

    def change_by_rule(self, ticket: Ticket, changes: Mapping[str, Any], via: Via) -> list[Event]:
        """What a trigger's or automation's actions change, as events that carry the rule; the caller records them."""
        draft = Draft(self, ticket, ticket.submitter_id, via=via)
        draft.take(changes)
        events = draft.events()
        self._take_over(ticket, draft)
        return events

    def record_by_rule(self, ticket: Ticket, events: list[Event], via: Via) -> Audit:
        """Write the audit of what an automation did."""
        return self._record(ticket, events, -1, via, None, None)

    def note(self, ticket: Ticket, author: int, events: list[Event]) -> Audit:
        """Write an audit of something that was done to a ticket's comments."""
        return self._record(ticket, events, author, API, None, None)

    def touch(self, ticket: Ticket) -> None:
        """A change inside Zendesk that makes no event: only generated_timestamp moves."""
        self.generated.remove(ticket.generated, ticket.id)
        ticket.generated = self.now()
        self.generated.add(ticket.generated, ticket.id)

    def _record(  # noqa: PLR0917 - an audit has these
        self,
        ticket: Ticket,
        events: list[Event],
        author: int,
        via: Via,
        metadata: Row | None,
        client: str | None,
        *,
        created: bool = False,
    ) -> Audit:
        now = self.now()
        identity = self.new_id(AUDIT_WIDTH)
        if self.rules is not None:
            events += self.rules(self, ticket, events, created)
            via = self._told(ticket, events, via) if created and via == API else via
        audit = Audit(identity, now, author, via, tuple(events), client, metadata or None)
        if not events and not created and self.options.noop_update == "nothing":
            return audit
        ticket.audits.append(audit)
        self.written.add(now, ticket.id)
        self.changed.add(ticket.id)
        self._stamp(ticket, now, moved=bool(events) or self.options.noop_moves_updated_at, created=created)
        sla.apply(self, ticket, now, identity)
        for watcher in self.watchers:
            watcher(ticket, audit)
        return audit

    def _told(self, ticket: Ticket, events: list[Event], via: Via) -> Via:
        """Through what a ticket came, with the requester's address where a trigger wrote to them."""
        told = any(type(event) is Note and ticket.requester_id in event.rest.get("recipients", ()) for event in events)
        person = self.tables["users"].get(ticket.requester_id) if told else None
        return via if person is None else replace(via, to=(person["name"], person["email"]))

    def _stamp(self, ticket: Ticket, now: int, *, moved: bool, created: bool) -> None:
        """Move the ticket's times and its places in the indexes."""
        if created:
            self.tickets[ticket.id] = ticket
            self.live.add(ticket.id)
            self.by_status.move(ticket.id, None, ticket.status)
        else:
            self.generated.remove(ticket.generated, ticket.id)
            if moved:
                self.updated.remove(ticket.updated, ticket.id)
        ticket.generated = now
        self.generated.add(now, ticket.id)
        if moved or created:
            ticket.updated = now
            self.updated.add(now, ticket.id)

    def _take_over(self, ticket: Ticket, draft: Draft) -> None:
        """Let a checked draft become the ticket."""
        for name, value in draft.new.items():
            group = self.by.get(name)
            if group is not None:
                group.move(ticket.id, getattr(ticket, name) if ticket.id in self.tickets else None, value)
            if name == "status" and value != ticket.status and ticket.id in self.tickets:
                self.by_status.move(ticket.id, ticket.status, value)
                if value == "closed":
                    ticket.closed_at = self.now()
                    self._closing.append((ticket.closed_at, ticket.id))
            setattr(ticket, name, value)

    def usage(self, macro: int, seconds: int) -> int:
        """How often a macro was applied within the last seconds."""
        since = self.now() - seconds
        return sum(at >= since for at in self.applied_macros.get(macro, ()))

    def hand_over(self, ticket: Ticket, requester: int) -> None:
        """Let a ticket, closed or not, be another person's, as when two are merged; no event tells of it."""
        self.by["requester_id"].move(ticket.id, ticket.requester_id, requester)
        ticket.requester_id = requester
        self.revision += 1
        self.touch(ticket)

    # Deletion and the archive.

    def delete_ticket(self, ticket: Ticket, author: int) -> None:
        """Put a ticket among the deleted ones; the exports show it as deleted."""
        before = ticket.status
        self._leave_lists(ticket)
        ticket.before_deletion, ticket.status, ticket.deleted = before, "deleted", True
        self._quiet(ticket, author, [Change("status", "deleted", before)])

    def restore_ticket(self, ticket: Ticket, author: int) -> None:
        """Bring a deleted ticket back."""
        ticket.status, ticket.deleted, ticket.before_deletion = ticket.before_deletion or "open", False, None
        self.live.add(ticket.id)
        self.by_status.move(ticket.id, None, ticket.status)
        self.updated.add(ticket.updated, ticket.id)
        self._quiet(ticket, author, [Change("status", ticket.status, "deleted")])

    def _quiet(self, ticket: Ticket, author: int, events: list[Event]) -> None:
        now = self.now()
        ticket.audits.append(Audit(self.new_id(AUDIT_WIDTH), now, author, API, tuple(events)))
        self.written.add(now, ticket.id)
        self.changed.add(ticket.id)
        self.generated.remove(ticket.generated, ticket.id)
        if not ticket.deleted:
            self.updated.remove(ticket.updated, ticket.id)
            self.updated.add(now, ticket.id)
        ticket.generated = ticket.updated = now
        self.generated.add(now, ticket.id)

    def _leave_lists(self, ticket: Ticket) -> None:
        self.live.remove(ticket.id)
        self.by_status.move(ticket.id, ticket.status, None)
        self.updated.remove(ticket.updated, ticket.id)

    def archive(self) -> None:
        """Take tickets that have been closed for long out of the lists; to be called before a list is read."""
        before = self.now() - self.options.archive_after
        while self._closing and self._closing[0][0] <= before:
            closed_at, key = self._closing.popleft()
            ticket = self.tickets[key]
            if ticket.status == "closed" and ticket.closed_at == closed_at and not ticket.deleted:
                self._leave_lists(ticket)
                ticket.archived = True


def _comment(given: object) -> Row | None:
    """A comment given as text or object. Raises Refusal (400) for anything else."""
    if given in (None, ""):
        return None
    if isinstance(given, str):
        return {"body": given}
    if not isinstance(given, dict):
        raise bad_parameter("You passed an invalid value for the comment attribute. must be an object")
    return dict(given)
