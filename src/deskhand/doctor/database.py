"""The database: there, of this version, whole, closed to others, with space to grow."""

from collections.abc import Iterator
from typing import Final

from deskhand.doctor.finding import Finding, fail, ok, skip, warn
from deskhand.doctor.subject import Subject
from deskhand.errors import StoreMissing
from deskhand.store.examined import examined

MIB: Final = 1024 * 1024
SHORT: Final = 64 * MIB
"""With fewer bytes free than this, it is a matter of hours."""
TIGHT: Final = 1024 * MIB
"""With fewer bytes free than this, it is worth a word."""


def file(subject: Subject) -> Iterator[Finding]:
    """Whether it can be used as it is. Raises StoreError, SettingsError."""
    try:
        found = examined(subject.settings.database_url)
    except StoreMissing as none:
        yield warn("database", str(none), "The worker makes it at its first start: `deskhand once` or `deskhand run`.")
        return
    size = f", {found.size / MIB:.1f} MB" if found.size is not None else ""
    if found.damage:
        yield fail(
            "database",
            f"{found.place} is damaged: {found.damage}",
            "Stop the worker, keep the file aside, and put the last backup in its place.",
        )
    elif found.revision > found.newest:
        yield fail(
            "database",
            f"{found.place} was made by a newer deskhand",
            "Install that version again, or use another database.",
        )
    elif found.revision < found.newest:
        yield warn(
            "database",
            f"{found.place} is of an older deskhand",
            "The worker brings it up to date at its next start; copy it before.",
        )
    else:
        yield ok("database", f"{found.place}{size}, schema {found.revision}, whole")
    if found.network:
        yield fail(
            "database",
            f"it lies on a network file system ({found.network}), where locks cannot be trusted",
            "Put it on a local disk, or use PostgreSQL.",
        )
    for path in found.loose:
        yield warn(
            "database",
            f"{path} can be read by everybody on this machine, and holds what customers wrote",
            f"chmod 600 {path}",
        )


def disk(subject: Subject) -> Iterator[Finding]:
    """Whether it has space to grow. Raises StoreError, SettingsError."""
    try:
        free = examined(subject.settings.database_url, quickly=True).free
    except StoreMissing:
        yield skip("disk", "not looked at: there is no database yet")
        return
    if free is None:
        yield skip("disk", "the database's server knows of its space")
        return
    words = f"{free / (1024 * MIB):.1f} GB free where the database is"
    if free < SHORT:
        yield fail("disk", words, "Free space now: nothing new is decided on a full disk.")
    elif free < TIGHT:
        yield warn("disk", words, "Free space before it runs out.")
    else:
        yield ok("disk", words)
