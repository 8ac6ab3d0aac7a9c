"""Which credentials are used, and who else could read them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

from deskhand import wiring
from deskhand.doctor.finding import Finding, ok, warn
from deskhand.doctor.subject import Subject
from deskhand.settings import PREFIX, Secrets
from deskhand.zendesk.auth import ENDING, ClientCredentials

OTHERS: Final = 0o004
"""The bit of a file's mode with which everybody on the machine may read it."""


def kind(subject: Subject) -> Iterator[Finding]:
    """An OAuth client, or an API token for as long as those work. Raises SettingsError where neither is set."""
    found = wiring.credentials(subject.settings)
    if isinstance(found, ClientCredentials):
        yield ok("credentials", f"OAuth client '{found.client_id}'")
        if subject.settings.secret("api_token"):
            yield warn(
                "credentials",
                "an API token is set as well, and not used",
                "Take DESKHAND_API_TOKEN away, and deactivate the token.",
            )
        return
    yield warn(
        "credentials",
        f"an API token of {found.email}: it can act as any agent of the account, has no scopes, and never expires by itself",
        f"{ENDING[0].upper()}{ENDING[1:]}.",
    )


def files(subject: Subject) -> Iterator[Finding]:
    """Files that hold secrets and that everybody may read."""
    named = [Path(path) for name, path in sorted(subject.environ.items()) if path and _of_secret(name)]
    there = [path for path in named if path.exists()]
    loose = [path for path in there if path.stat().st_mode & OTHERS]
    for path in loose:
        yield warn("secrets", f"{path} can be read by everybody on this machine", f"chmod 600 {path}")
    if there and not loose:
        yield ok("secrets", f"{len(there)} {'file' if len(there) == 1 else 'files'}, closed to others")
    if not there:
        yield ok("secrets", "in the environment, not in files")


def _of_secret(name: str) -> bool:
    """Whether a variable names the file of a secret: DESKHAND_SLACK_TOKEN_FILE, or DESKHAND_SLACK_TOKEN_EMEA_FILE."""
    bare = name.removeprefix(PREFIX).lower()
    return name.startswith(PREFIX) and bare.endswith("_file") and bare.startswith(get_args(Secrets))
