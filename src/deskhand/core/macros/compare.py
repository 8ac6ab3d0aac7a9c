"""Base, live and wanted, field by field: who changed what since the last apply.

The base has two sides, what was sent and what Zendesk made of it: live is held against the one, wanted against the other. So a text that Zendesk
writes down in its own way is neither drift nor a change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from deskhand.core.macros.value import Field, Macro, Plain, canonical

Verdict = Literal["same", "update", "drift", "converged", "conflict"]


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is not as it was."""

    field: Field
    verdict: Verdict
    base: Plain
    live: Plain
    want: Plain


def changes(
    want: Macro, live: Macro, wanted: Macro | None, seen: Macro | None, owned: Iterable[Field]
) -> tuple[Change, ...]:
    """The owned fields that differ from the base on either side. `wanted` and `seen` are the two sides of the base."""
    now, then = canonical(live), canonical(want)
    base_live = canonical(seen) if seen else None
    base_want = canonical(wanted) if wanted else None
    found = []
    for field in owned:
        verdict = _verdict(
            now[field],
            then[field],
            live_moved=base_live is None or base_live[field] != now[field],
            want_moved=base_want is None or base_want[field] != then[field],
        )
        if verdict != "same":
            base = base_live[field] if base_live else None
            found.append(Change(field, verdict, base, now[field], then[field]))
    return tuple(found)


def _verdict(live: Plain, want: Plain, *, live_moved: bool, want_moved: bool) -> Verdict:
    if not live_moved and not want_moved:
        return "same"
    if live == want:
        return "converged"
    if live_moved and want_moved:
        return "conflict"
    return "drift" if live_moved else "update"
