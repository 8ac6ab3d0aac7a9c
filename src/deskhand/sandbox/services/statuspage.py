"""A stand-in for Statuspage's management API: one call a second over a minute (420), metadata of objects only, and mail to subscribers unless told otherwise.

Every page id is a page, unless `pages` names those that there are; the same for `components`. The tokens in `tokens` are good, and no others.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.services.stand_in import Asked, StandIn, answers

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

STATUSES: Final = ("investigating", "identified", "monitoring", "resolved")
COMPONENTS: Final = ("operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance")
IMPACTS: Final = ("none", "maintenance", "minor", "major", "critical")
WORST: Final = {"major_outage": "critical", "partial_outage": "major", "degraded_performance": "minor"}


class Statuspage(StandIn):
    """Pages with their incidents, and how many subscribers were mailed."""

    name = "statuspage"
    settings: ClassVar[Mapping[str, str]] = {
        "DESKHAND_STATUSPAGE_URL": "/v1",
        "DESKHAND_STATUSPAGE_TOKEN": "sandbox-token",
    }
    usual_limits: ClassVar[Mapping[str, tuple[int, int]]] = {"calls": (60, 60)}

    def __init__(self, sandbox: "Sandbox") -> None:
        super().__init__(sandbox)
        self.incidents: list[Row] = []
        """All incidents of all pages, as the API tells of them, oldest first."""
        self.subscribers = 100
        self.mails = 0
        """Mails sent to subscribers so far."""
        self.pages: list[str] = []
        self.components: list[str] = []
        self.states: dict[str, str] = {}
        """What components are said to be."""
        self.tokens: list[str] = [self.settings["DESKHAND_STATUSPAGE_TOKEN"]]

    @answers("GET", "/v1/pages/{page}/incidents/unresolved")
    def unresolved(self, asked: Asked, page: str) -> list[Row]:
        """The open incidents of a page, newest first."""
        self._admit(asked, page)
        size, number = asked.number("per_page", 100), asked.number("page", 1)
        opened = [one for one in reversed(self.incidents) if one["page_id"] == page and one["status"] != "resolved"]
        return opened[(number - 1) * size : number * size]

    @answers("GET", "/v1/pages/{page}/incidents/{id}")
    def show(self, asked: Asked, page: str, number: str) -> Row:
        """One incident."""
        self._admit(asked, page)
        return self._incident(page, number)

    @answers("POST", "/v1/pages/{page}/incidents")
    def create(self, asked: Asked, page: str) -> Answer:
        """Make an incident, and mail the subscribers unless told not to."""
        self._admit(asked, page)
        told = self._checked(asked, named=True)
        number = f"inc{len(self.incidents) + 1}"
        incident: Row = {
            "id": number, "page_id": page, "name": told["name"], "status": "investigating", "impact": "none", "created_at": _iso(asked.at), "resolved_at": None,
            "shortlink": f"https://stspg.example/{number}", "metadata": {}, "components": [], "incident_updates": [],
        }  # fmt: skip
        self.incidents.append(incident)
        self._apply(incident, told, asked.at)
        self.did("incident", number, **_facts(told))
        return Answer(incident, 201)

    @answers("PATCH", "/v1/pages/{page}/incidents/{id}")
    def update(self, asked: Asked, page: str, number: str) -> Row:
        """Change an incident; a status or a body appends an update."""
        self._admit(asked, page)
        incident, told = self._incident(page, number), self._checked(asked, named=False)
        self._apply(incident, told, asked.at)
        self.did("update", number, **_facts(told))
        return incident

    def resolve(self, number: str) -> None:
        """A person resolves an incident on the page itself."""
        incident = next(one for one in self.incidents if one["id"] == number)
        incident |= {"status": "resolved", "resolved_at": _iso(self.now)}

    def delete(self, number: str) -> None:
        """A person deletes an incident."""
        self.incidents = [one for one in self.incidents if one["id"] != number]

    def told(self, order: Row) -> None:
        """`{"resolve": id}` and `{"delete": id}` are what people do on the page; any attribute may be set by its name."""
        for name, value in order.items():
            if name in ("resolve", "delete"):
                getattr(self, name)(value)
            elif name in ("subscribers", "pages", "components", "tokens"):
                setattr(self, name, value)
            else:
                raise ValueError(
                    f"statuspage takes resolve, delete, subscribers, pages, components and tokens; got {name!r}"
                )

    def _admit(self, asked: Asked, page: str) -> None:
        """Raises Refusal: 401 for a wrong token, 420 for haste, 404 for a page that there is not."""
        kind, _, token = asked.headers.get("authorization", "").partition(" ")
        if kind != "OAuth" or token not in self.tokens:
            raise Refusal(401, {"error": "Could not authenticate"})
        spent = self.spend("calls", token)
        if spent.over:
            raise Refusal(420, {"error": "Too many requests"}, {"retry-after": str(spent.resets)})
        if self.pages and page not in self.pages:
            raise self.lost()

    def _incident(self, page: str, number: str) -> Row:
        """An incident of a page. Raises Refusal (404)."""
        found = next((one for one in self.incidents if one["page_id"] == page and one["id"] == number), None)
        if found is None:
            raise self.lost()
        return found

    def _checked(self, asked: Asked, *, named: bool) -> Row:
        """The incident that a client sent. Raises Refusal (422)."""
        told = asked.body.get("incident")
        problems = self._problems(told, named=named)
        if problems or not isinstance(told, dict):
            raise Refusal(422, {"error": problems})
        return told

    def _apply(self, incident: Row, told: Row, at: float) -> None:
        incident |= {key: told[key] for key in ("name", "status", "metadata") if key in told}
        self.states |= told.get("components") or {}
        ids = told.get("component_ids", [part["id"] for part in incident["components"]])
        incident["components"] = [{"id": one, "status": self.states.get(one, "operational")} for one in ids]
        worst = max((WORST.get(part["status"], "none") for part in incident["components"]), key=IMPACTS.index, default="none")  # fmt: skip
        incident["impact"] = told.get("impact_override") or max(worst, incident["impact"], key=IMPACTS.index)
        incident["resolved_at"] = _iso(at) if incident["status"] == "resolved" else None
        mailed = told.get("deliver_notifications", True) is not False
        if "status" in told or "body" in told:
            update = {"status": incident["status"], "body": told.get("body") or "", "created_at": _iso(at), "deliver_notifications": mailed}  # fmt: skip
            incident["incident_updates"].insert(0, update)
            self.mails += self.subscribers * mailed

    def _problems(self, told: Any, *, named: bool) -> list[str]:  # noqa: ANN401 - what a client sent
        """What is wrong with an incident that a client sent, in the order of its fields."""
        if not isinstance(told, dict):
            return ["incident is missing"]
        metadata, states = told.get("metadata", {}), told.get("components", {})
        ids = [*told.get("component_ids", ()), *(states if isinstance(states, dict) else ())]
        checks = {
            "Name can't be blank": named and not told.get("name"),
            "Name is too long (maximum is 255 characters)": len(str(told.get("name", ""))) > 255,
            "Status is not included in the list": told.get("status", "investigating") not in STATUSES,
            "Body is too long (maximum is 25000 characters)": len(str(told.get("body", ""))) > 25_000,
            "Impact override is not included in the list": told.get("impact_override", "none") not in IMPACTS,
            "Metadata values must be objects": not isinstance(metadata, dict)
            or not all(isinstance(one, dict) for one in metadata.values()),
            "Components is invalid": not isinstance(states, dict) or not set(states.values()) <= set(COMPONENTS),
            "Component does not exist": bool(self.components) and not set(ids) <= set(self.components),
        }
        return [words for words, wrong in checks.items() if wrong]


def _facts(told: Row) -> Row:
    return {key: told.get(key) for key in ("name", "status", "body", "deliver_notifications", "metadata")}


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
