"""Faults on demand: what goes wrong, with which requests, how often and when. Drawn from the sandbox's own seed.

A fault file is a JSON list of objects like `{"kind": "status", "method": "GET", "path": "/api/v2/incremental/*", "status": 503, "share": 0.1}`.
"""

import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from fnmatch import translate
from typing import Any

from deskhand.sandbox.exchange import Request, Response, Row
from deskhand.sandbox.refusal import bad_parameter

KINDS = (
    "status", "latency", "timeout_before_commit", "timeout_after_commit", "late_commit", "reset", "reset_after_commit", "cut_json", "html_200",
    "empty_object", "list_instead_of_object", "duplicate_page", "empty_middle_page", "stuck_cursor", "offhost_next", "lost_job", "slow_job",
    "clock_skew", "no_content", "redirect",
)  # fmt: skip
BEFORE = {"status", "timeout_before_commit", "late_commit", "reset", "redirect"}
"""Kinds that keep the request from being carried out (late_commit: for `seconds`)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, and which requests it befalls.

    Those of `method` (or all) whose path matches the pattern `path`; of these a `share`, or the `nth` alone; at most `count` times; between `after` and `until` (seconds since 1970). `seconds` is how long or how far.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    share: float = 1.0
    nth: int | None = None
    count: int | None = None
    after: float | None = None
    until: float | None = None
    status: int = 503
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 5.0
    host: str = "evil.example"

    @classmethod
    def of(cls, row: Row) -> "Fault":
        """A fault from a JSON object. Raises Refusal (400) for a kind or key that there is not."""
        known = {item.name for item in fields(cls)}
        if row.get("kind") not in KINDS or not set(row) <= known:
            raise bad_parameter(
                f"A fault has a kind ({', '.join(KINDS)}) and may have {', '.join(sorted(known))}; got {json.dumps(row)}"
            )
        return cls(**{**row, "headers": tuple((str(k), str(v)) for k, v in dict(row.get("headers") or {}).items())})


@dataclass(slots=True)
class Kept:
    """A fault in force: how many requests it might have befallen, and how many it did."""

    fault: Fault
    seen: int = 0
    done: int = 0
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Read the fault's pattern once."""
        self.pattern = re.compile(translate(self.fault.path))


class Faults:
    """The faults in force."""

    def __init__(self, faults: Iterable[Fault | Row] = (), seed: int = 1) -> None:
        self._random = random.Random(seed * 7_919)  # noqa: S311 - drills, not secrets
        self._kept: list[Kept] = []
        self.skew = 0.0
        self.remembered: dict[str, Response] = {}
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault | Row) -> None:
        """Put a fault in force."""
        value = Fault.of(fault) if isinstance(fault, dict) else fault
        self._kept.append(Kept(value))

    def clear(self) -> None:
        """End all faults."""
        self._kept.clear()
        self.remembered.clear()

    def rows(self) -> list[Row]:
        """The faults in force and how often each happened."""
        return [
            {"kind": k.fault.kind, "method": k.fault.method, "path": k.fault.path, "seen": k.seen, "happened": k.done}
            for k in self._kept
        ]

    def draw(self, request: Request, epoch: float) -> list[Fault]:
        """The faults that befall this request."""
        return [kept.fault for kept in self._kept if self._strikes(kept, request, epoch)] if self._kept else []

    def _strikes(self, kept: Kept, request: Request, epoch: float) -> bool:
        fault = kept.fault
        if (fault.after is not None and epoch < fault.after) or (fault.until is not None and epoch >= fault.until):
            return False
        if fault.method not in ("*", request.method):
            return False
        path = request.path.removesuffix(".json")
        if not (kept.pattern.match(path) or kept.pattern.match(request.path)):
            return False
        kept.seen += 1
        if fault.count is not None and kept.done >= fault.count:
            return False
        strikes = (
            kept.seen == fault.nth if fault.nth is not None else fault.share >= 1 or self._random.random() < fault.share
        )
        kept.done += strikes
        return strikes


def answer_instead(fault: Fault) -> Response:
    """The answer of a fault that keeps the request from being carried out."""
    if fault.kind == "status":
        body = (
            fault.body
            if isinstance(fault.body, str)
            else json.dumps(fault.body if fault.body is not None else {"error": "ServiceUnavailable"})
        )
        kind = (
            "text/html"
            if body.startswith("<")
            else "application/json; charset=utf-8"
            if body[:1] in "{["
            else "text/plain"
        )
        return Response(fault.status, {"content-type": kind} | dict(fault.headers), body.encode())
    if fault.kind == "redirect":
        return Response(
            302,
            {"location": f"https://{fault.host}/access/unauthenticated", "content-type": "text/html"},
            b"<html>moved</html>",
        )
    return Response(0, delay=fault.seconds, accident="reset" if fault.kind == "reset" else "timeout")


def spoil(fault: Fault, request: Request, response: Response, faults: Faults) -> Response:
    """The answer as it arrives when a fault befalls it after the request was carried out."""
    if fault.kind in ("timeout_after_commit", "reset_after_commit"):
        response.accident = "timeout" if fault.kind.startswith("timeout") else "reset"
    elif fault.kind == "latency":
        response.delay += fault.seconds
    elif fault.kind == "cut_json":
        response.body = response.body[: max(1, len(response.body) // 2)]
    elif fault.kind == "html_200":
        response.status, response.body = 200, b"<!DOCTYPE html><html><body>Please wait</body></html>"
        response.headers["content-type"] = "text/html; charset=utf-8"
    elif fault.kind == "no_content":
        response.status, response.body = 204, b""
    elif fault.kind == "clock_skew":
        moment = parsedate_to_datetime(response.headers["date"]) + timedelta(seconds=fault.seconds)
        response.headers["date"] = format_datetime(moment, usegmt=True)
    else:
        _spoil_json(fault, request, response, faults)
    return response


def _spoil_json(fault: Fault, request: Request, response: Response, faults: Faults) -> None:
    try:
        body = json.loads(response.body)
    except ValueError:
        return
    if fault.kind == "empty_object":
        body = {}
    elif fault.kind == "list_instead_of_object":
        body = [body]
    elif fault.kind == "lost_job":
        response.status, body = 404, {"error": "RecordNotFound", "description": "Not found"}
    elif fault.kind == "slow_job" and isinstance(body, dict) and isinstance(body.get("job_status"), dict):
        body["job_status"] |= {"status": "working", "progress": 0, "message": None, "results": None}
    elif isinstance(body, dict):
        body = _spoil_page(fault, request, body, faults)
    response.body = json.dumps(body).encode()


def _spoil_page(fault: Fault, request: Request, body: Row, faults: Faults) -> Row:
    rows = next((name for name, value in body.items() if isinstance(value, list)), None)
    if fault.kind == "empty_middle_page" and rows:
        body[rows] = []
    elif fault.kind == "duplicate_page" and rows:
        key = f"{request.method} {request.path}"
        before = faults.remembered.get(key)
        if before is not None:
            body[rows] = json.loads(before.body)
        faults.remembered[key] = Response(200, body=json.dumps(body[rows]).encode())
    elif fault.kind == "stuck_cursor":
        _stick(dict(request.query), body)
    elif fault.kind == "offhost_next":
        _elsewhere(fault.host, body)
    return body


def _stick(query: dict[str, str], body: Row) -> None:
    """The next page is this page again."""
    here = query.get("cursor") or query.get("page[after]")
    if "after_cursor" in body and here:
        body["after_url"] = str(body["after_url"]).replace(str(body["after_cursor"]), here)
        body["after_cursor"], body["end_of_stream"] = here, False
    if isinstance(body.get("meta"), dict) and here:
        body["meta"] |= {"after_cursor": here, "has_more": True}


def _elsewhere(host: str, body: Row) -> None:
    """The links to the next page point to another host."""
    for owner, name in ((body, "after_url"), (body, "next_page"), (body.get("links") or {}, "next")):
        if owner.get(name):
            owner[name] = re.sub(r"^https?://[^/]+", f"https://{host}", str(owner[name]))
