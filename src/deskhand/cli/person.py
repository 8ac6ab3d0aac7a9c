"""Who types a command, for the audit trail and the journals."""

import os
import pwd
from typing import Annotated

import typer

from deskhand.errors import UsageError

By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who does it, for the audit trail; this machine's user otherwise.")
]


def person(given: str = "") -> str:
    """The name that was given, with the machine's user beside it, who cannot be chosen. Raises UsageError for what is no name."""
    name = given.strip()
    if not name.isprintable() or len(name) > 100:
        raise UsageError("--by is no name", hint="A name or a mail address in one line, of at most 100 characters.")
    return f"{name} (as {os_user()})" if name else os_user()


def os_user() -> str:
    """Whom the machine knows: by number where that has no name, as in a container. No variable of the environment can make it another one."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
