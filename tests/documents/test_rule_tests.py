"""Tests inside rules: what they may say of a ticket, what they may expect, and what they say when they fail."""

from textwrap import indent

import pytest

from deskhand.documents import load_text, rule_tests, run_tests
from tests.documents.test_compile_ladder import PLACES, ladder
from tests.documents.words import LEVELS, loaded

NOON = "2026-03-02T12:00Z"

RULE = """\
rules:
- id: r
  description: d
  when: {when}
  then: {then}
  tests:
  - name: t
    ticket: {ticket}
    at: {at}
    expect: {expect}
"""


def failures(when: str, then: str, ticket: str, expect: str, at: str = "2026-03-02T12:00Z") -> list[str]:
    """What a test says of a rule; nothing where it passes."""
    done = loaded(RULE.format(when=when, then=then, ticket=ticket, at=at, expect=expect))
    assert done.policy is not None, [str(problem) for problem in done.problems]
    (result,) = run_tests(done)
    return [problem.message.removeprefix("rule 'r': test 't': ") for problem in result.problems]


@pytest.mark.parametrize(
    ("when", "ticket"),
    [
        ("{severity: p2}", "{severity: SEV-2}"),
        ("{priority: high}", "{severity: p2}"),
        ("{severity: p2}", "{priority: high}"),
        ("{status: pending}", "{status: pending}"),
        ("{status: open}", "{}"),
        ("{tags: [a, b]}", "{tags: [a, b, c]}"),
        ("{tags: a}", "{tags: a}"),
        ("{field.x: true}", "{field.x: true}"),
        ("{field.x: {contains: b}}", "{field.x: [a, b]}"),
        ("{organization.tier: gold}", "{organization.tier: gold}"),
        ("{organization.name: Acme}", "{organization.name: Acme}"),
        ("{organization.tags: {contains: vip}}", "{organization.tags: [vip]}"),
        ("{requester.email: {contains: acme}}", "{requester.email: a@acme.example}"),
        ("{requester.vip: true}", "{requester.vip: true}"),
        ("{group: Billing, assignee: a@b.example}", "{group: Billing, assignee: a@b.example}"),
        ("{since: {instant: created, at_least: 3h}}", "{created: 2026-03-02T09:00Z}"),
        ("{since: {instant: updated, at_least: 1h}}", "{created: 2026-03-02T09:00Z, updated: 2026-03-02T11:00Z}"),
        (
            "{since: {instant: agent_reply, at_least: 1h}}",
            "{created: 2026-03-02T09:00Z, first_reply: 2026-03-02T11:00Z}",
        ),
        (
            "{since: {instant: customer_reply, at_least: 1h}}",
            "{created: 2026-03-02T09:00Z, events: [{at: 2026-03-02T11:00Z, customer_reply: true}]}",
        ),
        (
            "{status: hold, since: {instant: status, at_least: 1h}}",
            "{created: 2026-03-02T09:00Z, events: [{at: 2026-03-02T11:00Z, status: hold}]}",
        ),
        (
            "{clock: {name: response, is: met}}",
            "{created: 2026-03-02T09:00Z, first_reply: 2026-03-02T09:05Z, severity: p1}",
        ),
        (
            "{clock: {name: resolution, is: met}}",
            "{created: 2026-03-02T09:00Z, severity: p1, events: [{at: 2026-03-02T10:00Z, field.mitigation_status: mitigated}]}",
        ),
        (
            "{clock: {name: resolution, is: running}}",
            "{created: 2026-03-02T09:00Z, severity: p1, events: [{at: 2026-03-02T10:00Z, field.mitigation_status: contained}]}",
        ),
        (
            "{clock: {name: resolution, is: paused}}",
            "{created: 2026-03-02T09:00Z, severity: p1, events: [{at: 2026-03-02T10:00Z, status: pending}]}",
        ),
        (
            "{burn: {clock: first_reply_time, at_least: 50%}}",
            "{created: 2026-03-02T09:00Z, slas: {first_reply_time: {target: 4h, due: 2026-03-02T14:00Z}}}",
        ),
        (
            "{severity: p1}",
            "{severity: p3, created: 2026-03-02T09:00Z, events: [{at: 2026-03-02T10:00Z, priority: urgent}]}",
        ),
    ],
)
def test_a_ticket_is_what_its_test_says(when: str, ticket: str) -> None:
    """Fields, people, tags, replies, events and Zendesk's clocks."""
    assert failures(when, "{add_tags: seen}", ticket, "{tags: {added: seen}}") == []


def test_what_has_not_happened_yet_is_not_there() -> None:
    """Events after the look do not count."""
    ticket = "{created: 2026-03-02T09:00Z, events: [{at: 2026-03-02T12:00:01Z, status: hold}]}"

    assert failures("{status: hold}", "{add_tags: a}", ticket, "nothing") == []


THEN = """[{set: {type: incident, field.x: y}}, {add_tags: a}, {remove_tags: b}, {assign: {group: G, assignee: a@b.example}},
  {raise_severity: {reason: r}}, {internal_note: severity-raised}, {add_follower: c@b.example}, {notify: {role: csm}}, {engage: {tier: l3}}]"""
ALL = """{severity: p2, set: {type: incident, field.x: y}, tags: {added: [a, told_csm, engaged_l3], removed: b}, group: G,
  assignee: a@b.example, note: severity-raised, notify: csm, engage: l3, followers: c@b.example, says: [from P3 to P2, L3]}"""


def test_every_effect_can_be_expected() -> None:
    """One rule that does everything, and a test that names it all."""
    assert failures("always", THEN, "{severity: p3, tags: [b]}", ALL) == []


def test_what_a_test_does_not_name_is_not_asked() -> None:
    """A test of the group says nothing of the tags."""
    assert failures("always", THEN, "{severity: p3}", "{group: G}") == []


@pytest.mark.parametrize(
    ("then", "expect", "message"),
    [
        ("{add_tags: a}", "nothing", "it should do nothing, but does: add_tags [a]"),
        (
            "[{raise_severity: {reason: r}}, {assign: {group: G}}, {set: {type: task}}, {notify: {role: csm}}]",
            "nothing",
            "it should do nothing, but does: raise_severity p3 to p2, assign G, set type to 'task', notify people-told, notify [told_csm]",
        ),
        ("{add_tags: a}", "{severity: p2}", "severity should become p2, but stays p3"),
        ("{raise_severity: {reason: r}}", "{severity: p1}", "severity should become p1, but becomes 'p2'"),
        ("{add_tags: a}", "{tags: {added: [a, b]}}", "tags added should be [a, b], but are [a]"),
        ("{add_tags: a}", "{tags: {added: a, removed: c}}", "tags removed should be [c], but are []"),
        ("{add_tags: a}", "{group: G}", "group should become 'G', but is not changed"),
        ("{assign: {group: H}}", "{group: G}", "group should become 'G', but becomes 'H'"),
        ("{set: {type: task}}", "{set: {type: incident}}", "type should be set to 'incident', but is set to 'task'"),
        ("{set: {type: task}}", "{set: {type: task, field.x: 1}}", "field.x should be set to 1, but stays"),
        ("{set: {type: task}}", "{set: {}}", "type should stay, but is set to 'task'"),
        ("{add_tags: a}", "{note: severity-raised}", "notes should be [severity-raised], but are []"),
        ("{add_tags: a}", "{notify: csm}", "told should be [csm], but are []"),
        ("{add_tags: a}", "{engage: l3}", "engaged should be [l3], but are []"),
        ("{add_tags: a}", "{followers: a@b.example}", "followers added should be [a@b.example], but are []"),
        ("{add_tags: a}", "{says: hello}", "a note should say 'hello', but there is none"),
        (
            "{add_tags: a}",
            "{look_again: 2026-03-02T13:00Z}",
            "the next look should be at 2026-03-02T13:00:00+00:00, but is never",
        ),
    ],
)
def test_a_failure_says_what_was_expected_and_what_happened(then: str, expect: str, message: str) -> None:
    """In one sentence."""
    assert failures("always", then, "{severity: p3}", expect) == [message]


def test_a_failure_has_the_place_of_what_was_expected() -> None:
    """So that an editor opens the file there."""
    done = loaded(
        RULE.format(when="always", then="{add_tags: a}", ticket="{}", at="2026-03-02T12:00Z", expect="nothing")
    )
    (result,) = run_tests(done)

    assert (result.passed, result.place) == (False, "policies/x.yaml:7:5")
    assert str(result.problems[0]) == (
        "policies/x.yaml:10:13: rule 'r': test 't': it should do nothing, but does: add_tags [a] [test-failed]"
    )


def test_a_mode_does_not_change_what_a_test_sees() -> None:
    """A rule that only observes, or counts from next year on, is tested for what it would do."""
    text = RULE.format(
        when="always", then="{add_tags: a}", ticket="{}", at="2026-03-02T12:00Z", expect="{tags: {added: a}}"
    )
    for more in ("mode: observe", "enforce_from: 2027-01-01T00:00Z", "mode: 'off'"):
        (result,) = run_tests(loaded(text + f"  {more}\n"))
        assert result.passed


def test_earlier_looks_are_remembered() -> None:
    """What fired at an earlier look does not fire again."""
    text = RULE.format(
        when="always",
        then="{add_tags: a}",
        ticket="{created: 2026-03-02T09:00Z}",
        at="2026-03-02T12:00Z",
        expect="nothing",
    )

    assert [result.passed for result in run_tests(loaded(text + "    looked_at: 2026-03-02T10:00Z\n"))] == [True]
    assert [result.passed for result in run_tests(loaded(text))] == [False]


def test_a_test_beyond_the_calendars_fails_and_says_why() -> None:
    """Clocks are good for the years 1970 to 2100."""
    when = "{since: {instant: created, at_least: 1h}}"
    (message,) = failures(when, "{add_tags: a}", "{created: 2100-12-31T23:30Z}", "nothing", at="2100-12-31T23:59Z")

    assert message == "calendar 'always' never opens again before 2101"


FIRST = """\
groups:
- id: g
  match: first
  rules:
  - {id: a, description: d, when: {status: open}, then: {add_tags: a}, tests: []}
  - id: b
    description: d
    when: {tags: x}
    then: {add_tags: b}
    tests:
    - {name: alone, ticket: {tags: x}, at: 2026-03-02T12:00Z, expect: {tags: {added: b}}}
    - {name: among all, ticket: {tags: x}, at: 2026-03-02T12:00Z, together: true, expect: nothing}
"""


def test_a_rule_is_tested_alone_unless_it_is_asked_for_together() -> None:
    """Where the first match wins, only together can an earlier rule stand in the way."""
    done = loaded(FIRST)

    assert [result.passed for result in run_tests(done)] == [True, True]
    assert [result.passed for result in run_tests(done, together=True)] == [False, True]


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("{name: t, ticket: {severty: p1}, at: X, expect: nothing}", "unknown field 'severty' (did you mean 'severity'?) [bad-test]"),
        ("{name: t, ticket: {status: opn}, at: X, expect: nothing}", "'status' is never 'opn' (did you mean 'open'?) [bad-test]"),
        ("{name: t, ticket: {severity: p9}, at: X, expect: nothing}", "unknown severity 'p9' (levels are p1, p2, p3, p4) [unknown-severity]"),
        ("{name: t, ticket: {field.x: {a: 1}}, at: X, expect: nothing}", "'field.x' cannot be a mapping [bad-test]"),
        ("{name: t, ticket: {created: soon}, at: X, expect: nothing}", "'soon' is no instant; write 2026-03-02T09:00Z, or +01:00 for another zone [bad-instant]"),
        ("{name: t, ticket: {created: 2027-01-01T00:00Z}, at: X, expect: nothing}", "looks at a ticket before it was created, or before an earlier look [bad-test]"),
        ("{name: t, ticket: {events: [{status: hold}]}, at: X, expect: nothing}", "an event needs 'at' (at: 2026-03-02T09:00Z) [bad-test]"),
        ("{name: t, ticket: {events: [{at: X, created: X}]}, at: X, expect: nothing}", "'created' does not go here [bad-test]"),
        ("{name: t, ticket: {slas: {first_reply: {target: 1h}}}, at: X, expect: nothing}", "'first_reply' is none of Zendesk's metrics (did you mean 'first_reply_time'?) [bad-test]"),
        ("{name: t, ticket: {slas: {first_reply_time: {targt: 1h}}}, at: X, expect: nothing}", "a metric has no 'targt' (did you mean 'target'?) [bad-test]"),
        ("{name: t, ticket: {}, at: X, expect: {}}", "expects nothing in particular (write expect: nothing, or what should happen) [bad-test]"),
        ("{name: t, ticket: {}, at: X, expect: {severity: p7}}", "unknown severity 'p7' (levels are p1, p2, p3, p4) [unknown-severity]"),
    ],
)  # fmt: skip
def test_a_test_that_cannot_be_built_is_a_mistake(test: str, message: str) -> None:
    """Told where it stands, before anything runs."""
    text = "rules:\n- id: r\n  description: d\n  when: always\n  then: {add_tags: a}\n  tests:\n"
    text += indent(f"- {test.replace(' X', ' 2026-03-02T12:00Z')}\n", "  ")
    done = load_text({"a.yaml": text, "levels.yaml": LEVELS})

    assert [str(problem).split("test 't': ")[-1] for problem in done.problems] == [message]
    assert run_tests(done) == []


OUTSIDE = (
    PLACES
    + "announcements: {over: {title: Errors, text: 'Over since << now | moment >>.'}}\n"
    + "ladders: {up: {kind: technical, description: d, severities: p1, rungs: [{name: L1, role: ann}]}}\n"
)
SPEAKING = "[{notify: {role: ann}}, {escalate: {ladder: up}}, {file_issue: {channel: issues}}, {publish: {channel: page, status: resolved, text: over}}]"


@pytest.mark.parametrize(
    ("expect", "failed"),
    [
        ("{sends: ann, climbs: up, files: issues, publishes: resolved}", []),
        ("{sends: bob}", ["sent to should be [bob], but are [ann]"]),
        ("{climbs: [up, down]}", ["ladders begun should be [up, down], but are [up]"]),
        ("{files: []}", ["issues filed in should be [], but are [issues]"]),
        ("{publishes: monitoring}", ["the status page's words should be [monitoring], but are [resolved]"]),
        ("{closes: true}", ["the page should be closed"]),
    ],
)
def test_what_is_said_outside_zendesk_is_expected_by_its_receivers(expect: str, failed: list[str]) -> None:
    """Roles, ladders, channels and the status page's words."""
    rule = RULE.format(
        when="{severity: p1, field.x: true}",
        then=SPEAKING,
        ticket="{severity: p1, field.x: true}",
        at=NOON,
        expect=expect,
    )
    done = loaded(OUTSIDE + rule.replace("  tests:", "  ignore: no-matrix-row\n  tests:"))
    (result,) = run_tests(done)

    assert [problem.message.partition("test 't': ")[2] for problem in result.problems] == failed


def test_nothing_is_nothing_outside_zendesk_too() -> None:
    """A rule whose only action is to climb a ladder does something."""
    rule = RULE.format(
        when="{field.x: true}",
        then="{escalate: {ladder: up}}",
        ticket="{severity: p1, field.x: true}",
        at=NOON,
        expect="nothing",
    )
    (result,) = run_tests(loaded(OUTSIDE + rule.replace("  tests:", "  ignore: no-matrix-row\n  tests:")))

    assert "it should do nothing, but does: " in result.problems[0].message
    assert "escalate" in result.problems[0].message or "climb up" in result.problems[0].message


@pytest.mark.parametrize(
    ("at", "awake", "expect"),
    [
        ("2026-03-02T12:00Z", "true", "{note: said}"),  # the third time
        ("2026-03-02T12:30Z", "true", "nothing"),
        ("2026-03-02T13:00Z", "true", "nothing"),  # three times are all
        ("2026-03-02T13:00Z", "false", "{note: said}"),  # nobody looked before, so it is the first time
    ],
)
def test_a_worker_that_is_awake_looks_whenever_it_planned_to(at: str, awake: str, expect: str) -> None:
    """So that what happened before the test's instant is remembered, step by step."""
    rule = RULE.format(
        when="{since: {instant: created, at_least: 1h}}", then="{internal_note: said}", ticket="{created: 2026-03-02T09:00Z}", at=at,
        expect=expect,
    )  # fmt: skip
    text = "notes: {said: Said.}\n" + rule.replace("  tests:", "  repeat: {every: 1h, at_most: 3}\n  tests:")
    done = loaded(text.replace("    expect:", f"    awake: {awake}\n    expect:"))

    assert [problem.message for result in run_tests(done) for problem in result.problems] == []


def test_a_worker_is_not_awake_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test whose ticket would be looked at thousands of times says so."""
    monkeypatch.setattr(rule_tests, "LOOKS", 100)
    rule = RULE.format(
        when="{since: {instant: created, at_least: 1s}}", then="{internal_note: said}", ticket="{created: 2026-03-02T09:00Z}", at=NOON,
        expect="{note: said}",
    )  # fmt: skip
    text = "notes: {said: Said.}\n" + rule.replace("  tests:", "  repeat: {every: 1s, at_most: 1000}\n  tests:")
    (result,) = run_tests(loaded(text.replace("    expect:", "    awake: true\n    expect:")))

    message = "it would be looked at more than 100 times until 2026-03-02 12:00 UTC"
    assert [problem.message.partition("'t': ")[2] for problem in result.problems] == [message]


@pytest.mark.parametrize(
    ("test", "passes"),
    [
        ("{at: 2026-03-02T12:00Z, expect: {climbs: up, pages: ann}}", True),
        ("{at: 2026-03-02T12:05Z, awake: true, expect: {pages: ann, tells: []}}", True),
        ("{at: 2026-03-02T12:05Z, awake: true, expect: {pages: bob}}", False),
        ("{at: 2026-03-02T12:05Z, awake: true, expect: nothing}", False),
        ("{at: 2026-03-02T12:05Z, awake: true, acknowledged: {at: 2026-03-02T12:03Z}, expect: nothing}", True),
        (
            "{at: 2026-03-02T12:05Z, awake: true, acknowledged: {at: 2026-03-02T12:05Z, by: Bo}, expect: {says: Bo ack}}",
            True,
        ),
        ("{at: 2026-03-02T12:05Z, looked_at: 2026-03-02T12:00Z, expect: {pages: ann}}", True),
        ("{at: 2026-03-02T12:10Z, awake: true, expect: {pages: [], tells: boss}}", True),
        ("{at: 2026-03-02T12:00Z, on_call: {ann: []}, expect: {pages: [], tells: boss}}", True),
        ("{at: 2026-03-02T12:00Z, on_call: {ann: Ann}, expect: {pages: ann}}", True),
    ],
)
def test_a_ladder_is_expected_step_by_step(test: str, passes: bool) -> None:
    """With who is on call, and who acknowledges."""
    rungs = "[{name: L1, role: ann, pages: 2}, {name: All, role: boss, how: notify}]"
    text = ladder(", urgent: true", rungs).replace("executive: true", "executive: false")
    ticket = "ticket: {severity: p1, field.x: true, created: 2026-03-02T12:00Z}"
    text = text.replace(
        "no-tests, no-description]", f"no-description], tests: [{{name: t, {ticket}, {test.strip('{')}]"
    )
    done = loaded(text)
    assert done.policy is not None, [str(problem) for problem in done.problems]

    (result,) = run_tests(done)
    assert result.passed is passes, [str(problem) for problem in result.problems]


def test_who_is_on_call_is_a_role() -> None:
    """Another word is told of."""
    text = ladder().replace(
        "no-tests, no-description]",
        "no-description], tests: [{name: t, ticket: {}, at: 2026-03-02T12:00Z, on_call: {an: []}, expect: nothing}]",
    )

    assert [problem.message for problem in loaded(text).problems if problem.weight == "error"] == [
        "rule 'r': test 't': unknown role 'an'"
    ]
