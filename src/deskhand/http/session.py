"""A requests session that cannot surprise: one host, no redirects, no hidden retries, no method that was not allowed.

Why each: zenpy's own session repeats a PUT up to three times when the answer is late, so one note becomes four (dependencies.md section 2); `requests` follows
redirects with the credentials in hand; a proxy from the environment sees them.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict
from urllib3.util.retry import Retry

from deskhand import __version__
from deskhand.errors import Rejected, SettingsError
from deskhand.http.address import LOOPBACK, parted
from deskhand.http.failure import Call, from_exception, from_response, parsed
from deskhand.http.skew import Heard

TIMEOUT: Final = (3.05, 30.0)
"""Seconds to connect, and between two bytes of an answer."""
DEADLINE: Final = 90.0
"""Seconds for a whole answer, however slowly it drips."""
TOKEN_PATH: Final = "/oauth/tokens"  # noqa: S105 - a path
_SETTING: Final = "DESKHAND_SUBDOMAIN or DESKHAND_BASE_URL"
"""What names the account."""
_FORCED: Final = ("ZENPY_FORCE_NETLOC", "ZENPY_FORCE_SCHEME")


class Pace(Protocol):
    """Waits before a call until it may go, and learns from what came back."""

    def before(self, method: str, path: str) -> None:
        """Wait until the call may go."""
        ...

    def after(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Learn from the answer."""
        ...


class GuardedSession(requests.Session):
    """Talks to one host. Every call returns a success with a JSON object, or raises a DeskError.

    `read_only` refuses every method but GET, and the request for a token, before anything leaves. Raises SettingsError for a base URL that is neither https
    nor on this machine, and where the environment would send zenpy's calls, with the credentials, to another host.
    """

    authorized = True  # zenpy asks: it must not add credentials of its own

    def __init__(
        self,
        base_url: str,
        *,
        pace: Pace,
        now: Callable[[], datetime],
        read_only: bool,
        environ: Mapping[str, str],
        mount: BaseAdapter | None = None,
    ) -> None:
        """`mount` answers instead of the network: the sandbox inside this process."""
        super().__init__()
        self._base = _checked(base_url, environ, pretended=mount is not None)
        self._pace, self._now, self.read_only = pace, now, read_only
        self.trust_env = False
        self.headers["User-Agent"] = f"deskhand/{__version__}"
        self.headers["Accept"] = "application/json"
        self.adapters.clear()
        never = Retry(total=None, connect=2, read=0, redirect=0, status=0, other=0, backoff_factor=0.2)
        self.mount(f"{self._base.scheme}://{self._base.netloc}/", mount or HTTPAdapter(max_retries=never))
        self.bearer: AuthBase | None = None
        self.when_refused: Callable[[], None] = lambda: None
        """Called where the credentials were refused (401): a token that was revoked is not used again."""
        self._heard: Heard | None = None

    @property
    def base_url(self) -> str:
        """Scheme and host, without a slash at the end."""
        return f"{self._base.scheme}://{self._base.netloc}"

    @property
    def skew(self) -> float | None:
        """Seconds by which our clock was ahead of the host's at the last answer; None where there was none, or it had no date."""
        return self._heard.skew() if self._heard else None

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """One call, once. Raises the five errors of a desk."""
        name = (method if isinstance(method, str) else method.decode()).upper()
        target = url if isinstance(url, str) else url.decode()
        call = Call(name, urlsplit(target).path, self._base.hostname or "", _SETTING, "Zendesk")
        self._allow(call, target)
        self._pace.before(name, call.path)
        asked = self._now()
        kwargs |= {"timeout": TIMEOUT, "allow_redirects": False, "stream": True}
        if call.path != TOKEN_PATH:
            kwargs["auth"] = kwargs.get("auth") or self.bearer
        try:
            response = super().request(name, target, *args, **kwargs)
            body = _read(response)
        except requests.RequestException as error:
            raise from_exception(call, error) from error
        self._heard = Heard(asked, self._now(), response.headers.get("Date", ""))
        self._pace.after(name, call.path, response.headers)
        failure = from_response(call, response.status_code, response.headers, body, self._now())
        if failure is not None:
            if failure.status == 401 and call.path != TOKEN_PATH:
                self.when_refused()
            raise failure
        if call.method != "DELETE" or body.strip():
            parsed(call, response.status_code, body)
        return response

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """With this session's headers and nothing else that it might have gathered: no cookie of an answer ever goes back."""
        prepared = requests.PreparedRequest()
        prepared.prepare(
            method=request.method,
            url=request.url,
            headers=CaseInsensitiveDict({**self.headers, **(request.headers or {})}),
            files=request.files,
            data=request.data,
            json=request.json,
            params=request.params,
            auth=request.auth,
            hooks=request.hooks,
        )
        return prepared

    def read(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object at a path of this host."""
        found: dict[str, Any] = self.get(self.base_url + path, params=query).json()
        return found

    def _allow(self, call: Call, url: str) -> None:
        """Refuse another host, and in observe mode anything that could write."""
        there = urlsplit(url)
        if (there.scheme, there.netloc) != (self._base.scheme, self._base.netloc):
            raise Rejected(f"{call.method} {there.netloc}: only {self._base.netloc} is spoken to", code="OtherHost")
        if self.read_only and call.writes and call.path != TOKEN_PATH:
            raise Rejected(
                f"{call}: not sent, since the worker only observes",
                code="ReadOnly",
                hint="Set DESKHAND_MODE=enforce when you have read what it would do.",
            )


def _checked(base_url: str, environ: Mapping[str, str], *, pretended: bool) -> SplitResult:
    """The parts of the address. Refuses to build a session that could carry credentials to a wrong place."""
    parts = parted(base_url)
    local = parts is not None and parts.hostname in LOOPBACK
    forced = [name for name in _FORCED if environ.get(name)]
    if forced and not (local or pretended):
        raise SettingsError(
            f"{' and '.join(forced)} would send this account's credentials to another host",
            hint=f"Unset {' and '.join(forced)}; to use a sandbox set DESKHAND_BASE_URL.",
        )
    if parts is None or parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise SettingsError(
            f"{_SETTING} does not give the address of a help desk",
            hint="It looks like https://acme.zendesk.com, with nothing after it; or http://127.0.0.1:8080 for a sandbox.",
        )
    if parts.scheme != "https" and not local:
        raise SettingsError(
            f"{_SETTING} gives an address that is not encrypted",
            hint="Write https://; plain http is allowed for 127.0.0.1 and localhost only.",
        )
    return parts


def _read(response: requests.Response) -> bytes:
    """The whole body, within the deadline."""
    end = time.monotonic() + DEADLINE
    chunks: list[bytes] = []
    for chunk in response.iter_content(65536):
        chunks.append(chunk)
        if time.monotonic() > end:
            response.close()
            raise requests.ReadTimeout(f"no end after {DEADLINE:.0f} s")
    body = b"".join(chunks)
    response._content = body  # noqa: SLF001 - requests keeps it there for .json() and .text
    return body
