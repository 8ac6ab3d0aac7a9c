"""zenpy, kept to what it is good for: addresses and the exchange, over our own guarded session.

Its object mapping, cache, pagination and rate loop are not used: the mapping costs many times the parse and drops sideloads, the cache answers without a
request, the generators stop at an empty page, and the loop sleeps without limit (dependencies.md section 2).
"""

import threading
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from zenpy import Zenpy
from zenpy.lib.endpoint import Url

from deskhand import logs
from deskhand.errors import Rejected, Transient, Unknown
from deskhand.http.retry import Wait, reading
from deskhand.http.session import TIMEOUT, GuardedSession

PAGE: Final = 100
"""The most records of a cursor page; 101 is refused."""
Json = dict[str, Any]

logs.quieten("zenpy", "urllib3")  # at DEBUG they write bodies and credentials


class Gateway:
    """Reads and writes paths of one account as plain JSON objects. One zenpy client per thread."""

    def __init__(self, session: GuardedSession, wait: Wait) -> None:
        self._session, self._wait = session, wait
        self._local = threading.local()

    def get(self, path: str, query: Mapping[str, str | int] | None = None, *, holds: str | None) -> Json:
        """A read, tried again where that is safe. Raises the five errors.

        `holds` is what the answer must have, a list or an object: an answer without it says nothing, and must never be read as "there is none". None
        leaves that to the caller.
        """
        url = self._url(path, query)

        def ask() -> Json:
            found: Json = self._api()._get(url, raw_response=True).json()
            if holds is not None and not isinstance(found.get(holds), list | dict):
                raise Transient(f"GET {path}: the answer has no '{holds}'")
            return found

        return reading(self._wait, ask)

    def put(self, path: str, body: Json) -> Json:
        """A write, sent once. Raises the five errors."""
        api = self._api()
        answer = api._call_api(api.session.put, self._url(path), json=api._serialize(body), timeout=TIMEOUT)
        found = answer.json()
        if not isinstance(found, dict):
            raise Unknown(f"PUT {path}: the answer is no object")
        return found

    def post(self, path: str, body: Json) -> Json:
        """A creation, sent once. Raises the five errors; Unknown where it may have been done."""
        api = self._api()
        answer = api._call_api(api.session.post, self._url(path), json=api._serialize(body), timeout=TIMEOUT)
        found: Json = answer.json()
        return found

    def delete(self, path: str) -> None:
        """A deletion, sent once. Raises the five errors."""
        self._session.request("DELETE", self._url(path))

    def upload(self, path: str, name: str, data: bytes) -> Json:
        """A file, sent once as a form. Raises the five errors."""
        answer = self._session.request(
            "POST", self._url(path), files={"attachment": (name, data)}, data={"filename": name}
        )
        found: Json = answer.json()
        return found

    @property
    def base_url(self) -> str:
        """Scheme and host of the account."""
        return self._session.base_url

    def pages(self, path: str, name: str, query: Mapping[str, str | int] | None = None) -> Iterator[Json]:
        """Every record of a cursor listing. An empty page in the middle is not the end; the same cursor twice is an error.

        Only the cursor of an answer is used, never its address, so a page cannot lead to another host.
        """
        cursor, asked = "", dict(query or {})
        while True:
            page = self.get(
                path, {**asked, "page[size]": PAGE, **({"page[after]": cursor} if cursor else {})}, holds=name
            )
            yield from page[name]
            meta = page.get("meta") or {}
            after = str(meta.get("after_cursor") or "")
            if not meta.get("has_more"):
                return
            if not after or after == cursor:
                raise Rejected(f"GET {path}: the listing gave the same cursor twice", code="StuckCursor")
            cursor = after

    def _api(self) -> Any:  # noqa: ANN401 - zenpy has no types
        """This thread's zenpy client, without cache or rate loop of its own, aimed at our host."""
        if not hasattr(self._local, "api"):
            parts = urlsplit(self._session.base_url)
            head, _, tail = parts.netloc.partition(".")
            client = Zenpy(subdomain=head, domain=tail, session=self._session, disable_cache=True)
            client.tickets.protocol = parts.scheme
            self._local.api = client.tickets
        return self._local.api

    def _url(self, path: str, query: Mapping[str, str | int] | None = None) -> str:
        address = Url(path)
        built: str = self._api()._build_url(address)
        return f"{built}?{urlencode(query)}" if query else built
