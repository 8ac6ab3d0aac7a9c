"""Who we are to Zendesk: OAuth client credentials, or an API token for as long as those still work."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from deskhand import logs
from deskhand.errors import AccessRefused, Rejected, Transient, Unknown
from deskhand.http import AuthBase, HTTPBasicAuth, PreparedRequest
from deskhand.http.failure import CLIENTS_PAGE
from deskhand.http.session import TOKEN_PATH, GuardedSession
from deskhand.zendesk.scopes import READ, needed, spelt

log = logs.get(__name__)

ENDING: Final = "API tokens stop working on 2027-04-30 and new ones cannot be made since 2026-10-27; use an OAuth client (DESKHAND_CLIENT_ID, DESKHAND_CLIENT_SECRET)"
INVALID_SCOPE: Final = "invalid_scope"
"""The code with which a client is refused a scope that it is not allowed to ask for."""
LIFETIME: Final = 7200
"""Seconds that we ask a token to live (Zendesk allows 300 to 172,800)."""
SHORTEST: Final = 300
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
    """Puts a bearer token on every request: fetched when first needed, renewed before it ends. Safe to share between threads.

    The token may read, until something is to be written: then one is fetched that may write things of that kind, too.
    """

    def __init__(self, session: GuardedSession, credentials: ClientCredentials, now: Callable[[], datetime]) -> None:
        self._session, self._credentials, self._now = session, credentials, now
        self._lock = threading.Lock()
        self._token: Secret | None = None
        self._until: datetime | None = None
        self._scopes = frozenset({READ})
        self.granted: tuple[str, ...] = ()
        """The scopes of the token in use."""

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign a request. Raises AccessRefused for a client that Zendesk does not know, or that may not ask for the scope."""
        token = self._in_force(needed(request.method or "", urlsplit(request.url or "").path))
        request.headers["Authorization"] = f"Bearer {token.reveal()}"
        return request

    def intend(self, scope: str) -> None:
        """Have a token with this scope from now on. Raises AccessRefused."""
        self._in_force(scope)

    def forget(self) -> None:
        """The token was refused: ask for another next time."""
        with self._lock:
            self._token = None

    def may(self, scope: str) -> bool:
        """Whether the client may ask for a scope; found out by asking, for a token that nobody uses and that ends soon."""
        try:
            self._ask(scope, SHORTEST)
        except AccessRefused as refused:
            if refused.code != INVALID_SCOPE:
                raise
            return False
        return True

    def _in_force(self, scope: str) -> Secret:
        """A token that is in force and has this scope."""
        with self._lock:
            token = self._token if self._until and self._now() < self._until else None
            if token is None or not {scope, _whole(scope)} & {*self._scopes, *self.granted}:
                token = self._fetch(self._scopes | {scope})
            return token

    def _fetch(self, scopes: frozenset[str]) -> Secret:
        body = self._first_granted(scopes)
        token, lasts = body.get("access_token"), body.get("expires_in")
        if not isinstance(token, str) or not token:
            raise Transient(f"POST {TOKEN_PATH}: the answer holds no token")
        self._token = made = Secret(token)
        self._scopes = scopes
        self.granted = tuple(str(body.get("scope") or spelt(scopes)).split())
        lives = timedelta(seconds=lasts if isinstance(lasts, int | float) and lasts > 0 else LIFETIME)
        self._until = self._now() + max(lives - MARGIN, lives / 2)
        return made

    def _first_granted(self, scopes: frozenset[str]) -> dict[str, Any]:
        """The answer to the narrowest scopes; for a client that is allowed the whole `write` and nothing narrower, to that."""
        narrow, wide = spelt(scopes), spelt({_whole(one) for one in scopes})
        for scope in dict.fromkeys((narrow, wide)):
            try:
                found = self._ask(scope, LIFETIME)
            except AccessRefused as refused:
                if refused.code != INVALID_SCOPE:
                    raise
                continue
            if scope != narrow:
                log.warning("scope_wide", asked=narrow, granted=wide, advice="`deskhand doctor` says what to allow")
            return found
        lacks = [one for one in narrow.split() if not self.may(one)] or [narrow]
        raise AccessRefused(
            f"OAuth client '{self._credentials.client_id}' is not allowed to ask for the scope {' and '.join(lacks)}",
            status=400,
            code=INVALID_SCOPE,
            hint=f"Allow it under {CLIENTS_PAGE}, among the client's allowed scopes; `deskhand doctor` shows what each is needed for.",
        )

    def _ask(self, scope: str, seconds: int) -> dict[str, Any]:
        """What the token endpoint answers to a scope. Raises AccessRefused, with the code `invalid_scope` where the client may not have it."""
        asks = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.client_secret.reveal(),
            "scope": scope,
            "expires_in": seconds,
        }
        try:
            found: dict[str, Any] = self._session.post(self._session.base_url + TOKEN_PATH, json=asks).json()
        except Unknown as lost:
            raise Transient(f"no token came: {lost}", status=lost.status) from lost  # what it was for was not done
        except Rejected as refused:
            if refused.code == "Redirected" or refused.status == 404:
                raise
            raise AccessRefused(
                f"Zendesk does not accept OAuth client '{self._credentials.client_id}': {refused.detail or refused.code or refused.status}",
                status=refused.status,
                code=refused.code,
                hint="Check DESKHAND_CLIENT_ID and DESKHAND_CLIENT_SECRET; the client must be confidential.",
            ) from None
        return found


def _whole(scope: str) -> str:
    """The scope of all resources that a narrower one is a part of."""
    return scope.rpartition(":")[2]


def sign(session: GuardedSession, credentials: Credentials, now: Callable[[], datetime]) -> Bearer | None:
    """Make a session act with these credentials; what fetches its tokens, where there is such a thing."""
    if isinstance(credentials, ClientCredentials):
        session.bearer = bearer = Bearer(session, credentials, now)
        session.when_refused = bearer.forget
        return bearer
    session.bearer = HTTPBasicAuth(f"{credentials.email}/token", credentials.token.reveal())
    return None
