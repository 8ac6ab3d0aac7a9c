"""What was asked of the sandbox: counts by method and endpoint, and the latest requests."""

from collections import Counter, deque
from dataclasses import dataclass

from deskhand.sandbox.exchange import Row


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `endpoint` is the template of its path, `query` as it was sent, `at` in seconds since 1970.

    `took` is how many seconds of real time answering took, `limits` the name of each limit that it counted towards, how
    many requests that makes in the present window, and how many there may be.
    """

    at: float
    method: str
    endpoint: str
    path: str
    query: tuple[tuple[str, str], ...]
    status: int
    user: int | None
    took: float = 0.0
    limits: tuple[tuple[str, int, int], ...] = ()


class Calls:
    """Counts since the start, or since `clear`; `log` keeps the latest 10,000."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.statuses: Counter[int] = Counter()
        self.log: deque[Call] = deque(maxlen=10_000)

    def add(self, call: Call) -> None:
        """Count a request that was answered."""
        self.counts[call.method, call.endpoint] += 1
        self.statuses[call.status] += 1
        self.log.append(call)

    def count(self, method: str, endpoint: str) -> int:
        """How often an endpoint (`/api/v2/tickets/{id}`) was asked."""
        return self.counts[method, endpoint]

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self.counts.values())

    def clear(self) -> None:
        """Begin to count anew."""
        self.counts.clear()
        self.statuses.clear()
        self.log.clear()

    def row(self) -> Row:
        """As the control path shows it."""
        return {
            "total": self.total,
            "counts": [
                {"method": method, "endpoint": endpoint, "count": count}
                for (method, endpoint), count in sorted(self.counts.items())
            ],
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
        }
