"""What all stand-ins share: routes under a base path, the sandbox's clock and agenda, a log of what was done, limits, and what of them is kept.

    class Pigeons(StandIn):
        name = "pigeons"                                    # answers under /services/pigeons/...
        settings: ClassVar = {"DESKHAND_PIGEONS_URL": "/v1"}  # what points deskhand here; a value that begins with / is a path
        usual_limits: ClassVar = {"calls": (60, 60)}        # so many in so many seconds

        def __init__(self, sandbox: "Sandbox") -> None:
            super().__init__(sandbox)
            self.flown: dict[str, Row] = {}                 # every attribute is kept in a state file: plain values, or classes in `keeps`

        @answers("POST", "/v1/pigeons/{loft}")
        def send(self, asked: Asked, loft: str) -> Row:     # raises Refusal(status, body, headers) to say no
            if self.spend("calls").over:
                raise Refusal(429, "too many")
            self.did("flown", asked.body["key"], loft=loft) # the log: what tests, demo and people look at
            return {"ok": True}

It is asked over HTTP or by `sandbox.adapter()` alike; the faults of the sandbox strike it by path: `{"kind": "status", "path": "/services/pigeons/*"}`.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import unquote

from deskhand.sandbox.exchange import Answer, Request, Response, Row, dumps, encode, read_json
from deskhand.sandbox.refusal import Refusal

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

Handler = Callable[..., Answer | Row | list[Row]]
One = TypeVar("One", bound=Handler)
JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that a service accepted and did. `at` is in seconds since 1970; `key` is what tells it from others of its kind."""

    at: int
    kind: str
    key: str
    facts: Row = field(default_factory=dict)

    @property
    def when(self) -> datetime:
        """The instant, in UTC."""
        return datetime.fromtimestamp(self.at, UTC)


@dataclass(frozen=True, slots=True)
class Spent:
    """A limit after a call was counted: how many that makes, how many there may be, and in how many seconds it begins anew."""

    used: int
    most: int
    resets: int

    @property
    def over(self) -> bool:
        """Whether this call is one too many."""
        return self.used > self.most


@dataclass
class Asked:
    """A request on its way through a handler. `path` is what follows the stand-in's base; `at` seconds since 1970."""

    request: Request
    path: str
    at: int

    @cached_property
    def query(self) -> dict[str, str]:
        """The query; of a repeated name the last value counts."""
        return dict(self.request.query)

    def values(self, name: str) -> list[str]:
        """All values of a name in the query, in order."""
        return [value for key, value in self.request.query if key == name]

    def number(self, name: str, usual: int) -> int:
        """A whole number from the query; the usual one where it is none."""
        text = self.query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else usual

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in lower case."""
        return self.request.headers

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - a JSON edge
        """The body as JSON; None where it is none."""
        try:
            return read_json(self.request.body)
        except (ValueError, RecursionError):
            return None

    @property
    def body(self) -> Row:
        """The body as a JSON object; empty where it is none."""
        return self.json if isinstance(self.json, dict) else {}


def answers(method: str, template: str) -> Callable[[One], One]:
    """Let a method of a stand-in answer a path under its base, given as a template such as `/incidents/{id}`."""

    def mark(handler: One) -> One:
        handler.__dict__.setdefault("answers", []).append((method, template))
        return handler

    return mark


class StandIn:
    """A service that is pretended. Every attribute but the sandbox itself is kept in a state file."""

    name: ClassVar[str]
    """It answers under /services/<name>/."""
    settings: ClassVar[Mapping[str, str]] = {}
    """The settings that point deskhand here, with their values; one that begins with / is a path under the base."""
    usual_limits: ClassVar[Mapping[str, tuple[int, int]]] = {}
    """So many calls in so many seconds, by name."""
    keeps: ClassVar[tuple[type, ...]] = ()
    """The dataclasses of its own that its attributes hold."""
    _routes: ClassVar[list[tuple[str, list[str], Handler]]] = []

    def __init_subclass__(cls) -> None:
        found = [one for base in reversed(cls.__mro__) for one in vars(base).values() if callable(one)]
        routes = [
            (method, template.strip("/").split("/"), handler)
            for handler in found
            for method, template in getattr(handler, "__dict__", {}).get("answers", ())
        ]
        cls._routes = sorted(routes, key=lambda route: sum(part.startswith("{") for part in route[1]))

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self.log: list[Effect] = []
        """What was accepted and done, oldest first."""
        self.calls: Counter[tuple[str, str, int]] = Counter()
        """How often what was asked and answered: method, path and status."""
        self.limits = dict(self.usual_limits)
        """The limits in force; 0 calls mean no limit."""
        self._windows: dict[str, tuple[int, int]] = {}

    @property
    def url(self) -> str:
        """Its base for a session inside this process, under `sandbox.adapter()`."""
        return f"{self._sandbox.url}/services/{self.name}"

    def told(self, order: Row) -> None:
        """What `POST /sandbox/services` tells it. Raises ValueError where it does not know that."""
        raise ValueError(f"{self.name} takes no orders, and got {json.dumps(order)}")

    def shown(self) -> Row:
        """What it did and was asked, for `GET /sandbox/services`."""
        rows = [{"at": one.when.isoformat(), "kind": one.kind, "key": one.key, **one.facts} for one in self.log]
        calls = [{"method": key[0], "path": key[1], "status": key[2], "count": n} for key, n in self.calls.items()]
        return {"log": rows, "calls": calls}

    def of(self, kind: str) -> list[Effect]:
        """The entries of the log of one kind."""
        return [one for one in self.log if one.kind == kind]

    def kept(self) -> tuple[str, ...]:
        """The names of the attributes that a state file holds."""
        return tuple(name for name in vars(self) if name != "_sandbox")

    # For the stand-ins themselves.

    @property
    def now(self) -> int:
        """Whole seconds since 1970 on the sandbox's clock; within a happening, its own instant."""
        return self._sandbox.world.now()

    def later(self, seconds: float, happening: Callable[[], object]) -> None:
        """Let something happen in so many seconds: a method marked with `agenda.happening`, or a partial of one."""
        self._sandbox.at(self.now + seconds, happening)

    def did(self, kind: str, key: str, **facts: Any) -> Effect:
        """Write down that something was accepted and done."""
        effect = Effect(self.now, kind, key, facts)
        self.log.append(effect)
        return effect

    def spend(self, name: str, key: str = "") -> Spent:
        """Count a call against a limit, for each `key` by itself, in windows that begin at whole periods."""
        most, period = self.limits[name]
        window = int(self.now // period)
        before, used = self._windows.get(f"{name} {key}", (window, 0))
        used = used + 1 if before == window else 1
        self._windows[f"{name} {key}"] = window, used
        return Spent(used, most or used, max(1, int((window + 1) * period - self.now)))

    def lost(self) -> Refusal:
        """What the service says of a path that there is not."""
        return Refusal(404, {"error": "Not Found"})

    # Answering.

    def answer(self, request: Request, path: str) -> Response:
        """Answer a request to a path under the base. Never raises for what a client sent."""
        asked = Asked(request, path, self.now)
        try:
            handler, values = self._find(request.method, path)
            response = _response(handler(self, asked, *values))
        except Refusal as refusal:
            text = isinstance(refusal.body, str)
            body = (
                str(refusal.body).encode() if text else encode(refusal.body if isinstance(refusal.body, dict) else {})
            )
            headers = {"content-type": "text/plain; charset=utf-8" if text else JSON} if body else {}
            response = Response(refusal.status, headers | refusal.headers, body)
        response.headers.setdefault("date", formatdate(asked.at, usegmt=True))
        self.calls[request.method, path, response.status] += 1
        return response

    def _find(self, method: str, path: str) -> tuple[Handler, list[str]]:
        """The handler of a path and the values in it. Raises Refusal."""
        segments = [unquote(part) for part in path.strip("/").split("/")]
        for wanted, template, handler in self._routes:
            if wanted == method and len(template) == len(segments):
                pairs = list(zip(template, segments, strict=True))
                if all(part == segment or part.startswith("{") for part, segment in pairs):
                    return handler, [segment for part, segment in pairs if part.startswith("{")]
        raise self.lost()


def _response(answer: Answer | Row | list[Row]) -> Response:
    if isinstance(answer, list):
        answer = Answer(dumps(answer).encode())
    elif isinstance(answer, dict):
        answer = Answer(answer)
    body = encode(answer.body)
    return Response(answer.status, ({"content-type": JSON} if body else {}) | answer.headers, body)
