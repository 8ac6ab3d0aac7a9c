"""The translation against every recorded answer of a real account (`../shared/data/recorded-api`)."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from deskhand.zendesk.directory import Field, Names
from deskhand.zendesk.people import person_of
from deskhand.zendesk.records import audit_of, group_of, job_of, macro_of
from deskhand.zendesk.translate import ticket_of

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "recorded-api"
KINDS = {
    "tickets": "ticket", "ticket": "ticket", "users": "user", "user": "user", "groups": "group", "group": "group", "audits": "audit", "audit": "audit",
    "job_statuses": "job", "job_status": "job", "macros": "macro", "macro": "macro",
}  # fmt: skip
SHAPE = {
    "ticket": "updated_at",
    "user": "role",
    "group": "deleted",
    "audit": "events",
    "job": "status",
    "macro": "actions",
}
"""A key that tells a body from other things under the same name (columns of a view, links)."""
AT_LEAST = {"ticket": 4000, "user": 5000, "group": 70, "audit": 400, "job": 170, "macro": 60}
"""How many bodies there are at the least; a test over nothing would prove nothing."""

EMPTY: dict[Any, Any] = {}
NAMES = Names(
    EMPTY, EMPTY, EMPTY, EMPTY, {}, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY
)  # fmt: skip


def bodies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of the six kinds, wherever an answer holds it."""
    if not FOLDER.is_dir():
        pytest.skip(f"no recordings in {FOLDER}")
    for file in sorted(FOLDER.glob("*_*.json")):
        for exchange in json.loads(file.read_text(encoding="utf-8"))["interactions"]:
            body = exchange["response_body"]
            if isinstance(body, str):
                body = json.loads(body) if body.lstrip().startswith(("{", "[")) else None
            yield from _inside(body)


def _inside(found: object) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(found, list):
        for one in found:
            yield from _inside(one)
    elif isinstance(found, dict):
        for name, value in found.items():
            rows = value if isinstance(value, list) else [value]
            kind = KINDS.get(name)
            yield from ((kind, row) for row in rows if kind and isinstance(row, dict) and SHAPE[kind] in row)
            yield from _inside(value)


def test_every_recorded_body_is_read_with_its_values() -> None:
    """Tickets, jobs, macros, groups, users and audits: ids, states, tags, instants, fields, as recorded."""
    counts: Counter[str] = Counter()
    for kind, row in bodies():
        counts[kind] += 1
        _CHECKS[kind](row)
    sys.stderr.write(f"recorded bodies read: {dict(counts)}\n")
    assert {kind: counts[kind] for kind, least in AT_LEAST.items() if counts[kind] < least} == {}


def _ticket(row: dict[str, Any]) -> None:
    fields = {
        one["id"]: Field(one["id"], f"f{one['id']}", f"F{one['id']}", "text") for one in row.get("custom_fields") or ()
    }
    names = Names(**{name: getattr(NAMES, name) for name in Names.__dataclass_fields__} | {"fields": fields})
    ticket = ticket_of(row, names)
    assert (ticket.id, ticket.status, ticket.priority, ticket.type) == (
        row["id"],
        row["status"],
        row["priority"],
        row["type"],
    )
    assert ticket.tags == frozenset(row["tags"])
    assert ticket.subject == (row.get("raw_subject") or row["subject"] or "")
    assert ticket.updated_at.strftime("%Y-%m-%dT%H:%M:%SZ") == row["updated_at"]
    assert ticket.created_at == datetime.fromisoformat(row["created_at"])
    assert ticket.group == (f"#{row['group_id']}" if row["group_id"] else None)
    assert ticket.assignee == (f"#{row['assignee_id']}" if row["assignee_id"] else None)
    for one in row["custom_fields"]:
        if isinstance(one["value"], str) and one["value"]:
            assert ticket.fields[f"f{one['id']}"] == one["value"]


def _user(row: dict[str, Any]) -> None:
    person = person_of(row)
    assert (person.id, person.name, person.email) == (row["id"], row["name"], row["email"] or None)
    assert person.role == row["role"]


def _group(row: dict[str, Any]) -> None:
    group = group_of(row)
    assert (group.id, group.name, group.deleted) == (row["id"], row["name"], row["deleted"])


def _audit(row: dict[str, Any]) -> None:
    audit = audit_of(row)
    assert (audit.id, audit.ticket_id, audit.author_id) == (row["id"], row["ticket_id"], row["author_id"])
    assert len(audit.events) == len(row["events"])
    assert audit.mark is None


def _job(row: dict[str, Any]) -> None:
    job = job_of(row)
    assert (job.id, job.status) == (row["id"], row["status"])
    assert job.running == (row["status"] in ("queued", "working"))
    assert len(job.rows) == (len(row["results"]) if isinstance(row["results"], list) else 0)


def _macro(row: dict[str, Any]) -> None:
    macro = macro_of(row)
    assert (macro.id, macro.active) == (row["id"], row["active"])
    assert macro.title == row.get("raw_title", row["title"])
    assert macro.actions == tuple((one["field"], one["value"]) for one in row["actions"])


_CHECKS = {"ticket": _ticket, "user": _user, "group": _group, "audit": _audit, "job": _job, "macro": _macro}
