"""What is joined: policies that are put in force while the worker runs, and the outside watch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from deskhand import wiring
from deskhand.app.evaluate import evaluate
from deskhand.app.poll import poll
from deskhand.core.ticket import Ticket
from deskhand.errors import PolicyInvalid, RateLimited, SettingsError, Transient
from deskhand.sandbox import Sandbox, SimClock
from deskhand.sandbox.company import CLIENT_ID, CLIENT_SECRET
from deskhand.sandbox.worlds import load_world
from deskhand.settings import Settings
from tests.app.places import START

RULE = """
rules:
  - id: %s
    description: Tags what it matches.
    when: {priority: low}
    then: {%s}
    ignore: no-tests
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A folder of policies with one rule, and a small company."""
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "a.yaml").write_text(RULE % ("first", "add_tags: first"), encoding="utf-8")
    monkeypatch.setenv("DESKHAND_POLICIES", str(folder))
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{tmp_path / 'state.db'}")
    monkeypatch.setenv("DESKHAND_BASE_URL", "https://acme.zendesk.com")
    monkeypatch.setenv("DESKHAND_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("DESKHAND_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setenv("DESKHAND_MODE", "enforce")
    monkeypatch.setenv("DESKHAND_SIGN_OFFS", "0")
    monkeypatch.setenv("DESKHAND_STOP_FILE", str(tmp_path / "stop"))
    return Settings()


@pytest.fixture
def worker(settings: Settings) -> wiring.Worker:
    """A worker on it."""
    sandbox = Sandbox("acme", SimClock(START))
    load_world(sandbox, tickets=12)

    class Stage:
        """The sandbox's clock."""

        now = staticmethod(sandbox.clock.now)

    made = wiring.build(settings, wiring.Parts(Stage(), lambda _: None, mount=sandbox.adapter()))
    poll(made.engine)
    return made


def write(settings: Settings, text: str, name: str = "a.yaml") -> None:
    """Edit the policies."""
    (settings.policies / name).write_text(text, encoding="utf-8")


def test_changed_policies_are_put_in_force_and_every_live_ticket_is_looked_at_again(
    worker: wiring.Worker, settings: Settings
) -> None:
    """Without a restart; a rule that is new begins with what changes from now on."""
    reload = wiring.Reloader(worker, settings)
    with worker.store.begin() as tx:
        tx.work.settle(dict.fromkeys(range(100)))
    assert reload() == ""
    assert [rule.id for rule in worker.engine.policy.rules] == ["first"]

    write(settings, RULE % ("second", "add_tags: second"), "b.yaml")

    assert reload() == ""
    assert [rule.id for rule in worker.engine.policy.rules] == ["first", "second"]
    assert worker.engine.policy.added == {"second": START}
    with worker.store.begin() as tx:
        assert (
            len(tx.work.due(worker.engine.clock.now(), 99))
            == len(tx.tickets.ids(("new", "open", "pending", "hold")))
            > 0
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            RULE % ("broken", "add_tag: x"),
            "b.yaml:6:12: rule 'broken': unknown key 'add_tag' (did you mean 'add_tags'?)",
        ),
        (RULE % ("broken", "assign: {group: Nobody}"), "unknown group 'Nobody'"),
        ("rules: [", "[yaml-syntax]"),
    ],
)
def test_one_mistake_keeps_all_of_them_out_and_the_last_good_ones_stay(
    worker: wiring.Worker, settings: Settings, text: str, words: str
) -> None:
    """All or nothing: also where the account lacks what they name. The reason stays until it is mended."""
    before = worker.engine.policy
    reload = wiring.Reloader(worker, settings)
    write(settings, RULE % ("first", "add_tags: other"))
    write(settings, text, "b.yaml")

    refused = reload()

    assert words in refused
    assert reload() == refused
    assert worker.engine.policy is before
    (settings.policies / "b.yaml").unlink()
    assert reload() == ""
    assert worker.engine.policy.digest != before.digest


def test_policies_that_need_more_of_a_ticket_get_it(worker: wiring.Worker, settings: Settings) -> None:
    """A rule about Zendesk's clocks asks for SLAs, which no rule asked for before."""
    assert "slas" not in worker.engine.policy.needs
    reload = wiring.Reloader(worker, settings)

    write(
        settings,
        "rules:\n  - {id: late, when: {clock: {name: first_reply_time, is: breached}}, then: {add_tags: late}}\n",
    )

    assert reload() == ""
    assert "slas" in worker.engine.policy.needs


def test_mistakes_at_the_start_are_an_error(settings: Settings) -> None:
    """There is no last good policy to stay with."""
    write(settings, "rules: [")

    with pytest.raises(PolicyInvalid, match="yaml-syntax"):
        wiring.build(settings, wiring.Parts(wiring.RealClock(), lambda _: None))


def test_an_outside_watch_is_optional_and_its_address_is_checked_at_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at the first heartbeat."""
    assert wiring.heartbeat(settings) is None
    monkeypatch.setenv("DESKHAND_HEARTBEAT_URL", "http://watch.example/x")
    with pytest.raises(SettingsError, match="no https address"):
        wiring.heartbeat(Settings())


def test_tickets_that_lack_what_a_new_policy_needs_are_read_once(
    worker: wiring.Worker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not again and again, where the account has nothing to give."""
    reload = wiring.Reloader(worker, settings)
    write(
        settings,
        "rules:\n  - {id: late, when: {clock: {name: first_reply_time, is: breached}}, then: {add_tags: late}}\n",
    )
    worker.engine.read_at.clear()
    assert reload() == ""
    fetched: list[int] = []
    fetch = worker.engine.desk.fetch

    def count(ids: Sequence[int]) -> list[Ticket]:
        fetched.extend(ids)
        return fetch(ids)

    monkeypatch.setattr(worker.engine.desk, "fetch", count)

    evaluate(worker.engine)
    first = len(fetched)
    with worker.store.begin() as tx:
        live = tx.tickets.ids(("new", "open", "pending", "hold"))
        tx.work.wake(live, worker.engine.clock.now())
    evaluate(worker.engine)

    assert first >= len(live) > 0
    assert len(fetched) == first


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset", "path": "*"},
        {"kind": "status", "status": 503, "path": "*"},
        {"kind": "status", "status": 429, "path": "*"},
    ],
)
def test_an_account_that_is_away_stops_no_worker_that_began_with_these_policies_before(
    settings: Settings, fault: dict[str, Any]
) -> None:
    """Its pages must not wait for Zendesk. Policies that are new to the account, and another account, are checked before anything is written."""
    sandbox = Sandbox("acme", SimClock(START))
    load_world(sandbox, tickets=3)

    class Stage:
        """The sandbox's clock."""

        now = staticmethod(sandbox.clock.now)

    def begin(said: Settings) -> None:
        made = wiring.build(said, wiring.Parts(Stage(), lambda _: None, mount=sandbox.adapter()))
        try:
            wiring.verify(made, said)
        finally:
            made.store.close()
            made.connection.close()

    sandbox.faults.add(fault)
    with pytest.raises((Transient, RateLimited)):
        begin(settings)
    sandbox.faults.clear()
    begin(settings)
    sandbox.faults.add(fault)

    with capture_logs() as told:
        begin(settings)
    assert [one["event"] for one in told if one["log_level"] == "warning"] == ["account_away"]
    with pytest.raises((Transient, RateLimited)):
        begin(settings.model_copy(update={"mode": "notify"}))
    write(settings, RULE % ("first", "add_tags: other"))
    with pytest.raises((Transient, RateLimited)):
        begin(settings)
