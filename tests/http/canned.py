"""A transport that answers from a list and remembers what was asked: for single exchanges, below requests."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from deskhand.http.session import GuardedSession

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOME = "https://acme.zendesk.com"


def answer(
    status: int = 200, body: object = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes, dict[str, str]]:
    """Status, body (JSON unless bytes) and headers."""
    raw = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    return status, raw, dict(headers or {})


@dataclass
class Canned(BaseAdapter):
    """Gives its answers in turn; an exception is raised instead."""

    answers: list[tuple[int, bytes, dict[str, str]] | Exception] = field(default_factory=list)
    asked: list[requests.PreparedRequest] = field(default_factory=list)

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """The next answer."""
        self.asked.append(request)
        given = self.answers.pop(0)
        if isinstance(given, Exception):
            raise given
        response = requests.Response()
        response.status_code, response.url, response.request = given[0], str(request.url), request
        response.headers.update(given[2])
        response.raw = HTTPResponse(io.BytesIO(given[1]), preload_content=False, status=given[0], headers=given[2])
        return response

    def close(self) -> None:
        """Nothing is held."""

    @property
    def lines(self) -> list[str]:
        """What was asked, as method and path with query."""
        return [f"{request.method} {request.path_url}" for request in self.asked]


class NoPace:
    """Lets everything go."""

    def before(self, method: str, path: str) -> None:
        """At once."""

    def after(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Learns nothing."""


def session(canned: Canned, *, base: str = HOME, read_only: bool = False, **environ: str) -> GuardedSession:
    """A guarded session over canned answers."""
    return GuardedSession(base, pace=NoPace(), now=lambda: NOW, read_only=read_only, environ=environ, mount=canned)
