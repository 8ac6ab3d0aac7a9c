"""Texts for the public status page. What a ticket says never reaches them: they know the time, the severity, and words that the policy itself lists."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from deskhand.documents.macros import lint_text
from deskhand.documents.notes import Note

VALUES: Final[Mapping[str, tuple[str, ...]]] = {"now": (), "next_update": (), "severity": ("now",), "words": ()}
"""Every name that a public text may use; `words` are those that it lists itself."""
WORDS: Final = (
    "technical-words",
    "vague-update",
    "hollow-apology",
    "leftover",
    "secret-in-text",
    "personal-data",
    "plain-http",
)
"""What is looked for in public words, of the checks of macro texts."""
FILLED: Final = re.compile(r"<<.*?>>|<%.*?%>", re.DOTALL)
"""What is put in, and what decides."""


@dataclass(frozen=True, slots=True)
class Words:
    """The public words for each option of a field, and those for all else."""

    field: str
    values: Mapping[str, str]
    other: str

    def read(self, fields: object) -> str:
        """The words for the option that the ticket has. The option itself is never among them."""
        seen = fields.get(self.field) if isinstance(fields, Mapping) else None
        return self.values.get(seen, self.other) if isinstance(seen, str) else self.other


@dataclass(frozen=True, slots=True)
class Announcement:
    """A compiled public text."""

    name: str
    title: str
    next_update: int
    words: Mapping[str, Words]
    note: Note

    @property
    def template(self) -> str:
        """Its name among the templates of a policy, which no internal note can have."""
        return f"announcement {self.name}"

    @property
    def promises(self) -> bool:
        """Whether it says when the next update comes."""
        return bool(self.next_update) and ("next_update",) in self.note.uses

    def render(self, values: Mapping[str, object]) -> str:
        """The finished text, from the values of a note: of the ticket, nothing but which listed option a field has."""
        now, severity, ticket = str(values.get("now", "")), values.get("severity"), values.get("ticket")
        fields = ticket.get("field") if isinstance(ticket, Mapping) else None
        level = severity.get("now") if isinstance(severity, Mapping) else None
        return self.note.render(
            {
                "now": now,
                "next_update": _later(now, self.next_update),
                "severity": {"now": level},
                "words": {name: words.read(fields) for name, words in self.words.items()},
            }
        )


def _later(now: str, seconds: int) -> str:
    try:
        return (datetime.fromisoformat(now) + timedelta(seconds=seconds)).isoformat()
    except ValueError:
        return ""


def wording(text: str) -> Iterator[lint_text.Finding]:
    """Words that the public should not read."""
    plain = FILLED.sub("", text)
    found = lint_text.findings(lint_text.Reply(plain, rich=False, public=True, purpose="notice"))
    return (finding for finding in found if finding.check in WORDS)
