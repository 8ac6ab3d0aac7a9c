"""Who we are to Zendesk: OAuth client credentials, or an API token for as long as those still work."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from deskhand.errors import AccessRefused, Rejected, Transient
from deskhand.http import AuthBase, HTTPBasicAuth, PreparedRequest
from deskhand.http.session import TOKEN_PATH, GuardedSession

ENDING: Final = "API tokens stop working on 2027-04-30 and new ones cannot be made since 2026-10-27; use an OAuth client (DESKHAND_CLIENT_ID, DESKHAND_CLIENT_SECRET)"
SCOPE: Final = "read write"
LIFETIME: Final = 7200
"""Seconds that we ask a token to live (Zendesk allows 300 to 172,800)."""
MARGIN: Final = timedelta(minutes=5)
"""A token is renewed so long before it ends."""


class Secret:
    """A text that is never shown: its repr and str are stars."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """An OAuth client of the account, acting as the admin it is tied to."""

    client_id: str
    client_secret: Secret


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An agent's e-mail address and an API token made before 2026-10-27."""

    email: str
    token: Secret


Credentials = ClientCredentials | ApiToken


class Bearer(AuthBase):
    """Puts a bearer token on every request: fetched when first needed, renewed before it ends. Safe to share between threads."""

    def __init__(
        self,
        session: GuardedSession,
        credentials: ClientCredentials,
        now: Callable[[], datetime],
        *,
        scope: str = SCOPE,
    ) -> None:
        self._session, self._credentials, self._now, self._scope = session, credentials, now, scope
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._until: datetime | None = None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign a request. Raises AccessRefused for a client that Zendesk does not know."""
        with self._lock:
            if self._token is None or self._until is None or self._now() >= self._until:
                self._fetch()
            request.headers["Authorization"] = f"Bearer {self._token.reveal() if self._token else ''}"
        return request

    def forget(self) -> None:
        """The token was refused: ask for another next time."""
        with self._lock:
            self._token = None

    def _fetch(self) -> None:
        asks = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret.reveal(),
            "scope": self._scope,
            "expires_in": LIFETIME,
        }
        try:
            body = self._session.post(self._session.base_url + TOKEN_PATH, json=asks).json()
        except Rejected as refused:
            if refused.code == "Redirected" or refused.status == 404:
                raise
            raise AccessRefused(
                f"Zendesk does not accept OAuth client '{self._credentials.client_id}': {refused.detail or refused.code or refused.status}",
                status=refused.status,
                code=refused.code,
                hint="Check DESKHAND_CLIENT_ID and DESKHAND_CLIENT_SECRET; the client must be confidential.",
            ) from None
        token, lasts = (body.get("access_token"), body.get("expires_in")) if isinstance(body, dict) else (None, None)
        if not isinstance(token, str) or not token:
            raise Transient(f"POST {TOKEN_PATH}: the answer holds no token")
        self._token = Secret(token)
        lives = timedelta(seconds=lasts if isinstance(lasts, int | float) and lasts > 0 else LIFETIME)
        self._until = self._now() + max(lives - MARGIN, lives / 2)


def sign(session: GuardedSession, credentials: Credentials, now: Callable[[], datetime]) -> None:
    """Make a session act with these credentials."""
    if isinstance(credentials, ClientCredentials):
        session.bearer = Bearer(session, credentials, now)
    else:
        session.bearer = HTTPBasicAuth(f"{credentials.email}/token", credentials.token.reveal())
