"""The recordings, read into one form: what was asked, when, and what a real account answered."""

import gzip
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

BESIDE = Path(__file__).parents[4] / "shared" / "data"
"""Where the recordings lie unless variables name other folders."""

VARIABLES = {"recorded-api": "DESKHAND_RECORDED_API_DATA", "recorded-api-node": "DESKHAND_RECORDED_API_NODE_DATA"}
"""Which variable names which folder."""

_LONG_AGO = datetime(2023, 10, 8, tzinfo=UTC)
"""When the recordings without a date were made, near enough."""

_ID = re.compile(r"\d+|[0-9A-HJKMNP-TV-Z]{26}|[0-9A-F]{32}|V3-\w+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. `source` is the file it stands in, `session` the client's test that asked, `number` its place there."""

    source: str
    session: str
    number: int
    at: datetime
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    status: int
    answer: Any

    @property
    def lasting(self) -> bool:
        """Whether it was asked of the account of which single records are known: all but the JavaScript client's tests of organizations were."""
        return not self.session.startswith(("node.organizations", "node.pagination"))

    @property
    def bare(self) -> str:
        """The path under /api/v2 without `.json`."""
        return self.path.removeprefix("/api/v2").removesuffix(".json")

    @property
    def endpoint(self) -> str:
        """Method and path, with {id} in place of what differs."""
        before, rest = "", []
        for part in self.bare.strip("/").split("/"):
            rest.append("{id}" if _ID.fullmatch(part) or before == "uploads" else part)
            before = part
        return f"{self.method} /{'/'.join(rest)}"

    def __str__(self) -> str:
        return f"{self.source}: {self.method} {self.path} ({self.session} #{self.number})"


def folder(name: str) -> Path:
    """The folder of one kind of recordings."""
    named = os.environ.get(VARIABLES[name])
    return Path(named) if named else BESIDE / name


def named() -> bool:
    """Whether other recordings are asked for than those beside the checkout."""
    return any(variable in os.environ for variable in VARIABLES.values())


def sessions() -> list[list[Exchange]]:
    """All exchanges, by session, in the order in which they happened."""
    found = sorted(
        [*_python(folder("recorded-api")), *_node(folder("recorded-api-node"))],
        key=lambda one: (one.session, one.at, one.number),
    )
    return [list(group) for _, group in groupby(found, key=lambda one: one.session)]


def _python(folder: Path) -> Iterator[Exchange]:
    """What a Python client's tests recorded. A test and its tear-down are one session."""
    for path in sorted(folder.glob("*_*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["interactions"]:
            name = row["cassette"].removesuffix(".json")
            yield Exchange(
                source=path.name, session=name.partition("-")[0], number=row["n"] + 1_000 * name.endswith("-tearDown"),
                at=datetime.fromisoformat(row["recorded_at"]).replace(tzinfo=UTC), method=row["method"], path=row["path"],
                query=tuple((key, value) for key, value in row["query"]), body=row.get("request_body") or None, status=row["status"],
                answer=row["response_body"] if row.get("response_body") != "" else None,
            )  # fmt: skip


_SESSIONS = (
    ("organizations_many_test", ("create_multiple", "update_multiple", "bulk_delete")),
    ("pagination_test", ("setup", "execute", "cleanup")),
    ("organizations_test", ("create", "list_all", "show_single", "update_organization", "autocomplete_organization", "search_organization",
                            "delete_organization", "delete_not_found_organization")),
)  # fmt: skip
"""Files of one session, in their order; the others stand alone."""


def _node(folder: Path) -> Iterator[Exchange]:
    """What a JavaScript client's tests recorded."""
    stems = {path.stem for path in folder.glob("*_*.json")}
    joined = [(name, [f"{name}_{part}" for part in parts]) for name, parts in _SESSIONS]
    alone = stems - {stem for _, parts in joined for stem in parts}
    for session, files in [*joined, *((stem, [stem]) for stem in sorted(alone))]:
        texts = {stem: (folder / f"{stem}.json").read_text(encoding="utf-8") for stem in files if stem in stems}
        rows = [(stem, row) for stem, text in texts.items() for row in json.loads(text)]
        for number, (stem, row) in enumerate(rows):
            yield _of_node(f"{stem}.json", f"node.{session}", number, row)


def _of_node(source: str, session: str, number: int, row: Any) -> Exchange:
    address = urlsplit(row["path"])
    headers = dict(zip(*[iter(row.get("rawHeaders", []))] * 2, strict=True))
    at = parsedate_to_datetime(headers["Date"]) if "Date" in headers else _LONG_AGO
    return Exchange(
        source=source, session=session, number=number, at=at, method=row["method"], path=address.path, query=tuple(parse_qsl(address.query)),
        body=row.get("body") or None, status=row["status"], answer=_unpacked(row["response"]),
    )  # fmt: skip


def _unpacked(answer: Any) -> Any:
    """An answer's JSON; some are kept as compressed bytes in hexadecimal digits."""
    if isinstance(answer, list) and answer and isinstance(answer[0], str):
        return json.loads(gzip.decompress(bytes.fromhex("".join(answer))))
    return None if answer == "" else answer
