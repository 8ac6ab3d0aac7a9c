"""The options of channels: each service's own, and none that nobody reads."""

import re
from typing import get_args

import pytest

from deskhand.core.message import Service
from deskhand.documents.channel_options import OPTIONS
from tests.documents.words import QUIET, ROOT, policy, said


def channel(service: str, options: str) -> str:
    """A file with one channel that somebody is told by."""
    return (
        f"channels: {{it: {{service: {service}, place: C1, options: {{{options}}}}}, room: {{service: slack, place: C}}}}\n"
        f"roles: {{ann: {{channels: room}}}}\nrules: [{{id: r, when: {{field.x: true}}, then: {{notify: {{role: ann}}}}, {QUIET}}}]\n"
    )


RIGHT = [
    ("statuspage", "components: 'c1=partial_outage, c2', impact: major, subscribers: first_and_last, review: always"),
    ("jira", "issue_type: Incident, priority: Medium, priority_p1: Highest"),
    ("confluence", "label: how-to, stale_after_days: '90', field: product_area"),
    ("pagerduty", "escalation_policy: PX, level: '2', urgency: low, priority: P53, from: a@b.example"),
    ("slack", "mention: '<!here>'"),
    ("slack", "mention: 'U012AB, @W9, <!subteam^S77>'"),
]


@pytest.mark.parametrize(("service", "options"), RIGHT)
def test_options_of_a_service_are_taken_as_they_are(service: str, options: str) -> None:
    """They reach the channel as texts."""
    made = policy(channel(service, options)).channels["it"]

    assert set(made.options) == set(re.findall(r"(\w+):", options))


@pytest.mark.parametrize(
    ("service", "options", "message"),
    [
        ("statuspage", "subscriber: all", "channel 'it': 'statuspage' has no option 'subscriber' (did you mean 'subscribers'?) [bad-channel]"),
        ("statuspage", "subscribers: everybody", "channel 'it': 'subscribers': 'everybody' should be none, first_and_last or all [bad-channel]"),
        ("statuspage", "review: nevr", "'review': 'nevr' should be from_second, always or never"),
        ("statuspage", "components: c1=broken", "should be written as id=state, where the state is operational, degraded_performance"),
        ("statuspage", "impact: huge", "'impact': 'huge' should be none, minor, major or critical"),
        ("jira", "type: Bug", "'jira' has no option 'type'"),
        ("jira", "priority_p9: High", "'jira' has no option 'priority_p9' (did you mean 'priority_p"),
        ("confluence", "stale_after_days: soon", "'stale_after_days': 'soon' should be a whole number above 0"),
        ("slack", "mention: ann", "'mention': 'ann' should be ids of Slack (U... a person, S... a group), here or channel"),
        ("slack_hook", "mention: 'U012AB,'", "'mention': 'U012AB,' should be ids of Slack"),
        ("webhook", "x: y", "'webhook' has no option 'x' (it has no options)"),
        ("confluence", "x: y", "(its options are: field, label, stale_after_days)"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_what_was_meant(service: str, options: str, message: str) -> None:
    """Before anything is sent."""
    assert [line for line in said(channel(service, options)) if message in line]


def test_every_service_has_its_options_listed() -> None:
    """A new one is not forgotten."""
    assert set(OPTIONS) == set(get_args(Service))


@pytest.mark.parametrize("service", sorted(OPTIONS))
def test_every_option_that_an_adapter_reads_can_be_written(service: Service) -> None:
    """The adapters' own files are asked, so that the list follows them."""
    source = ROOT / "src/deskhand/notify" / ("others.py" if service == "apprise" else f"{service}.py")
    if not source.exists():
        pytest.skip(f"{source.name} is not there yet")
    read = set(re.findall(r'options\.get\(\s*f?"(\w+)', source.read_text(encoding="utf-8")))

    assert {name for name in read if not any(one.startswith(name) for one in OPTIONS[service])} == set()
