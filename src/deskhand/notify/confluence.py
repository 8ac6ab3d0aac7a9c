"""The wiki (Confluence Cloud): the link to the right runbook, by its label or its id, and pages of ours that are put there, known by their title.

No message waits for a runbook: where it cannot be asked, there is no link. What was found is kept for a day, that nothing was found for an hour, and after a failure the last answer serves for some minutes before it is asked again. Pages
are searched with CQL, which only the first version of the API has.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from deskhand import logs
from deskhand.core.ladder import Channel
from deskhand.core.message import Link, Receipt
from deskhand.core.plain import cut, line
from deskhand.core.sheet import Sheet
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient, Unknown
from deskhand.http.service import Answer, ServiceSession, objects, within
from deskhand.notify.storage import made_of, storage

KEPT: Final = timedelta(hours=24)
NOTHING_KEPT: Final = timedelta(hours=1)
AFTER_FAILURE: Final = timedelta(minutes=5)
STALE_DAYS: Final = 180
"""Days without a change after which a runbook counts as stale, where the option `stale_after_days` says nothing else."""
MOST_TITLE: Final = 255

Json = dict[str, Any]
log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was found for a label, and until when it serves."""

    link: Link | None
    until: datetime


class Confluence:
    """One space: its runbooks, and pages of ours.

    The channel's place is the space's key; its options: `label` (what all runbooks carry, `runbook`), `stale_after_days`. Raises SettingsError for an address
    without `/wiki`.
    """

    service: Final = "confluence"

    def __init__(
        self, channel: Channel, session: ServiceSession, email: str, token: str, now: Callable[[], datetime]
    ) -> None:
        if not session.base_url.endswith("/wiki"):
            raise SettingsError(
                "DESKHAND_CONFLUENCE_URL does not end with /wiki", hint="It looks like https://acme.atlassian.net/wiki."
            )
        self.name = channel.name
        self._space = channel.place
        self._label = channel.options.get("label", "runbook")
        self._stale = timedelta(days=_days(channel.options.get("stale_after_days", "")))
        self._session = session
        self._headers = {"Authorization": "Basic " + b64encode(f"{email}:{token}".encode()).decode()}
        self._now = now
        self._kept: dict[str, _Kept] = {}
        self._number = ""

    def find(self, label: str) -> Link | None:
        """The runbook for a label, or with an id; the newest of several. A page that nobody changed for long says so in its words."""
        now, kept = self._now(), self._kept.get(label)
        if kept is not None and now < kept.until:
            return kept.link
        try:
            link = self.ask(label)
        except DeskError as error:
            log.warning("runbook_not_read", channel=self.name, label=label, reason=str(error), hint=error.hint)
            self._kept[label] = _Kept(kept.link if kept else None, now + AFTER_FAILURE)
        else:
            self._kept[label] = _Kept(link, now + (KEPT if link else NOTHING_KEPT))
        return self._kept[label].link

    def ask(self, label: str) -> Link | None:
        """What Confluence says now, without the cache. Raises as a channel does."""
        label = line(label)
        if not label:
            return None
        return self._by_id(label) if label.isascii() and label.isdigit() else self._by_label(label)

    def put(self, sheet: Sheet) -> Receipt:
        """Make the page with this title say this; what says so already is left alone. It may be repeated at will. Raises as a channel does.

        The receipt's state is made, changed or unchanged. Where an answer was lost the wiki is asked once more, since a title is there once in a space.
        """
        page, state = self._titled(sheet.title), "unchanged"
        try:
            if page is None:
                state = "made"
                page = self._write("POST", "/api/v2/pages", self._page_of(sheet) | {"spaceId": self._space_id()})
            elif made_of(sheet) not in _body(page):
                state = "changed"
                number = _number(within(page, "version", "number")) + 1
                version = {"number": number, "message": "deskhand"}
                body = self._page_of(sheet) | {"id": page["id"], "version": version}
                page = self._write("PUT", f"/api/v2/pages/{page['id']}", body)
        except Unknown:
            page = self._titled(sheet.title)
            if page is None or made_of(sheet) not in _body(page):
                raise
        path = str(within(page, "_links", "webui") or "")
        return Receipt(str(page["id"]), self._session.base_url + path, state)

    def _page_of(self, sheet: Sheet) -> Json:
        body = {"representation": "storage", "value": storage(sheet)}
        return {"status": "current", "title": cut(line(sheet.title), MOST_TITLE), "body": body}

    def _titled(self, title: str) -> Json | None:
        """The page of the space with this title, and what it says."""
        query = {
            "space-id": self._space_id(),
            "title": cut(line(title), MOST_TITLE),
            "status": "current",
            "body-format": "storage",
        }
        return next(iter(self._rows("/api/v2/pages", query)), None)

    def _space_id(self) -> str:
        """The number of the space, which its key stands for."""
        if not self._number:
            rows = self._rows("/api/v2/spaces", {"keys": self._space})
            if not rows:
                raise Rejected(
                    f"Confluence has no space {self._space!r}",
                    hint=f"Check the `place` of channel {self.name!r}, and that DESKHAND_CONFLUENCE_EMAIL sees it.",
                )
            self._number = str(rows[0]["id"])
        return self._number

    def _rows(self, path: str, query: Json) -> list[Json]:
        answer = self._session.call("GET", path, query=query, headers=self._headers)
        rows = self._good("GET", path, answer).get("results")
        if not isinstance(rows, list) or not all(isinstance(one, dict) and "id" in one for one in rows):
            raise Transient(f"Confluence, GET {path}: an answer without results")
        return rows

    def _write(self, method: str, path: str, body: Json) -> Json:
        found = self._good(method, path, self._session.call(method, path, body=body, headers=self._headers))
        if "id" not in found:
            raise Unknown(f"Confluence, {method} {path}: a success without a page")
        return found

    def _by_id(self, page: str) -> Link | None:
        path = f"/api/v2/pages/{page}"
        answer = self._session.call("GET", path, headers=self._headers)
        if answer.status == 404:
            return None
        found = self._good("GET", path, answer)
        return self._link(found, within(found, "_links", "webui"), within(found, "version", "createdAt"))

    def _by_label(self, label: str) -> Link | None:
        cql = " and ".join(
            [
                f"label = {_quoted(self._label)}",
                f"label = {_quoted(label)}",
                f"space = {_quoted(self._space)}",
                "type = page",
            ]
        )
        query = {"cql": f"{cql} order by lastmodified desc", "limit": 5}
        found = self._good(
            "GET", "/rest/api/search", self._session.call("GET", "/rest/api/search", query=query, headers=self._headers)
        )
        rows = found.get("results")
        if not isinstance(rows, list):
            raise Transient("Confluence's search did not answer with results")
        links = (self._link(one.get("content"), one.get("url"), one.get("lastModified")) for one in objects(rows))
        return next((one for one in links if one is not None), None)

    def _link(self, page: object, path: object, changed: object) -> Link | None:
        """A link into the wiki that the settings name, whatever host an answer speaks of; None for a page without a way to it."""
        if not isinstance(path, str) or not path.startswith("/"):
            return None
        title = cut(line(str(within(page, "title") or "Runbook")), MOST_TITLE)
        at = _instant(changed)
        if at is not None and self._now() - at > self._stale:
            log.warning("runbook_stale", channel=self.name, page=title, changed=at.isoformat())
            title = f"{title} (not changed since {at:%Y-%m-%d})"
        return Link(title, self._session.base_url + quote(path, safe="/%+?=&#:@!$'()*,;~"))

    def _good(self, method: str, path: str, answer: Answer) -> Json:
        """The body of a success. Raises what the status means."""
        status = answer.status
        if status in (200, 201) and answer.json():
            return answer.json()
        said = f"Confluence, {method} {path}: {status} {line(_reason(answer))}".rstrip()
        if status == 429:
            raise RateLimited(said, retry_after=answer.retry_after(self._now()), status=status)
        if status in (401, 403):
            hint = (
                f"Check DESKHAND_CONFLUENCE_EMAIL and _TOKEN, and what this user may do in the space {self._space!r}."
            )
            raise AccessRefused(said, status=status, hint=hint)
        if status >= 500 or status < 300:
            raise (Transient if method == "GET" else Unknown)(said, status=status)
        if status == 409:
            raise Rejected(said, status=status, hint="Somebody changed the page at the same moment; do it again.")
        where = f"the `place` (a space's key) and the option `label` of channel {self.name!r}"
        raise Rejected(said, status=status, hint=f"Check DESKHAND_CONFLUENCE_URL, and {where} in the policies.")


def _quoted(text: str) -> str:
    """A text of a query; nothing in it ends it."""
    return '"' + line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _reason(answer: Answer) -> str:
    """Why something was refused, from either form of the API."""
    found = answer.json()
    first = next(iter(objects(found.get("errors"))), {})
    return str(found.get("message") or first.get("title") or "")


def _body(page: Json) -> str:
    """What a page says, in storage format."""
    return str(within(page, "body", "storage", "value") or "")


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0


def _instant(text: object) -> datetime | None:
    """An instant of an answer; None where it has none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo else None


def _days(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else STALE_DAYS
