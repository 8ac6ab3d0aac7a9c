"""What is looked at: the settings, and what they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from deskhand import wiring
from deskhand.documents.load import Loaded
from deskhand.errors import RateLimited, Transient
from deskhand.settings import Settings
from deskhand.wiring_policies import load
from deskhand.zendesk.account import Connection, Whoami

LONGEST = 2.0
"""Seconds between two attempts at a read: a person is waiting."""


@dataclass
class Subject:
    """An installation. What is asked of the account once is not asked again, and an account that does not answer is not waited for twice."""

    settings: Settings
    parts: wiring.Parts
    environ: Mapping[str, str]
    _away: Transient | RateLimited | None = field(default=None, init=False)

    @cached_property
    def connection(self) -> Connection:
        """The account, not called yet; its transport refuses to write. Raises SettingsError."""
        return wiring.connect(self.settings, self.parts, read_only=True, environ=self.environ)

    @cached_property
    def me(self) -> Whoami:
        """Whose credentials these are. Raises DeskError, for an account that is away the same one again."""
        if self._away is not None:
            raise self._away
        try:
            return self.connection.me()
        except (Transient, RateLimited) as away:
            self._away = away
            raise

    @property
    def account(self) -> Connection:
        """The account, which answers. Raises DeskError."""
        _ = self.me
        return self.connection

    @cached_property
    def loaded(self) -> Loaded:
        """The policies; with the account's schedules, where a calendar asks for them and the account answers."""
        loaded = load(self.settings.policies, self.settings.mode, None)
        return load(self.settings.policies, self.settings.mode, self.account) if loaded.asks_schedules else loaded

    def close(self) -> None:
        """Let go of the account."""
        if "connection" in vars(self):
            self.connection.close()
