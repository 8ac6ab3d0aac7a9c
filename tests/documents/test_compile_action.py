"""Actions: each form as a core value, and each mistake in words."""

import pytest

from deskhand.core.policy import AssignTo, Engage, Follow, MoveSeverity, SetTo, Tag, Tell, WriteNote
from deskhand.documents import load_text
from tests.documents.words import LEVELS, about, actions, policy


def test_fields_are_set_one_by_one() -> None:
    """System fields, custom ones of every kind, and nothing to clear one."""
    assert actions(
        "{set: {status: pending, field.a: x, field.b: 3, field.c: true, field.d: [p, q], field.e: null}}"
    ) == (
        SetTo("status", "pending"),
        SetTo("field.a", "x"),
        SetTo("field.b", 3),
        SetTo("field.c", value=True),
        SetTo("field.d", ("p", "q")),
        SetTo("field.e", None),
    )


def test_actions_keep_the_order_in_which_they_stand() -> None:
    """Whether they stand in a list or in one mapping."""
    one = actions(
        "[{add_tags: [a, b]}, {remove_tags: c}, {assign: {group: G, assignee: a@b.example}}, {add_follower: a@b.example}]"
    )
    other = actions(
        "{add_tags: [a, b], remove_tags: c, assign: {group: G, assignee: a@b.example}, add_follower: a@b.example}"
    )

    assert (
        one == other == (Tag(add=("a", "b")), Tag(remove=("c",)), AssignTo("G", "a@b.example"), Follow("a@b.example"))
    )


def test_severity_moves_by_steps_or_to_a_level() -> None:
    """One step unless stated; levels by any of their names."""
    assert actions("[{raise_severity: {reason: r}}, {raise_severity: {by: 2, reason: r}}, {lower_severity: {to: Medium, reason: r}}]") == (
        MoveSeverity("raise", "r", 1), MoveSeverity("raise", "r", 2), MoveSeverity("lower", "r", 1, "p3"),
    )  # fmt: skip


def test_telling_takes_what_the_role_says() -> None:
    """Note, tag and follower come from the role; a role without a declaration has defaults."""
    text = """
        roles: {lead: {agent: lead@acme.example, tag: lead_knows, note: severity-raised}}
        rules:
        - {id: r, when: always, then: [{notify: {role: lead}}, {notify: {role: csm}}, {notify: {role: lead, note: help-asked}}],
           ignore: [no-tests, no-description]}
        """
    assert policy(text).rules[0].then == (
        Tell("lead", "severity-raised", "lead_knows", "lead@acme.example"),
        Tell("csm", "people-told", "told_csm", None),
        Tell("lead", "help-asked", "lead_knows", "lead@acme.example"),
    )


def test_roles_that_severities_notify_are_known() -> None:
    """They need no declaration."""
    levels = """
        p1: {definition: d, sla_response_minutes: 1, sla_resolution_hours: 1, page_on_call: false, notify: [support_lead],
             customer_update_cadence: daily, requires_status_page: true}
        """
    rest = "".join(line + "\n" for line in LEVELS.splitlines() if not line.startswith("p1"))
    rule = "rules: [{id: r, when: always, then: {notify: {role: support_lead}}, ignore: [no-tests, no-description]}]"
    assert load_text({"a.yaml": levels.replace("\n        ", "\n") + rest + rule}).problems == ()


def test_engaging_names_the_area_by_a_field() -> None:
    """The tag says which tier was asked."""
    assert actions("{engage: {tier: l3, by: field.product_area, pattern: async_clarification}}") == (
        Engage("l3", "field.product_area", "async_clarification", "help-asked", "engaged_l3", None),
    )


def test_an_internal_note_is_named() -> None:
    """A template that is declared or built in."""
    assert actions("{internal_note: severity-raised}") == (WriteNote("severity-raised"),)


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("{set: {status: closed}}", "'status' cannot be 'closed' (it can be open, pending, hold or solved) [bad-action]"),
        ("{set: {priority: hihg}}", "'priority' cannot be 'hihg' (did you mean 'high'?) [bad-action]"),
        ("{set: {group: x}}", "'group' cannot be set (use assign: {group: ...}) [bad-action]"),
        ("{set: {severity: p1}}", "'severity' cannot be set (use raise_severity or lower_severity) [bad-action]"),
        ("{set: {tags: x}}", "'tags' cannot be set (use add_tags and remove_tags) [bad-action]"),
        ("{set: {comment: hello}}", "'comment' cannot be set (a rule writes no public comment; use internal_note) [bad-action]"),
        ("{set: {organization.tier: x}}", "'organization.tier' cannot be set (use status, priority, type, custom_status, subject, brand, form, external_id or field.<name>) [bad-action]"),
        ("{set: {statsu: open}}", "unknown field 'statsu' (did you mean 'status'?) [unknown-field]"),
        ("{set: {field.x: {a: 1}}}", "'field.x' cannot be a mapping (give a scalar, or a list of options) [bad-action]"),
        ("{set: {field.x: [1]}}", "'field.x' cannot be 1 (give a scalar, or a list of options) [bad-action]"),
        ("{set: {}}", "'set' names no field (write set: {status: open}) [bad-action]"),
        ("{assign: {}}", "'assign' names nobody (give a group, an assignee, or both) [bad-action]"),
        ("{assign: {assignee: Bob}}", "'assignee': 'Bob' is no e-mail address [bad-value]"),
        ("{raise_severity: {by: 1, to: p1, reason: r}}", "'raise_severity' has both 'by' and 'to' (use one of them) [bad-action]"),
        ("{raise_severity: {to: p9, reason: r}}", "unknown severity 'p9' (levels are p1, p2, p3, p4) [unknown-severity]"),
        ("{raise_severity: {by: 0, reason: r}}", "'by': 0 should be at least 1 [bad-value]"),
        ("{raise_severity: {}}", "'reason' is missing [missing-key]"),
        ("{internal_note: severity-risen}", "unknown note 'severity-risen' (did you mean 'severity-raised'?) [unknown-note]"),
        ("{public_comment: x}", "unknown key 'public_comment' (there are: set, add_tags, remove_tags, assign, raise_severity, lower_severity, internal_note, add_follower, notify, engage, brief, escalate, file_issue, publish) [unknown-key]"),
        ("{notify: {role: cms}}", "unknown role 'cms' (did you mean 'csm'?) [unknown-role]"),
        ("{notify: csm}", "'notify': 'csm' should be a mapping (write {role: ...}; its keys are role, note, by, brief) [bad-value]"),
        ("{engage: {tier: l3, by: product_area}}", "unknown field 'product_area' (a custom field is written field.product_area) [unknown-field]"),
        ("{add_tags: VIP}", "'add_tags': 'VIP' is no tag; tags are in lower case, without spaces or commas [bad-tag]"),
        ("{add_tags: null}", "'add_tags' has no value [bad-action]"),
        ("[]", "'then': it is empty [bad-value]"),
        ("[{}]", "an action is empty (use set, add_tags, remove_tags, assign, raise_severity, lower_severity, internal_note, add_follower, notify, engage, brief, escalate, file_issue, publish) [bad-action]"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_one_sentence(then: str, message: str) -> None:
    """What is wrong, what was meant or what is possible, and the check."""
    assert about("{status: open}", then) == [message]
