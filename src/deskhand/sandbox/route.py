"""From a method and a path to the function that answers, and what such a function is given."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from deskhand.sandbox.auth import Principal
from deskhand.sandbox.exchange import Answer, Request, Row, read_json
from deskhand.sandbox.refusal import (
    Refusal,
    bad_parameter,
    invalid_endpoint,
    missing_parameter,
    too_many_values,
    unauthenticated,
)

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox
    from deskhand.sandbox.world import World

MOST_BYTES = 64 * 1024 * 1024
"""Bodies above this are refused with 413."""


@dataclass
class Ask:
    """A request on its way through a handler. `base` is the scheme and host that links carry; `at` seconds since 1970."""

    sandbox: "Sandbox"
    request: Request
    base: str
    at: float
    who: Principal | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> "World":
        """The account."""
        return self.sandbox.world

    @property
    def user(self) -> Principal:
        """Who asks. Raises Refusal (401) where nobody is signed in."""
        if self.who is None:
            raise unauthenticated()
        return self.who

    @cached_property
    def query(self) -> dict[str, str]:
        """The query; of a repeated name the last value counts."""
        return dict(self.request.query)

    @cached_property
    def body(self) -> Row:
        """The body as a JSON object; empty where there is none. Raises Refusal (400, 413, 415)."""
        data = self.request.body
        if len(data) > MOST_BYTES:
            raise Refusal(413, {"error": "RequestEntityTooLarge", "description": "The request body is too large"})
        if not data.strip():
            return {}
        kind = self.request.headers.get("content-type", "application/json")
        if "json" not in kind:
            raise Refusal(
                415,
                {"error": "Unsupported Content-Type", "description": f"{kind} is not supported, use application/json"},
            )
        try:
            value = read_json(data)
        except (ValueError, RecursionError):
            raise Refusal(400, {"error": "InvalidJSON", "description": "The request body is not valid JSON"}) from None
        if not isinstance(value, dict):
            raise bad_parameter("The request body must be a JSON object")
        return value

    def envelope(self, name: str) -> Row:
        """The object under `name` in the body. Raises Refusal (400)."""
        value = self.body.get(name)
        if not isinstance(value, dict):
            raise missing_parameter(name)
        return value

    def ids(self, name: str = "ids", most: int = 100) -> list[str]:
        """A comma-separated list from the query. Raises Refusal (400) for more than `most`."""
        values = [value.strip() for value in self.query.get(name, "").split(",") if value.strip()]
        if len(values) > most:
            raise too_many_values(most, name)
        return values

    def number(self, name: str, usual: int) -> int:
        """A whole number from the query. Raises Refusal (400)."""
        text = self.query.get(name)
        if text in (None, ""):
            return usual
        if not _WHOLE.fullmatch(str(text)):
            raise bad_parameter(f"Invalid parameter: {name} must be an integer")
        return int(str(text))

    @property
    def include(self) -> set[str]:
        """The names of the sideloads asked for."""
        return {name for name in self.query.get("include", "").split(",") if name}


_WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
"""No digits of other scripts, no underscores, and nothing longer than an id."""


Handler = Callable[..., Answer | Row]
One = TypeVar("One", bound=Handler)


@dataclass(frozen=True, slots=True)
class Route:
    """How one endpoint is answered. `role` is the least role (None: also nobody signed in), `resource` names its OAuth scope."""

    method: str
    template: str
    handler: Handler
    role: str | None
    resource: str
    group: str


ROUTES: list[Route] = []

_OUTSIDE = {("POST", "/oauth/tokens"), ("GET", "/attachments/token/{token}")}
"""What does not live under /api/v2."""


def route(
    method: str, template: str, *, role: str | None = "", resource: str = "", group: str = ""
) -> Callable[[One], One]:
    """Register a handler for a method and a path under /api/v2, given as a template such as `/tickets/{id}`.

    Unless `role` says otherwise, light agents may read and agents may write.
    """

    def register(handler: One) -> One:
        least = ("light_agent" if method == "GET" else "agent") if role == "" else role
        path = template if (method, template) in _OUTSIDE else "/api/v2" + template
        ROUTES.append(Route(method, path, handler, least, resource, group))
        return handler

    return register


class Router:
    """Finds routes by path; a literal segment wins over a placeholder."""

    def __init__(self, routes: list[Route]) -> None:
        self._tree: dict[str, Any] = {}
        for item in routes:
            node = self._tree
            for segment in item.template.strip("/").split("/"):
                node = node.setdefault("{}" if segment.startswith("{") else segment, {})
            node[f"={item.method}"] = item

    def find(self, method: str, path: str) -> tuple[Route, list[str]]:
        """The route of a request and the values in its path. Raises Refusal (404)."""
        segments = path.strip("/").removesuffix(".json").split("/")
        if "%" in path:
            segments = [unquote(segment) for segment in segments]
        found = self._walk(self._tree, segments, 0, f"={'GET' if method == 'HEAD' else method}", [])
        if found is None:
            raise invalid_endpoint()
        return found

    def _walk(
        self, node: dict[str, Any], segments: list[str], at: int, end: str, values: list[str]
    ) -> tuple[Route, list[str]] | None:
        if at == len(segments):
            return (node[end], values) if end in node else None
        segment = segments[at]
        if segment in node and not segment.startswith("="):
            found = self._walk(node[segment], segments, at + 1, end, values)
            if found is not None:
                return found
        return self._walk(node["{}"], segments, at + 1, end, [*values, segment]) if "{}" in node else None
