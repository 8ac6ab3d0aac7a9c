"""The endpoints. Importing this package registers them all."""

from deskhand.sandbox.api import (
    account,
    bulk,
    events,
    exports,
    macros,
    many,
    oauth,
    people,
    rules,
    schedules,
    searching,
    settings,
    slas,
    tickets,
    writing,
)

__all__ = [
    "account",
    "bulk",
    "events",
    "exports",
    "macros",
    "many",
    "oauth",
    "people",
    "rules",
    "schedules",
    "searching",
    "settings",
    "slas",
    "tickets",
    "writing",
]
