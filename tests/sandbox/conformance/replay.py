"""Asking the sandbox what a real account was asked, and telling in what the answers differ."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from deskhand.sandbox import Options, Request, Response
from tests.sandbox.conformance.account import Account
from tests.sandbox.conformance.breadth import ABRIDGED
from tests.sandbox.conformance.credentials import signed
from tests.sandbox.conformance.exchanges import Exchange
from tests.sandbox.conformance.identities import HIDDEN, Identities
from tests.sandbox.conformance.presumed import presumed
from tests.sandbox.conformance.shapes import Shape, differences

_NAMING = {"ids", "cursor", "page[after]", "page[before]", "webhook_id", "clone_webhook_id"}
"""Names of a query's values that are ids or cursors."""

_MOMENT = 0.5
"""Seconds after an instant at which something was still so."""

_ERROR = 400
"""From which status on an answer is an error, whose body is compared as a whole."""

_LASTING = ("GET /users/{id}", "GET /users/me", "GET /brands/{id}", "GET /organizations/{id}", "GET /custom_roles/{id}")


@dataclass(frozen=True, slots=True)
class Replayed:
    """One request that was asked again: the exchange, what is different in our answer, and what of that other recordings of the endpoint do not excuse."""

    exchange: Exchange
    response: Response
    differences: tuple[str, ...]
    faults: tuple[str, ...]


class Replay:
    """All recordings, and what they show together."""

    def __init__(self, sessions: Iterable[list[Exchange]]) -> None:
        self.sessions = list(sessions)
        self._known: dict[tuple[str, int, bool], Shape] = defaultdict(Shape)
        self._jobs = Shape()
        for one in (one for session in self.sessions for one in session):
            self._shape(one).add(one.answer)
        single = [one for session in self.sessions for one in session if one.endpoint in _LASTING]
        self._lasting = presumed(single)

    def _shape(self, one: Exchange) -> Shape:
        """What all recordings of an endpoint, or of a list's pages of one sort, show. A job's status is one record, whatever the job does."""
        if isinstance(one.answer, dict) and "job_status" in one.answer:
            return self._jobs
        return self._known[one.endpoint, one.status, any(name.startswith("page[") for name, _ in one.query)]

    def run(self, session: list[Exchange]) -> list[Replayed]:
        """Replay a session in an account of its own."""
        account = Account(session, self._lasting if session[0].lasting else {})
        identities = Identities(account.kept)
        return [self._ask(account, identities, session[number:]) for number in range(len(session))]

    def _ask(self, account: Account, identities: Identities, rest: list[Exchange]) -> Replayed:
        """Ask the first of the exchanges that are left."""
        one, sandbox = rest[0], account.sandbox
        if one.at > sandbox.clock.now():
            sandbox.run_until(one.at)
        sandbox.options = paced(sandbox.options, rest)
        query = [(key, identities.text(value) if key in _NAMING else value) for key, value in one.query]
        path = (
            "/api/v2/uploads/" + identities.text(HIDDEN)
            if one.endpoint == "DELETE /uploads/{id}"
            else identities.path(one.path)
        )
        response = sandbox.handle(_request(account, one, path, query, identities.body(one.body)))
        mine = json.loads(response.body) if response.body.strip() else None
        identities.learn(one.answer, mine)
        strict, lenient = (
            tuple(_compare(one, response.status, mine, known)) for known in (Shape().add(one.answer), self._shape(one))
        )
        return Replayed(one, response, strict, lenient)


def _compare(one: Exchange, status: int, mine: Any, known: Shape) -> Iterable[str]:
    """In what an answer differs from the recorded one; keys and types that stand in `known` are free to come and go."""
    if status != one.status:
        yield f"the status is {status}, not {one.status}: {json.dumps(mine)[:300]}"
    elif status >= _ERROR:
        if mine != one.answer:
            yield f"the error is {json.dumps(mine)}, not {json.dumps(one.answer)}"
    elif one.source.startswith(ABRIDGED):
        real = Shape().add(one.answer)
        yield from differences(Shape().add(_abridged(mine, one.answer)), real, real)
    else:
        yield from differences(Shape().add(mine), Shape().add(one.answer), known)


def _abridged(mine: Any, real: Any) -> Any:
    """Of an object, what another has too."""
    if not isinstance(mine, dict) or not isinstance(real, dict):
        return mine
    return {key: _abridged(value, real[key]) for key, value in mine.items() if key in real}


def paced(options: Options, rest: list[Exchange]) -> Options:
    """Options under which a job that the first exchange starts takes as long as it did: queued and working when it was seen so."""
    first = rest[0]
    if first.method == "GET" or not isinstance(first.answer, dict) or "job_status" not in first.answer:
        return options
    job = first.answer["job_status"]
    seen = [
        (one.answer["job_status"]["status"], one.at)
        for one in rest
        if one.endpoint == "GET /job_statuses/{id}" and job["url"] == one.answer["job_status"]["url"]
    ]
    queued, working = (
        (max((at for status, at in seen if status in states), default=first.at) - first.at).total_seconds()
        for states in (("queued",), ("queued", "working"))
    )
    return replace(options, job_start=queued + _MOMENT, job_row=(working - queued) / (job["total"] or 1))


def _request(account: Account, one: Exchange, path: str, query: list[tuple[str, str]], body: Any) -> Request:
    headers = signed(account, one) | {"user-agent": "recorded/1"}
    data = b"" if body is None else json.dumps(body).encode()
    if one.endpoint == "POST /uploads":
        data, headers["content-type"] = b"# Read me", "application/octet-stream"
    elif data:
        headers["content-type"] = "application/json"
    return Request(one.method, path, tuple(query), headers, data)
