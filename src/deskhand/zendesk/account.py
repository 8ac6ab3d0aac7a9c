"""One account, connected: session, pacer, names, people, feeds and desk, joined."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from deskhand.core.calendar import Calendar
from deskhand.errors import AccessRefused
from deskhand.http import BaseAdapter
from deskhand.http.session import GuardedSession
from deskhand.zendesk.audit_log import AuditLog, AuditReader
from deskhand.zendesk.auth import Credentials, sign
from deskhand.zendesk.desk import ZendeskDesk
from deskhand.zendesk.directory import Directory
from deskhand.zendesk.feeds import ExportFeed, RecentFeed
from deskhand.zendesk.gateway import Gateway
from deskhand.zendesk.macro_names import MacroNames
from deskhand.zendesk.macros import ZendeskMacros
from deskhand.zendesk.metric_log import MetricLog
from deskhand.zendesk.pace import Pacer
from deskhand.zendesk.past import Past
from deskhand.zendesk.people import People
from deskhand.zendesk.schedules import read_schedules
from deskhand.zendesk.scopes import OWN

Feeds = Literal["both", "export", "recent"]
BACKED_UP: int = 5
"""Pages that the recent list reads in one go where the export brings the rest."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is needed to talk to an account. `base_url` is https://<subdomain>.zendesk.com unless a sandbox is meant."""

    base_url: str
    credentials: Credentials
    reserve: float = 0.2
    incremental_per_minute: int = 10
    aliases: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whoami:
    """Whose credentials these are."""

    id: int
    name: str
    email: str
    role: str
    calls_per_minute: int | None
    scopes: tuple[str, ...] | None = None
    """What the token may do; None for an API token, which may do all that any agent may."""


class Connection:
    """An account that can be read and, unless `read_only`, written."""

    def __init__(
        self,
        account: Account,
        *,
        now: Callable[[], datetime],
        wait: Callable[[float], None],
        read_only: bool,
        environ: Mapping[str, str],
        mount: BaseAdapter | None = None,
    ) -> None:
        """`wait` waits so many seconds and returns early when the worker is to stop; `mount` answers instead of the network."""
        self._now, self._wait = now, wait
        self.pacer = Pacer(now, wait, reserve=account.reserve, incremental_per_minute=account.incremental_per_minute)
        base = account.base_url.rstrip("/").replace("//localhost", "//127.0.0.1")
        self.session = GuardedSession(base, pace=self.pacer, now=now, read_only=read_only, environ=environ, mount=mount)
        self.bearer = sign(self.session, account.credentials, now)
        self.gateway = Gateway(self.session, wait)
        self.directory = Directory(self.gateway, now, aliases=account.aliases)
        self.people = People(self.gateway, now)

    def may_write(self, *, allowed: bool) -> None:
        """Open the way for writes, or close it; as long as it is closed, nothing but reading leaves."""
        self.session.read_only = not allowed

    def desk(self, needs: frozenset[str]) -> ZendeskDesk:
        """Tickets by number, with what the policy needs."""
        return ZendeskDesk(self.gateway, self.directory, self.people, needs, self.pacer.spare)

    def feeds(self, kind: Feeds, needs: frozenset[str]) -> tuple[ExportFeed | RecentFeed, ...]:
        """The feeds that were chosen; together, the fresh one comes first and leaves long readings to the export."""
        desk = self.desk(needs)
        export = ExportFeed(self.gateway, desk.translate)
        if kind == "export":
            return (export,)
        if kind == "recent":
            return (RecentFeed(self.gateway, desk.translate, now=self._now),)
        return (RecentFeed(self.gateway, desk.translate, now=self._now, most=BACKED_UP), export)

    def metric_log(self, needs: frozenset[str]) -> MetricLog | None:
        """What Zendesk's own clocks did, where the policy asks for one of them."""
        return MetricLog(self.gateway, self.pacer, self._now) if "slas" in needs else None

    def audit_log(self, needs: frozenset[str]) -> AuditLog | None:
        """What was done to tickets, where the policy has a clock of its own."""
        return AuditLog(self.gateway, self._reader(), self.pacer, self._now) if "metrics" in needs else None

    def past(self) -> Past:
        """The past of single tickets."""
        return Past(self.gateway, self._reader())

    def _reader(self) -> AuditReader:
        return AuditReader(self.gateway, self.directory, self.people)

    def schedules(self) -> dict[str, Calendar]:
        """The account's schedules by name."""
        return read_schedules(self.gateway)

    def macros(self) -> ZendeskMacros:
        """The account's shared macros."""
        return ZendeskMacros(self.gateway, MacroNames(self.gateway), self._wait)

    def me(self) -> Whoami:
        """The user behind the credentials."""
        user = self.gateway.get("users/me", holds="user")["user"]
        limit = self.pacer.budget.limit if self.pacer.budget else None
        scopes = self.bearer.granted if self.bearer else None
        return Whoami(
            user.get("id") or 0,
            str(user.get("name") or ""),
            str(user.get("email") or ""),
            str(user.get("role") or ""),
            limit,
            scopes,
        )

    def whoami(self) -> Whoami:
        """The user behind the credentials. Raises AccessRefused if it is no admin, for the export is for admins only."""
        found = self.me()
        if not found.id or found.role != "admin":
            raise AccessRefused(
                f"the credentials belong to {found.name or 'nobody'}, who is {found.role or 'not known'} and not an admin",
                hint="Tie the OAuth client to an admin: incremental exports and SLA policies are for admins only.",
            )
        return found

    def intend(self, kind: str) -> None:
        """Have leave to write things of a kind (tickets, macros), so that the lack of it shows before any work is done. Raises AccessRefused."""
        if self.bearer is not None:
            self.bearer.intend(OWN[kind])

    def close(self) -> None:
        """Let the connections go."""
        self.session.close()
