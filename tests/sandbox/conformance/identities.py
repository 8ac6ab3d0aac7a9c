"""Which id of the sandbox stands for which id of a recording: learned from answers, put into requests."""

import re
from typing import Any

_NAMED = re.compile(r"(^|_)ids?$")
_CURSORS = ("after_cursor", "before_cursor")
_ALIGNED = {"results", "attachments", "events", "comments", "invocations"}
HIDDEN = "REDACTED"
"""What stands in answers in place of a token."""


class Identities:
    """A session's ids, tokens and cursors. What is not known stays as it is."""

    def __init__(self, kept: set[Any]) -> None:
        self._kept = kept
        self._known: dict[Any, Any] = {}

    def learn(self, real: Any, mine: Any) -> None:
        """Compare two answers to one request: values at the same place that name something name the same thing."""
        if isinstance(real, dict) and isinstance(mine, dict):
            for key in real.keys() & mine.keys():
                if key in ("id", "token", *_CURSORS):
                    self._put(real[key], mine[key])
                elif isinstance(real[key], dict) or key in _ALIGNED:
                    self.learn(real[key], mine[key])
        elif isinstance(real, list) and isinstance(mine, list):
            for one, other in zip(real, mine, strict=False):
                self.learn(one, other)

    def _put(self, real: Any, mine: Any) -> None:
        if real is None or mine is None or real in self._kept:
            return
        self._known.setdefault(real, mine)
        self._known.setdefault(str(real), str(mine))

    def text(self, value: str) -> str:
        """A text of a query or a path: an id, a list of ids, a cursor."""
        return ",".join(str(self._known.get(part, part)) for part in value.split(","))

    def path(self, value: str) -> str:
        """A path with its ids replaced."""
        end = ".json" if value.endswith(".json") else ""
        return "/".join(self.text(part) for part in value.removesuffix(".json").split("/")) + end

    def body(self, value: Any, name: str = "") -> Any:
        """A body with its ids replaced, wherever a key says that it holds one."""
        if isinstance(value, dict):
            return {key: self.body(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.body(item, name) for item in value]
        if name == "uploads":
            return self.text(HIDDEN)
        return self._known.get(value, value) if _NAMED.search(name) and isinstance(value, int | str) else value
