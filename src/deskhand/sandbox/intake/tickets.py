"""Tickets of an export with what happened to them: from their audits where these were exported, else from their comments and present values.

Whoever and whatever a ticket names and the export lacks is added under its own id, so that nothing points nowhere.
"""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from deskhand.sandbox import shapes, sla
from deskhand.sandbox.clock import epoch_of, iso
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.intake.files import Found
from deskhand.sandbox.records import CATEGORIES, Applied, Audit, Change, Comment, Event, Note, Ticket, Via
from deskhand.sandbox.table import as_id

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

MOST = 1 << 28
"""Ticket ids are below this."""

_IDS = {
    "requester_id",
    "submitter_id",
    "assignee_id",
    "group_id",
    "organization_id",
    "brand_id",
    "ticket_form_id",
    "custom_status_id",
    "problem_id",
}
_STATED = (
    "subject",
    "requester_id",
    "priority",
    "type",
    "status",
    "group_id",
    "assignee_id",
    "organization_id",
    "brand_id",
    "tags",
)
"""What the first audit states where none was exported."""


def take_tickets(world: "World", found: Found, taken: Counter[str], added: Counter[str]) -> int:
    """Make all tickets; returns the last instant that an export speaks of."""
    audits, comments = _by_ticket(found, "ticket_audits"), _by_ticket(found, "ticket_comments")
    end = 0
    for row in found.of("tickets"):
        try:
            ticket = _Maker(world, row, added).make(audits.pop(row["id"], []), comments.pop(row["id"], []), taken)
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
            found.leave("tickets", f"not understood: {type(error).__name__} {error}"[:120])
            continue
        world.tickets[ticket.id] = ticket
        taken["tickets"] += 1
        end = max(end, ticket.generated, ticket.updated, ticket.audits[-1].at)
    for kind, rest in (("ticket_audits", audits), ("ticket_comments", comments)):
        found.left[kind, "their ticket was not exported"] += sum(map(len, rest.values()))
    found.left = +found.left
    return end


def _by_ticket(found: Found, kind: str) -> dict[object, list[Row]]:
    rows: dict[object, list[Row]] = defaultdict(list)
    for row in found.of(kind):
        key = as_id(row.get("ticket_id"))
        if key is None:
            found.leave(kind, "no ticket_id")
        else:
            rows[key].append(row)
    return rows


class _Maker:
    """Makes one ticket of a row."""

    def __init__(self, world: "World", row: Row, added: Counter[str]) -> None:
        self.world = world
        self.row = row
        self.added = added

    def make(self, audits: list[Row], comments: list[Row], taken: Counter[str]) -> Ticket:
        """The ticket with its audits. Raises ValueError, KeyError, TypeError for what is none."""
        row, world = self.row, self.world
        if not isinstance(row["id"], int) or row["id"] >= MOST:
            raise ValueError(f"the id is not below {MOST}")
        ticket = self._ticket()
        comments = comments or [one for one in row.get("comments") or [] if isinstance(one, dict)]
        if audits:
            ticket.audits = [
                self._audit(one) for one in sorted(audits, key=lambda one: (epoch_of(one["created_at"]), one["id"]))
            ]
            taken["ticket_audits"] += len(audits)
            ticket.applied = self._applied(ticket, audits)
        else:
            ticket.audits = self._told(ticket, comments)
            taken["ticket_comments"] += len(comments)
            self.added["ticket_audits"] += len(ticket.audits)
        first = next((event for event in ticket.audits[0].events if isinstance(event, Comment)), None)
        ticket.description = ticket.description or (first.body if first else "")
        if ticket.status == "closed":
            ticket.closed_at = max(one.at for one in ticket.audits)
        if ticket.status != "deleted" and not ticket.applied:
            sla.apply(world, ticket, ticket.created, ticket.audits[0].id)
        return ticket

    def _ticket(self) -> Ticket:
        row = self.row
        created = epoch_of(row["created_at"])
        updated = epoch_of(row.get("updated_at") or row["created_at"])
        status = str(row.get("status") or "open")
        if status not in (*CATEGORIES, "deleted"):
            raise ValueError(f"unknown status {status}")
        requester = self._person(row.get("requester_id"), "end-user") or self._person(
            row.get("submitter_id"), "end-user"
        )
        if requester is None:
            raise ValueError("no requester")
        ticket = Ticket(
            row["id"], created, updated, int(row.get("generated_timestamp") or updated), requester, self._person(row.get("submitter_id"), "end-user") or requester,
            self._row("brands", row.get("brand_id")), self._row("ticket_forms", row.get("ticket_form_id")), status, self._status(status), _via(row.get("via")),
        )  # fmt: skip
        ticket.subject = str(row.get("raw_subject") or row.get("subject") or "")
        ticket.description = str(row.get("description") or "")
        for name in ("external_id", "type", "priority", "recipient"):
            setattr(ticket, name, None if row.get(name) in (None, "") else str(row[name]))
        ticket.assignee_id = self._person(row.get("assignee_id"), "agent")
        ticket.group_id = self._named("groups", row.get("group_id"))
        ticket.organization_id = self._named("organizations", row.get("organization_id"))
        ticket.problem_id = as_id(row.get("problem_id"))
        ticket.follower_ids = self._people(row.get("follower_ids"), "agent")
        ticket.email_cc_ids = self._people(row.get("email_cc_ids"), "end-user")
        ticket.followup_ids = tuple(key for one in row.get("followup_ids") or [] if (key := as_id(one)))
        ticket.tags = tuple(map(str, row.get("tags") or []))
        ticket.is_public = row.get("is_public") is not False
        ticket.due_at = epoch_of(row["due_at"]) if row.get("due_at") else None
        rating = row.get("satisfaction_rating")
        ticket.satisfaction = rating if isinstance(rating, dict) else None
        ticket.fields = self._fields()
        ticket.deleted = status == "deleted"
        ticket.before_deletion = "open" if ticket.deleted else None
        return ticket

    # What a ticket points to.

    def _person(self, key: object, role: str) -> int | None:
        number = as_id(key)
        if number is None or number < 1:
            return None
        if self.world.tables["users"].get(number) is None:
            self.world.index_user(self._add("users", shapes.user(f"User {number}", None, role) | {"id": number}))
        return number

    def _people(self, keys: Any, role: str) -> tuple[int, ...]:  # noqa: ANN401 - JSON
        return tuple(number for key in keys or [] if (number := self._person(key, role)) is not None)

    def _named(self, table: str, key: object) -> int | None:
        number = as_id(key)
        if number is not None and self.world.tables[table].get(number) is None:
            shape = shapes.group if table == "groups" else shapes.organization
            self._add(table, shape(f"{table[:-1].capitalize()} {number}") | {"id": number})
        return number

    def _add(self, table: str, row: Row) -> Row:
        moment = iso(epoch_of(self.row["created_at"]))
        self.added[table] += 1
        return self.world.tables[table].put(row | {"created_at": moment, "updated_at": moment})

    def _row(self, table: str, key: object) -> int:
        """A brand or form that was exported, else the account's default."""
        number = as_id(key)
        return number if number is not None and self.world.tables[table].get(number) else self.world.default_id(table)

    def _status(self, status: str) -> int:
        number = as_id(self.row.get("custom_status_id"))
        if number is not None and self.world.tables["custom_statuses"].get(number):
            return number
        category = "solved" if status in ("closed", "deleted") else status
        return self.world.default_status(category) or 0

    def _fields(self) -> dict[int, Any]:
        held: dict[int, Any] = {}
        for one in self.row.get("custom_fields") or self.row.get("fields") or []:
            number, value = as_id(one.get("id")), one.get("value")
            if number is None or value in (None, ""):
                continue
            if self.world.tables["ticket_fields"].get(number) is None:
                self._add("ticket_fields", shapes.ticket_field(f"Field {number}", "text") | {"id": number})
                self.world.touched("ticket_fields")
            held[number] = value
        return held

    # What happened.

    def _audit(self, row: Row) -> Audit:
        author = as_id(row.get("author_id"))
        told = [one for one in row.get("events") or [] if isinstance(one, dict) and not _of_sla(one)]
        events = tuple(self._event(one, author) for one in told)
        held = row.get("metadata") or {}
        client = (held.get("system") or {}).get("client")
        return Audit(
            int(row["id"]), epoch_of(row["created_at"]), self._author(author), _via(row.get("via")), events, None if client is None else str(client),
            held.get("custom") or None,
        )  # fmt: skip

    def _applied(self, ticket: Ticket, rows: list[Row]) -> list[Applied]:
        """Which SLA policy held from when on, as the audits tell it: its targets follow from the policy as it is now."""
        told = {
            row["id"]: [one for one in row.get("events") or [] if isinstance(one, dict) and _of_sla(one)]
            for row in rows
        }
        policies = {policy.id: policy for _, policy in self.world.policies()}
        made: list[Applied] = []
        priority: str | None = None
        for audit in ticket.audits:
            for event in audit.events:
                if isinstance(event, Change) and event.name == "priority":
                    priority = None if event.value is None else str(event.value)
            if told[audit.id]:
                origin = told[audit.id][0]["via"]["source"]["from"]
                gone = any(one.get("field_name") == "sla_policy" and one.get("value") is None for one in told[audit.id])
                made.append(
                    Applied(audit.at, None if gone else policies.get(as_id(origin.get("id")) or 0), priority, audit.id)
                )
        return made

    def _author(self, key: int | None) -> int:
        return (self._person(key, "end-user") or -1) if key is not None else -1

    def _event(self, row: Row, author: int | None) -> Event:
        kind = str(row.get("type"))
        via = _via(row["via"]) if row.get("via") else None
        if kind in ("Comment", "VoiceComment", "TpeVoiceComment"):
            return self._comment(row, author)
        if kind in ("Create", "Change") and isinstance(row.get("field_name"), str):
            name = row["field_name"]
            value, before = (_value(name, row.get(key)) for key in ("value", "previous_value"))
            return Change(name, value, before, kind == "Create", via)
        return Note(kind, {key: value for key, value in row.items() if key not in ("id", "type", "via")}, via)

    def _comment(self, row: Row, author: int | None) -> Comment:
        writer = as_id(row.get("author_id"))
        body = str(row.get("body") or row.get("plain_body") or "")
        files = tuple(
            {key: value for key, value in one.items() if key != "url"}
            for one in row.get("attachments") or []
            if "id" in one
        )
        return Comment(
            body, row.get("public") is not False, self._author(author if writer is None else writer), None, files
        )

    def _told(self, ticket: Ticket, comments: list[Row]) -> list[Audit]:
        """Audits made of comments and of the present values: a creation, an update for each further comment, and what the status became."""
        first, *rest = sorted(comments, key=lambda one: str(one.get("created_at") or "")) or [
            {"body": ticket.description}
        ]
        stated: list[Event] = [self._comment(first, ticket.requester_id)]
        for name in _STATED:
            value = list(ticket.tags) if name == "tags" else getattr(ticket, name)
            value = "new" if name == "status" else value
            if value not in (None, [], ""):
                stated.append(Change(name, value, None, created=True))
        stated += [Change(str(key), value, None, created=True) for key, value in ticket.fields.items()]
        made = [self._update(ticket.created, ticket.submitter_id, stated, ticket.via)]
        for one in rest:
            at = epoch_of(one["created_at"]) if one.get("created_at") else ticket.updated
            said = self._comment(one, ticket.requester_id)
            made.append(self._update(max(ticket.created, at), said.author, [said], _via(one.get("via"))))
        if ticket.status != "new":
            by = ticket.assignee_id or ticket.requester_id
            made.append(
                self._update(max(ticket.updated, made[-1].at), by, [Change("status", ticket.status, "new")], Via("api"))
            )
        return made

    def _update(self, at: int, author: int, events: list[Event], via: Via) -> Audit:
        return Audit(self.world.new_id(512), at, author, via, tuple(events))


def _of_sla(event: Row) -> bool:
    """Whether an event tells of an SLA policy that came or went: the sandbox tells those anew."""
    via = event.get("via")
    source = via.get("source") if isinstance(via, dict) else None
    return (
        isinstance(source, dict) and source.get("rel") == "sla_target_change" and isinstance(source.get("from"), dict)
    )


def _value(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    """A value of an event: audits tell ids as texts."""
    number = as_id(value) if name in _IDS else None
    return value if number is None else number


def _via(given: Any) -> Via:  # noqa: ANN401 - JSON
    """Through what something came; what is not understood came by web."""
    if not isinstance(given, dict):
        return Via("web")
    source = given.get("source")
    source = source if isinstance(source, dict) else {}
    origin = source.get("from")
    origin = origin if isinstance(origin, dict) else {}
    rel = source.get("rel")
    rule = as_id(origin.get("id")) if given.get("channel") == "rule" else None
    title = None if rule is None else str(origin.get("title") or "")
    return Via(str(given.get("channel") or "web"), None if rel is None else str(rel), rule, title)
