"""PagerDuty's REST API: incidents that page at once, acknowledgements that can be read back, and who is on call.

A matter has one open incident on a service, under its thread as `incident_key`: PagerDuty refuses a second one (400, code 2002). The first page makes it; each
further page, whether it repeats a rung or comes from the next one, hands the open incident to that rung anew, which pages its people again. The title
carries the number of the latest page and is changed by the same call, so that a lost answer can be told from a lost request.

Who is paged is the message's `schedule` and `level`, which are its role's; else the channel's. The first level is asked through its escalation policy, which
may go on by itself; a higher one within that policy, or by its people on call, so that those below are not woken for it.

A channel's `place` is the service's id. Its options: `escalation_policy` (an id; the service's own, unless given) and `level` (1) for messages without a
schedule, `urgency` (high, low), `priority` (an id), `from` (the mail address of the user who writes, instead of DESKHAND_PAGERDUTY_FROM).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from deskhand import logs
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent, Shift, Standing
from deskhand.core.plain import line
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, SettingsError, Transient, Unknown
from deskhand.http.service import Answer, ServiceSession, objects, within
from deskhand.notify import pagerduty_words as words

RESOLVED: Final = 1001
ACKNOWLEDGED: Final = 1002
CANNOT_ESCALATE: Final = 1006
NO_REQUESTER: Final = 1008
NO_POLICY: Final = 1014
NOBODY: Final = 1015
EXISTS: Final = 2002
"""PagerDuty's own codes inside a 400."""
OPEN: Final = ("triggered", "acknowledged")
ALL: Final = (*OPEN, "resolved")
ROWS: Final = 100
PAGES: Final = 20
SHORTEST: Final = 1.0
"""Seconds to wait after a 429 that says less."""

Json = dict[str, Any]
log = logs.get(__name__)


class PagerDuty:
    """A channel to one service of PagerDuty, which can tell who acknowledged and who is on call."""

    service: Final = "pagerduty"
    again: Final = "ask"

    def __init__(
        self, channel: Channel, session: ServiceSession, token: str, sender: str, now: Callable[[], datetime]
    ) -> None:
        """`sender` is the mail address of a PagerDuty user, who signs what is written. Raises SettingsError."""
        self.name = channel.name
        self._place, self._options, self._session, self._now = channel.place, channel.options, session, now
        self._reads_events = channel.service == "pagerduty_events"
        self._suffix = f"_{channel.key}" if channel.key else ""
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise SettingsError(
                f"DESKHAND_PAGERDUTY_TOKEN{self._suffix} is no token",
                hint="Copy the REST API key anew (Integrations, API Access Keys).",
            )
        level = channel.options.get("level", "1")
        if not level.isdecimal() or not 1 <= int(level) <= 20:
            raise SettingsError(
                f"channel {self.name!r}: the option level is {level!r}",
                hint="It is a level of the escalation policy, from 1 on.",
            )
        self._level = int(level)
        self._sender = line(channel.options.get("from", sender))
        self._headers = {
            "Authorization": f"Token token={token}",
            "Accept": "application/vnd.pagerduty+json;version=2",
        }

    def carries(self, message: Message) -> bool:
        """Pages, and their ends. What nobody has to answer is no incident."""
        return message.verb in ("page", "close")

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:  # noqa: ARG002 - PagerDuty itself knows what it carried
        """Page by a new incident or by the open one; or resolve what is open. Raises as a channel does."""
        if not self.carries(message) or not message.thread:
            raise Rejected(
                f"channel {self.name!r} pages people, and cannot {message.verb}",
                hint="Name another channel for what nobody has to acknowledge.",
            )
        return self._close(message) if message.verb == "close" else self._page(message)

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:  # noqa: ARG002 - the key is enough
        """The incident that has this page or a later one, open or resolved; for an end, the incident once nothing is open."""
        rows = self._incidents(message.thread, ALL)
        if message.verb == "close":
            held = any(row.get("status") in OPEN for row in rows)
            return None if held or not rows else _receipt(rows[0])
        return next((_receipt(row) for row in rows if _has(row, message)), None)

    def standing(self, thread: str) -> Standing | None:
        """Where the newest incident of a thread stands: who acknowledged or resolved it last, and when."""
        rows = self._incidents(thread, ALL)
        if self._reads_events:
            rows = [*self._alerts(thread), *rows]
        if not rows:
            return None
        row = _speaking(rows)
        state = row.get("status")
        by, at = _changed(row)
        receipt = _receipt(row)
        match state:
            case "triggered" | "acknowledged" | "resolved":
                return Standing(thread, state, receipt.ref, by if state != "triggered" else "", at, receipt.url)
            case _:
                raise Transient(f"PagerDuty says of incident {receipt.ref} that it is {line(str(state))!r}")

    def on_call(self, schedule: str, level: int, since: datetime, until: datetime) -> tuple[Shift, ...]:
        """Who is on call at a level of an escalation policy, in order of time."""
        if not schedule:
            return ()
        found = [
            Shift(_person(row.get("user")), _instant(row.get("start")), _instant(row.get("end")), level)
            for row in self._duties(schedule, level, since, until)
        ]
        first = datetime.min.replace(tzinfo=UTC)
        return tuple(sorted(found, key=lambda one: (one.start or first, one.person)))

    def _duties(self, schedule: str, level: int, since: datetime, until: datetime) -> list[Json]:
        query = {
            "escalation_policy_ids[]": [schedule], "include[]": ["users"], "since": _iso(since), "until": _iso(until), "time_zone": "UTC",
        }  # fmt: skip
        return [row for row in self._listed("/oncalls", "oncalls", query) if row.get("escalation_level") == level]

    # Paging and ending.

    def _page(self, message: Message) -> Receipt:
        try:
            row = self._create(message)
        except Rejected as error:
            if error.code != str(EXISTS):
                raise
            row = self._open(message)
            if words.marked(row.get("title")) >= message.number:
                return _receipt(row)
            row = self._hand_on(message, row)
        return _receipt(row)

    def _create(self, message: Message) -> Json:
        """A new incident; a priority that PagerDuty refuses keeps nobody from being paged."""
        incident: Json = {
            "type": "incident",
            "title": words.title(message),
            "service": {"id": self._place, "type": "service_reference"},
            "urgency": "low" if self._options.get("urgency") == "low" else "high",
            "incident_key": message.thread,
            "body": {"type": "incident_body", "details": words.details(message)},
        } | self._whom(message)
        priority = self._options.get("priority")
        if not priority:
            return self._write("POST", "/incidents", incident)
        try:
            return self._write(
                "POST", "/incidents", incident | {"priority": {"id": priority, "type": "priority_reference"}}
            )
        except Rejected as error:
            if error.status not in (400, 402) or error.code in _MEANINGS:
                raise
            log.warning("priority_refused", channel=self.name, reason=str(error))
            return self._write("POST", "/incidents", incident)

    def _open(self, message: Message) -> Json:
        """The open incident that keeps another one from being made."""
        rows = self._incidents(message.thread, OPEN)
        if not rows:
            raise self._just_resolved(message)
        return rows[0]

    def _hand_on(self, message: Message, row: Json) -> Json:
        """Page whom this message is for, whoever has the incident now."""
        path = f"/incidents/{quote(str(row.get('id')), safe='')}"
        change = {"type": "incident", "title": words.title(message)} | self._whom(message, row)
        try:
            return self._write("PUT", path, change)
        except Rejected as error:
            if error.code != str(RESOLVED):
                raise
            raise self._just_resolved(message) from None

    def _just_resolved(self, message: Message) -> DeskError:
        """Somebody was quicker: whether the page is still wanted is decided before it is tried again."""
        return Transient(f"channel {self.name!r}: the open incident under {message.thread} was resolved just now")

    def _whom(self, message: Message, row: Json | None = None) -> Json:
        """Whom an incident goes to, as part of its body. `row` is the one that is open; a new one goes by its service's policy unless told otherwise."""
        current = str(within(row, "escalation_policy", "id") or "")
        policy = message.schedule or self._options.get("escalation_policy") or current
        level = message.level if message.schedule else self._level
        if level == 1 and not policy and row is None:
            return {}
        policy = policy or self._policy_of_service()
        if level == 1:
            return {"escalation_policy": {"id": policy, "type": "escalation_policy_reference"}}
        if policy == current:
            return {"escalation_level": level}
        now = self._now()
        people = [one for duty in self._duties(policy, level, now, now) if (one := within(duty, "user", "id"))]
        if not people:
            said = f"nobody is on call at level {level} of the escalation policy {policy}"
            raise Rejected(f"channel {self.name!r}: {said}", code=str(NOBODY), hint=self._hint(400, str(NOBODY), ""))
        return {"assignments": [{"assignee": {"id": one, "type": "user_reference"}} for one in people]}

    def _policy_of_service(self) -> str:
        path = f"/services/{quote(self._place, safe='')}"
        policy = within(self._call("GET", path).json(), "service", "escalation_policy", "id")
        if not policy:
            raise Transient(f"PagerDuty, GET {path}: no service with its escalation policy")
        return str(policy)

    def _close(self, message: Message) -> Receipt:
        """Resolve what is open; what a person resolved before is as good."""
        last = Receipt("", state="resolved")
        for row in self._incidents(message.thread, OPEN):
            path = f"/incidents/{quote(str(row.get('id')), safe='')}"
            try:
                last = _receipt(self._write("PUT", path, {"type": "incident", "status": "resolved"}))
            except Rejected as error:
                if error.code != str(RESOLVED):
                    raise
                last = Receipt(str(row.get("id")), str(row.get("html_url") or ""), "resolved")
        return last

    # Asking.

    def _incidents(self, thread: str, statuses: Sequence[str]) -> list[Json]:
        """The incidents under a key on this channel's service, newest first. An empty key would give everything, so it is never asked for."""
        if not thread:
            return []
        query: Json = {
            "incident_key": thread, "date_range": "all", "statuses[]": list(statuses), "sort_by": "created_at:desc",
        }  # fmt: skip
        if self._place:
            query["service_ids[]"] = [self._place]
        rows = [row for row in self._listed("/incidents", "incidents", query) if row.get("incident_key") == thread]
        return sorted(rows, key=lambda row: str(row.get("created_at")), reverse=True)

    def _alerts(self, thread: str) -> list[Json]:
        """Open incidents of further pages that left as events, under keys of their own. PagerDuty finds no keys by their beginning."""
        if not thread or not self._place:
            return []
        query: Json = {"date_range": "all", "statuses[]": list(OPEN), "service_ids[]": [self._place]}
        rows = self._listed("/incidents", "incidents", query)
        return [row for row in rows if str(row.get("incident_key")).startswith(f"{thread}:")]

    def _listed(self, path: str, name: str, query: Json) -> Iterator[Json]:
        """The rows of a listing, over all of its pages. Raises Transient for an answer that is none, which must not be read as nothing."""
        for page in range(PAGES):
            answer = self._call("GET", path, query={**query, "limit": ROWS, "offset": page * ROWS})
            rows = answer.json().get(name)
            if not isinstance(rows, list):
                raise Transient(
                    f"PagerDuty, GET {path}: {answer.status} without {name}, which is no answer of PagerDuty's",
                    status=answer.status,
                    hint="If it lasts, check DESKHAND_PAGERDUTY_URL.",
                )
            yield from objects(rows)
            if answer.json().get("more") is not True:
                return

    def _write(self, method: str, path: str, incident: Json) -> Json:
        answer = self._call(method, path, body={"incident": incident}, headers={"From": self._sender})
        row = answer.json().get("incident")
        if not isinstance(row, dict) or "id" not in row:
            raise Unknown(f"PagerDuty, {method} {path}: {answer.status} without an incident", status=answer.status)
        return row

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Json | None = None,
        body: Json | None = None,
        headers: Json | None = None,
    ) -> Answer:
        answer = self._session.call(method, path, query=query, body=body, headers=self._headers | (headers or {}))
        if answer.status in (200, 201):
            return answer
        raise self._meaning(method, path, answer)

    def _meaning(self, method: str, path: str, answer: Answer) -> DeskError:
        """What an answer other than a success means."""
        status, (code, told) = answer.status, _told(answer)
        said = f"PagerDuty, {method} {path} for channel {self.name!r}: {status} {told}".rstrip()
        if status == 429:
            return RateLimited(said, retry_after=max(answer.retry_after(self._now()), SHORTEST), status=status)
        if status == 503:
            return Transient(said, status=status)
        if status == 408 or status >= 500 or status < 300 or (status == 400 and not told):
            return (Transient if method == "GET" else Unknown)(said, status=status)
        hint = self._hint(status, code, path)
        kind = AccessRefused if status in (401, 403) or code == str(NO_REQUESTER) else Rejected
        return kind(said, status=status, code=code, hint=hint)

    def _hint(self, status: int, code: str, path: str) -> str:
        """What to mend."""
        where = f"of channel {self.name!r} in the policies"
        policy = f"the escalation policy (option `escalation_policy` {where}, or that of the service)"
        if code in _MEANINGS:
            return _MEANINGS[code].format(policy=policy, where=where)
        if not self._sender and path.startswith("/incidents") and status == 400:
            return "Set DESKHAND_PAGERDUTY_FROM to the mail address of a PagerDuty user: writes need one."
        match status:
            case 401:
                return f"Check DESKHAND_PAGERDUTY_TOKEN{self._suffix}."
            case 402:
                return f"PagerDuty's plan does not have this: check the options {where}."
            case 403:
                return f"The key of DESKHAND_PAGERDUTY_TOKEN{self._suffix} may not do this: it must not be read-only."
            case 404 if path == "/oncalls":
                return "Check DESKHAND_PAGERDUTY_URL, and the `schedule` of the role in the policies: it is the id of an escalation policy."
            case 404:
                return f"Check DESKHAND_PAGERDUTY_URL, and the `place` {where}, which is the id of a service."
            case _ if status < 400:
                return (
                    "Redirects are not followed: check DESKHAND_PAGERDUTY_URL (https://api.eu.pagerduty.com in the EU)."
                )
        return f"Read the reason above; check the `place` and the options {where}, and DESKHAND_PAGERDUTY_FROM."


_MEANINGS: Final = {
    str(RESOLVED): "The incident was resolved in PagerDuty meanwhile.",
    str(ACKNOWLEDGED): "The incident was acknowledged in PagerDuty meanwhile.",
    str(CANNOT_ESCALATE): "There is nobody further up: check the `level` {where} against {policy}.",
    str(
        NO_REQUESTER
    ): "DESKHAND_PAGERDUTY_FROM (or the option `from` {where}) must be the mail address of a PagerDuty user.",
    str(NO_POLICY): "There is no such escalation policy: check the option `escalation_policy` {where}.",
    str(NOBODY): "Nobody is on call: put somebody on {policy}, and run `deskhand ladder check`.",
    str(EXISTS): "An incident is open under this key already.",
}
"""What PagerDuty's codes mean, and what to do about them."""


def _told(answer: Answer) -> tuple[str, str]:
    """PagerDuty's code, and its words in one line; none for a 400 that broke on its way, which may have said that all is well."""
    error = answer.json().get("error")
    if not isinstance(error, dict):
        return "", "" if answer.status == 400 else line(answer.text)
    errors = error.get("errors")
    more = "; ".join(map(str, errors)) if isinstance(errors, list) else ""
    code = str(error.get("code") or "")
    return code, line(" ".join(part for part in (code, str(error.get("message") or ""), more) if part))[:300]


def _has(row: Json, message: Message) -> bool:
    """Whether an incident has this page or a later one. Who renames an incident takes the mark away: then one that began with this page has it."""
    number, begun = words.marked(row.get("title")), _instant(row.get("created_at"))
    return number >= message.number if number >= 0 else begun is not None and begun >= message.at


def _receipt(row: Json) -> Receipt:
    return Receipt(str(row.get("id") or ""), str(row.get("html_url") or ""), str(row.get("status") or ""))


def _speaking(rows: Sequence[Json]) -> Json:
    """The incident that says where a matter stands: the newest, or one that was acknowledged after that began."""
    newest = max(rows, key=lambda row: str(row.get("created_at")))
    later = [row for row in rows if row.get("status") == "acknowledged" and _since(row) >= _since(newest)]
    return max(later, key=_since, default=newest)


def _since(row: Json) -> datetime:
    return _changed(row)[1] or datetime.min.replace(tzinfo=UTC)


def _changed(row: Json) -> tuple[str, datetime | None]:
    """Who acknowledged last, or changed the status; and when."""
    held = objects(row.get("acknowledgements"))
    if row.get("status") == "acknowledged" and held:
        last = max(held, key=lambda one: str(one.get("at")))
        return _person(last.get("acknowledger")), _instant(last.get("at"))
    at = _instant(row.get("last_status_change_at")) or _instant(row.get("created_at"))
    return _person(row.get("last_status_change_by")), at


def _person(row: object) -> str:
    """A person's name; their id where there is none."""
    if not isinstance(row, dict):
        return ""
    return line(str(row.get("summary") or row.get("name") or row.get("id") or ""))[:200]


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
