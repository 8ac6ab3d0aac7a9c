"""The account: whether it answers, whose credentials these are, how its clock stands to ours, and how often it may be called."""

from collections.abc import Iterator
from typing import Final

from deskhand.core.wording import span
from deskhand.doctor.finding import Finding, fail, ok, warn
from deskhand.doctor.subject import Subject

ODD: Final = 5.0
"""Seconds between the clocks that are worth a word."""
WRONG: Final = 60.0
"""Seconds between the clocks with which thresholds fire at wrong times, and what is new is not found."""


def reached(subject: Subject) -> Iterator[Finding]:
    """Whether it answers. Raises DeskError."""
    found = subject.me
    yield ok("account", f"{subject.settings.address()} answers; we are {found.name} <{found.email}>")


def role(subject: Subject) -> Iterator[Finding]:
    """Whether the user may do what is needed. Raises DeskError."""
    found = subject.me
    if found.role == "admin":
        yield ok("role", "admin, which exports and SLA policies are for")
        return
    yield fail(
        "role",
        f"{found.name or 'nobody'} is {found.role or 'not known'} and not an admin: incremental exports and SLA policies are for admins only",
        "Tie the OAuth client to an admin.",
    )


def clock(subject: Subject) -> Iterator[Finding]:
    """How far our clock is from the account's, by the Date of its last answer. Raises DeskError."""
    apart = subject.account.session.skew
    if apart is None:
        yield warn("clock", "the account's answers carry no date, so that clocks cannot be compared")
        return
    words = f"ours is {span(abs(apart))} {'ahead of' if apart > 0 else 'behind'} Zendesk's"
    advice = "Set this machine's clock, best by NTP: thresholds fire by it."
    if abs(apart) > WRONG:
        yield fail("clock", words, advice)
    elif abs(apart) > ODD:
        yield warn("clock", words, advice)
    else:
        yield ok("clock", "agrees with Zendesk's")


def calls(subject: Subject) -> Iterator[Finding]:
    """How many calls a minute the account takes, and what is left to others. Raises DeskError."""
    settings, limit = subject.settings, subject.me.calls_per_minute
    if limit is None:
        yield warn("calls", "the account does not say how many calls a minute it takes")
        return
    exports = f"exports at {settings.incremental_per_minute} a minute"
    words = f"{limit} a minute, of which {settings.reserve_share:.0%} are left to others; {exports}"
    if settings.reserve_share < 0.05:
        yield warn("calls", words, "Leave more to people and other integrations: DESKHAND_RESERVE_SHARE=0.2.")
    else:
        yield ok("calls", words)
