"""All checks, in the order in which they are told, each by itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from deskhand.doctor import account, credentials, database, listener, policies, scopes, worker
from deskhand.doctor.finding import Finding, fail, ok, skip
from deskhand.doctor.subject import Subject
from deskhand.errors import DeskhandError, RateLimited, Transient

AWAY: Final = "Check DESKHAND_SUBDOMAIN, your network and Zendesk's status page, and look again."


@dataclass(frozen=True, slots=True)
class Check:
    """Something to look at, under the name that its findings have where it raises."""

    about: str
    look: Callable[[Subject], Iterable[Finding]]


def _settings(subject: Subject) -> Iterator[Finding]:
    yield ok("settings", f"account {subject.settings.address()}, mode {subject.settings.mode}")


CHECKS: Final = (
    Check("settings", _settings),
    Check("credentials", credentials.kind),
    Check("secrets", credentials.files),
    Check("account", account.reached),
    Check("role", account.role),
    Check("clock", account.clock),
    Check("calls", account.calls),
    Check("scopes", scopes.compared),
    Check("token", scopes.lifetime),
    Check("policies", policies.loaded),
    Check("signatures", policies.signed),
    Check("names", policies.names),
    Check("channels", policies.channels),
    Check("database", database.file),
    Check("disk", database.disk),
    Check("worker", worker.running),
    Check("waiting", worker.waiting),
    Check("kill switch", worker.switch),
    Check("listener", listener.exposed),
    Check("webhooks", listener.webhooks),
)
"""Every check. One more is one more line here."""


def examine(subject: Subject, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """What all checks found. One that raises is a finding, and the others go on; what two of them fail by is told once."""
    found: list[Finding] = []
    for check in checks:
        try:
            found.extend(check.look(subject))
        except DeskhandError as error:
            found.append(failed(check.about, error, found))
        except Exception as error:  # noqa: BLE001 - a check that is broken must not hide what the others find
            found.append(
                fail(check.about, f"{type(error).__name__}: {error}", "This is a fault of deskhand: report it.")
            )
    return found


def failed(about: str, error: DeskhandError, so_far: Iterable[Finding] = ()) -> Finding:
    """An error as a finding; where it was told already, only by which name."""
    for one in so_far:
        if one.level == "fail" and one.found == str(error):
            return skip(about, f"not looked at: see {one.about}")
    return fail(about, str(error), AWAY if isinstance(error, Transient | RateLimited) else error.hint)
