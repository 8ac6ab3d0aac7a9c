"""The Zendesk side: tickets read by number, conditional writes handed in as jobs, outcomes told apart, marks found in audits."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from deskhand.core.audited import Audit
from deskhand.core.delivery import Outcome
from deskhand.core.effect import TicketWrite
from deskhand.core.ticket import Ticket
from deskhand.errors import Rejected, Transient, Unknown
from deskhand.zendesk.audit_log import AuditReader
from deskhand.zendesk.directory import Directory
from deskhand.zendesk.feeds import include_of
from deskhand.zendesk.gateway import Gateway, Json
from deskhand.zendesk.past import Past
from deskhand.zendesk.people import People
from deskhand.zendesk.records import audit_of, job_of
from deskhand.zendesk.translate import ticket_of, with_sideloads
from deskhand.zendesk.writes import row_of

MANY: Final = 100
NO_JOB: Final = "none"
"""The job id of a batch in which no row could be sent."""
AUDIT_PAGES: Final = 20
"""How far back audits are searched for a mark: the newest two thousand."""

_AGAIN: Final = ("databaseconflict", "deadlock", "lock wait", "throttl", "rate limit", "timeout", "toomany")
_CHANGED: Final = ("updateconflict", "safe update", "outdated")
_HINTS: Final = (
    ("closed", "the ticket is closed and cannot be changed any more"),
    ("not a member of the group", "the agent is not a member of the ticket's group: mend the rule or the membership"),
    ("assignee", "the agent cannot be given this ticket: mend the rule or the agent's groups"),
    ("notfound", "the ticket is gone: it was deleted or merged away"),
    ("deleted", "the ticket is deleted"),
    ("no longer exists", "something that the rule names was deleted in the account: mend the rule"),
    ("too many comments", "the ticket is full: start another one"),
    ("required", "a field must be filled in first: let the rule set it, or a person"),
)


class ZendeskDesk:
    """Reads and writes tickets of one account."""

    def __init__(
        self, gateway: Gateway, directory: Directory, people: People, needs: frozenset[str], spare: Callable[[], bool]
    ) -> None:
        """`needs` is what the policy asks about; `spare` says whether the account has calls left beside those of the feeds."""
        self._gateway, self._directory, self._people, self._needs = gateway, directory, people, needs
        self._spare = spare
        self._early: dict[str, Outcome] = {}

    def fetch(self, ids: Sequence[int]) -> list[Ticket]:
        """The tickets as they are now, a hundred a call; numbers that no longer exist are absent."""
        found: list[Ticket] = []
        for start in range(0, len(ids), MANY):
            some = ",".join(map(str, ids[start : start + MANY]))
            page = self._gateway.get("tickets/show_many", {"ids": some, **include_of(self._needs)}, holds="tickets")
            found += self.translate(with_sideloads(page["tickets"], page))
        return found

    def spare(self) -> bool:
        """Whether something may be read beside the feeds now, without waiting and without taking from what they need."""
        return self._spare()

    def translate(self, rows: Iterable[Json]) -> list[Ticket]:
        """Rows as tickets, with the people that the policy asks about."""
        listed = list(rows)
        if "people" in self._needs:
            self._people.load(_ids(listed, "requester_id"), _ids(listed, "organization_id"))
        people = self._people if "people" in self._needs else None
        names = self._directory.names
        if (
            any(row.get("group_id") and row["group_id"] not in names.groups for row in listed)
            and self._directory.missing()
        ):
            names = self._directory.names
        return [ticket_of(row, names, people) for row in listed]

    def submit(self, writes: Sequence[TicketWrite]) -> str:
        """Hand in at most a hundred conditional writes as one job. A write that names what the account lacks is refused alone."""
        rows: list[Json] = []
        for write in writes:
            try:
                rows.append(row_of(write, self._directory))
            except Rejected as refused:
                if refused.status is not None:  # the account's names could not be read: no row is to blame
                    raise Transient(f"the account's names could not be read: {refused}") from refused
                self._early[write.op_id] = Outcome(write.op_id, "rejected", f"{refused}. {refused.hint}")
        if not rows:
            return NO_JOB
        answer = self._gateway.put("tickets/update_many", {"tickets": rows})
        job = (answer.get("job_status") or {}).get("id")
        if not job:
            raise Unknown("PUT /api/v2/tickets/update_many: the answer names no job")
        return str(job)

    def outcomes(self, job_id: str, writes: Sequence[TicketWrite]) -> list[Outcome] | None:
        """What the job came to for each write, or None while it runs."""
        early = [self._early[write.op_id] for write in writes if write.op_id in self._early]
        sent = [write for write in writes if write.op_id not in self._early]
        told = self._told(job_id, sent) if sent else []
        if told is not None:
            for outcome in early:
                self._early.pop(outcome.op_id, None)
        return None if told is None else early + told

    def audit_of(self, write: TicketWrite) -> int | None:
        """The audit with this write's mark, newest audits first; None if the ticket has none, or is gone."""
        cursor = ""
        for _ in range(AUDIT_PAGES):
            asked: dict[str, str | int] = {"page[size]": MANY, "sort": "-created_at"}
            asked |= {"page[after]": cursor} if cursor else {}
            try:
                page = self._gateway.get(f"tickets/{write.ticket_id}/audits", asked, holds="audits")
            except Rejected as refused:
                if refused.status == 404:
                    return None
                raise
            if not cursor and not page["audits"]:
                raise Transient(f"ticket {write.ticket_id}: the answer lists no audit, and every ticket has one")
            for audit in map(audit_of, page["audits"]):
                if audit.mark == write.op_id:
                    return audit.id
            meta = page.get("meta") or {}
            following = str(meta.get("after_cursor") or "")
            if not meta.get("has_more") or not following or following == cursor:
                return None
            cursor = following
        return None

    def audits(self, ticket_id: int) -> tuple[Audit, ...]:
        """Every audit of a ticket, oldest first; none for an archived ticket, and for one that is gone."""
        return Past(self._gateway, AuditReader(self._gateway, self._directory, self._people)).audits(ticket_id)

    def _told(self, job_id: str, writes: Sequence[TicketWrite]) -> list[Outcome] | None:
        """The job's rows as outcomes; a job that Zendesk no longer knows leaves all of them unclear."""
        try:
            job = job_of(self._gateway.get(f"job_statuses/{job_id}", holds="job_status")["job_status"])
        except Rejected as refused:
            if refused.status == 404:
                return [Outcome(write.op_id, "unknown", f"Zendesk no longer knows job {job_id}") for write in writes]
            raise
        if job.running:
            return None
        by_ticket = {row["id"]: dict(row) for row in job.rows if isinstance(row.get("id"), int)}
        by_index = {
            row["index"]: dict(row) for row in job.rows if isinstance(row.get("index"), int) and "id" not in row
        }
        words = f"job {job_id} {job.status}: {job.message or 'without a message'}"
        return [
            outcome_of(write, by_ticket.get(write.ticket_id) or by_index.get(at), words)
            for at, write in enumerate(writes)
        ]


def outcome_of(write: TicketWrite, row: Json | None, words: str) -> Outcome:
    """What one row of a finished job says of a write; a job that says nothing of it leaves it unclear."""
    if row is None:
        return Outcome(write.op_id, "unknown", words)
    if row.get("success") is True or (row.get("status") == "Updated" and not row.get("error")):
        return Outcome(write.op_id, "done", str(row.get("status") or "Updated"))
    said = ": ".join(str(row[name]) for name in ("error", "details", "description") if row.get(name)) or "refused"
    folded = said.lower().replace(" ", "") + " " + said.lower()
    if any(word in folded for word in _CHANGED):
        return Outcome(write.op_id, "conflict", said)
    if any(word in folded for word in _AGAIN):
        return Outcome(write.op_id, "retry", said)
    hint = next((words for word, words in _HINTS if word in folded), "")
    return Outcome(write.op_id, "rejected", f"{said} ({hint})" if hint else said)


def _ids(rows: Iterable[dict[str, Any]], name: str) -> list[int]:
    return [row[name] for row in rows if isinstance(row.get(name), int)]
