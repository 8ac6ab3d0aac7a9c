"""An account's exports become a sandbox: files are read, settings and people come first, then tickets with what happened to them.

    account = take_in([Path("exports/")])
    save(account.sandbox, Path("acme.state"), runs=True)

`files` knows the shapes in which exports come, `settings` the rows of settings and people, `tickets` tickets and audits. Ids stay as they were. Whatever
is not taken is counted with its reason, and so is what had to be added.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deskhand.errors import SettingsError
from deskhand.sandbox.auth import Client
from deskhand.sandbox.clock import SimClock
from deskhand.sandbox.company import CLIENT_ID, CLIENT_SECRET
from deskhand.sandbox.intake.files import Found, read
from deskhand.sandbox.intake.settings import take_settings
from deskhand.sandbox.intake.tickets import take_tickets
from deskhand.sandbox.sandbox import Sandbox
from deskhand.sandbox.state import parts
from deskhand.sandbox.world import World

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_ROOM = 1_000_000
"""Ids between the last of the account's own and the first new one."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A sandbox that holds an account. `taken` and `added` count rows by kind, `left` by kind and reason."""

    sandbox: Sandbox
    taken: Counter[str]
    added: Counter[str]
    left: Counter[tuple[str, str]]
    files: int


def take_in(paths: Iterable[Path], *, subdomain: str = "acme", start: datetime | None = None) -> TakenIn:
    """The account that files and folders hold; its time begins at `start`, else at the last instant of the exports. Raises SettingsError."""
    found = read(paths)
    if not found.rows:
        raise SettingsError(
            f"nothing of an account was found in {', '.join(map(str, found.files)) or 'no file'}",
            hint="Name exports in JSON or NDJSON, such as tickets.json, or saved pages of the API: see the README.",
        )
    sandbox = Sandbox(subdomain, SimClock(_EPOCH))
    world, taken, added = sandbox.world, Counter[str](), Counter[str]()
    take_settings(world, found, taken)
    _number(world, found)
    end = take_tickets(world, found, taken, added)
    moment = start or datetime.fromtimestamp(max(end, _EPOCH.timestamp()), UTC)
    sandbox.clock.to(moment)
    _finish(sandbox, added)
    return TakenIn(sandbox, taken, added, found.left, len(found.files))


def _number(world: World, found: Found) -> None:
    """Whatever is new gets ids behind all of the account's own."""
    keys = [key for rows in found.rows.values() for key in rows if isinstance(key, int)]
    parts.put_back(world, {"_last_id": max(world.new_id(), *keys) + _ROOM})


def _finish(sandbox: Sandbox, added: Counter[str]) -> None:
    """Indexes, and the standing credentials."""
    world = sandbox.world
    closed = sorted(
        (one.closed_at, one.id) for one in world.tickets.values() if one.status == "closed" and one.closed_at
    )
    closing = parts.kept(world, ["_closing"])["_closing"]
    closing.extend(closed)
    parts.put_back(world, {"_last_ticket": max(world.tickets, default=0)})
    parts.index(world)
    admin = sandbox.door.admin()
    if world.emails.get("admin@example.com") is None:
        admin = world.add_user("Sandbox admin", "admin@example.com", "admin", [world.default_id("groups")])["id"]
        added["users"] += 1
    sandbox.door.clients[CLIENT_ID] = Client(CLIENT_SECRET, admin)
    world.touched("automations")
