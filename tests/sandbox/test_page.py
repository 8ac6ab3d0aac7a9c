"""The page for people."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.sandbox import Request, Response, Sandbox, SimClock, sla
from deskhand.sandbox.clock import RealClock
from deskhand.sandbox.page.words import clean, span
from deskhand.sandbox.scenarios import SCENARIOS
from deskhand.sandbox.scenarios.hostile_text import HOSTILE
from tests.sandbox.builders import Account

LOCAL = "http://127.0.0.1:8080"
VOID = {"meta", "link", "input", "br", "hr", "img"}


class _Checked(HTMLParser):
    """Whether each element is closed where it should be, and which attributes there are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def _get(sandbox: Sandbox, path: str, **headers: str) -> Response:
    return sandbox.handle(Request.of("GET", LOCAL + path, headers=headers))


def _text(sandbox: Sandbox, path: str) -> str:
    answer = _get(sandbox, path)
    assert answer.status == 200, path
    return answer.body.decode()


def _seen(sandbox: Sandbox, path: str) -> str:
    """What a person reads: without markup, in single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", _text(sandbox, path))).split())


def _send(sandbox: Sandbox, body: str, path: str = "/agent/time", **headers: str) -> Response:
    return sandbox.handle(Request.of("POST", LOCAL + path, headers=headers, body=body.encode()))


def _world(name: str) -> Sandbox:
    sandbox = Sandbox(clock=SimClock())
    SCENARIOS[name].build(sandbox, 1, None if name in ("hostile-text", "empty") else 120)
    sandbox.run_until(sandbox.clock.now() + timedelta(hours=1))
    return sandbox


@pytest.fixture(scope="module")
def company() -> Sandbox:
    """The company with 120 tickets, an hour into its day; only looked at."""
    return _world("company")


@pytest.fixture(scope="module")
def hostile() -> Sandbox:
    """The account of hostile texts; only looked at."""
    return _world("hostile-text")


def _all(sandbox: Sandbox) -> Iterator[str]:
    yield from ("/", "/?status=open", "/agent/macros", "/agent/people", "/agent/calls", "/agent/time")
    yield from (f"/agent/tickets/{key}" for key in sandbox.world.tickets)
    first = next(iter(sandbox.world.tickets), "")
    yield from (f"/agent/macros/{key}?ticket={first}" for key in sandbox.world.tables["macros"].rows)


@pytest.mark.parametrize("name", ["company", "empty", "hostile-text"])
def test_every_page_is_whole_and_runs_nothing_of_others(name: str) -> None:
    """Each element is closed; the one script is ours; no attribute acts; and the browser is told to keep to that."""
    sandbox = _world(name)
    for path in _all(sandbox):
        answer = _get(sandbox, path)
        page = _Checked(answer.body.decode())
        assert (page.wrong, page.open) == ([], []), path
        assert [attributes.get("src") for tag, attributes in page.found if tag == "script"] == ["/agent/page.js"]
        assert not {tag for tag, _ in page.found} & {"img", "iframe", "object", "embed", "style", "base", "textarea"}
        for _, attributes in page.found:
            assert not [key for key in attributes if key.startswith("on") or key == "style"]
            for key in ("href", "src", "action"):
                assert re.match(r"[/?#]|data:,$", attributes.get(key) or "/"), attributes
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]


def test_hostile_text_is_shown_as_it_was_written(hostile: Sandbox) -> None:
    """Markup, templates and placeholders are letters; what would move, hide or reverse text is a sign."""
    shown = [_seen(hostile, f"/agent/tickets/{key}") for key in hostile.world.tickets]
    for sort, text in HOSTILE.items():
        wanted = " ".join(clean(text).split())
        assert any(wanted in one for one in shown), sort
    everything = "".join(_text(hostile, path) for path in _all(hostile))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", everything)
    assert "<script>alert" not in everything


def test_tickets_are_found_by_status_and_by_search(company: Sandbox) -> None:
    """Newest change first, forty at most, with the numbers of each status."""
    world = company.world
    page = _text(company, "/")
    listed = [int(key) for key in re.findall(r'class="id"><a href="/agent/tickets/(\d+)"', page)]
    newest = sorted(world.live.ids, key=lambda key: (world.tickets[key].updated, key), reverse=True)
    assert listed == newest[:40]
    more = re.findall(r'class="id"><a href="/agent/tickets/(\d+)"', _text(company, "/?page=2"))
    assert [int(key) for key in more] == newest[40:80]
    assert f"open {len(world.by_status.ids('open'))}" in _seen(company, "/")
    some = world.tickets[newest[0]]
    assert f"#{some.id}" in _seen(company, f"/?q={quote(some.subject)}&status={some.status}")
    assert "No ticket is here and matches “zzz”." in _seen(company, "/?q=zzz")


def test_a_ticket_shows_what_happened_in_words() -> None:
    """Who changed what from what to what, in names; what was said, to whom; and the rule that did it."""
    account = Account()
    rule = account.world.add_rule(
        "triggers",
        "Tag the open",
        conditions={"all": [{"field": "status", "operator": "is", "value": "open"}], "any": []},
        actions=[{"field": "current_tags", "value": "seen"}],
    )
    ticket = account.ticket(subject="Printer", custom_fields=[{"id": account.tier, "value": "gold"}])
    account.put(
        f"/tickets/{ticket.id}.json",
        {
            "ticket": {
                "status": "open",
                "group_id": account.group,
                "assignee_id": account.agent,
                "comment": {"body": "On it", "public": False},
            }
        },
    )
    seen = _seen(account.sandbox, f"/agent/tickets/{ticket.id}")

    for words in (
        "Printer", "Cleo Cust made the ticket", "public reply It broke", "Admin", "by api · tests/1", "internal note On it", "status new → open",
        "group none → Billing", "assignee none → Ana Ruiz", f"by {rule['title']}", "Tier gold", "Requester Cleo Cust", "seen",
    ):  # fmt: skip
        assert words in seen, words


def test_clocks_agree_with_the_api(company: Sandbox) -> None:
    """Each metric of the `slas` sideload stands on the ticket's page with its stage and the instant of its breach."""
    world, now = company.world, int(company.clock.epoch())
    checked = 0
    for ticket in world.tickets.values():
        rows = sla.slas(world, ticket, now)["policy_metrics"]
        page = _text(company, f"/agent/tickets/{ticket.id}") if rows else ""
        for row in rows:
            name = row["metric"].replace("_", " ")
            found = re.search(rf'<th scope="row">{name}.*?</tr>', page, re.DOTALL)
            assert found, name
            assert row["stage"] in found[0]
            assert row["breach_at"] is None or f'datetime="{row["breach_at"]}"' in found[0]
            checked += 1
    assert checked > 50


def test_a_countdown_says_how_long_and_which_way() -> None:
    """A target of an hour half an hour after the ticket came; and an hour after that."""
    account = Account()
    account.world.add_sla_policy("Quick", [("high", "first_reply_time", 60)])
    ticket = account.ticket(priority="high")
    account.wait(1_800)
    seen = _seen(account.sandbox, f"/agent/tickets/{ticket.id}")
    assert "first reply time active 50 % 50 % 30 min 00 s 1 h 00 min Mon 2 Mar 2026, 09:00:00 UTC 30 min 00 s left Quick" in seen  # fmt: skip
    assert "breach" in seen
    assert "to come" in seen
    account.wait(3_600)
    assert "active, breached" in _seen(account.sandbox, f"/agent/tickets/{ticket.id}")
    assert "30 min 00 s over" in _seen(account.sandbox, "/")


def test_a_macro_is_tried_and_changes_nothing() -> None:
    """It shows what applying it would change and say, with the ticket's own names filled in."""
    account = Account()
    actions = [
        {"field": "status", "value": "pending"}, {"field": f"custom_fields_{account.tier}", "value": "silver"},
        {"field": "comment_value", "value": "Dear {{ticket.requester.name}}, <b>wait</b>"},
    ]  # fmt: skip
    macro = account.world.add_rule("macros", "Wait", actions=actions, restriction=None)
    ticket = account.ticket()
    before = (len(ticket.audits), ticket.status)

    seen = _seen(account.sandbox, f"/agent/macros/{macro['id']}?ticket={ticket.id}")

    for words in ("status new → pending", "Tier none → silver", "public reply Dear Cleo Cust, <b>wait</b>"):
        assert words in seen, words
    assert (len(ticket.audits), ticket.status) == before
    assert "There is no ticket 99." in _seen(account.sandbox, f"/agent/macros/{macro['id']}?ticket=99")
    assert "Wait" in _seen(account.sandbox, "/agent/macros")


def test_calls_show_their_cost_and_looking_costs_nothing() -> None:
    """Which limits a call counted towards and what it left of them; the page itself is no call."""
    account = Account()
    account.get("/incremental/tickets/cursor.json?start_time=1")
    account.call("GET", "/nothing.json")
    _seen(account.sandbox, "/agent/calls")
    seen = _seen(account.sandbox, "/agent/calls")

    assert "2 received 200: 1 404: 1" in seen
    assert "GET /api/v2/incremental/tickets/cursor.json?start_time=1 200" in seen
    assert "account 699 of 700 left incremental-exports 9 of 10 left" in seen
    assert "incremental-exports 1 1 of 10 9" in seen
    assert re.search(r"\d\.\d ms Admin", seen)
    assert "nothing.json" not in _seen(account.sandbox, "/agent/calls?q=cursor").partition("The latest")[2]


def test_people_are_found_by_name(company: Sandbox) -> None:
    """Groups with their members; everybody by name, address and role."""
    seen = _seen(company, "/agent/people?q=deskhand@&role=admin")
    assert "Network Specialists" in seen
    assert "Deskhand Worker deskhand@acme.example admin" in seen
    assert "Nobody is called so." in _seen(company, "/agent/people?q=zzzz")


def test_time_is_moved_by_buttons() -> None:
    """By a span, to an instant, to what happens next; what cannot be is told and changes nothing."""
    sandbox = Sandbox(clock=SimClock())
    start = sandbox.clock.now()
    assert _send(sandbox, "advance=900").headers["location"] == "/agent/time"
    assert sandbox.clock.now() == start + timedelta(minutes=15)
    sandbox.at(start + timedelta(hours=2), sandbox.run_due)
    assert _send(sandbox, "next=1").status == 303
    assert sandbox.clock.now() == start + timedelta(hours=2)
    assert _send(sandbox, "to=2026-03-03T08%3A00%3A00").status == 303
    for wrong in ("to=soon", "advance=-5", "advance=nan", "advance=1e99", "", "to=2020-01-01", "to=9999-01-01"):
        answer = _send(sandbox, wrong)
        assert answer.status == 400, wrong
        assert b'role="alert"' in answer.body
    assert sandbox.clock.now() == start + timedelta(days=1)
    real = _send(Sandbox(clock=RealClock()), "advance=5")
    assert b"--stepped" in real.body


def test_faults_are_shown_and_ended() -> None:
    """With how often each happened."""
    account = Account(faults=[{"kind": "status", "path": "/api/v2/groups*"}])
    account.call("GET", "/groups.json")
    assert "status * /api/v2/groups* 1 of 1 requests" in _seen(account.sandbox, "/agent/time")
    _send(account.sandbox, "end_faults=1")
    assert account.call("GET", "/groups.json").status == 200


def test_forms_of_other_sites_are_not_taken() -> None:
    """The browser says where a form comes from."""
    sandbox = Sandbox(clock=SimClock())
    before = sandbox.clock.now()
    assert _send(sandbox, "advance=60", origin="https://evil.example").status == 403
    assert _send(sandbox, "advance=60", origin="null").status == 403
    assert _send(sandbox, '{"advance": 60}', "/sandbox/clock", origin="https://evil.example").status == 403
    assert sandbox.clock.now() == before
    assert _send(sandbox, "advance=60", origin=LOCAL).status == 303
    assert _send(sandbox, "x=1", "/").status == 405
    assert sandbox.handle(Request.of("DELETE", LOCAL + "/agent/time")).status == 405


def test_this_machine_needs_no_credentials_and_others_do(company: Sandbox) -> None:
    """Where others can reach it, or under a strange name, staff sign in; the API asks for credentials everywhere."""
    sandbox = Sandbox(clock=SimClock())
    sandbox.world.add_user("Cleo", "cleo@x.example")

    def basic(name: str) -> str:
        return "Basic " + base64.b64encode(f"{name}/token:sandbox-token".encode()).decode()

    for host in ("127.0.0.1:1", "localhost:8080", "[::1]:9", "acme.zendesk.com"):
        assert sandbox.handle(Request.of("GET", f"http://{host}/")).status == 200
    strange = sandbox.handle(Request.of("GET", "http://evil.example/"))
    assert strange.status == 401
    assert "Basic" in strange.headers["www-authenticate"]
    sandbox.guarded = True
    assert _get(sandbox, "/").status == 401
    assert _get(sandbox, "/sandbox/clock").status == 401
    assert _get(sandbox, "/sandbox/clock", authorization=basic("admin@example.com")).status == 200
    assert _get(sandbox, "/", authorization=basic("admin@example.com")).status == 200
    assert _get(sandbox, "/", authorization=basic("cleo@x.example")).status == 401
    assert _get(company, "/api/v2/tickets.json").status == 401


@pytest.mark.parametrize("path", ["/agent/", "/agent/nothing", "/agent/tickets/99999", "/agent/tickets/x", "/agent/macros/1", "/agent/people/5", "/agent/%3Cscript%3E"])  # fmt: skip
def test_what_is_not_there_is_told(path: str, company: Sandbox) -> None:
    """With a way back; only the bare folder leads to the tickets."""
    answer = _get(company, path)
    assert answer.status == (200 if path == "/agent/" else 404)
    assert b"<script>" not in answer.body


@settings(max_examples=80)
@given(
    path=st.sampled_from(["/", "/agent/people", "/agent/calls", "/agent/macros", "/agent/tickets/3", "/agent/time"]),
    query=st.dictionaries(
        st.sampled_from(["q", "page", "events", "status", "role", "ticket"]),
        st.text(max_size=30) | st.integers().map(str),
    ),
)
def test_no_question_breaks_a_page(path: str, query: dict[str, str], company: Sandbox) -> None:
    """Whatever stands behind the question mark."""
    pairs = tuple(query.items())
    answer = company.handle(Request("GET", path, pairs, {"host": "localhost"}))
    assert answer.status == 200
    assert _Checked(answer.body.decode()).wrong == []


def test_the_page_brings_its_own_looks() -> None:
    """Style and script come from the sandbox itself, and nothing from elsewhere."""
    sandbox = Sandbox(clock=SimClock())
    for name, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        answer = _get(sandbox, f"/agent/{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert b"://" not in answer.body


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.9, "59 s"), (-61, "1 min 01 s"), (3_660, "1 h 01 min"), (100_000, "1 d 3 h"), (None, "–")],
)
def test_spans_are_told_in_two_units(seconds: float | None, words: str) -> None:
    """The largest that fit."""
    assert span(seconds) == words
