"""A session to one service that carries messages: one host, no redirects, no retries, no proxy, and answers as they are.

What a status means is for the service's own adapter to say, since they differ (Slack answers 200 to a refusal, Statuspage 420 to haste). Only what is
below HTTP is told here: Transient where nothing was sent, Unknown where a write may have arrived.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import SplitResult

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import AuthBase

from deskhand import __version__
from deskhand.errors import SettingsError
from deskhand.http.address import LOOPBACK, NEVER, SERVICES_PRIVATE, GuardedAdapter, parted
from deskhand.http.failure import Call, from_exception, retry_after

TIMEOUT: Final = (5.0, 15.0)
"""Seconds to connect, and between two bytes of an answer (external-apis.md)."""
DEADLINE: Final = 45.0
"""Seconds for a whole answer, however slowly it drips."""
LARGEST: Final = 4_000_000
"""Bytes of an answer that are read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is anything else."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def text(self) -> str:
        """The beginning of the body, for a sentence."""
        return self.body[:300].decode("utf-8", "replace")

    def retry_after(self, now: datetime) -> float:
        """Seconds that the service asks to wait, in whatever form it does; half a minute where it does not say."""
        return retry_after({**self.headers, "Retry-After": self.headers.get("retry-after", "")}, now)


def within(found: object, *names: str) -> Any:  # noqa: ANN401 - a JSON edge
    """The value at a path of names in what a service answered; None where the path ends early."""
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def objects(found: object) -> list[dict[str, Any]]:
    """The objects of a list in what a service answered; none of anything else."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


class ServiceSession:
    """Talks to one service. `secret_url` is set where the address itself is a secret: then no error names its path.

    Raises SettingsError for an address that is neither https nor on this machine.
    """

    def __init__(
        self,
        base_url: str,
        *,
        setting: str,
        headers: Mapping[str, str] | None = None,
        auth: AuthBase | None = None,
        mount: BaseAdapter | None = None,
        secret_url: bool = False,
        private: bool = False,
    ) -> None:
        """`setting` names the setting that holds the address; `mount` answers instead of the network: the stand-in inside this process.

        `private` lets the service be in a network of one's own, and at any port.
        """
        parts = parted(base_url)
        if parts is None or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
            raise SettingsError(
                f"{setting} is no https address",
                hint="Give the whole address with https:// and without blanks; plain http is for this machine only.",
            )
        if parts.username is not None or parts.fragment or (parts.query and not secret_url):
            raise SettingsError(
                f"{setting} holds more than an address",
                hint="Leave out what stands before an @ and after a ? or #; user and password have settings of their own.",
            )
        near = parts.hostname in LOOPBACK
        if _port(parts) != 443 and not (near or private or mount):
            raise SettingsError(
                f"{setting} names a port that no service of the open internet has",
                hint=f"Use the usual port of https; if it is in your own network, set {SERVICES_PRIVATE}=1.",
            )
        self.base_url = base_url.rstrip("/")
        self._host, self._setting, self._secret_url = parts.hostname or "", setting, secret_url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = auth
        self._session.headers["User-Agent"] = f"deskhand/{__version__}"
        self._session.headers.update(headers or {})
        self._session.adapters.clear()
        usual = HTTPAdapter(max_retries=NEVER) if near else GuardedAdapter(setting, private=private)
        self._session.mount(f"{parts.scheme}://{parts.netloc}/", mount or usual)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        raw: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call, once; `body` goes as JSON, `raw` as it is. Raises Transient or Unknown where no whole answer came."""
        call = Call(method, "(secret address)" if self._secret_url else path, self._host, self._setting)
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        try:
            answer = self._session.request(
                method,
                self.base_url + path,
                params=query,
                data=data,
                headers={**sent, **(headers or {})},
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
            content = _read(answer)
        except requests.RequestException as error:
            raise from_exception(call, error) from None
        return Answer(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, content)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()


def _port(parts: SplitResult) -> int:
    """The port of an address; 0 for one that is none."""
    try:
        return parts.port or 443
    except ValueError:
        return 0


def _read(answer: requests.Response) -> bytes:
    """The body, as far as it is read, within the deadline."""
    end = time.monotonic() + DEADLINE
    found = bytearray()
    for chunk in answer.iter_content(65536):
        found += chunk
        if len(found) >= LARGEST:
            break
        if time.monotonic() > end:
            answer.close()
            raise requests.ReadTimeout(f"no end after {DEADLINE:.0f} s")
    answer.close()
    return bytes(found)
