"""Clocks of our own: what is there without being declared, what can be declared, and mistakes."""

from datetime import UTC, datetime

from deskhand.core.clock import ClockSpec, Trigger
from deskhand.core.history import Event
from deskhand.core.sla import METRICS
from tests.core.builders import START
from tests.documents.words import policy, said

HOUR = 3600


def clock(text: str, name: str = "c") -> ClockSpec:
    """A declared clock."""
    found = {spec.id: spec for spec in policy(text).clocks}
    return found[name]


def test_response_and_resolution_are_there() -> None:
    """With the targets of the severities; resolution pauses, and is met by mitigation but not by containment (M8)."""
    response, resolution = policy("notes: {}").clocks

    assert response.starts == resolution.starts == Trigger("created")
    assert response.stops == (Trigger("agent_reply"), Trigger("status", frozenset({"solved", "closed"})))
    assert response.targets == {"p1": 900, "p2": 1800, "p3": 2700, "p4": 3600}
    assert (
        Trigger("field", frozenset({"mitigation_status=mitigated", "mitigation_status=resolved"})) in resolution.stops
    )
    assert resolution.pauses == {"pending", "hold"}
    assert resolution.targets == {"p1": 4 * HOUR, "p2": 8 * HOUR, "p3": 12 * HOUR, "p4": 16 * HOUR}
    assert (response.on_severity, response.on_reopen) == ("keep", "continue")


def test_the_fields_that_clocks_hang_on_are_watched() -> None:
    """A change of theirs becomes an event of the ticket's history."""
    text = "clocks: {c: {starts: {field.sent: true}, stops: {field.done: [a, b]}, targets: {p1: 1h}}}"

    assert policy(text).watched == {"mitigation_status", "sent", "done"}
    assert clock(text).starts == Trigger("field", frozenset({"sent=True"}))
    assert clock(text).stops == (Trigger("field", frozenset({"done=a", "done=b"})),)


def test_every_choice_can_be_stated() -> None:
    """Starts, stops, pauses, targets by severity over a promise, calendars, severity, reopen, repetition."""
    made = clock("""
        calendars: {office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}}
        clocks:
          c:
            starts: {status: [open, new]}
            stops: [agent_reply, {group: Billing}, {severity: P4}]
            pauses: hold
            promise: customer_update_cadence
            targets: {SEV-1: 30m}
            calendar: office
            calendars: {p1: always}
            on_severity: restart
            on_reopen: restart
            after: assigned
            again: true
        """)

    assert made.starts == Trigger("status", frozenset({"open", "new"}))
    assert made.stops == (
        Trigger("agent_reply"),
        Trigger("group", frozenset({"Billing"})),
        Trigger("severity", frozenset({"p4"})),
    )
    assert made.targets == {"p1": 1800, "p2": 24 * HOUR, "p3": 24 * HOUR, "p4": 24 * HOUR}
    assert (made.calendar.name, made.calendars["p1"].name) == ("office", "always")
    assert (made.on_severity, made.on_reopen, made.after, made.again) == (
        "restart",
        "restart",
        Trigger("assigned"),
        True,
    )
    assert made.pauses == {"hold"}


def test_choices_about_what_people_do_are_stated_in_the_clock() -> None:
    """Solved out of a pause, merged, begun before the promise counts: each has a default, and another answer."""
    common = "starts: created, stops: solved, targets: {p1: 1h}"
    usual = clock(f"clocks: {{c: {{{common}}}}}")
    other = clock(
        f"clocks: {{c: {{{common}, on_severity: from_change, on_reopen: stay, on_paused_solve: count, on_merge: end,"
        " enforce_from: 2026-03-02T09:00Z}}"
    )

    assert (usual.on_severity, usual.on_reopen, usual.on_paused_solve) == ("keep", "continue", "leave_out")
    assert (usual.on_merge, usual.enforce_from, usual.earlier) == ("drop", None, ())
    assert (other.on_severity, other.on_reopen, other.on_paused_solve) == ("from_change", "stay", "count")
    assert (other.on_merge, other.enforce_from) == ("end", datetime(2026, 3, 2, 9, tzinfo=UTC))


def test_terms_of_the_past_are_as_now_but_for_what_they_say() -> None:
    """Oldest first, whatever the order in the file; targets by severity, calendars by name."""
    made = clock("""
        calendars:
          office: {zone: UTC, hours: {mon-fri: 09:00-17:00}}
          old-office: {zone: UTC, hours: {mon-fri: 08:00-18:00}}
        clocks:
          c:
            starts: created
            stops: solved
            targets: {p1: 1h, p2: 2h}
            calendar: office
            calendars: {p1: always}
            earlier:
              - {until: 2026-06-01T00:00Z, targets: {p2: 3h}}
              - {until: 2026-01-01T00:00Z, targets: {SEV-1: 30m}, calendar: old-office, calendars: {p1: office}}
        """)

    first, second = made.earlier
    assert (first.until, second.until) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))
    assert (first.targets, second.targets) == ({"p1": 1800, "p2": 2 * HOUR}, {"p1": HOUR, "p2": 3 * HOUR})
    assert (first.calendar.name, first.calendars["p1"].name) == ("old-office", "office")
    assert (second.calendar.name, second.calendars["p1"].name) == ("office", "always")


def test_a_field_that_is_filled_in_may_start_or_stop_a_clock() -> None:
    """Whatever is written there; emptying it is no event of that kind."""
    text = "clocks: {c: {starts: created, stops: {field.engineer_at: {present: true}}, targets: {p1: 1h}}}"
    (trigger,) = clock(text).stops

    assert "engineer_at" in policy(text).watched
    assert trigger.fits(Event(START, "field", "engineer_at=2026-03-02T09:12Z"))
    assert not trigger.fits(Event(START, "field", "engineer_at=None"))
    assert not trigger.fits(Event(START, "field", "other=1"))
    assert not trigger.fits(Event(START, "created"))


def test_mistakes_in_terms_of_the_past_are_told() -> None:
    """Two for one time, a severity or calendar that does not exist, a condition that no clock can wait for."""
    assert said("""\
        clocks:
          a:
            starts: created
            stops: {field.x: {present: false}}
            targets: {p1: 1h}
          b:
            starts: created
            stops: solved
            targets: {p1: 1h}
            earlier:
              - {until: 2026-01-01T00:00Z, targets: {p9: 1h}}
              - {until: 2026-01-01T00:00Z, calendar: offce}
          c: {starts: created, stops: solved, targets: {p1: 1h}, on_merge: forget}
          d: {starts: created, stops: solved, targets: {p1: 1h}, earlier: [{targets: {p1: 1h}}]}
        """) == [
        "4:22: clock 'a': a clock starts or stops when a field is filled in (write {present: true}) [bad-value]",
        "11:46: clock 'b': unknown severity 'p9' (levels are p1, p2, p3, p4) [unknown-severity]",
        "12:17: clock 'b': two earlier terms end at the same instant [bad-value]",
        "12:46: clock 'b': unknown calendar 'offce' (there are: always) [unknown-calendar]",
        "13:68: clock 'c': 'on_merge': 'forget' should be 'drop' or 'end' [bad-value]",
        "14:68: clock 'd': 'until' is missing [missing-key]",
    ]


def test_a_clock_may_be_like_one_of_zendesks() -> None:
    """For accounts without SLA policies: the metric's own start, end and pauses, with targets of ours."""
    made = clock("clocks: {next_reply_time: {like: next_reply_time, targets: {p1: 1h}}}", "next_reply_time")
    metric = METRICS["next_reply_time"]

    assert (made.starts, made.stops, made.after, made.again) == (
        metric.starts,
        metric.stops,
        metric.after,
        metric.again,
    )
    assert made.targets == {"p1": HOUR}


def test_mistakes_are_told_at_once() -> None:
    """Events, fields, severities and calendars that do not exist, and what is missing."""
    assert said("""\
        clocks:
          a: {starts: creatd, stops: [{foo: 1}, {status: opn}], targets: {p9: 1h}, calendar: offce}
          b: {stops: solved, promise: sla_response_minutes}
          c: {starts: created, promise: sla_response_minutes}
          d: {starts: created, stops: solved}
          e: {like: next_reply, targets: {p1: 1h}}
          f: {starts: created, stops: solved, promise: response}
          g: {starts: [created], stops: {field.x: []}, targets: {p1: 30}}
          h: {starts: {status: open, group: G}, stops: {field.x: []}, promise: sla_response_minutes}
        """) == [
        "2:15: clock 'a': nothing happens that is called 'creatd' (did you mean 'created'?) [bad-value]",
        "2:32: clock 'a': 'foo' starts or stops no clock (use status, severity, group, assigned or field.<name>, with values) [bad-value]",
        "2:50: clock 'a': no status is called 'opn' (did you mean 'open'?) [bad-value]",
        "2:67: clock 'a': unknown severity 'p9' (levels are p1, p2, p3, p4) [unknown-severity]",
        "2:86: clock 'a': unknown calendar 'offce' (there are: always) [unknown-calendar]",
        "3:6: clock 'b': 'starts' is missing (such as created) [missing-key]",
        "4:6: clock 'c': 'stops' is missing (such as solved) [missing-key]",
        "5:6: clock 'd': has no target (give it a promise or targets) [no-target]",
        "6:13: clock 'e': 'next_reply' is none of Zendesk's metrics (did you mean 'next_reply_time'?) [unknown-clock]",
        "7:48: clock 'f': 'promise': 'response' should be 'sla_response_minutes', 'sla_resolution_hours' or 'customer_update_cadence' [bad-value]",
        "8:62: clock 'g': 'p1': '30' is no duration; write 90s, 30m, 4h, 2d or 1h30m [bad-duration]",
        "9:15: clock 'h': a mapping is no event (write one field with its values, or a word) [bad-value]",
        "9:58: clock 'h': 'field.x' needs values [bad-value]",
    ]
