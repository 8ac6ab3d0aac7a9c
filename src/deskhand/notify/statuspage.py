"""The public status page (Statuspage): one incident for a matter, found by its metadata before one is made, and updates appended to it.

What is public comes from the policies alone: of a message's notice, the title, the text and the status leave, and a notice that holds a brief, facts or links
is not carried at all. Statuspage has no keys of its own, so each incident carries the matter's thread and the key of its latest message as metadata.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.core.plain import cut, line, plain
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.service import Answer, ServiceSession, objects, within

MOST_NAME: Final = 255
MOST_BODY: Final = 25_000
"""Characters that Statuspage takes."""
SETTLED: Final = timedelta(seconds=30)
"""What is not there this long after it was first looked for was not published: a call that nobody waits for any more may be slow."""
ROWS: Final = 100
PAGES: Final = 5
"""Rows of a page of open incidents, and how many pages are read."""
SLOW_DOWN: Final = (420, 429)
"""Statuspage's answers to more than one call a second."""
MAILED: Final[Mapping[str, frozenset[str]]] = {
    "none": frozenset(),
    "first_and_last": frozenset({"first", "last"}),
    "all": frozenset({"first", "between", "last"}),
}
"""What subscribers get mail about, by the channel's option `subscribers`; `none` where it is absent."""

Json = dict[str, Any]


class Statuspage:
    """A channel to one status page.

    Its place is the page's id. Its options: `components` (`id=partial_outage, id=degraded_performance`), `impact` (none, minor, major, critical), `subscribers`
    (none, first_and_last, all).
    """

    service: Final = "statuspage"
    again: Final = "ask"

    def __init__(self, channel: Channel, session: ServiceSession, token: str, now: Callable[[], datetime]) -> None:
        self.name = channel.name
        self._page = f"/pages/{quote(channel.place, safe='')}"
        self._options = channel.options
        self._session = session
        self._headers = {"Authorization": f"OAuth {token}"}
        self._now = now
        self._looked: dict[str, datetime] = {}
        """When a message whose outcome is unclear was first looked for in vain, by its key."""

    def carries(self, message: Message) -> bool:
        """Public words with a status, and nothing that could come from a ticket."""
        notice = message.notice
        private = notice.brief or notice.facts or notice.links
        return message.verb == "publish" and notice.status is not None and not private

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:
        """Append to the matter's incident, or make it. Raises as a channel does.

        An end that nobody heard the beginning of is not published, and what a person resolved on the page stays resolved.
        """
        if not self.carries(message):
            raise Rejected(
                f"channel {self.name!r} publishes public words alone, and this message has none or holds more",
                hint="Only `publish` may name a channel of service `statuspage`.",
            )
        unresolved = self._unresolved()
        incident = self._incident(message.thread, earlier, unresolved)
        over = message.notice.status == "resolved"
        if incident is None:
            return Receipt("", state="never published") if over else self._create(message)
        if incident.get("status") in ("resolved", "postmortem"):
            if over:
                return _receipt(incident)
            raise Rejected(
                f"the incident {incident['id']} was resolved on the status page, so {message.notice.status!r} does not open it again",
                hint="Publish it by hand if it is true.",
            )
        return self._update(message, incident, unresolved)

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:
        """The matter's incident, if this message was the latest that it took. Raises Transient while a slow call may still be carried out."""
        incident = self._incident(message.thread, earlier, self._unresolved())
        if incident is not None and _mark(incident).get("last") == message.key:
            self._looked.pop(message.key, None)
            return _receipt(incident)
        since = self._looked.setdefault(message.key, self._now())
        if self._now() - since < SETTLED:
            raise Transient(
                f"the status page has nothing of {message.key!r} yet",
                hint=f"Nothing to do: it is read once more, {SETTLED.seconds} s after the first time, before anything is published again.",
            )
        del self._looked[message.key]
        return None

    def _create(self, message: Message) -> Receipt:
        components = self._components()
        incident = self._words(message, "first") | {"name": cut(_public(line(message.notice.title)), MOST_NAME)}
        if components:
            incident |= {"component_ids": list(components), "components": components}
        if impact := self._options.get("impact"):
            incident["impact_override"] = impact
        return self._write("POST", f"{self._page}/incidents", incident)

    def _update(self, message: Message, incident: Json, unresolved: Sequence[Json]) -> Receipt:
        over = message.notice.status == "resolved"
        words = self._words(message, "last" if over else "between")
        if over:
            words |= self._well_again(incident, unresolved)
        return self._write("PATCH", f"{self._page}/incidents/{quote(str(incident['id']), safe='')}", words)

    def _words(self, message: Message, which: str) -> Json:
        """What every write says. `deliver_notifications` is always said, since Statuspage mails all subscribers where it is not."""
        mailed = MAILED.get(self._options.get("subscribers", "none"), MAILED["none"])
        return {
            "status": message.notice.status,
            "body": cut(_public(plain(message.notice.text)), MOST_BODY),
            "deliver_notifications": which in mailed,
            "metadata": {"zendesk": {"ticket_id": str(message.ticket_id), "key": message.thread, "last": message.key}},
        }

    def _well_again(self, incident: Json, unresolved: Sequence[Json]) -> Json:
        """The channel's components as operational, but for those that another open incident holds."""
        others = [one for one in unresolved if one.get("id") != incident["id"]]
        held = {str(part.get("id")) for one in others for part in objects(one.get("components"))}
        well = {part: "operational" for part in self._components() if part not in held}
        return {"component_ids": list(well), "components": well} if well else {}

    def _components(self) -> dict[str, str]:
        pairs = (part.partition("=") for part in self._options.get("components", "").replace(",", " ").split())
        return {name: state or "degraded_performance" for name, _, state in pairs}

    def _incident(self, thread: str, earlier: Sequence[Sent], unresolved: Sequence[Json]) -> Json | None:
        """The matter's incident: the one that was sent to before, else the unresolved one that carries the thread."""
        known = next((one.ref for one in reversed(earlier) if one.verb == "publish" and one.ref), "")
        for incident in unresolved:
            if incident.get("id") == known or _mark(incident).get("key") == thread:
                return incident
        if not known:
            return None
        answer = self._call("GET", f"{self._page}/incidents/{quote(known, safe='')}")
        found = answer.json()
        if "id" not in found:
            raise Transient(f"the status page did not answer with incident {known}", status=answer.status)
        return found

    def _unresolved(self) -> list[Json]:
        """All open incidents. Raises Transient for an answer that is no list, which must not be read as none."""
        found: list[Json] = []
        for page in range(1, PAGES + 1):
            path = f"{self._page}/incidents/unresolved"
            answer = self._call("GET", path, query={"page": page, "per_page": ROWS})
            rows = _listed(answer.body)
            if rows is None:
                raise Transient("the status page did not answer with its open incidents", status=answer.status)
            found += rows
            if len(rows) < ROWS:
                break
        return found

    def _write(self, method: str, path: str, incident: Json) -> Receipt:
        answer = self._call(method, path, {"incident": incident})
        found = answer.json()
        if "id" not in found:
            raise Unknown(f"{method} {path}: {answer.status} without an incident", status=answer.status)
        return _receipt(found)

    def _call(self, method: str, path: str, body: Json | None = None, *, query: Json | None = None) -> Answer:
        answer = self._session.call(method, path, query=query, body=body, headers=self._headers)
        if answer.status in (200, 201):
            return answer
        raise self._meaning(method, path, answer)

    def _meaning(self, method: str, path: str, answer: Answer) -> DeskError:
        """What an answer other than a success means."""
        status = answer.status
        said = f"Statuspage, {method} {path}: {status} {line(answer.text)}".rstrip()
        where = f"of channel {self.name!r} in the policies"
        if status in SLOW_DOWN:
            return RateLimited(said, retry_after=answer.retry_after(self._now()), status=status)
        if status >= 500 or status < 300:
            return (Transient if method == "GET" else Unknown)(said, status=status)
        match status:
            case 401:
                return AccessRefused(said, status=status, hint="Check DESKHAND_STATUSPAGE_TOKEN.")
            case 403:
                hint = f"The user of DESKHAND_STATUSPAGE_TOKEN may not manage the page that is the `place` {where}."
                return AccessRefused(said, status=status, hint=hint)
            case 404 if path == f"{self._page}/incidents" or path.endswith("/unresolved"):
                hint = f"There is no page with the id that is the `place` {where}."
            case 404:
                hint = "The incident was deleted on the status page; publish by hand if it is still true."
            case 400 | 422:
                hint = f"Check the options `components` and `impact` {where}."
            case _ if status < 400:
                hint = "Redirects are not followed: check DESKHAND_STATUSPAGE_URL."
            case _:
                hint = f"Read the reason above; the policy key to mend is among the options {where}."
        return Rejected(said, status=status, hint=hint)


def _public(text: str) -> str:
    """Text that no reader's browser takes for a tag: the page, its mails and its feeds treat entities differently, so none are made."""
    return text.replace("<", "‹").replace(">", "›")


def _listed(body: bytes) -> list[Json] | None:
    """A list of incidents; None for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    listed = isinstance(found, list) and all(isinstance(one, dict) and "id" in one for one in found)
    return found if listed else None


def _mark(incident: Json) -> Json:
    """Our own metadata of an incident; empty where it is another's."""
    mark = within(incident, "metadata", "zendesk")
    return mark if isinstance(mark, dict) else {}


def _receipt(incident: Json) -> Receipt:
    return Receipt(str(incident["id"]), str(incident.get("shortlink") or ""), str(incident.get("status") or ""))
