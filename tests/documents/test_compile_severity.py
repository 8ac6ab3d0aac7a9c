"""Severities as they stand in a severity policy, and where tickets keep them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deskhand.core.severity import WEEK, Level
from deskhand.core.ticket import Ticket
from deskhand.documents import load_text
from deskhand.documents.compile_severity import aliases, default_binding
from tests.documents.words import LEVELS, SHIPPED, policy, said

TICKET = Ticket(1, "open", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.requirement(1, 2, 3, 4, 5, 6)
def test_the_severity_policy_loads_as_it_stands() -> None:
    """Seven keys for each of p1 to p4, with words where the source has words (requirements 1 to 6)."""
    done = load_text({"severity.yaml": (SHIPPED / "severity.yaml").read_text(encoding="utf-8")})
    assert done.policy is not None
    levels = [replace(level, definition="") for level in done.policy.levels.values()]

    assert levels == [
        Level("p1", "", 15 * 60, 4 * 3600, "true", ("support_lead", "eng_oncall", "director_support"), 30 * 60, "true"),
        Level("p2", "", 60 * 60, 8 * 3600, "business_hours_only", ("support_lead",), 4 * 3600, "case_by_case"),
        Level("p3", "", 240 * 60, 48 * 3600, "false", (), 24 * 3600, "false"),
        Level("p4", "", 1440 * 60, WEEK, "false", (), WEEK, "false"),
    ]


@pytest.mark.requirement(13)
@pytest.mark.parametrize("key", ["severities", "severity_levels", "severity_policy"])
def test_levels_may_stand_under_a_key_of_their_own(key: str) -> None:
    """By any of their names."""
    body = LEVELS.replace("p1:", "SEV-1:").replace("p2:", "Severity 2:").replace("p3:", "Medium:")
    done = load_text({"a.yaml": f"{key}:\n" + "".join(f"  {line}\n" for line in body.splitlines())})

    assert done.policy is not None
    assert list(done.policy.levels) == ["p1", "p2", "p3", "p4"]
    assert done.policy.levels["p1"].response == 15 * 60


@pytest.mark.requirement(13)
@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("P1", "p1"), ("SEV-1", "p1"), ("Severity 1", "p1"), ("Sev1", "p1"), ("severity_1", "p1"), ("Critical", "p1"), ("urgent", "p1"),
        ("SEV-2", "p2"), ("High", "p2"), ("Severity 3", "p3"), ("Medium", "p3"), ("normal", "p3"), ("low", "p4"), ("sev4", "p4"),
    ],
)  # fmt: skip
def test_a_level_has_many_names(name: str, level: str) -> None:
    """Whatever their capitals (requirement 13)."""
    assert default_binding().reads[name.casefold()] == level
    assert name.casefold() in aliases(level)


def test_a_level_that_does_not_exist_is_a_mistake() -> None:
    """Under its key as well."""
    body = LEVELS.replace("p4:", "p5:")
    done = load_text({"a.yaml": "severities:\n" + "".join(f"  {line}\n" for line in body.splitlines())})

    assert [problem.message for problem in done.problems] == ["p4 not defined", "unknown severity 'p5'"]


def test_severity_is_the_priority_unless_stated() -> None:
    """Read and written as Zendesk's four priorities."""
    binding = default_binding()

    assert [binding.write(level) for level in ("p1", "p2", "p3", "p4")] == [
        ("priority", "urgent"), ("priority", "high"), ("priority", "normal"), ("priority", "low"),
    ]  # fmt: skip
    assert binding.read(replace(TICKET, priority="high")) == "p2"
    assert binding.read(TICKET) is None


def test_severity_may_live_in_a_custom_field() -> None:
    """With its own options and further names."""
    binding = policy("severity: {field: field.sev, values: {p1: sev_one}, aliases: {p4: [Trifle, nit]}}").binding

    assert binding.write("p1") == ("field.sev", "sev_one")
    assert binding.write("p2") == ("field.sev", "p2")
    assert [binding.read(replace(TICKET, fields={"sev": value})) for value in ("sev_one", "SEV-2", "trifle", "?")] == [
        "p1", "p2", "p4", None,
    ]  # fmt: skip


def test_mistakes_of_the_binding_are_told() -> None:
    """A field that cannot hold it, levels that do not exist, one value for two levels."""
    assert said("severity: {field: sev, values: {p5: x, p1: a, p2: a}}") == [
        "1:19: severity: 'sev' keeps no severity (a custom field is written field.<name>) [unknown-field]",
        "1:33: severity: unknown severity 'p5' (levels are p1, p2, p3, p4) [unknown-severity]",
        "1:44: severity: 'a' stands for two levels (give each its own value) [bad-value]",
    ]
    assert said("severity: {values: {p1: asap}}") == [
        "1:25: severity: 'asap' is no priority (they are low, normal, high and urgent) [bad-value]"
    ]


def test_mistakes_of_a_level_are_told_at_once() -> None:
    """Each value of the wrong type, each key too many or missing."""
    text = """\
        p1:
          definition: d
          sla_response_minutes: "15"
          sla_resolution_hours: daily
          page_on_call: sometimes
          notify: support_lead
          customer_update_cadence: 30_minuts
          require_status_page: true
        """
    done = load_text({"policies/x.yaml": text.replace("\n        ", "\n").removeprefix("        ")})

    assert [str(problem).removeprefix("policies/x.yaml:") for problem in done.problems] == [
        "2:3: severity 'p1': 'requires_status_page' is missing [missing-key]",
        "3:25: severity 'p1': 'sla_response_minutes': '15' should be a number [bad-value]",
        "4:25: severity 'p1': 'sla_resolution_hours': 'daily' should be a number or 'weekly' [bad-value]",
        "5:17: severity 'p1': 'page_on_call': 'sometimes' should be true or false or 'business_hours_only' [bad-value]",
        "6:11: severity 'p1': 'notify': 'support_lead' should be a list [bad-value]",
        "7:28: severity 'p1': 'customer_update_cadence': '30_minuts' is no duration; write 90s, 30m, 4h, 2d or 1h30m [bad-duration]",
        "8:3: severity 'p1': unknown key 'require_status_page' (did you mean 'requires_status_page'?) [unknown-key]",
    ]


def test_some_levels_without_the_others_are_a_mistake() -> None:
    """A clock would have no target for those."""
    first = LEVELS.splitlines()[0]

    assert [str(problem) for problem in load_text({"a.yaml": first}).problems] == [
        "a.yaml:1:1: p2, p3, p4 not defined (define all of p1 to p4) [missing-severity]"
    ]
