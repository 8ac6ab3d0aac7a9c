"""The explanation, which is part of the answer: a tree of conditions with what each saw."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal[
    "fires", "found", "holds", "held", "lacks", "skipped", "already", "not yet", "no", "not reached", "off"
]
"""What a rule came to: fires now; fired before the database was restored, as the ticket's audits show; holds but only observes; would fire, and a guard holds it; would fire, and waits for what its
kind of ticket requires; would have fired, and is not worth it any more; fired
earlier in this episode; holds, and may repeat later; does not hold; passed over since an earlier rule of its group matched; switched off."""


@dataclass(frozen=True, slots=True)
class Step:
    """One condition with its verdict.

    `place` is `file:line:column` in the policies, `says` the condition in words with the value seen. `turns_at` is the
    earliest instant at which the verdict can change by time alone, None if time cannot change it.
    """

    place: str
    says: str
    held: bool
    turns_at: datetime | None = None
    parts: tuple["Step", ...] = ()
    join: Literal["", "all", "any", "not"] = ""

    def replay(self) -> bool:
        """The verdict worked out again from the parts alone; equals `held` in any trace."""
        match self.join:
            case "all":
                return all(part.replay() for part in self.parts)
            case "any":
                return any(part.replay() for part in self.parts)
            case "not":
                return not self.parts[0].replay()
            case _:
                return self.held

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Step"]]:
        """This step and all below it, each with its depth."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule came to for one ticket, and why.

    `episode` is the life of the condition that this verdict belongs to and `number` the repetition within it, from 1. `reason` says why it is held or
    skipped; `due` is the instant at which a late step was due.
    """

    rule: str
    place: str
    outcome: Outcome
    step: Step | None
    episode: str = ""
    number: int = 1
    look_again: datetime | None = None
    reason: str = ""
    due: datetime | None = None
    lacks: tuple[str, ...] = ()
    """Fields that it waits for."""
