"""A pretended PagerDuty: events, incidents and who is on call, with people who answer their pages, or never do.

    pagerduty = sandbox.services.pagerduty
    pagerduty.add_service("PSHOP", "PPAY", [["Ana"], ["Ben"]], routing_key="R" * 32)     # who is on duty at each level of its escalation policy
    pagerduty.answers_in("Ben", 120)                                                     # Ben acknowledges two minutes after each page; others never

The log has `triggered`, `again` (a trigger for what is open), `paged` (a person), `nobody` (to page), `acknowledged`, `resolved`, `escalated`, `noted` and
`dropped` (an event for what is not open), each under the incident's key.

Unlike PagerDuty it never merges, snoozes or reopens; its people have one way of being reached; acknowledgements do not time out.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from deskhand.sandbox.agenda import happening
from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.services.pagerduty_records import Duty, Incident, Policy
from deskhand.sandbox.services.stand_in import Asked, StandIn, answers

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

SERVICE: Final = "PSUPPORT"
POLICY: Final = "PENGINEERS"
OTHERS: Final = {
    "PSPECIALISTS": ["Sam Specialist"],
    "PCOMMAND": ["Ines Commander", "Mona Manager", "Vera Vice"],
    "PSECURITY": ["Sid Security", "Sara Security"],
}
"""The company's other escalation policies, with who is on call at each level."""
ROUTING_KEY: Final = "sandbox0sandbox0sandbox0sandbox0"
TOKEN: Final = "sandbox-token"  # noqa: S105 - it opens nothing but the sandbox
FROM: Final = "admin@example.com"
MOST_BYTES: Final = 512 * 1024
SEVERITIES: Final = ("critical", "error", "warning", "info")
ACTIONS: Final = ("trigger", "acknowledge", "resolve")


class Events(StandIn):
    """The Events API, and what becomes of incidents; `pagerduty.PagerDuty` adds the other API."""

    name = "pagerduty"
    settings: ClassVar = {
        "DESKHAND_PAGERDUTY_EVENTS_URL": "/", "DESKHAND_PAGERDUTY_ROUTING_KEY": ROUTING_KEY, "DESKHAND_PAGERDUTY_URL": "/",
        "DESKHAND_PAGERDUTY_TOKEN": TOKEN, "DESKHAND_PAGERDUTY_FROM": FROM,
    }  # fmt: skip
    usual_limits: ClassVar = {"events": (120, 60), "rest": (960, 60)}
    keeps = (Duty, Incident, Policy)

    def __init__(self, sandbox: "Sandbox") -> None:
        super().__init__(sandbox)
        self.incidents: list[Incident] = []
        self.policies: dict[str, Policy] = {}
        self.services: dict[str, str] = {}
        """The escalation policy of each service."""
        self.routing_keys: dict[str, str] = {}
        """The service behind each integration."""
        self.tokens = {TOKEN}
        self.people = {FROM: "Admin"}
        """Who may stand in the From header."""
        self.priorities: dict[str, str] | None = {"PPRIO1": "P1", "PPRIO2": "P2"}
        """None: a plan without them."""
        self.lag = 3
        """Seconds from an event to its incident."""
        self.patience: dict[str, int] = {}
        """After how many seconds each person acknowledges; who is absent never does."""
        self.add_service(SERVICE, POLICY, [["Olga Oncall"], ["Lee Lead"], ["Max Manager"]], routing_key=ROUTING_KEY)
        for policy, levels in OTHERS.items():
            self.policies[policy] = Policy(policy, [[Duty(person)] for person in levels], 0)

    # What a test or a demo sets.

    def add_service(self, service: str, policy: str, levels: Iterable[Sequence[str | Duty]] | None = None, *, routing_key: str = "", timeout: int = 0) -> None:  # fmt: skip
        """A service with its escalation policy; `levels` makes that. After `timeout` seconds PagerDuty itself goes to the next level."""
        if levels is not None:
            made = [[one if isinstance(one, Duty) else Duty(one) for one in level] for level in levels]
            self.policies[policy] = Policy(policy, made, timeout)
        self.services[service] = policy
        if routing_key:
            self.routing_keys[routing_key] = service

    def answers_in(self, person: str, seconds: int | None) -> None:
        """From now on a person acknowledges so long after each page; None: never."""
        if seconds is None:
            self.patience.pop(person, None)
        else:
            self.patience[person] = seconds

    def told(self, order: Row) -> None:
        """`{"answers_in": {"Lee Lead": 120, "Olga Oncall": null}, "services": {"PSHOP": {"policy": "PPAY", "levels": [["Ana"]]}}}`. Raises ValueError."""
        strange = set(order) - {"answers_in", "services"}
        if strange:
            raise ValueError(f"pagerduty takes answers_in and services, and got {', '.join(sorted(strange))}")
        for person, seconds in dict(order.get("answers_in") or {}).items():
            self.answers_in(str(person), None if seconds is None else int(seconds))
        for service, row in dict(order.get("services") or {}).items():
            self.add_service(service, row["policy"], row.get("levels"), routing_key=row.get("routing_key", ""), timeout=int(row.get("timeout", 0)))  # fmt: skip

    def find(self, key: str, service: str | None = None) -> Incident | None:
        """The open incident under a key."""
        found = (one for one in self.incidents if one.open and one.key == key and service in (None, one.service))
        return next(found, None)

    # Events.

    @answers("POST", "/v2/enqueue")
    def enqueue(self, asked: Asked) -> Answer:
        """Take an event; what comes of it comes later, in the order in which events were taken."""
        event = asked.body
        errors = list(_faults(event, len(asked.request.body)))
        if not errors and event["routing_key"] not in self.routing_keys:
            errors = ["Invalid routing key"]
        if errors:
            raise Refusal(400, {"status": "invalid event", "message": "Event object is invalid", "errors": errors})
        if self.spend("events", event["routing_key"]).over:
            told = "Requests for this service are arriving too quickly.  Please retry later."
            raise Refusal(429, {"status": "throttle exceeded", "message": told, "errors": ["Enhance Your Calm."]})
        key = event.get("dedup_key") or f"{self.now:x}{len(self.log):x}"
        self.later(self.lag, partial(self.hear, self.routing_keys[event["routing_key"]], key, event))
        return Answer({"status": "success", "message": "Event processed", "dedup_key": key}, 202)

    @happening
    def hear(self, service: str, key: str, event: Row) -> None:
        """Do what an event says: a trigger for what is open changes nothing, and the rest needs something open."""
        action, one = event["event_action"], self.find(key, service)
        if action == "trigger" and one is None:
            payload = event["payload"]
            details = {name: event.get(name) for name in ("client", "client_url", "links")} | payload
            urgency = "high" if payload["severity"] in ("critical", "error") else "low"
            self.open(service, key, payload["summary"], urgency=urgency, details=details)
        elif action == "trigger" and one is not None:
            self.did("again", key, incident=one.id)
        elif one is None:
            self.did("dropped", key, action=action)
        elif action == "resolve":
            self.resolve(one, "")
        elif one.status == "triggered":
            self.acknowledge(one, "")

    # What becomes of incidents.

    def open(self, service: str, key: str, title: str, *, urgency: str = "high", policy: str = "", details: Row | None = None, people: Sequence[str] = ()) -> Incident:  # fmt: skip
        """A new incident, which pages these people, or the first level that has somebody."""
        number = len(self.incidents) + 1
        one = Incident(
            f"Q{number:012d}", number, key, service, title, urgency, policy or self.services[service], self.now
        )
        one.details, one.changed = details or {}, self.now
        self.incidents.append(one)
        self.did("triggered", key, incident=one.id, service=service, title=title)
        self.assign(one, 1, people)
        return one

    def assign(self, one: Incident, level: int, people: Sequence[str] = ()) -> None:
        """Page these people, or those on duty at a level or at the next one that has somebody; whatever was acknowledged is so no more."""
        policy = self.policies[one.policy]
        reached = policy.first(level, self.now)
        one.turn += 1
        one.status, one.acknowledged, one.level = "triggered", [], reached or level
        one.assignees = list(people) or policy.on_duty(one.level, self.now)
        if not one.assignees:
            self.did("nobody", one.key, incident=one.id, level=level)
        for person in one.assignees:
            self.did("paged", one.key, incident=one.id, person=person, level=one.level)
            if person in self.patience:
                self.later(self.patience[person], partial(self.answer_page, one.id, person))
        if not people and policy.timeout and policy.first(one.level + 1, self.now) is not None:
            self.later(policy.timeout, partial(self.climb, one.id, one.turn))

    @happening
    def climb(self, incident: str, turn: int) -> None:
        """PagerDuty's own escalation: nobody acknowledged in time."""
        one = self.need(incident)
        if one.status == "triggered" and one.turn == turn:
            self.did("escalated", one.key, incident=one.id, level=one.level + 1, by="policy")
            self.assign(one, one.level + 1)

    @happening
    def answer_page(self, incident: str, person: str) -> None:
        """Somebody who was paged gets to it, if it is still theirs."""
        one = self.need(incident)
        if one.status == "triggered" and person in one.assignees and person in self.patience:
            self.acknowledge(one, person)

    def acknowledge(self, one: Incident, person: str) -> None:
        """Somebody acknowledges; nobody by name is an integration."""
        one.status, one.changed, one.changed_by = "acknowledged", self.now, person
        one.acknowledged.append((self.now, person or one.service))
        self.did("acknowledged", one.key, incident=one.id, by=person)

    def resolve(self, one: Incident, person: str) -> None:
        """It is over."""
        one.status, one.changed, one.changed_by, one.assignees = "resolved", self.now, person, []
        self.did("resolved", one.key, incident=one.id, by=person)

    def need(self, incident: str) -> Incident:
        """An incident by its id. Raises Refusal (404)."""
        found = next((one for one in self.incidents if one.id == incident), None)
        if found is None:
            raise self.lost()
        return found

    def lost(self) -> Refusal:
        """PagerDuty's 404."""
        return Refusal(404, {"error": {"message": "Not Found", "code": 2100}})


def _faults(event: Row, size: int) -> Iterable[str]:
    """What is wrong with an event, in PagerDuty's words."""
    key, action, payload = event.get("routing_key"), event.get("event_action"), event.get("payload")
    if size > MOST_BYTES:
        yield "Event body exceeds 512 KB"
    if not isinstance(key, str) or len(key) != 32:
        yield "'routing_key' is missing or has an invalid length"
    if action not in ACTIONS:
        yield "'event_action' is missing or invalid"
    dedup = event.get("dedup_key")
    if dedup is not None and (not isinstance(dedup, str) or len(dedup) > 255):
        yield "'dedup_key' is too long (maximum is 255 characters)"
    if action in ("acknowledge", "resolve") and not dedup:
        yield "'dedup_key' is missing or blank"
    if action == "trigger":
        yield from _payload_faults(payload, event)


def _payload_faults(payload: Any, event: Row) -> Iterable[str]:  # noqa: ANN401 - a JSON edge
    if not isinstance(payload, dict):
        yield "'payload' is missing or blank"
        return
    for name in ("summary", "source"):
        value = payload.get(name)
        if not isinstance(value, str) or not value.strip():
            yield f"'payload.{name}' is missing or blank"
        elif len(value) > 1024:
            yield f"'payload.{name}' is too long (maximum is 1024 characters)"
    if payload.get("severity") not in SEVERITIES:
        yield "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')"
    if "links" in payload or "images" in payload:
        yield "'links' and 'images' stand beside 'payload'"
    links = event.get("links", [])
    if not isinstance(links, list) or any(not isinstance(one, dict) or not one.get("href") for one in links):
        yield "'links' is invalid: each has an 'href'"
