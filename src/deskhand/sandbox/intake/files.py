"""The files of an export: which rows of which kind stand in them.

Taken are objects with lists under the API's names (saved pages: `{"tickets": [...], "users": [...]}`), single records (`{"ticket": {...}}`), bare lists and
lines of records in files named after them (`tickets.json`, `users-2.ndjson`), and lines of `{"stream": "tickets", "data": {...}}`; each also gzipped.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deskhand.errors import SettingsError
from deskhand.sandbox.exchange import Row
from deskhand.sandbox.table import Key, as_id

TAKEN = (
    "groups", "users", "organizations", "group_memberships", "organization_memberships", "ticket_fields", "user_fields", "organization_fields", "ticket_forms",
    "brands", "custom_statuses", "custom_roles", "sla_policies", "group_sla_policies", "schedules", "holidays", "macros", "views", "triggers",
    "trigger_categories", "automations", "dynamic_content_items", "satisfaction_ratings", "recipient_addresses", "tickets", "ticket_audits", "ticket_comments",
)  # fmt: skip
"""Kinds of rows that an account is made of."""

LEFT = {
    "ticket_metric_events": "told anew from the audits",
    "ticket_metrics": "told anew from the audits",
    "metric_sets": "told anew from the audits",
    "ticket_events": "the audits hold them",
    "deleted_tickets": "the ticket export holds them",
    "tags": "counted anew from the tickets",
    "job_statuses": "past jobs are not kept",
    "webhooks": "they would send to real receivers",
    "identities": "made from the users' addresses",
}
"""Kinds that are known and not needed, and why."""

_SAME = {
    "audits": "ticket_audits",
    "comments": "ticket_comments",
    "items": "dynamic_content_items",
    "policies": "sla_policies",
    "ticket_metric_sets": "metric_sets",
}
_SINGULAR = {
    "group": "groups", "user": "users", "organization": "organizations", "ticket": "tickets", "audit": "ticket_audits", "schedule": "schedules",
    "sla_policy": "sla_policies", "macro": "macros", "view": "views", "trigger": "triggers", "automation": "automations", "brand": "brands",
    "ticket_field": "ticket_fields", "ticket_form": "ticket_forms", "custom_status": "custom_statuses",
}  # fmt: skip
_ENDINGS = re.compile(r"\.(json|ndjson|jsonl)(\.gz)?$", re.IGNORECASE)
_BESIDE = {"fields", "collaborators", "links", "meta"}
"""Lists of pages that are no records."""


@dataclass(slots=True)
class Found:
    """The rows of an account by kind and id, the newest of each; what was left, by kind and reason; the files that were read."""

    rows: dict[str, dict[Key, Row]] = field(default_factory=dict)
    left: Counter[tuple[str, str]] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)

    def of(self, kind: str) -> list[Row]:
        """The rows of a kind, in the order of their ids where these are numbers."""
        return sorted(self.rows.get(kind, {}).values(), key=lambda row: (isinstance(row["id"], str), row["id"]))

    def leave(self, kind: str, reason: str) -> None:
        """Count a row that is not taken."""
        self.left[kind, reason] += 1


def read(paths: Iterable[Path]) -> Found:
    """All rows of files and folders. Raises SettingsError for what cannot be read."""
    found = Found()
    for path in _files(paths, found):
        found.files.append(path)
        for kind, row in _rows(path, found):
            _keep(found, kind, row)
    return found


def _files(paths: Iterable[Path], found: Found) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            raise SettingsError(
                f"there is no {path}", hint="Name the files of an export, or the folder that holds them."
            )
        for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if not one.is_file() or one.name.startswith("."):
                continue
            if _ENDINGS.search(one.name):
                yield one
            else:
                found.leave("files", "neither .json, .ndjson nor .jsonl")


def _rows(path: Path, found: Found) -> Iterator[tuple[str, Any]]:
    """The rows of a file, each with its kind."""
    name = kind_of(path.name)
    for number, value in _values(path):
        if isinstance(value, dict):
            yield from _object(name, value, found)
        elif isinstance(value, list):
            kind = name or "records"
            yield from ((kind, row) for row in value)
        else:
            raise SettingsError(f"{path}:{number}: neither an object nor a list", hint=_HINT)


_HINT = "Exports are JSON objects or lists, or one object a line; take this file out, or get it anew."


def _values(path: Path) -> Iterator[tuple[int, Any]]:
    """The JSON values of a file: one, or one a line. Raises SettingsError."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", hint=_HINT) from error
    first, _, rest = text.lstrip().partition("\n")
    if rest.strip() and _whole(first):
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip():
                yield number, _parsed(path, number, line)
    elif text.strip():
        yield 1, _parsed(path, 1, text)


def _whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(path: Path, number: int, text: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"{path}:{number + error.lineno - 1}:{error.colno}: {error.msg}", hint=_HINT) from error
    except RecursionError as error:
        raise SettingsError(f"{path}:{number}: nested too deeply", hint=_HINT) from error


def _object(name: str | None, value: Row, found: Found) -> Iterator[tuple[str, Any]]:
    """The records of an object: a page of them, one in an envelope, one of a stream, or the object itself."""
    stream, data = value.get("stream"), value.get("data")
    if isinstance(stream, str) and isinstance(data, dict):
        yield _SAME.get(stream, stream), data
        return
    if "id" in value and name is not None:
        yield name, value
        return
    known = False
    for key, held in value.items():
        kind = _SAME.get(key, key)
        if isinstance(held, list) and key not in _BESIDE:
            known = True
            for row in held:
                yield (_result_kind(row) if kind == "results" else kind), row
        elif key in _SINGULAR and isinstance(held, dict):
            known = True
            yield _SINGULAR[key], held
    if not known:
        found.leave("objects", "no list of records, and the file's name says nothing")


def _result_kind(row: Any) -> str:  # noqa: ANN401 - JSON
    """The kind of a search's result."""
    told = str(row.get("result_type")) if isinstance(row, dict) else ""
    return _SINGULAR.get(told, "results")


def kind_of(name: str) -> str | None:
    """The kind of rows that a file's name promises: the longest that is in it as a whole word."""
    plain = "_" + re.sub(r"[^a-z]+", "_", _ENDINGS.sub("", name.lower())) + "_"
    names = [*TAKEN, *LEFT, *_SAME, *_SINGULAR]
    best = max((one for one in names if f"_{one}_" in plain), key=len, default=None)
    return None if best is None else _SINGULAR.get(best, _SAME.get(best, best))


def _keep(found: Found, kind: str, row: Any) -> None:  # noqa: ANN401 - JSON
    """Keep a row, or the newer one of two with the same id."""
    if kind in LEFT:
        found.leave(kind, LEFT[kind])
    elif kind not in TAKEN:
        found.leave(kind, "a sandbox has none")
    elif not isinstance(row, dict):
        found.leave(kind, "no object")
    elif (key := _key(row.get("id"))) is None:
        found.leave(kind, "no id")
    else:
        rows = found.rows.setdefault(kind, {})
        before = rows.get(key)
        if before is not None:
            found.leave(kind, "an older or equal copy of one that was taken")
        if before is None or _age(row) >= _age(before):
            rows[key] = {**row, "id": key}


def _key(value: object) -> Key | None:
    number = as_id(value)
    if number is not None:
        return number if 0 < number < 1 << 62 else None
    return value if isinstance(value, str) and 0 < len(value) <= 64 else None


def _age(row: Row) -> tuple[int, str]:
    stamp = row.get("generated_timestamp")
    return stamp if isinstance(stamp, int) else 0, str(row.get("updated_at") or "")
