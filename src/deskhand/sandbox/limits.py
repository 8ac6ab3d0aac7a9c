"""Rate limits: the account's, and those of single endpoints, with the headers that announce them."""

from dataclasses import dataclass, fields

from deskhand.sandbox.options import Options
from deskhand.sandbox.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests a minute, unless another time is named. 0 means no limit."""

    account: int = 700
    incremental: int = 10
    tickets_index: int = 0
    tickets_update: int = 100
    per_ticket_updates: int = 30
    """In 10 minutes, by user and ticket."""
    search_export: int = 100
    view_execute: int = 5
    audits: int = 500
    jobs: int = 30
    """Jobs that may be queued or running at once."""
    search: int = 2_500
    deep_pages: int = 50
    """Pages of the ticket list behind the 500th."""
    deleted_tickets: int = 10
    tickets_delete: int = 400
    users_update: int = 5
    """By user."""
    users_write: int = 60
    """Updates of users, and users/create_or_update, by account."""
    organizations_update: int = 5
    """By organization."""
    field_options: int = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """A limit in its present window: how many requests of `total` were made, and in how many seconds the next window begins.

    `key` says whose limit it is, where it is not the account's: a user and a ticket, say.
    """

    name: str
    key: object
    used: int
    total: int
    resets: int


UNLIMITED = Limits(*(0 for _ in fields(Limits)))
"""No limit at all: for loads that are about something else."""

PERIODS = {"per-ticket-updates": 600, "incremental-sample": 1_200}
"""Seconds of those endpoint limits that do not count by the minute."""


CEILINGS: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/search"): ("search",),
    ("GET", "/deleted_tickets"): ("deleted_tickets",),
    ("DELETE", "/tickets/{id}"): ("tickets_delete",),
    ("PUT", "/users/{id}"): ("users_update", "users_write"),
    ("POST", "/users/create_or_update"): ("users_write",),
    ("PUT", "/organizations/{id}"): ("organizations_update",),
    ("POST", "/ticket_fields/{id}/options"): ("field_options",),
    ("DELETE", "/ticket_fields/{id}/options/{option}"): ("field_options",),
}
"""The limits of endpoints that count nothing but requests, by the fields of Limits."""

_BY_RECORD = {"users_update", "organizations_update"}


class Meter:
    """Counts requests in windows that begin at whole minutes (or ten minutes)."""

    def __init__(self, limits: Limits, options: Options) -> None:
        self.limits = limits
        self._spelling = options.header_spelling
        self._body = options.rate_limit_body
        self.spent: list[tuple[str, int, int]] = []
        """What the present request counted towards: name, how many that makes, how many there may be."""
        self._totals: dict[str, int] = {}
        self._counts: dict[tuple[str, object], tuple[int, int]] = {}

    def account(self, epoch: float) -> dict[str, str]:
        """Count a request; returns the account's headers. Raises Refusal (429)."""
        total = self.limits.account
        if not total:
            return {}
        self._totals["account"] = total
        used, reset = self._count("account", "", epoch, 60)
        left = str(max(0, total - used))
        name = self._spelling
        headers = {
            "x-rate-limit": str(total),
            "x-rate-limit-remaining": left,
            f"{name}-reset": str(reset),
            f"{name}-remaining": left,
        }
        headers["ratelimit-limit" if name == "ratelimit" else "rate-limit"] = str(total)
        if used > total:
            raise self._too_many("account", reset, headers)
        return headers

    def ceilings(self, method: str, template: str, path: str, epoch: float, headers: dict[str, str]) -> None:
        """Count a request against what limits its endpoint. No header shows these. Raises Refusal (429)."""
        for name in CEILINGS.get((method, template.removeprefix("/api/v2")), ()):
            key = path.removesuffix(".json") if name in _BY_RECORD else ""
            self.endpoint(name.replace("_", "-"), getattr(self.limits, name), epoch, key, shown=False, headers=headers)

    def endpoint(
        self,
        name: str,
        total: int,
        epoch: float,
        key: object = "",
        *,
        shown: bool = True,
        headers: dict[str, str] | None = None,
    ) -> dict[str, str]:
        """Count a request against the limit `name`; returns its header, where it is shown. Raises Refusal (429)."""
        if not total:
            return {}
        self._totals[name] = total
        used, reset = self._count(name, key, epoch, PERIODS.get(name, 60))
        mine = (
            {f"zendesk-{self._spelling}-{name}": f"total={total}; remaining={max(0, total - used)}; resets={reset}"}
            if shown
            else {}
        )
        if used > total:
            raise self._too_many(name, reset, (headers or {}) | mine)
        return mine

    def standing(self, epoch: float) -> list[Standing]:
        """How much of each limit is used up in the present window, those nearest to their end first."""
        found = [
            Standing(name, key, used, self._totals[name], int((window + 1) * period - epoch))
            for (name, key), (window, used) in self._counts.items()
            if window == int(epoch // (period := PERIODS.get(name, 60))) and name in self._totals
        ]
        return sorted(found, key=lambda one: (one.name != "account", -one.used / one.total, one.name))

    def _count(self, name: str, key: object, epoch: float, period: int) -> tuple[int, int]:
        window = int(epoch // period)
        before, count = self._counts.get((name, key), (window, 0))
        count = count + 1 if before == window else 1
        if len(self._counts) > 50_000:
            self._counts = {key: kept for key, kept in self._counts.items() if kept[0] == window}
        self._counts[name, key] = window, count
        self.spent.append((name, count, self._totals[name]))
        return count, max(1, int((window + 1) * period - epoch))

    def _too_many(self, name: str, reset: int, headers: dict[str, str]) -> Refusal:
        headers = headers | {"retry-after": str(reset)}
        text = f"Number of allowed API requests per minute exceeded ({name})"
        if self._body == "json":
            return Refusal(429, {"error": "APIRateLimitExceeded", "description": text}, headers)
        if self._body == "html":
            return Refusal(429, f"<html><body><h1>{text}</h1></body></html>", headers | {"content-type": "text/html"})
        return Refusal(429, text, headers | {"content-type": "text/plain; charset=utf-8"})
