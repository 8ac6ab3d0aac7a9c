"""Problems: what is wrong in a document, where, and what to do; and the catalogue of all checks.

Each problem is one line: `policies/routing.yaml:12:7: rule 'network-outage': unknown note 'hallo' (did you mean 'hello'?) [unknown-note]`.
Errors keep the whole folder from being loaded. Warnings do not, and a rule silences them for itself with
`ignore: [check-id]`: that key is the one place where a check can be silenced.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from deskhand.documents.macro_checks import MACRO_CHECKS, Weight

CHECKS: Final[dict[str, tuple[Weight, str]]] = {
    # the file
    "unreadable-file": ("error", "The file cannot be opened, or is no UTF-8 text."),
    "yaml-syntax": ("error", "The text is no YAML: a tab, a missing colon, a bracket left open, a control character."),
    "yaml-alias": ("error", "Anchors and aliases are refused: a few of them can stand for gigabytes."),
    "yaml-tag": ("error", "Explicit tags such as !!int or !include are refused."),
    "yaml-documents": ("error", "A file holds one YAML document."),
    "too-large": ("error", "A file is larger than 2 MB, nested deeper than 40 levels, or holds over 200,000 values."),
    "duplicate-key": ("error", "A key is given twice in the same mapping."),
    "no-documents": ("error", "The folder does not exist or holds no policy file."),
    # keys and values
    "unknown-key": ("error", "A key that means nothing here."),
    "missing-key": ("error", "A key that must be there is not."),
    "bad-value": ("error", "A value of the wrong type, or none of the allowed ones."),
    "bad-duration": ("error", "A duration is not written as 90s, 30m, 4h, 2d, 1h30m or 30_minutes."),
    "bad-percent": ("error", "A share is not written as 50%."),
    "bad-instant": ("error", "An instant is not written as 2026-03-02T09:00Z."),
    "bad-id": ("error", "An id is not written in lower-case letters, digits and hyphens."),
    "bad-tag": ("error", "A tag has capitals, spaces or characters that Zendesk would change."),
    "bad-condition": ("error", "A condition or comparison that cannot be asked."),
    "bad-action": ("error", "An action that cannot be carried out as it is written."),
    "bad-template": ("error", "A note template that cannot be read, or that uses more than its limits."),
    "bad-calendar": ("error", "A calendar with an unknown time zone, or hours or dates that make no sense."),
    "bad-channel": (
        "error",
        "A channel without what its service needs to find its place, or with an option that its service does not have.",
    ),
    "bad-ladder": (
        "error",
        "A ladder that contradicts itself, such as a climber for a severity that does not climb it.",
    ),
    "bad-test": ("error", "A test of a rule that cannot be read or built."),
    "doubtful-word": ("warning", "yes, no, on, off and True are texts here; the truth values are true and false."),
    # names within the documents
    "duplicate-id": (
        "error",
        "Two rules, groups, clocks, calendars, roles, notes, channels, ladders or announcements have the same name.",
    ),
    "defined-twice": ("error", "Something that there is only one of is defined in two places."),
    "unknown-field": ("error", "A field that neither tickets nor this language have, or that the account lacks."),
    "unknown-severity": ("error", "A severity that is none of p1 to p4 nor one of their other names."),
    "unknown-clock": ("error", "A clock that is neither declared nor one of Zendesk's metrics."),
    "unknown-calendar": ("error", "A calendar that is not declared."),
    "unknown-note": ("error", "A note template that is not declared."),
    "unknown-role": ("error", "A role that is neither declared nor named by a severity."),
    "unknown-channel": ("error", "A channel that is not declared."),
    "unknown-ladder": ("error", "A ladder that is not declared."),
    "unknown-announcement": ("error", "A public text that is not declared."),
    "unknown-variable": ("error", "A note template uses a variable or filter that does not exist."),
    "unknown-check": ("error", "`ignore` names a check that does not exist or cannot be silenced."),
    "missing-severity": ("error", "Some of p1 to p4 are defined and others are not."),
    "calendar-unresolved": ("error", "A calendar comes from a Zendesk schedule that is not known here."),
    # names that the account must have
    "unknown-group": ("error", "A group that the account does not have."),
    "unknown-agent": ("error", "An agent's e-mail address that the account does not have."),
    "unknown-option": ("error", "A value that is no option of a drop-down or multi-select field."),
    "unknown-name": ("error", "A brand, form or custom status that the account does not have."),
    # escalation
    "wrong-channel": (
        "error",
        "A channel whose service cannot carry what is asked of it: a status page reaches no people.",
    ),
    "unreachable-rung": ("error", "A rung without a channel: nobody could be told."),
    "cannot-page": ("error", "A rung that pages by channels of which none can tell whether somebody acknowledged."),
    "executive-reach": ("error", "A severity below P2 that would reach executives."),
    "kinds-mixed": (
        "error",
        "Technical, severity and stakeholder escalation in one: a rule, its row and its ladder are of one kind.",
    ),
    "two-climbers": ("error", "A severity that the worker climbs on one ladder and PagerDuty on another."),
    "no-matrix-row": (
        "warning",
        "A rule that starts a ladder, and says in no `escalation` whose the ticket is and whose it becomes.",
    ),
    "no-trigger": ("error", "A row of the matrix with neither a time nor a condition: it would rely on feeling."),
    "unserved-severity": ("warning", "A severity pages or notifies by its policy, and no ladder or rule does it."),
    "ticket-in-public": ("error", "A public text that would hold something of a ticket."),
    # rules as a whole
    "never-open-calendar": ("error", "A calendar that never opens: nothing would ever be due."),
    "no-target": ("error", "A rule measures a clock of our own that has no target at any severity."),
    "no-description": ("warning", "A rule without a description for people."),
    "no-tests": ("warning", "A rule without tests."),
    "unreachable-rule": ("warning", "A rule that no ticket can reach, in a group in which the first match wins."),
    "no-effect": ("warning", "An action that can never change anything, such as raising the severity of a P1."),
    "competing-rules": ("warning", "Two rules of one group set the same thing to different values; the first wins."),
    "never-reached": ("warning", "A choice of calendar that comes after one that stands for all tickets."),
    "no-default": ("warning", "A list of calendars that says nothing of the tickets that no entry names."),
    "unused": ("warning", "A note, calendar, channel, ladder or announcement that nothing uses."),
    "test-failed": ("error", "A test of a rule expects something else than what the rule does."),
}
"""Every check by its id: how much it weighs, and what it looks for."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake at one place. Lines and columns count from 1; 0 where a whole file or folder is meant."""

    file: str
    line: int
    column: int
    message: str
    check: str
    hint: str = ""

    @property
    def weight(self) -> Weight:
        """Whether it keeps the documents from being loaded."""
        return (CHECKS.get(self.check) or MACRO_CHECKS[self.check])[0]

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals understand it."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def __str__(self) -> str:
        """The problem in one line."""
        label = "" if self.weight == "error" else "warning: "
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.place}: {label}{self.message}{hint} [{self.check}]"


def ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted by place, each once."""
    return tuple(sorted(set(problems), key=lambda p: (p.file, p.line, p.column, p.check, p.message)))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that keep the documents from being loaded."""
    return tuple(problem for problem in problems if problem.weight == "error")


def near(name: str, known: Iterable[str]) -> str:
    """The hint `did you mean 'x'?` where a known name is close to a wrong one, else nothing."""
    by_fold = {one.casefold(): one for one in sorted(known, reverse=True)}
    close = get_close_matches(name.casefold()[:100], list(by_fold), n=1, cutoff=0.6)
    return f"did you mean '{by_fold[close[0]]}'?" if close else ""


def listed(words: Iterable[str], join: str = "or") -> str:
    """`a, b or c`."""
    *most, last = list(words)
    return f"{', '.join(most)} {join} {last}" if most else last
