"""S7: what the product may do in an account: no more than what it is doing just then needs, and the sandbox says no to more."""

from collections import Counter
from pathlib import Path

import pytest

from deskhand import wiring
from deskhand.app import undo
from deskhand.app.cycle import cycle
from deskhand.app.macros.apply import apply_plan
from deskhand.cli.demo import play
from deskhand.cli.main import main
from deskhand.documents.macros.folder import file_digest
from deskhand.errors import AccessRefused
from deskhand.sandbox import Options, Sandbox, SimClock
from deskhand.sandbox.worlds import load_world
from deskhand.store import open_store
from tests.app.macros.places import Place
from tests.cli.macros.places import Desk, desk
from tests.core.macros.makers import macro, want
from tests.sandbox.builders import Account
from tests.source import ROOT

__all__ = ["desk"]

WORKER = "read tickets:write"
OWN = {
    "GET /api/v2/tickets": "tickets",
    "GET /api/v2/tickets/show_many": "tickets",
    "GET /api/v2/tickets/{id}": "tickets",
    "GET /api/v2/job_statuses/{id}": "tickets",
    "PUT /api/v2/tickets/update_many": "tickets",
    "GET /api/v2/users": "users",
    "GET /api/v2/users/show_many": "users",
    "GET /api/v2/organizations/show_many": "organizations",
    "GET /api/v2/macros": "macros",
    "GET /api/v2/macros/{id}": "macros",
    "POST /api/v2/macros": "macros",
    "PUT /api/v2/macros/{id}": "macros",
    "DELETE /api/v2/macros/{id}": "macros",
    "POST /api/v2/macros/attachments": "macros",
    "GET /api/v2/dynamic_content/items": "dynamic_content",
    "POST /api/v2/dynamic_content/items": "dynamic_content",
    "PUT /api/v2/dynamic_content/items/{id}/variants/{variant}": "dynamic_content",
    "POST /api/v2/dynamic_content/items/{id}/variants": "dynamic_content",
}
"""Routes of the product whose resource has scopes of its own."""
WHOLE = (
    "GET /api/v2/tickets/{id}/audits",
    "GET /api/v2/incremental/tickets/cursor",
    "GET /api/v2/incremental/ticket_events",
    "GET /api/v2/incremental/ticket_metric_events",
    "GET /api/v2/groups",
    "GET /api/v2/ticket_fields",
    "GET /api/v2/organization_fields",
    "GET /api/v2/user_fields",
    "GET /api/v2/brands",
    "GET /api/v2/ticket_forms",
    "GET /api/v2/custom_statuses",
    "GET /api/v2/slas/policies",
    "GET /api/v2/business_hours/schedules",
    "GET /api/v2/business_hours/schedules/{id}/holidays",
)
"""Routes of the product that only the whole `read` opens."""
OPEN = ("POST /oauth/tokens", "GET /api/v2/users/me", "GET /api/v2/locales")
"""What asks for no scope."""


def worked(folder: Path, mode: str, allowed: str) -> Sandbox:
    """The company's account after a start and a cycle of the worker in a mode, with a client that is held to these scopes."""
    sandbox = Sandbox("acme", SimClock(), 1)
    load_world(sandbox, seed=1, tickets=120)
    sandbox.door.clients["deskhand"].allowed = tuple(allowed.split())
    stage = play.Stage(sandbox)
    settings = play._settings(sandbox, play.Ask(policies=ROOT / "policies"), folder).model_copy(update={"mode": mode})
    worker = wiring.build(settings, wiring.Parts(stage, stage.wait, mount=sandbox.adapter(), guards=play.ALL_AT_ONCE))
    try:
        wiring.verify(worker, settings)
        for _ in range(2):
            cycle(worker.engine, stage.wait, post=worker.post)
        if mode == "enforce":
            plan = undo.plan(worker.store, worker.engine.desk, run=worker.engine.run)
            undo.apply(worker.store, worker.engine.policy, plan, "undo", stage.now(), allowed=plan.writes, by="ann")
            assert plan.writes
            cycle(worker.engine, stage.wait, post=worker.post)
    finally:
        worker.store.close()
        worker.connection.close()
    return sandbox


def changed(place: Place) -> None:
    """An account in which macros were made, changed and deleted: one of them with a file and translations."""
    file = ROOT / "LICENSE"
    upload = (file_digest(file), str(file))
    texts = (("en-US", "<p>Hi</p>"), ("de", "<p>Hallo</p>"))
    rich = macro("Rich", ("comment_value_html", "{{dc.acme_rich}}"), content=texts, attachments=(upload[0],))
    for title in ("One", "Other"):
        wants = [want("plain", macro(title)), want("rich", rich, uploads=(upload,))]
        done = apply_plan(place.shop(), place.plan(wants, allowed={"update": 10}))
        assert done.failed == ()
    place.desk().delete(place.row("Other")["id"])


def scopes_of(sandbox: Sandbox) -> set[str]:
    """The scopes of every token that was handed out."""
    return {" ".join(token.scopes) for token in sandbox.door.tokens.values()}


def used(sandbox: Sandbox) -> Counter[str]:
    """What was asked of the account, as method and template."""
    return Counter({f"{method} {endpoint}": count for (method, endpoint), count in sandbox.calls.counts.items()})


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sandbox]:
    """An account after each purpose, each with a client that is allowed exactly what the table says."""
    made = {mode: worked(tmp_path_factory.mktemp(mode), mode, scopes) for mode, scopes in (("observe", "read"), ("notify", WORKER), ("enforce", WORKER))}  # fmt: skip
    place = Place(Options(locales="en-US,de", client_scopes="read macros:write dynamic_content:write"))
    changed(place)
    return {**made, "macros": place.sandbox}


@pytest.mark.parametrize(
    ("purpose", "scopes", "write"),
    [
        ("observe", {"read"}, ""),
        ("notify", {"read", WORKER}, "PUT /api/v2/tickets/update_many"),
        ("enforce", {"read", WORKER}, "PUT /api/v2/tickets/update_many"),
        ("macros", {"read", "read macros:write", "read dynamic_content:write macros:write"}, "POST /api/v2/macros"),
    ],
)
def test_each_purpose_asks_for_the_least(lived: dict[str, Sandbox], purpose: str, scopes: set[str], write: str) -> None:
    """S7: whoever only looks holds `read`; leave to write is for one kind of thing, and asked for by those who write it. With exactly that all goes well."""
    sandbox = lived[purpose]

    assert scopes_of(sandbox) <= scopes
    assert bool(write) == any(not name.startswith("GET") for name in used(sandbox) if name not in OPEN)
    assert not write or used(sandbox)[write]
    assert sandbox.calls.statuses[403] == 0


def test_whoever_changes_no_dynamic_content_never_asks_for_leave_to() -> None:
    """S7: it is asked for with the first text that is written."""
    place = Place(Options(client_scopes="read macros:write"))

    assert apply_plan(place.shop(), place.plan([want("a", macro("A"))])).failed == ()

    assert scopes_of(place.sandbox) == {"read", "read macros:write"}


@pytest.mark.parametrize("mode", ["notify", "enforce"])
def test_a_worker_whose_client_may_not_write_says_so_at_its_start(tmp_path: Path, mode: str) -> None:
    """S7: before any ticket is read, with the scope that is missing and where to allow it."""
    with pytest.raises(AccessRefused, match=r"not allowed to ask for the scope tickets:write$") as caught:
        worked(tmp_path, mode, "read")

    assert "Admin Center > Apps and integrations > APIs > OAuth clients" in caught.value.hint


def test_a_worker_whose_client_may_not_read_everything_says_so(tmp_path: Path) -> None:
    """S7: leave to read tickets is not enough, for audits take the whole `read`."""
    with pytest.raises(AccessRefused, match=r"not allowed to ask for the scope read$"):
        worked(tmp_path, "observe", "tickets:read tickets:write")


@pytest.mark.parametrize(
    ("allowed", "texts", "missing"),
    [("read", (), "macros:write"), ("read macros:write", (("en-US", "Hi"),), "dynamic_content:write")],
)
def test_macros_whose_scope_is_missing_are_refused_by_its_name(
    allowed: str, texts: tuple[tuple[str, str], ...], missing: str
) -> None:
    """S7: with one scope less than an apply needs, it is refused with the one that it lacks, before that kind is written."""
    place = Place(Options(locales="en-US,de", client_scopes=allowed))
    made = macro("R", ("comment_value_html", "{{dc.acme_r}}" if texts else "Hi"), content=texts)

    ((_, why),) = apply_plan(place.shop(), place.plan([want("r", made)])).failed

    assert f"not allowed to ask for the scope {missing}" in why
    assert not place.rows()


@pytest.mark.parametrize(
    "words",
    [
        ("whoami",),
        ("check", "--online"),
        ("explain", "1"),
        ("clocks", "1", "--online"),
        *(("macros", name, "--env", "prod") for name in ("plan", "drift", "pull", "import")),
        ("macros", "prune", "--env", "prod"),
    ],
    ids=" ".join,
)
def test_commands_that_look_hold_leave_to_read_alone(
    desk: Desk, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """S7: whatever comes of them."""
    monkeypatch.setenv("DESKHAND_POLICIES", str(ROOT / "policies"))
    open_store("sqlite:///deskhand.db").close()
    desk.macro("a")

    main(list(words))

    assert scopes_of(desk.place.sandbox) == {"read"}


def test_an_apply_whose_client_may_not_write_macros_ends_before_it_begins(desk: Desk) -> None:
    """S7: one sentence with the scope, and one with where to allow it; no journal is begun."""
    client = desk.place.sandbox.door.client("sandbox-client")
    assert client is not None
    client.allowed = ("read",)
    desk.macro("a")

    code, _, said = desk.run("apply", "--auto", "--env", "prod")

    assert code == 1
    assert "error: OAuth client 'sandbox-client' is not allowed to ask for the scope macros:write" in said
    assert "hint: Allow it under Admin Center > Apps and integrations > APIs > OAuth clients" in said
    assert desk.place.rows() == []


def test_an_account_that_knows_no_scope_for_macros_says_what_to_allow() -> None:
    """S7: documents differ about them. The error says so, and with the whole `write` in their place it works."""
    place = Place(Options(macro_scopes=False))
    plan = place.plan([want("a", macro("A"))])

    ((_, why),) = apply_plan(place.shop(), plan).failed
    assert "required scopes: write" in why

    with pytest.raises(AccessRefused) as caught:
        place.desk().create(macro("B"), "")
    assert "allow the OAuth client `read` and `write`, and no narrower ones" in caught.value.hint

    wide = Place(Options(macro_scopes=False, client_scopes="read write"))
    assert apply_plan(wide.shop(), wide.plan([want("a", macro("A"))])).failed == ()


def test_the_table_names_every_route_that_the_product_uses(lived: dict[str, Sandbox]) -> None:
    """S7: so that the next test is about all of them."""
    found = set[str]().union(*(used(sandbox) for sandbox in lived.values()))

    assert found - {*OWN, *WHOLE, *OPEN} == set()


@pytest.mark.parametrize("route", [*OWN, *WHOLE])
def test_the_sandbox_enforces_scopes_for_every_route_that_the_product_uses(account: Account, route: str) -> None:
    """S7: one scope opens it, the whole or its own; with all others together it stays shut, and the answer names those that would do."""
    method, path = route.replace("{id}", "1").replace("{variant}", "1").split()
    kind = "read" if method == "GET" else "write"
    enough = [f"{OWN[route]}:{kind}", kind] if route in OWN else [kind]
    resources = {*OWN.values(), "auditlogs", "webhooks"}
    others = {"read", "write", "raed", *(f"{one}:{verb}" for one in resources for verb in ("read", "write"))}

    assert [scope for scope in enough if "required scopes" in asked(account, method, path, scope)] == []
    assert f"required scopes: {', '.join(enough)}" in asked(account, method, path, *sorted(others - set(enough)))


def asked(account: Account, method: str, path: str, *scopes: str) -> str:
    """What the account answers to a token of its admin with these scopes."""
    door = account.sandbox.door
    bearer = door.issue(door.admin(), scopes)
    return account.call(method, path.removeprefix("/api/v2"), {}, token=bearer).body.decode()


@pytest.fixture
def account() -> Account:
    """A small account."""
    return Account()
