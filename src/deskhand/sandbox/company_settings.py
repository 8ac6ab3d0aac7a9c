"""The settings of the demo company's account: fields, form, brand, schedules, SLA policies, statuses, triggers, macros, views."""

from typing import TYPE_CHECKING

from deskhand.sandbox.exchange import Row

if TYPE_CHECKING:
    from deskhand.sandbox.world import World

ISSUE_TYPES = (
    "network_outage", "login", "billing_question", "webhook_failure", "performance", "cosmetic", "documentation", "feature_request",
    "security", "data_export", "bug", "how_to",
)  # fmt: skip
AREAS = (
    "billing",
    "network",
    "platform",
    "api",
    "webhooks",
    "dashboard",
    "identity",
    "reporting",
    "mobile",
    "integrations",
)
MITIGATION = ("none", "contained", "mitigated", "resolved")
MATERIAL = ("revenue_loss", "regulatory_exposure", "contract_breach")
WORKAROUND = ("missing", "works", "failed")

FIELDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Issue type", "tagger", ISSUE_TYPES),
    ("Product area", "tagger", AREAS),
    ("Impact stated", "checkbox", ()),
    ("Repro confirmed", "checkbox", ()),
    ("Suspected bug", "checkbox", ()),
    ("Engineering assigned at", "text", ()),
    ("Mitigation status", "tagger", MITIGATION),
    ("Escalation state", "text", ()),
    ("Last customer update at", "text", ()),
    ("Affected seats", "integer", ()),
    ("Credit offered", "decimal", ()),
    ("Customer deadline", "date", ()),
    ("Platforms", "multiselect", ("windows", "macos", "linux", "ios", "android")),
    ("Order number", "regexp", ()),
    ("Affected customers", "text", ()),
    ("Workflow impact", "textarea", ()),
    ("Revenue at risk", "text", ()),
    ("Issue description", "textarea", ()),
    ("Reproduction steps", "textarea", ()),
    ("Expected result", "textarea", ()),
    ("Actual result", "textarea", ()),
    ("Environment", "textarea", ()),
    ("Tried so far", "textarea", ()),
    ("Last customer update", "textarea", ()),
    ("Customer expectation", "text", ()),
    ("Escalation risk", "text", ()),
    ("Help needed", "textarea", ()),
    ("Help deadline", "text", ()),
    ("Mitigation plan", "textarea", ()),
    ("Root cause hypothesis", "textarea", ()),
    ("Root cause", "textarea", ()),
    ("Workaround", "tagger", WORKAROUND),
    ("Access needed", "checkbox", ()),
    ("Data corruption", "checkbox", ()),
    ("Internal service error", "checkbox", ()),
    ("Executive involved", "checkbox", ()),
    ("Churn risk", "checkbox", ()),
    ("Feature unavailable", "checkbox", ()),
    ("Feature degraded", "checkbox", ()),
    ("Material impact", "tagger", MATERIAL),
    ("Request id", "text", ()),
    ("Failed at", "text", ()),
    ("Client version", "text", ()),
)
"""Title, type and options of the custom fields. A field's name in policies is its title in lower case with underscores."""

_DAY = 24 * 60
_CLOCKED = ("first_reply_time", "next_reply_time", "requester_wait_time")
_TARGETS = {"urgent": (15, 30, 240), "high": (60, 120, 480), "normal": (240, 480, 2880), "low": (1440, 2880, 10080)}
"""Minutes until the first reply, the next reply and the end of the requester's waiting, by priority."""


def slug(title: str) -> str:
    """The name of a field in policies: its title in lower case with underscores."""
    return title.lower().replace(" ", "_")


def add_fields(world: "World") -> dict[str, int]:
    """The custom ticket fields and those of organizations and users; returns the ids of the first by name."""
    made = {}
    for title, kind, options in FIELDS:
        extra: Row = {"regexp_for_validation": r"AC-\d{6}"} if kind == "regexp" else {}
        if title in ("Affected seats", "Order number"):
            extra |= {"visible_in_portal": True, "editable_in_portal": True}
        made[slug(title)] = world.add_field(title, kind, options, **extra)["id"]
    world.add_record_field("organization_fields", "tier", "dropdown", ("enterprise", "business", "starter"))
    world.add_record_field("organization_fields", "csm_id")
    world.add_record_field("organization_fields", "contract_until", "date")
    world.add_record_field("user_fields", "vip", "checkbox")
    return made


def add_desk(world: "World", fields: dict[str, int]) -> None:
    """A second brand, two forms and a few statuses."""
    world.add_brand("Acme Partners", "acme-partners")
    system = [row["id"] for row in world.tables["ticket_fields"] if not row["removable"]]
    world.add_form(
        "Incident",
        [*system, *(fields[name] for name in ("issue_type", "product_area", "impact_stated", "mitigation_status"))],
    )
    world.add_form("Billing request", [*system, fields["credit_offered"], fields["order_number"]])
    world.add_custom_status("Waiting for vendor", "hold")
    world.add_custom_status("Waiting for engineering", "hold")
    world.add_custom_status("In progress", "open")


def add_schedules(world: "World") -> dict[str, int]:
    """Opening hours: the office's (the default), longer ones, and round the clock; returns ids by name."""

    def days(first: int, last: int, start: int, end: int) -> list[tuple[int, int]]:
        return [(day * _DAY + start * 60, day * _DAY + end * 60) for day in range(first, last + 1)]

    office = world.add_schedule("Office hours", "London", days(1, 5, 8, 18))
    world.add_holiday(office["id"], "Good Friday", "2026-04-03")
    world.add_holiday(office["id"], "Christmas", "2026-12-25", "2026-12-26")
    long = world.add_schedule("Americas", "Eastern Time (US & Canada)", days(1, 5, 8, 20))
    always = world.add_schedule("Round the clock", "UTC", [(0, 7 * _DAY)])
    return {row["name"]: row["id"] for row in (office, long, always)}


def add_slas(world: "World") -> None:
    """Three policies, of which the first that matches counts: enterprise by the calendar, business in office hours, first replies for the rest."""

    def tier(name: str) -> list[Row]:
        return [{"field": "organization.custom_fields.tier", "operator": "is", "value": name}]

    world.add_sla_policy("Enterprise", _promises(_CLOCKED, business=False), tier("enterprise"))
    world.add_sla_policy("Business", _promises(_CLOCKED, business=True), tier("business"))
    world.add_sla_policy("Everybody else", _promises(_CLOCKED[:1], business=True))


def _promises(metrics: tuple[str, ...], *, business: bool) -> list[tuple[str, str, int, bool]]:
    return [
        (priority, metric, minutes, business and priority != "urgent")
        for priority, row in _TARGETS.items()
        for metric, minutes in zip(_CLOCKED, row, strict=True)
        if metric in metrics
    ]


def add_rules(world: "World", groups: dict[str, int], fields: dict[str, int]) -> None:
    """A trigger, an automation, macros and a view, as most accounts have."""
    world.add_rule(
        "triggers", "Mark tickets of partners",
        conditions={"all": [{"field": "update_type", "operator": "is", "value": "Create"}, {"field": "subject_includes_word", "operator": "includes", "value": "partner"}], "any": []},
        actions=[{"field": "current_tags", "value": "partner"}],
    )  # fmt: skip
    world.add_rule(
        "automations", "Close four days after solved",
        conditions={"all": [{"field": "status", "operator": "is", "value": "solved"}, {"field": "SOLVED", "operator": "greater_than", "value": "96"}], "any": []},
        actions=[{"field": "status", "value": "closed"}],
    )  # fmt: skip
    world.add_rule("macros", "Ask for the request id", restriction=None, actions=[
        {"field": "comment_value", "value": "Please send the request id and the time of one failed attempt."}, {"field": "status", "value": "pending"},
    ])  # fmt: skip
    world.add_rule("macros", "Hand over to network", restriction={"type": "Group", "id": groups["Support L1"], "ids": [groups["Support L1"]]}, actions=[
        {"field": "group_id", "value": str(groups["Network Specialists"])}, {"field": f"custom_fields_{fields['product_area']}", "value": "network"},
    ])  # fmt: skip
    world.add_rule("views", "Unsolved tickets of Support L1", conditions={"all": [
        {"field": "status", "operator": "less_than", "value": "solved"}, {"field": "group_id", "operator": "is", "value": str(groups["Support L1"])},
    ], "any": []})  # fmt: skip
