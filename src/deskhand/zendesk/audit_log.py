"""The audits of all tickets, from the export of ticket events: exact instants for the clocks, a thousand audits a call.

The export is a minute late, like that of tickets. Its rows are audits, whose child events carry a changed field as a key of their own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from deskhand.core.audited import Audit
from deskhand.core.ticket import Value
from deskhand.zendesk.directory import Directory, Names, field_value
from deskhand.zendesk.gateway import Gateway, Json
from deskhand.zendesk.pace import Pacer
from deskhand.zendesk.people import People
from deskhand.zendesk.records import fired_of, instant_of, mark_of
from deskhand.zendesk.timed import read_timed

OVERLAP: Final = timedelta(seconds=1)
_STAFF: Final = ("agent", "admin")


@dataclass(frozen=True, slots=True)
class AuditPage:
    """One page of audits, where to go on, and whether more is ready now."""

    rows: tuple[Audit, ...]
    cursor: str
    more: bool


class AuditLog:
    """Reads every audit of the account in the order of time."""

    name: Final = "ticket events"

    def __init__(self, gateway: Gateway, reader: "AuditReader", pacer: Pacer, now: Callable[[], datetime]) -> None:
        self._gateway, self._reader, self._pacer, self._now = gateway, reader, pacer, now

    def ready(self) -> bool:
        """Whether a page can be read now without keeping others waiting."""
        return self._pacer.exports_left() > 0

    def read(self, cursor: str | None, *, since: datetime) -> AuditPage:
        """The page after `cursor`. Raises RateLimited, Transient or Rejected."""
        start = datetime.fromisoformat(cursor) if cursor else since
        page = read_timed(self._gateway, "ticket_events", start, self._now())
        return AuditPage(self._reader.exported(page.rows), max(page.upto, start).isoformat(), page.more)


class AuditReader:
    """Audits as values, whether they come from the export or from one ticket's own list."""

    def __init__(self, gateway: Gateway, directory: Directory, people: People) -> None:
        self._gateway, self._directory, self._people = gateway, directory, people

    def exported(self, rows: Iterable[Json]) -> tuple[Audit, ...]:
        """Rows of the export of ticket events."""
        return self._all([_Raw.exported(row) for row in rows if row.get("event_type", "Audit") == "Audit"])

    def of_ticket(self, ticket_id: int) -> tuple[Audit, ...]:
        """Every audit of one ticket, oldest first. Raises the gateway's errors; an archived ticket's may be refused."""
        rows = self._gateway.pages(f"tickets/{ticket_id}/audits", "audits")
        return self._all([_Raw.listed(row) for row in rows])

    def _all(self, raw: list["_Raw"]) -> tuple[Audit, ...]:
        names = self._directory.names
        writers = {one.writer for one in raw if one.public and one.writer is not None}
        self._people.load(sorted(writers - names.agents.keys()), ())
        return tuple(self._one(one, names) for one in raw)

    def _one(self, raw: "_Raw", names: Names) -> Audit:
        comment: Literal["agent", "customer"] | None = None
        if raw.public:
            comment = "agent" if self._is_staff(raw.writer, names) else "customer"
        return Audit(
            raw.id,
            raw.ticket_id,
            raw.at,
            changes=_named(raw.changes, names),
            before=_named(raw.before, names),
            comment=comment,
            created=raw.created,
            ours=bool(raw.op),
            op=raw.op,
            fired=raw.fired,
        )

    def _is_staff(self, writer: int | None, names: Names) -> bool:
        """Whether a comment's author is an agent; one who has left the account still was one."""
        if writer in names.agents:
            return True
        person = self._people.person(writer)
        return person is not None and person.role in _STAFF


@dataclass(frozen=True, slots=True)
class _Raw:
    """One audit with Zendesk's own names and numbers."""

    id: int
    ticket_id: int
    at: datetime
    changes: Mapping[str, Any]
    before: Mapping[str, Any]
    public: bool
    writer: int | None
    created: bool
    op: str
    fired: tuple[str, ...]

    @classmethod
    def exported(cls, row: Json) -> "_Raw":
        """A row of the export: a child carries its field as a key of its own."""
        return cls._of(row, row.get("child_events") or [], row.get("updater_id"), "event_type")

    @classmethod
    def listed(cls, row: Json) -> "_Raw":
        """An audit of a ticket's own list."""
        return cls._of(row, row.get("events") or [], row.get("author_id"), "type")

    @classmethod
    def _of(cls, row: Json, events: Iterable[Json], author: object, kind: str) -> "_Raw":
        """An audit whose events name their kind under `kind`."""
        told = [one for one in events if one.get(kind) in ("Create", "Change")]
        comments = [one for one in events if one.get(kind) == "Comment" and _is_public(one)]
        writer = next((one["author_id"] for one in comments if isinstance(one.get("author_id"), int)), author)
        return cls(
            row["id"],
            row["ticket_id"],
            instant_of(row.get("created_at")) or datetime.fromtimestamp(int(row.get("timestamp") or 0), UTC),
            changes={key: value for one in told for key, value in _fields(one).items()},
            before={key: one.get("previous_value") for one in told if one[kind] == "Change" for key in _fields(one)},
            public=bool(comments),
            writer=writer if isinstance(writer, int) else None,
            created=any(one[kind] == "Create" for one in told),
            op=mark_of(row) or "",
            fired=fired_of(row),
        )


_BESIDE: Final = frozenset({"id", "via", "via_reference_id", "event_type", "previous_value", "type", "audit_id"})


def _fields(child: Mapping[str, Any]) -> dict[str, Any]:
    """The field that an event changes: named, or as a key of its own; custom ones stand under their numbers, or in a mapping of them."""
    if "field_name" in child:
        return {str(child["field_name"]): child.get("value")}
    found = {key: value for key, value in child.items() if key not in _BESIDE}
    custom = found.pop("custom_ticket_fields", None)
    if isinstance(custom, dict):
        found |= {str(key): value for key, value in custom.items()}
    return found


def _is_public(comment: Mapping[str, Any]) -> bool:
    return comment.get("comment_public", comment.get("public")) is True


def _named(values: Mapping[str, Any], names: Names) -> dict[str, Value]:
    """Zendesk's fields by their policy names; what clocks do not care about is left out."""
    found: dict[str, Value] = {}
    for key, value in values.items():
        if key in ("status", "priority"):
            found[key] = str(value) if value else None
        elif key == "group_id":
            found["group"] = _lookup(value, names.groups)
        elif key == "assignee_id":
            found["assignee"] = _lookup(value, names.agents)
        elif key.isdecimal() and int(key) in names.fields:
            field = names.fields[int(key)]
            found[f"field.{field.name}"] = field_value(field, value)
    return found


def _lookup(value: object, table: Mapping[int, str]) -> str | None:
    text = str(value) if value not in (None, "") else ""
    return table.get(int(text), f"#{text}") if text.isdecimal() else None
