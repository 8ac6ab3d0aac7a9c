"""What all stand-ins share: routes, faults, limits, time, the log, and what is kept; on a stand-in that is nobody's."""

import json
from typing import TYPE_CHECKING, ClassVar

import pytest
import requests

from deskhand.sandbox import Sandbox
from deskhand.sandbox.agenda import happening
from deskhand.sandbox.exchange import Request, Row
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.services.stand_in import Asked, StandIn, answers
from tests.sandbox.listening import listening

if TYPE_CHECKING:
    from deskhand.sandbox.exchange import Response


class Pigeons(StandIn):
    """A service that sends pigeons."""

    name = "pigeons"
    settings: ClassVar = {"DESKHAND_PIGEONS_URL": "/v1", "DESKHAND_PIGEONS_TOKEN": "coo"}
    usual_limits: ClassVar = {"calls": (3, 60)}

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.home: list[str] = []

    @answers("POST", "/v1/pigeons/{loft}")
    def send(self, asked: Asked, loft: str) -> Row:
        """Let one go; it is home in a minute."""
        if self.spend("calls").over:
            raise Refusal(429, "too many", {"retry-after": "9"})
        self.did("flown", asked.body.get("key", ""), loft=loft)
        self.later(60, self.arrive)
        return {"ok": True}

    @answers("GET", "/v1/pigeons/all")
    def everyone(self, _asked: Asked) -> list[Row]:
        """All that are home."""
        return [{"name": name} for name in self.home]

    @answers("GET", "/v1/pigeons/{loft}")
    def one(self, _asked: Asked, loft: str) -> Row:
        """One loft."""
        return {"loft": loft}

    @happening
    def arrive(self) -> None:
        """It is home."""
        self.home.append("coo")
        self.did("arrived", "coo")

    def told(self, order: Row) -> None:
        """Who is home."""
        self.home = order["home"]


@pytest.fixture
def sandbox() -> Sandbox:
    """A sandbox with pigeons."""
    made = Sandbox()
    made.services.all["pigeons"] = Pigeons(made)
    return made


def pigeons(sandbox: Sandbox) -> Pigeons:
    """The stand-in."""
    found = sandbox.services.all["pigeons"]
    assert isinstance(found, Pigeons)
    return found


def ask(sandbox: Sandbox, method: str, path: str, body: object = None) -> "Response":
    """What it answers."""
    data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    return sandbox.handle(Request.of(method, pigeons(sandbox).url + path, body=data))


def test_a_path_leads_to_its_handler(sandbox: Sandbox) -> None:
    """A literal wins over a placeholder, values are unquoted, a list is an answer, and what there is not is 404."""
    assert ask(sandbox, "GET", "/v1/pigeons/all").json() == []
    assert ask(sandbox, "GET", "/v1/pigeons/a%20b").json() == {"loft": "a b"}
    assert ask(sandbox, "DELETE", "/v1/pigeons/all").status == 404
    assert sandbox.handle(Request.of("GET", sandbox.url + "/services/owls/x")).status == 404
    assert pigeons(sandbox).calls == {
        ("GET", "/v1/pigeons/all", 200): 1,
        ("GET", "/v1/pigeons/a%20b", 200): 1,
        ("DELETE", "/v1/pigeons/all", 404): 1,
    }


def test_calls_to_services_are_no_calls_to_the_account(sandbox: Sandbox) -> None:
    """Neither counted among them nor against their limits."""
    sandbox.faults.add({"kind": "timeout_before_commit", "path": "/services/*", "nth": 2})
    ask(sandbox, "GET", "/v1/pigeons/x")
    ask(sandbox, "GET", "/v1/pigeons/x")

    assert sandbox.calls.total == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"null", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_reads_as_empty(sandbox: Sandbox, body: bytes) -> None:
    """Whatever a client sends, the handler decides what to make of it."""
    assert ask(sandbox, "POST", "/v1/pigeons/north", body).status == 200


def test_time_passes_on_the_sandboxs_clock(sandbox: Sandbox) -> None:
    """What is to come later stands on its agenda, and the log has the instant of each effect."""
    begin = sandbox.clock.now()
    ask(sandbox, "POST", "/v1/pigeons/north", {"key": "k"})
    sandbox.clock.advance(600)

    assert ask(sandbox, "GET", "/v1/pigeons/all").json() == [{"name": "coo"}]
    assert [(one.kind, one.key, (one.when - begin).total_seconds()) for one in pigeons(sandbox).log] == [
        ("flown", "k", 0),
        ("arrived", "coo", 60),
    ]


def test_a_limit_counts_by_the_period(sandbox: Sandbox) -> None:
    """One call too many is refused with the service's own words; the next minute begins anew; 0 is no limit."""
    told = [ask(sandbox, "POST", "/v1/pigeons/north").status for _ in range(4)]
    sandbox.clock.advance(60)
    pigeons(sandbox).limits = {"calls": (0, 60)}
    told += [ask(sandbox, "POST", "/v1/pigeons/north").status for _ in range(4)]

    assert told == [200, 200, 200, 429, 200, 200, 200, 200]


def test_faults_strike_a_service_by_its_path(sandbox: Sandbox) -> None:
    """Before it is carried out, after it, and late, as with the account."""
    session = requests.Session()
    session.mount(sandbox.url, sandbox.adapter())
    url = pigeons(sandbox).url + "/v1/pigeons/north"
    for kind in ("timeout_before_commit", "timeout_after_commit", "late_commit", "reset_after_commit"):
        sandbox.faults.clear()
        sandbox.faults.add({"kind": kind, "path": "/services/pigeons/*", "seconds": 30})
        with pytest.raises(requests.RequestException):
            session.post(url, json={"key": kind}, timeout=15)
    sandbox.clock.advance(60)
    sandbox.run_due()
    assert [one.key for one in pigeons(sandbox).of("flown")] == [
        "timeout_after_commit",
        "reset_after_commit",
        "late_commit",
    ]


def test_a_wrong_clock_and_a_status_befall_services_too(sandbox: Sandbox) -> None:
    """Each answer has a date that a fault may change."""
    sandbox.faults.add({"kind": "clock_skew", "path": "/services/pigeons/*", "seconds": 3_600})
    sandbox.faults.add({"kind": "status", "path": "/services/pigeons/v1/pigeons/south", "status": 502})

    assert "date" in ask(sandbox, "GET", "/v1/pigeons/north").headers
    assert ask(sandbox, "GET", "/v1/pigeons/south").status == 502


def test_orders_and_logs_go_by_the_sandboxs_own_path(sandbox: Sandbox) -> None:
    """A served stand-in can be told and looked at; orders that nobody knows are refused."""
    ask(sandbox, "POST", "/v1/pigeons/north", {"key": "k"})
    control = sandbox.url + "/sandbox/services"
    assert sandbox.handle(Request.of("POST", control, body=b'{"pigeons": {"home": ["ray"]}}')).status == 200
    shown = sandbox.handle(Request.of("GET", control)).json()["pigeons"]

    assert pigeons(sandbox).home == ["ray"]
    assert shown["log"] == [{"at": sandbox.clock.now().isoformat(), "kind": "flown", "key": "k", "loft": "north"}]
    assert shown["calls"] == [{"method": "POST", "path": "/v1/pigeons/north", "status": 200, "count": 1}]
    for order in (b'{"owls": {}}', b'{"pigeons": 1}', b"[]", b'{"pigeons": {}}'):
        assert sandbox.handle(Request.of("POST", control, body=order)).status == 400
    with pytest.raises(ValueError, match="takes no orders"):
        StandIn.told(pigeons(sandbox), {"a": 1})


def test_every_attribute_is_kept(sandbox: Sandbox) -> None:
    """All but the sandbox itself, so that a new one is not forgotten."""
    assert set(pigeons(sandbox).kept()) == {"log", "calls", "limits", "_windows", "home"}


def test_a_served_stand_in_answers_alike(sandbox: Sandbox) -> None:
    """Over real sockets too."""
    with listening(sandbox) as stage:
        answer = requests.post(f"http://{stage.netloc}/services/pigeons/v1/pigeons/north", json={"key": "k"}, timeout=5)

    assert answer.json() == {"ok": True}
    assert [one.key for one in pigeons(sandbox).log] == ["k"]


def test_settings_point_to_the_stand_ins(sandbox: Sandbox) -> None:
    """A value that begins with a slash is a path under the base."""
    found = sandbox.services.settings("http://127.0.0.1:8080")

    assert found["DESKHAND_PIGEONS_URL"] == "http://127.0.0.1:8080/services/pigeons/v1"
    assert found["DESKHAND_PIGEONS_TOKEN"] == "coo"
