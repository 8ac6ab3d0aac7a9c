"""Other records of Zendesk as values: jobs, audits, groups, macros. Nulls and unknown keys are expected everywhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """A job status. `rows` are its results that are about single records; a bulk deletion has none."""

    id: str
    status: str
    total: int | None
    progress: int | None
    message: str
    rows: tuple[Mapping[str, Any], ...]

    @property
    def running(self) -> bool:
        """Whether it has yet to end. A status we have not met counts as ended: its rows tell, or the audits do."""
        return self.status in ("queued", "working")


@dataclass(frozen=True, slots=True)
class Group:
    """An agent group."""

    id: int
    name: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """One change of a ticket, with who made it. `mark` is ours if the change is ours."""

    id: int
    ticket_id: int
    author_id: int | None
    created_at: datetime | None
    events: tuple[Mapping[str, Any], ...]
    mark: str | None


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro as an account has it. `title` is the raw one, with its placeholders; action values are as Zendesk stores them: mostly text."""

    id: int
    title: str
    active: bool
    description: str | None
    actions: tuple[tuple[str, Any], ...]
    restriction: Mapping[str, Any] | None
    position: int | None
    updated_at: datetime | None


def job_of(row: Json) -> Job:
    """A job status body."""
    results = row.get("results")
    rows = tuple(one for one in results if isinstance(one, dict)) if isinstance(results, list) else ()
    return Job(
        str(row["id"]),
        str(row.get("status") or ""),
        row.get("total"),
        row.get("progress"),
        str(row.get("message") or ""),
        rows,
    )


def group_of(row: Json) -> Group:
    """A group body."""
    return Group(row["id"], str(row.get("name") or ""), bool(row.get("deleted")))


def audit_of(row: Json) -> Audit:
    """An audit body."""
    return Audit(
        id=row["id"],
        ticket_id=row["ticket_id"],
        author_id=row.get("author_id"),
        created_at=instant_of(row.get("created_at")),
        events=tuple(one for one in row.get("events") or () if isinstance(one, dict)),
        mark=mark_of(row),
    )


def macro_of(row: Json) -> Macro:
    """A macro body."""
    return Macro(
        id=row["id"],
        title=str(row.get("raw_title") or row.get("title") or ""),
        active=row.get("active") is not False,
        description=row.get("description"),
        actions=tuple((str(one.get("field")), one.get("value")) for one in row.get("actions") or ()),
        restriction=row.get("restriction"),
        position=row.get("position"),
        updated_at=instant_of(row.get("updated_at")),
    )


def mark_of(audit: Json) -> str | None:
    """The mark of ours that an audit carries in its custom metadata, if it does."""
    ours = _ours(audit)
    return str(ours["op"]) if "op" in ours else None


def fired_of(audit: Json) -> tuple[str, ...]:
    """The keys of what fired for a write of ours, as its audit names them; marks of earlier versions name none."""
    fired = _ours(audit).get("fired")
    return tuple(fired.split()) if isinstance(fired, str) else ()


def _ours(audit: Json) -> Json:
    custom = (audit.get("metadata") or {}).get("custom") or {}
    ours = custom.get("deskhand") if isinstance(custom, dict) else None
    return ours if isinstance(ours, dict) else {}


def instant_of(text: object) -> datetime | None:
    """An instant in ISO form; None for nothing."""
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None
