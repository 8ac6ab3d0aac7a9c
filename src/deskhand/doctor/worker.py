"""The worker: whether it runs and does its work, what waits for a person, and whether it was told to stop."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from deskhand import wiring
from deskhand.app.status import Status, status
from deskhand.app.stop import Switch
from deskhand.app.vitals import patience
from deskhand.core.wording import span
from deskhand.doctor.finding import Finding, fail, ok, skip, warn
from deskhand.doctor.subject import Subject
from deskhand.errors import StoreMissing
from deskhand.store.examined import examined

NONE: Final = "not looked at: there is no database yet"


def running(subject: Subject) -> Iterator[Finding]:
    """Whether one has the database open, and when it last did all that it does. Raises StoreError."""
    held = _held(subject)
    if held is None:
        yield skip("worker", NONE)
        return
    now, holder = subject.parts.clock.now(), examined(subject.settings.database_url, quickly=True).holder
    who = f"process {holder} has the database open" if holder else "none runs on this machine"
    if not held.last_cycle:
        words, late = f"{who}; no full cycle was ever completed", holder is not None
    else:
        age = now - datetime.fromisoformat(held.last_cycle)
        words = f"{who}; the last full cycle was {span(max(age.total_seconds(), 0))} ago"
        late = age > patience(subject.settings.poll_seconds)
    if holder and late:
        yield fail("worker", words, "Read its log: it says what each cycle fails by.")
    elif late:
        yield warn("worker", words, "Start it: `deskhand run`.")
    else:
        yield ok("worker", words)
    if held.refused:
        yield warn(
            "worker",
            "changed policies were refused, and the last good ones are in force",
            "`deskhand status` shows why.",
        )


def waiting(subject: Subject) -> Iterator[Finding]:
    """What waits for a person. Raises StoreError."""
    held = _held(subject)
    if held is None:
        yield skip("waiting", NONE)
        return
    found = list(_waiting(held))
    yield from found or [ok("waiting", "nothing waits for a person")]


def _waiting(held: Status) -> Iterator[Finding]:
    for rule, reason in held.held.items():
        yield warn(
            "waiting",
            f"rule {rule} is held: {reason}",
            f"`deskhand outbox list --rule {rule}` shows it; then release or drop it.",
        )
    if count := held.outbox.get("dead"):
        yield warn(
            "waiting", f"{count} writes were refused for good", "`deskhand outbox list --state dead` shows them."
        )
    if count := held.messages.get("dead"):
        yield warn("waiting", f"{count} messages reached nobody", "`deskhand outbox list --state dead` shows them.")


def switch(subject: Subject) -> Iterator[Finding]:
    """Whether it was told to send nothing."""
    settings = subject.settings
    on = Switch("enforce", settings.stop, settings.stop_file)()
    if on:
        yield warn("kill switch", f"on, nothing is sent: {on}", "Take it back when what it was for is over.")
    else:
        yield ok("kill switch", "off")


def _held(subject: Subject) -> Status | None:
    """What the database tells; None where there is none yet."""
    try:
        store = wiring.look(subject.settings)
    except StoreMissing:
        return None
    try:
        return status(store, subject.parts.clock.now())
    finally:
        store.close()
