"""Issues for engineering (Jira Cloud): one issue for a message, found by label and property before it is made, with a link back to the ticket.

Jira has no keys for what is created, and its search lags behind: an issue is looked for before it is made, and after an unclear answer twice, with a
pause between, before it counts as not made. The link back is a true upsert. What else is said of the matter becomes a comment, known by its property.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from deskhand import logs
from deskhand.core.issue import PastDue
from deskhand.core.ladder import Channel
from deskhand.core.message import Message, Receipt, Sent
from deskhand.core.plain import cut, line
from deskhand.errors import AccessRefused, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.service import Answer, ServiceSession, objects, within
from deskhand.notify import adf

MOST_SUMMARY: Final = 255
LAG: Final = timedelta(seconds=30)
"""How far Jira's search may be behind: what is not found this long after it was first looked for was not made."""
PROPERTY: Final = "zendesk.escalation"
"""The property of an issue or a comment that says which message made it."""
LABEL: Final = "escalation"
"""The label of all issues that are made here."""
MAY_BE_LACKING: Final = ("priority", "duedate")
"""Fields that a project's screen may lack; the issue is filed without them."""
PAGES: Final = 5
"""Pages of a search that are read, of 100 rows each."""
_REFUSED_LOGIN: Final = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")
_NO_LABEL: Final = re.compile(r"[^\w.:-]+")

Json = dict[str, Any]
log = logs.get(__name__)


class Jira:
    """A channel to one project.

    Its place is the project's key. Its options: `issue_type` (Bug), and `priority_p1`.. or `priority` (none). Closing a matter comments on the issue and marks
    the ticket's link as resolved; the issue itself is engineering's to close.
    """

    service: Final = "jira"
    again: Final = "ask"

    def __init__(
        self, channel: Channel, session: ServiceSession, email: str, token: str, now: Callable[[], datetime]
    ) -> None:
        self.name = channel.name
        self._project = channel.place
        self._options = channel.options
        self._session = session
        self._headers = {"Authorization": "Basic " + b64encode(f"{email}:{token}".encode()).decode()}
        self._now = now
        self._looked: dict[str, datetime] = {}
        """When a message whose outcome is unclear was first looked for in vain, by its key."""

    def carries(self, message: Message) -> bool:
        """An issue, and its end."""
        return message.verb in {"file", "close"}

    def send(self, message: Message, earlier: Sequence[Sent]) -> Receipt:
        """Make the issue, or comment on the matter's. Raises as a channel does."""
        issue = _issue_of(earlier)
        if issue:
            return self._tell(issue, message)
        if message.verb == "close":
            return Receipt("", state="nothing to close")
        return self._found(message) or self._create(message)

    def find(self, message: Message, earlier: Sequence[Sent]) -> Receipt | None:
        """The issue or comment that a message made. Raises Transient while the search may not have it yet."""
        issue = _issue_of(earlier)
        found = self._comment(issue, message) if issue else self._found(message)
        if found is None and not issue:
            self._wait_for_search(message)
        self._looked.pop(message.key, None)
        return found

    def past_due(self) -> tuple[PastDue, ...]:
        """The project's escalations that are past due and not done, the oldest first."""
        jql = f"project = {_quoted(self._project)} AND labels = {_quoted(LABEL)} AND duedate < now() AND statusCategory != Done ORDER BY duedate ASC"
        rows = self._search(jql, "summary,duedate,assignee")
        return tuple(late for row in rows if (late := self._past_due(row)) is not None)

    # Issues.

    def _create(self, message: Message) -> Receipt:
        fields = self._fields(message)
        path = "/rest/api/3/issue"
        body = {"fields": fields, "properties": [_property(message)]}
        answer = self._ask("POST", path, body)
        lacking = _refused(answer).keys() & set(MAY_BE_LACKING) & fields.keys()
        if lacking:
            log.warning("field_left_out", channel=self.name, message=message.key, fields=sorted(lacking))
            left = {name: value for name, value in fields.items() if name not in lacking}
            answer = self._ask("POST", path, body | {"fields": left})
        made = self._good("POST", path, answer)
        if not isinstance(made.get("key"), str):
            raise Unknown(f"POST {path}: {answer.status} without an issue", status=answer.status)
        return self._with_link(made["key"], message)

    def _fields(self, message: Message) -> Json:
        notice = message.notice
        title = f"[ZD-{message.ticket_id}] {line(notice.title)}"
        fields: Json = {
            "project": {"key": self._project},
            "issuetype": {"name": self._options.get("issue_type", "Bug")},
            "summary": cut(title, MOST_SUMMARY),
            "labels": _labels(message),
            "description": adf.of_notice(notice),
        }
        priority = self._options.get(f"priority_{message.severity}") or self._options.get("priority")
        if priority:
            fields["priority"] = {"name": priority}
        if notice.due is not None:
            fields["duedate"] = notice.due.date().isoformat()
        return fields

    def _found(self, message: Message) -> Receipt | None:
        """The issue that a message made, as far as the search knows."""
        jql = f"project = {_quoted(self._project)} AND labels = {_quoted(_ticket_label(message))} ORDER BY created ASC"
        for row in self._search(jql, "summary"):
            if within(row, "properties", PROPERTY, "key") == message.key and isinstance(row.get("key"), str):
                return self._with_link(row["key"], message)
        return None

    def _with_link(self, issue: str, message: Message) -> Receipt:
        """The issue's receipt, its link back set; without the link an issue is still one, and its description names the ticket."""
        try:
            self._link(issue, message, resolved=False)
        except DeskError as error:
            log.warning("issue_not_linked", channel=self.name, issue=issue, reason=str(error))
        return Receipt(issue, f"{self._session.base_url}/browse/{issue}")

    def _link(self, issue: str, message: Message, *, resolved: bool) -> None:
        """Set the link back to the ticket: the same link however often it is sent."""
        path = f"/rest/api/3/issue/{issue}/remotelink"
        thing = {
            "url": message.notice.url,
            "title": f"Zendesk ticket {message.ticket_id}",
            "status": {"resolved": resolved},
        }
        if message.notice.url:
            body = {"globalId": f"zendesk:{message.ticket_id}", "object": thing}
            self._good("POST", path, self._ask("POST", path, body))

    def _wait_for_search(self, message: Message) -> None:
        """Raises Transient until what is not found has had the time to be."""
        since = self._looked.setdefault(message.key, self._now())
        if self._now() - since < LAG:
            raise Transient(
                f"Jira's search has no issue of {message.key!r} yet, and may be {LAG.seconds} s behind",
                hint="Nothing to do: it is searched once more before the issue is made again.",
            )

    # What is said of an issue later.

    def _tell(self, issue: str, message: Message) -> Receipt:
        """Comment on the issue; at the end the link is marked as resolved first, which may be repeated at will."""
        if message.verb == "close":
            self._link(issue, message, resolved=True)
        path = f"/rest/api/3/issue/{issue}/comment"
        notice = message.notice
        body = adf.of_notice(replace(notice, text=f"{line(notice.title)}\n\n{notice.text}"))
        answer = self._ask("POST", path, {"body": body, "properties": [_property(message)]})
        if "id" not in self._good("POST", path, answer):
            raise Unknown(f"POST {path}: {answer.status} without a comment", status=answer.status)
        return Receipt(issue, f"{self._session.base_url}/browse/{issue}")

    def _comment(self, issue: str, message: Message) -> Receipt | None:
        """The issue, if it has the comment of a message; comments are read from the issue itself, so nothing lags."""
        path = f"/rest/api/3/issue/{issue}/comment"
        query = {"orderBy": "-created", "maxResults": 100, "expand": "properties"}
        rows = self._rows("GET", path, self._ask("GET", path, query=query), "comments")
        marks = [mark for row in rows for mark in objects(row.get("properties")) if mark.get("key") == PROPERTY]
        known = any(within(mark, "value", "key") == message.key for mark in marks)
        return Receipt(issue, f"{self._session.base_url}/browse/{issue}") if known else None

    # Searching.

    def _search(self, jql: str, fields: str) -> list[Json]:
        """All issues that a query finds, as far as the search knows. Raises Transient for an answer that is no list."""
        path, found, token = "/rest/api/3/search/jql", [], ""
        for _ in range(PAGES):
            query = {"jql": jql, "fields": fields, "properties": PROPERTY, "maxResults": 100}
            answer = self._ask("GET", path, query=query | ({"nextPageToken": token} if token else {}))
            found += self._rows("GET", path, answer, "issues")
            token = str(answer.json().get("nextPageToken") or "")
            if not token:
                break
        return found

    def _past_due(self, row: Json) -> PastDue | None:
        """An issue of the search; None where it has no date."""
        try:
            due = date.fromisoformat(str(within(row, "fields", "duedate")))
        except ValueError:
            return None
        key, summary = str(row.get("key")), line(str(within(row, "fields", "summary") or ""))
        assignee = line(str(within(row, "fields", "assignee", "displayName") or ""))
        return PastDue(key, summary, due, f"{self._session.base_url}/browse/{key}", assignee)

    # Calls, and what answers mean.

    def _ask(self, method: str, path: str, body: Json | None = None, *, query: Json | None = None) -> Answer:
        """One call. Raises AccessRefused where Jira took us for a stranger: to strangers it answers with nothing, not with 401."""
        answer = self._session.call(method, path, query=query, body=body, headers=self._headers)
        reason = answer.headers.get("x-seraph-loginreason", "")
        if answer.status == 401 or any(word in reason for word in _REFUSED_LOGIN):
            raise AccessRefused(
                f"Jira, {method} {path}: {answer.status}, the credentials were refused",
                status=answer.status,
                hint="Check DESKHAND_JIRA_EMAIL and DESKHAND_JIRA_TOKEN.",
            )
        return answer

    def _rows(self, method: str, path: str, answer: Answer, name: str) -> list[Json]:
        rows = self._good(method, path, answer).get(name)
        if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
            raise Transient(f"{method} {path}: {answer.status} without {name}", status=answer.status)
        return rows

    def _good(self, method: str, path: str, answer: Answer) -> Json:
        """The body of a success. Raises what the status means."""
        if 200 <= answer.status < 300:
            return answer.json()
        raise self._meaning(method, path, answer)

    def _meaning(self, method: str, path: str, answer: Answer) -> DeskError:
        status, refused = answer.status, _refused(answer)
        reasons = "; ".join([*_sentences(answer), *(f"{name}: {why}" for name, why in refused.items())])
        said = f"Jira, {method} {path}: {status} {line(reasons)}".rstrip()
        if status == 429:
            return RateLimited(said, retry_after=answer.retry_after(self._now()), status=status)
        if status >= 500:
            return (Transient if method == "GET" else Unknown)(said, status=status)
        if status == 403:
            hint = f"The user of DESKHAND_JIRA_EMAIL may not do this in project {self._project!r}."
            return AccessRefused(said, status=status, hint=hint)
        return Rejected(said, status=status, hint=self._hint(status, refused, reasons))

    def _hint(self, status: int, refused: Json, reasons: str) -> str:
        where = f"of channel {self.name!r} in the policies"
        if status < 400:
            return "Redirects are not followed: check DESKHAND_JIRA_URL."
        if status in (404, 410):
            return "Check DESKHAND_JIRA_URL, which is the site alone, such as https://acme.atlassian.net; if an issue is named above, it was deleted or moved out of sight."
        if "project" in refused or "field 'project'" in reasons:
            return f"Check the `place` {where}: it is the key of a project that the user of DESKHAND_JIRA_EMAIL sees."
        if "issuetype" in refused:
            return f"Check the option `issue_type` {where}."
        if "labels" in refused:
            return f"Put the field Labels on the screen for new issues of project {self._project!r}: issues are known by it."
        return f"Check the options {where} against the fields that the project asks for."


def _issue_of(earlier: Sequence[Sent]) -> str:
    return next((one.ref for one in earlier if one.ref), "")


def _property(message: Message) -> Json:
    return {"key": PROPERTY, "value": {"ticket": message.ticket_id, "key": message.key, "thread": message.thread}}


def _ticket_label(message: Message) -> str:
    return f"zd-{message.ticket_id}"


def _labels(message: Message) -> list[str]:
    """Labels have no spaces; each is there once."""
    asked = (_ticket_label(message), LABEL, message.severity or "", *message.notice.labels)
    named = (_NO_LABEL.sub("-", line(one)).strip("-")[:MOST_SUMMARY] for one in asked)
    return list(dict.fromkeys(one for one in named if one))


def _quoted(text: str) -> str:
    """A text of a query; nothing in it ends it."""
    return '"' + line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _refused(answer: Answer) -> dict[str, str]:
    """Why Jira refused fields, by field; nothing for a success."""
    errors = answer.json().get("errors") if answer.status in (400, 422) else None
    return {str(name): str(why) for name, why in errors.items()} if isinstance(errors, dict) else {}


def _sentences(answer: Answer) -> list[str]:
    """The reasons that belong to no field."""
    listed = answer.json().get("errorMessages")
    return [str(one) for one in listed] if isinstance(listed, list) else []
