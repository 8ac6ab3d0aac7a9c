"""What an HTTP answer, or the lack of one, means: one of five errors, and never an exception of the library below.

A read that failed was not carried out and may be repeated (Transient). A write whose answer never came may have been carried out (Unknown): only a refused
connection, a 429, a 503 and a DatabaseConflict are known to have changed nothing. Sources: zendesk-api.md sections 3 and 4.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import requests
from urllib3 import exceptions as low

from deskhand.errors import AccessRefused, Conflict, DeskError, RateLimited, Rejected, Transient, Unknown

LONGEST_WAIT: Final = 600.0
"""A `Retry-After` beyond this many seconds is cut, so that one odd header cannot stop the worker for a day."""
NO_HEADER_WAIT: Final = 30.0
"""Seconds to wait after a 429 that does not say how long."""

_READS: Final = frozenset({"GET", "HEAD"})
_BUSY: Final = frozenset({"TooManyJobs", "DatabaseConflict", "Deadlock", "LockWaitTimeout"})
CLIENTS_PAGE: Final = "Admin Center > Apps and integrations > APIs > OAuth clients"
"""Where an account's OAuth clients are."""
_LACKS: Final = re.compile(r"required scopes?: ([\w:, ]+)")
_HINTS: Final = {
    401: "Check DESKHAND_CLIENT_ID and DESKHAND_CLIENT_SECRET (or e-mail and API token).",
    403: "The OAuth client's user must be an admin; some paths need a higher plan. `deskhand doctor` looks at what the client may do.",
    404: "Check DESKHAND_SUBDOMAIN.",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked, for the sentence: method and path without query; of which host, the setting that names it, and whose it is."""

    method: str
    path: str
    host: str = ""
    setting: str = ""
    whose: str = ""

    @property
    def writes(self) -> bool:
        """Whether it may have changed something."""
        return self.method not in _READS

    def __str__(self) -> str:
        """As people write it: `Zendesk, GET /api/v2/tickets`."""
        return f"{self.whose}, {self.method} {self.path}".removeprefix(", ")

    def lost(self, words: str, *, status: int | None = None) -> DeskError:
        """The error for an answer that never came whole."""
        kind = Unknown if self.writes else Transient
        return kind(f"{self}: {words}", status=status)


def from_exception(call: Call, error: Exception) -> DeskError:
    """The meaning of an exception of requests or urllib3. A connection that was never made changed nothing."""
    where = f" to {call.host}" if call.host else ""
    hint = (
        f"Check {call.setting}, and whether this machine may reach that host. A worker that runs tries it again by itself."
        if call.setting
        else ""
    )
    if isinstance(error, requests.ConnectTimeout) or _never_connected(error):
        return Transient(f"{call}: no connection{where}: {_why(error)}", hint=hint)
    if isinstance(error, requests.exceptions.SSLError):
        whose = f"the certificate of {call.host or 'the server'}"
        named = f" in {call.setting}" if call.setting else ""
        return Rejected(
            f"{call}: {whose} is not trusted", hint=f"Check the host name{named}, and this machine's clock."
        )
    if isinstance(error, requests.Timeout):
        return call.lost(f"no answer{where.replace(' to ', ' of ')} in time")
    return call.lost(f"the connection{where} broke ({type(error).__name__})")


def _why(error: Exception) -> str:
    """Why there was no connection, in words that name nothing secret."""
    causes = tuple(_causes(error))
    if any(isinstance(one, low.NameResolutionError) for one in causes):
        return "its name is not known"
    if any(isinstance(one, ConnectionRefusedError) for one in causes) or "refused" in str(causes[-1]).lower():
        return "nobody listens there"
    if any(isinstance(one, requests.ConnectTimeout | low.ConnectTimeoutError) for one in causes):
        return "it did not answer in time"
    return type(error).__name__


def from_response(call: Call, status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> DeskError | None:
    """The meaning of a status, or None where it is a success."""
    if 200 <= status < 300:
        return None
    code, detail = _explain(body)
    said = f"{call}: {status} {code or 'without a reason'}{': ' + detail if detail else ''}"
    if status == 429 or code == "TooManyJobs":
        return RateLimited(said, retry_after=retry_after(headers, now), status=status)
    if status == 503:
        return (
            RateLimited(said, retry_after=retry_after(headers, now), status=status)
            if _asks(headers)
            else Transient(said, status=status)
        )
    if status == 409:
        return Transient(said, status=status) if code in _BUSY else Conflict(said, status=status)
    if status >= 500:
        return call.lost(f"{status} {code}".strip(), status=status)
    if status in (401, 403):
        return AccessRefused(said, status=status, code=code, detail=detail, hint=_lacking(detail) or _HINTS[status])
    if 300 <= status < 400:
        return _redirected(call, status, headers)
    if status == 404 and not code:
        return Rejected(f"{call}: 404, and no help desk answers there", status=404, hint=_HINTS[404])
    return Rejected(said, status=status, code=code, detail=detail)


def _lacking(detail: str) -> str:
    """What to do where the token lacks a scope; any of those that Zendesk names would do."""
    found = _LACKS.search(detail)
    names = [one.strip() for one in found[1].split(",")] if found else []
    if not names:
        return ""
    if names == ["write"]:
        return f"Zendesk takes only the whole `write` for this: allow the OAuth client `read` and `write`, and no narrower ones, under {CLIENTS_PAGE}."
    return f"Allow the OAuth client {' or '.join(f'`{one}`' for one in names)} under {CLIENTS_PAGE}; `deskhand doctor` shows which scopes are needed."


def parsed(call: Call, status: int, body: bytes) -> dict[str, Any]:
    """The JSON object of a success. Anything else is a lost answer: junk, a list, nothing where a body is due."""
    try:
        found = json.loads(body)
    except ValueError:
        start = body[:40].decode("utf-8", "replace").strip()
        words = "an empty body" if not body.strip() else f"something that is not JSON ({start!r}...)"
        raise call.lost(f"{status} with {words}", status=status) from None
    if not isinstance(found, dict):
        raise call.lost(f"{status} with a JSON {type(found).__name__} where an object is due", status=status)
    return found


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds to wait: from `Retry-After` as whole or broken number or date, else from the account's reset; at most ten minutes."""
    told = headers.get("Retry-After") or headers.get("ratelimit-reset") or headers.get("rate-limit-reset") or ""
    try:
        seconds = float(told)
    except ValueError:
        seconds = _until(told, now)
    if not seconds > 0:
        seconds = NO_HEADER_WAIT if not told else 1.0
    return min(seconds, LONGEST_WAIT)


def _until(told: str, now: datetime) -> float:
    """Seconds from now to an HTTP date; nothing for what is none."""
    try:
        date = parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return NO_HEADER_WAIT
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max((date - now).total_seconds(), 1.0)


def _asks(headers: Mapping[str, str]) -> bool:
    return "retry-after" in {name.lower() for name in headers}


def _redirected(call: Call, status: int, headers: Mapping[str, str]) -> DeskError:
    target = headers.get("Location", "")
    return Rejected(
        f"{call}: {status}, a redirect to {target or 'nowhere'}, which is not followed",
        status=status,
        code="Redirected",
        hint="Zendesk redirects unknown subdomains and renamed accounts: check DESKHAND_SUBDOMAIN.",
    )


def _never_connected(error: BaseException) -> bool:
    """Whether a connection error came before anything was sent: name not found, connection refused."""
    never = (low.NewConnectionError, low.NameResolutionError, low.ConnectTimeoutError)
    return any(isinstance(one, never) for one in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those that it was made of, the innermost last."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        reason = getattr(seen, "reason", None)
        inner = seen.args[0] if seen.args and isinstance(seen.args[0], BaseException) else None
        seen = reason if isinstance(reason, BaseException) else inner


def _explain(body: bytes) -> tuple[str, str]:
    """Zendesk's error name and its details in one line, from either of its two formats (or from plain text)."""
    try:
        found = json.loads(body)
    except ValueError:
        return "", ""
    if not isinstance(found, dict):
        return "", ""
    listed = found.get("errors")
    if isinstance(listed, list) and listed and isinstance(listed[0], dict):
        first = listed[0]
        return str(first.get("code", "")), str(first.get("detail") or first.get("title") or "")
    name = found.get("error")
    if isinstance(name, dict):
        return str(name.get("title", "")), str(name.get("message", ""))
    details = "; ".join(_details(found.get("details"))) or str(
        found.get("description") or found.get("error_description") or ""
    )
    return str(name or ""), details


def _details(details: object) -> list[str]:
    """The sentences inside `details{field:[{description}]}`."""
    if not isinstance(details, dict):
        return [str(details)] if details else []
    rows = [row for listed in details.values() for row in (listed if isinstance(listed, list) else [listed])]
    return [str(row.get("description", row)) if isinstance(row, dict) else str(row) for row in rows]
