"""Clocks of our own: what is there without being declared, what can be declared, and mistakes."""

from deskhand.core.clock import ClockSpec, Trigger
from deskhand.core.sla import METRICS
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
