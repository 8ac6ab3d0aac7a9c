"""One HTTP exchange as values: what came in, what goes out, and what goes wrong on the way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import msgspec

Row = dict[str, Any]
"""A JSON object."""

Accident = Literal["timeout", "reset", "cut"]
"""The answer never comes, the connection is reset, or the body ends early."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. Header names are lower case; `query` keeps order and repeats."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    scheme: str = "https"

    @classmethod
    def of(cls, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> "Request":
        """A request from a whole URL; the host header is taken from it where none is given."""
        parts = urlsplit(url)
        low = {name.lower(): value for name, value in (headers or {}).items()}
        if parts.netloc:
            low.setdefault("host", parts.netloc)
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        return cls(method.upper(), parts.path, query, low, body, parts.scheme or "https")


@dataclass(slots=True)
class Response:
    """What the sandbox answers. `delay` is in seconds; `accident` says how the answer fails to arrive."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    accident: Accident | None = None

    def json(self) -> Any:  # noqa: ANN401 - a JSON edge
        """The body read as JSON. Raises ValueError."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Raw:
    """A value of an answer that is JSON text already: rows of tickets are encoded once and kept."""

    text: str


@dataclass(slots=True)
class Answer:
    """What a handler returns: a status, a JSON object whose values may be Raw (None for an empty body, bytes for a file), more headers."""

    body: Row | bytes | None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def read_json(data: bytes) -> Any:  # noqa: ANN401 - a JSON edge
    """What a client's JSON says. Half a surrogate pair, which is no text, becomes U+FFFD. Raises ValueError (no infinities), RecursionError."""
    value = json.loads(data, parse_constant=_infinite, parse_float=_finite)
    return _mended(value) if b"\\ud" in data.lower() else value


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _infinite(text)


def _infinite(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


def _mended(value: Any) -> Any:  # noqa: ANN401 - JSON values
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(item) for item in value]
    return {_mended(key): _mended(item) for key, item in value.items()} if isinstance(value, dict) else value


def encode(body: Row | bytes | None) -> bytes:
    """The bytes of an answer's body."""
    if body is None or isinstance(body, bytes):
        return body or b""
    try:
        return _fast.encode(
            {key: msgspec.Raw(value.text.encode()) if isinstance(value, Raw) else value for key, value in body.items()}
        )
    except _TOO_ODD:
        parts = (
            f"{_slow.encode(key)}:{value.text if isinstance(value, Raw) else dumps(value)}"
            for key, value in body.items()
        )
        return ("{" + ",".join(parts) + "}").encode()


_fast = msgspec.json.Encoder()
_slow = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_TOO_ODD = (OverflowError, ValueError, TypeError)
"""What the fast encoder says of numbers beyond 64 bits, and of keys that are no text."""


def dumps(value: object) -> str:
    """Compact JSON text."""
    try:
        return _fast.encode(value).decode()
    except _TOO_ODD:
        return _slow.encode(value)
