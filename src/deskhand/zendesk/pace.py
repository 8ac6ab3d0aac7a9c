"""One pacer per account: how fast it may be called, learnt from its headers and from what its documents say.

The account's quota is shared with people and other integrations, so a share of it is left free. `/incremental/*` allows ten calls a minute without
saying so in any header (zendesk-api.md section 1.1), so those are counted here.
"""

import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

MINUTE: Final = timedelta(minutes=1)
KEPT_FOR_TICKETS: Final = 0.4
"""The share of the calls to the exports that the logs leave to the feed of tickets."""
KEPT_FOR_FEEDS: Final = 0.5
"""The share of our calls in the account's present minute that whatever is read beside the feeds leaves to them."""
_ENDPOINT: Final = re.compile(r"^zendesk-rate-?limit-(.+)$", re.IGNORECASE)
_PART: Final = re.compile(r"(\w+)=(\d+)")
_INCREMENTAL: Final = re.compile(r"^/api/v2/incremental/")


@dataclass(frozen=True, slots=True)
class Budget:
    """What the account said last: calls a minute, calls left, and when the count starts again."""

    limit: int
    remaining: int
    resets_at: datetime


class Pacer:
    """Lets a call go when its budget allows it. `reserve` is the share of the account's quota that is left to others."""

    def __init__(
        self,
        now: Callable[[], datetime],
        wait: Callable[[float], None],
        *,
        reserve: float = 0.2,
        incremental_per_minute: int = 10,
    ) -> None:
        self._now, self._wait, self._reserve = now, wait, reserve
        self._per_minute = incremental_per_minute
        self._lock = threading.Lock()
        self._exports: deque[datetime] = deque()
        self._endpoints: dict[str, Budget] = {}
        self.budget: Budget | None = None
        self.calls = 0
        self.waited = 0.0

    def before(self, method: str, path: str) -> None:
        """Wait until the call may go."""
        while (seconds := self._owed(method, path)) > 0:
            self.waited += seconds
            self._wait(seconds)
        with self._lock:
            self.calls += 1
            if _INCREMENTAL.match(path):
                self._exports.append(self._now())
            if self.budget is not None:
                self.budget = Budget(self.budget.limit, self.budget.remaining - 1, self.budget.resets_at)

    def exports_left(self) -> int:
        """Calls to the exports that may go now without waiting, beyond those that are kept for the feed of tickets."""
        with self._lock:
            now = self._now()
            used = sum(1 for at in self._exports if now - at < MINUTE)
            return self._per_minute - int(self._per_minute * KEPT_FOR_TICKETS) - used

    def spare(self) -> bool:
        """Whether a call beside those of the feeds may go now: more than their share of what is ours is left."""
        with self._lock:
            if self.budget is None or self._now() >= self.budget.resets_at:
                return True
            kept = int(self.budget.limit * self._reserve)
            return self.budget.remaining - kept > (self.budget.limit - kept) * KEPT_FOR_FEEDS

    def after(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Learn the budgets from an answer's headers, in either of their spellings."""
        found = {name.lower(): value for name, value in headers.items()}
        now = self._now()
        with self._lock:
            account = _account(found, now)
            if account is not None:
                self.budget = account
            for name, value in found.items():
                match = _ENDPOINT.match(name)
                if match:
                    parts = {key: int(number) for key, number in _PART.findall(value)}
                    if {"total", "remaining", "resets"} <= parts.keys():
                        until = now + timedelta(seconds=parts["resets"])
                        self._endpoints[_key(method, path)] = Budget(parts["total"], parts["remaining"], until)

    def _owed(self, method: str, path: str) -> float:
        """Seconds that a call has to wait now."""
        with self._lock:
            now = self._now()
            owed = [0.0]
            if self.budget is not None and now < self.budget.resets_at:
                kept = int(self.budget.limit * self._reserve)
                if self.budget.remaining <= kept:
                    owed.append((self.budget.resets_at - now).total_seconds())
            endpoint = self._endpoints.get(_key(method, path))
            if endpoint is not None and endpoint.remaining <= 0 and now < endpoint.resets_at:
                owed.append((endpoint.resets_at - now).total_seconds())
            if _INCREMENTAL.match(path):
                while self._exports and now - self._exports[0] >= MINUTE:
                    self._exports.popleft()
                if len(self._exports) >= self._per_minute:
                    owed.append((self._exports[0] + MINUTE - now).total_seconds())
            return max(owed)


def _account(headers: Mapping[str, str], now: datetime) -> Budget | None:
    """The account's own budget: `ratelimit-*` and `rate-limit*` carry the reset, `x-rate-limit*` do not."""
    limit = _number(headers, "ratelimit-limit", "rate-limit", "x-rate-limit")
    left = _number(headers, "ratelimit-remaining", "rate-limit-remaining", "x-rate-limit-remaining")
    if limit is None or left is None:
        return None
    resets = _number(headers, "ratelimit-reset", "rate-limit-reset")
    until = now + (timedelta(seconds=resets) if resets is not None else timedelta(seconds=60 - now.second))
    return Budget(limit, left, until)


def _number(headers: Mapping[str, str], *names: str) -> int | None:
    for name in names:
        if headers.get(name, "").strip().isdigit():
            return int(headers[name])
    return None


def _key(method: str, path: str) -> str:
    return f"{method} {re.sub(r'[0-9]+', ':id', path)}"
