"""What the options of a channel may be, service by service; a slip of the pen is found before anything is sent."""

from collections.abc import Callable, Mapping
from typing import Final

from deskhand.core.message import Service
from deskhand.core.review import CHOICES
from deskhand.core.severity import LEVELS
from deskhand.documents.node import Node
from deskhand.documents.problems import listed, near
from deskhand.documents.scope import View

Judge = Callable[[str], str]
"""What is wrong with a value, in words that follow it; empty where nothing is."""

STATES: Final = ("operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance")
"""What Statuspage can say of a component."""

SLACK_IDS: Final = frozenset("UWS")
"""The letters with which Slack's ids of people and groups begin."""
EVERYBODY: Final = frozenset({"here", "channel", "everyone"})


def _any(_value: str) -> str:
    return ""


def _one_of(*words: str) -> Judge:
    return lambda value: "" if value in words else f"should be {listed(words)}"


def _number(value: str) -> str:
    return "" if value.isascii() and value.isdigit() and int(value) > 0 else "should be a whole number above 0"


def _components(value: str) -> str:
    """Pairs `id=state`; an id alone stands for degraded_performance."""
    for pair in value.replace(",", " ").split():
        name, equals, state = pair.partition("=")
        if not name or (equals and state not in STATES):
            return f"should be written as id=state, where the state is {listed(STATES)}"
    return ""


def _mention(value: str) -> str:
    """Whom Slack pings by pages: ids, not names, since names are not unique there."""
    named = [one.strip(" <>").lstrip("@!").removeprefix("subteam^") for one in value.split(",")]
    fine = all(
        one in EVERYBODY or (one[:1] in SLACK_IDS and one.isalnum() and one.isupper() and one.isascii())
        for one in named
    )
    return (
        ""
        if fine and all(named)
        else "should be ids of Slack (U... a person, S... a group), here or channel, with commas between them"
    )


_PAGERDUTY: Final[Mapping[str, Judge]] = {
    "escalation_policy": _any,
    "level": _number,
    "urgency": _one_of("high", "low"),
    "priority": _any,
    "from": _any,
}
OPTIONS: Final[Mapping[Service, Mapping[str, Judge]]] = {
    "pagerduty": _PAGERDUTY,
    "pagerduty_events": _PAGERDUTY,
    "slack": {"mention": _mention},
    "slack_hook": {"mention": _mention},
    "statuspage": {
        "components": _components,
        "impact": _one_of("none", "minor", "major", "critical"),
        "subscribers": _one_of("none", "first_and_last", "all"),
        "review": _one_of(*CHOICES),
    },
    "jira": {"issue_type": _any, "priority": _any, **{f"priority_{level}": _any for level in LEVELS}},
    "confluence": {"label": _any, "stale_after_days": _number, "field": _any},
    "webhook": {},
    "apprise": {},
}
"""The options of each service."""


def check_options(service: Service, node: Node, view: View) -> None:
    """Note what is wrong with the options of a channel."""
    for name, value in node.mapping.items():
        judge = OPTIONS[service].get(name)
        if judge is None:
            known = sorted(OPTIONS[service])
            hint = near(name, known) or (f"its options are: {', '.join(known)}" if known else "it has no options")
            view.problem(node.key(name), f"'{service}' has no option '{name}'", "bad-channel", hint)
        elif wrong := judge(str(value.value)):
            view.problem(value, f"'{name}': {value.kind} {wrong}", "bad-channel")
