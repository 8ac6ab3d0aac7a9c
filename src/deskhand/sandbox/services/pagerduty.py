"""The pretended PagerDuty with its REST API: create incidents, read, act on and note them; who is on call; priorities. `pagerduty_events` has the rest."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from deskhand.sandbox.clock import epoch_of
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.services.pagerduty_events import Events
from deskhand.sandbox.services.pagerduty_records import Incident, duty_rows, incident_row, reference, user
from deskhand.sandbox.services.stand_in import Asked, answers

MONTH: Final = int(timedelta(days=30).total_seconds())
MOST_ROWS: Final = 100
MOST_NOTES: Final = 2_000
DUPLICATE: Final = "Open incident with matching dedup key already exists on this service"


class PagerDuty(Events):
    """PagerDuty with both of its APIs."""

    @answers("POST", "/incidents")
    def create(self, asked: Asked) -> Answer:
        """A new incident, unless one is open under its key."""
        self._writer(asked)
        row = _object(asked.body.get("incident"))
        title, key = row.get("title"), row.get("incident_key") or ""
        service = str(_object(row.get("service")).get("id"))
        if row.get("type") != "incident" or not isinstance(title, str) or not title.strip() or len(title) > 1024:
            raise refused(2001, "Invalid Input Provided", "Title can't be blank, or is too long")
        if not isinstance(key, str) or len(key) > 255 or row.get("urgency", "high") not in ("high", "low"):
            raise refused(
                2001, "Invalid Input Provided", "Incident key is too long, or urgency is neither high nor low"
            )
        if service not in self.services:
            raise refused(2001, "Invalid Input Provided", "Service not found")
        if key and self.find(key, service):
            raise refused(2002, "Arguments Caused Error", DUPLICATE)
        policy, priority, people = self._policy(row) or self.services[service], self._priority(row), self._people(row)
        if not people and self.policies[policy].first(1, self.now) is None:
            raise refused(1015, "No On-Call Users Found")
        made = self.open(service, key or f"{self.now:x}", title, urgency=row.get("urgency", "high"), policy=policy, details=_object(row.get("body")), people=people)  # fmt: skip
        made.priority = priority
        return Answer(self._shown(made), 201)

    @answers("GET", "/incidents")
    def listed(self, asked: Asked) -> Row:
        """Incidents by key, status, service and time; an empty key is none at all, so everything matches."""
        self._reader(asked)
        key, statuses, services = asked.query.get("incident_key"), asked.values("statuses[]"), asked.values("service_ids[]")  # fmt: skip
        since = 0 if asked.query.get("date_range") == "all" else self._instant(asked, "since", self.now - MONTH)
        until = self._instant(asked, "until", self.now + 1)
        found = [
            one
            for one in self.incidents
            if (not key or one.key == key)
            and (not statuses or one.status in statuses)
            and (not services or one.service in services)
            and since <= one.created <= until
        ]
        if asked.query.get("sort_by", "").endswith(":desc"):
            found.reverse()
        return _page(asked, "incidents", [incident_row(one, self.url) for one in found])

    @answers("GET", "/incidents/{id}")
    def one(self, asked: Asked, incident: str) -> Row:
        """One incident."""
        self._reader(asked)
        return self._shown(self.need(incident))

    @answers("PUT", "/incidents/{id}")
    def change(self, asked: Asked, incident: str) -> Row:
        """Acknowledge, resolve, rename, hand to another escalation policy, or escalate: all of it or nothing."""
        person = self._writer(asked)
        one, row = self.need(incident), _object(asked.body.get("incident"))
        if row.get("type") not in ("incident", "incident_reference"):
            raise refused(2001, "Invalid Input Provided", "Type is missing")
        title = row.get("title", one.title)
        if not isinstance(title, str) or not title.strip() or len(title) > 1024:
            raise refused(2001, "Invalid Input Provided", "Title can't be blank, or is too long")
        self._check_status(one, row)
        policy, level, people = self._policy(row), self._level(one, row), self._people(row)
        one.title = title
        if policy or level or people:
            one.policy = policy or one.policy
            self.did("escalated", one.key, incident=one.id, level=level or 1, by=person, title=title)
            self.assign(one, level or 1, people)
        if row.get("status") == "acknowledged":
            self.acknowledge(one, person)
        elif row.get("status") == "resolved":
            self.resolve(one, person)
        return self._shown(one)

    @answers("POST", "/incidents/{id}/notes")
    def note(self, asked: Asked, incident: str) -> Answer:
        """A note, which pages nobody."""
        person = self._writer(asked)
        one, content = self.need(incident), _object(asked.body.get("note")).get("content")
        if not isinstance(content, str) or not content.strip():
            raise refused(2001, "Invalid Input Provided", "Content can't be blank")
        if len(one.notes) >= MOST_NOTES:
            raise refused(2001, "Invalid Input Provided", "Too many notes")
        one.notes.append(content)
        self.did("noted", one.key, incident=one.id, by=person, content=content)
        return Answer({"note": {"id": f"N{len(one.notes)}", "content": content}}, 201)

    @answers("GET", "/incidents/{id}/notes")
    def notes(self, asked: Asked, incident: str) -> Row:
        """The notes of an incident."""
        self._reader(asked)
        return {"notes": [{"id": f"N{at}", "content": text} for at, text in enumerate(self.need(incident).notes, 1)]}

    @answers("GET", "/oncalls")
    def on_calls(self, asked: Asked) -> Row:
        """Who is on call, at each level of each policy asked for, between two instants; now, unless told otherwise."""
        self._reader(asked)
        since = self._instant(asked, "since", self.now)
        until = self._instant(asked, "until", since)
        wanted, rows = asked.values("escalation_policy_ids[]"), []
        for policy in self.policies.values():
            if wanted and policy.id not in wanted:
                continue
            for level, duties in enumerate(policy.levels, 1):
                found = [one for one in duties if one.within(since, until)]
                if asked.query.get("earliest") == "true":
                    found = list({one.person: one for one in sorted(found, key=lambda one: -(one.start or 0))}.values())
                rows += duty_rows(policy, level, found)
        return _page(asked, "oncalls", rows)

    @answers("GET", "/priorities")
    def all_priorities(self, asked: Asked) -> Row:
        """The account's priorities, where its plan has them."""
        self._reader(asked)
        if self.priorities is None:
            raise _plan()
        return _page(asked, "priorities", [reference("priority", key, name) for key, name in self.priorities.items()])

    @answers("GET", "/services/{id}")
    def service(self, asked: Asked, service: str) -> Row:
        """A service with its escalation policy."""
        self._reader(asked)
        if service not in self.services:
            raise self.lost()
        policy = reference("escalation_policy", self.services[service])
        return {"service": {"id": service, "type": "service", "name": service, "escalation_policy": policy}}

    @answers("GET", "/escalation_policies/{id}")
    def escalation_policy(self, asked: Asked, policy: str) -> Row:
        """An escalation policy: how many levels, and how long each waits."""
        self._reader(asked)
        found = self.policies.get(policy)
        if found is None:
            raise self.lost()
        rules = [{"id": f"{policy}{level}", "escalation_delay_in_minutes": found.timeout // 60} for level in range(1, len(found.levels) + 1)]  # fmt: skip
        return {"escalation_policy": {"id": policy, "type": "escalation_policy", "name": policy, "escalation_rules": rules}}  # fmt: skip

    def _shown(self, one: Incident) -> Row:
        return {"incident": incident_row(one, self.url)}

    def _reader(self, asked: Asked) -> None:
        """Let in who has a token, so many times a minute. Raises Refusal."""
        kind, _, token = asked.headers.get("authorization", "").partition("=")
        if kind != "Token token" or token not in self.tokens:
            raise Refusal(401, {"error": {"message": "Unauthorized", "code": 2006}})
        spent = self.spend("rest", token)
        if spent.over:
            headers = {"ratelimit-limit": str(spent.most), "ratelimit-remaining": "0", "ratelimit-reset": str(spent.resets)}  # fmt: skip
            raise Refusal(429, {"error": {"message": "Rate Limit Exceeded", "code": 2020}}, headers)

    def _writer(self, asked: Asked) -> str:
        """The same, with somebody who does it; their name. Raises Refusal."""
        self._reader(asked)
        sender = asked.headers.get("from", "")
        if not sender:
            raise refused(2001, "Invalid Input Provided", "From header is required")
        if sender not in self.people:
            raise refused(1008, "Requester User Not Found")
        return self.people[sender]

    def _policy(self, row: Row) -> str:
        """The escalation policy that a body names; empty where it names none. Raises Refusal."""
        if "escalation_policy" not in row:
            return ""
        policy = str(_object(row["escalation_policy"]).get("id"))
        if policy not in self.policies:
            raise refused(1014, "Escalation Policy Not Found")
        if self.policies[policy].first(1, self.now) is None:
            raise refused(1015, "No On-Call Users Found")
        return policy

    def _priority(self, row: Row) -> str:
        if "priority" not in row:
            return ""
        if self.priorities is None:
            raise _plan()
        priority = str(_object(row["priority"]).get("id"))
        if priority not in self.priorities:
            raise refused(2001, "Invalid Input Provided", "Priority not found")
        return priority

    def _people(self, row: Row) -> list[str]:
        """Whom a body assigns the incident to. Raises Refusal."""
        given = row.get("assignments", [])
        if not isinstance(given, list) or (given and "escalation_policy" in row):
            raise refused(2001, "Invalid Input Provided", "Only one of assignments and escalation_policy may be given")
        known = {str(user(one.person)["id"]): one.person for policy in self.policies.values() for level in policy.levels for one in level}  # fmt: skip
        wanted = [str(_object(_object(one).get("assignee")).get("id")) for one in given]
        if not set(wanted) <= set(known):
            raise refused(2001, "Invalid Input Provided", "Assignee not found")
        return [known[one] for one in wanted]

    def _level(self, one: Incident, row: Row) -> int:
        """The level that a body escalates to; 0 where it does not. Raises Refusal."""
        if "escalation_level" not in row:
            return 0
        level, policy = row["escalation_level"], self.policies[one.policy]
        if not isinstance(level, int) or not 1 <= level <= len(policy.levels):
            raise refused(1006, "Incident Cannot Be Escalated")
        if not policy.on_duty(level, self.now):
            raise refused(1015, "No On-Call Users Found")
        return level

    def _check_status(self, one: Incident, row: Row) -> None:
        status = row.get("status")
        if status not in (None, "acknowledged", "resolved"):
            raise refused(2001, "Invalid Input Provided", "Status is invalid")
        if not one.open and (status or row.keys() & {"escalation_level", "escalation_policy", "assignments"}):
            raise refused(1001, "Incident Already Resolved")
        if status == "acknowledged" and one.status == "acknowledged":
            raise refused(1002, "Incident Already Acknowledged")

    @staticmethod
    def _instant(asked: Asked, name: str, usual: int) -> int:
        try:
            return epoch_of(asked.query[name]) if name in asked.query else usual
        except ValueError:
            raise refused(2001, "Invalid Input Provided", f"{name} is no instant") from None


def refused(code: int, message: str, *errors: str) -> Refusal:
    """A 400 with one of PagerDuty's own codes."""
    return Refusal(400, {"error": {"message": message, "code": code, "errors": list(errors)}})


def _plan() -> Refusal:
    return Refusal(402, {"error": {"message": "Account does not have the abilities to perform the action", "code": 2014}})  # fmt: skip


def _object(value: Any) -> Row:  # noqa: ANN401 - a JSON edge
    return value if isinstance(value, dict) else {}


def _page(asked: Asked, name: str, rows: list[Row]) -> Row:
    """A page of a listing: at most 100 rows, 25 unless told otherwise."""
    number: Callable[[str, int], int] = lambda key, usual: int(asked.query[key]) if asked.query.get(key, "").isdigit() else usual  # noqa: E731 # fmt: skip
    limit, offset = min(number("limit", 25), MOST_ROWS), number("offset", 0)
    more = len(rows) > offset + limit
    return {name: rows[offset : offset + limit], "limit": limit, "offset": offset, "more": more, "total": None}
