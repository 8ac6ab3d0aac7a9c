"""Who is asking: bearer tokens, API tokens and passwords, roles and scopes."""

import base64
import binascii
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

from deskhand.sandbox.clock import iso
from deskhand.sandbox.exchange import Request, Row
from deskhand.sandbox.refusal import Refusal, forbidden, invalid_token, missing_scope, unauthenticated
from deskhand.sandbox.world import World

CLIENT_ID, CLIENT_SECRET, API_TOKEN = "sandbox-client", "sandbox-secret", "sandbox-token"
RESOURCES = {
    "tickets",
    "users",
    "auditlogs",
    "organizations",
    "hc",
    "apps",
    "triggers",
    "automations",
    "targets",
    "webhooks",
    "macros",
    "dynamic_content",
}
"""What has scopes of its own. Audits, exports, fields, groups, SLA policies, schedules and all else ask for the whole `read` or `write`."""


@dataclass(slots=True)
class Client:
    """An OAuth client; its tokens act as `user`. With `allowed` it may ask for these scopes alone."""

    secret: str
    user: int
    id: int = 1
    name: str = ""
    description: str | None = None
    allowed: tuple[str, ...] | None = None


@dataclass(slots=True)
class Token:
    """A bearer token; `expires` in seconds since 1970 or None."""

    id: int
    user: int
    scopes: tuple[str, ...]
    created: int
    expires: int | None
    client: int | None = None
    used: int | None = None

    def row(self, url: str) -> Row:
        """As the API shows it."""
        return {
            "url": f"{url}/api/v2/oauth/tokens/{self.id}.json", "id": self.id, "user_id": self.user, "client_id": self.client, "token": None,
            "created_at": iso(self.created), "expires_at": None if self.expires is None else iso(self.expires),
            "used_at": None if self.used is None else iso(self.used), "scopes": list(self.scopes), "refresh_token": None, "refresh_token_expires_at": None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: their user row and, for a bearer token, its scopes."""

    user: Row
    scopes: tuple[str, ...] | None = None
    token: Token | None = None

    @property
    def id(self) -> int:
        """The user's id."""
        return int(self.user["id"])

    @property
    def role(self) -> str:
        """end-user, light_agent, agent or admin."""
        return (
            "light_agent"
            if self.user["role"] == "agent" and self.user["only_private_comments"]
            else str(self.user["role"])
        )

    def require(self, role: str) -> None:
        """Raise Refusal (403) unless the role is at least this one."""
        order = ("end-user", "light_agent", "agent", "admin")
        if order.index(self.role) < order.index(role):
            raise forbidden()

    def require_scope(self, method: str, resource: str) -> None:
        """Raise Refusal (403) unless the token may read or write this resource ('' for those without a scope of their own)."""
        if self.scopes is None:
            return
        needed = "read" if method in ("GET", "HEAD") else "write"
        enough = [f"{resource}:{needed}", needed] if resource in RESOURCES else [needed]
        if not set(enough) & set(self.scopes):
            raise missing_scope(*enough)


@dataclass(slots=True)
class Door:
    """The credentials that an account knows. The standing client and API token act as its first admin."""

    world: World
    clients: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    api_tokens: set[str] = field(default_factory=lambda: {API_TOKEN})
    passwords: dict[str, str] = field(default_factory=dict)

    def admin(self) -> int:
        """The account's first admin."""
        return next(int(row["id"]) for row in self.world.tables["users"] if row["role"] == "admin")

    def client(self, name: str) -> Client | None:
        """The OAuth client of an id; the standing one is always known."""
        if name == CLIENT_ID and name not in self.clients:
            self.clients[name] = Client(CLIENT_SECRET, self.admin(), len(self.clients) + 1)
        return self.clients.get(name)

    def issue(
        self,
        user: int,
        scopes: tuple[str, ...] = ("read", "write"),
        seconds: int | None = None,
        client: int | None = None,
    ) -> str:
        """A new bearer token."""
        identity, now = self.world.new_id(), self.world.now()
        text = sha256(f"{self.world.account_id}:{identity}".encode()).hexdigest()
        self.tokens[text] = Token(identity, user, scopes, now, None if seconds is None else now + seconds, client)
        return text

    def principal(self, request: Request) -> Principal | None:
        """Who asks, or None where nobody is signed in. Raises Refusal (401)."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._bearer(value.strip())
        if kind.lower() == "basic":
            return self._basic(value.strip())
        return None

    def staff(self, request: Request) -> bool:
        """Whether an agent or admin of the account asks."""
        try:
            who = self.principal(request)
        except Refusal:
            return False
        return who is not None and who.role != "end-user"

    def _bearer(self, text: str) -> Principal:
        token = self.tokens.get(text)
        now = self.world.now()
        if token is None or (token.expires is not None and now >= token.expires):
            raise invalid_token()
        token.used = now
        return Principal(self._active(token.user), token.scopes, token)

    def _basic(self, value: str) -> Principal:
        try:
            name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            raise unauthenticated() from None
        email, _, kind = name.rpartition("/") if name.endswith("/token") else (name, "", "")
        user = self.world.emails.get(email.lower())
        known = (
            secret in self.api_tokens
            if kind
            else self.world.options.password_access and self.passwords.get(email.lower()) == secret
        )
        if user is None or not known:
            raise unauthenticated()
        return Principal(self._active(user))

    def _active(self, user: int) -> Row:
        row = self.world.tables["users"].get(user)
        if row is None or row["suspended"] or not row["active"]:
            raise unauthenticated()
        if row["last_login_at"] is None:
            row["last_login_at"] = iso(self.world.now())
        return row


def from_elsewhere(request: Request) -> bool:
    """Whether a browser sent this from the page of another site."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def invalid_client() -> Refusal:
    """401 for an OAuth client that is unknown or whose secret is wrong."""
    text = "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."
    return Refusal(401, {"error": "invalid_client", "error_description": text})


def invalid_scope() -> Refusal:
    """400 for a scope that the client is not allowed to ask for."""
    text = "The requested scope is invalid, unknown, or malformed."
    return Refusal(400, {"error": "invalid_scope", "error_description": text})
