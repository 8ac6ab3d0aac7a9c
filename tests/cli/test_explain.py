"""Explain from the command line: with the account and whoever is on call, as the worker decides."""

import json
from pathlib import Path
from typing import Any

import pytest

from deskhand.cli.main import main
from deskhand.sandbox import EMAIL, RealClock, Sandbox
from deskhand.store import open_store
from tests.documents.words import LEVELS
from tests.sandbox.listening import listening

POLICY = """
channels: {pager: {service: pagerduty, place: PSUPPORT}}
roles:
  first: {channels: [pager], schedule: {policy: PENGINEERS, level: 1}}
  ninth: {channels: [pager], schedule: {policy: PENGINEERS, level: 9}}
ladders:
  out:
    {kind: technical, description: Somebody looks at it., severities: [p1], rungs: [{name: L9, role: ninth}, {name: L1, role: first}]}
rules:
  - id: out-of-order
    when: {severity: p1, tags: loud}
    escalation: {kind: technical, issue: any, owner: Support, next: first}
    then: {escalate: {ladder: out}}
    ignore: [no-tests, no-description]
"""


def explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], **more: str) -> Any:
    """The JSON of an explanation of a P1, by these settings."""
    sandbox = Sandbox(clock=RealClock())
    zoe = sandbox.world.add_user("Zoe", "zoe@customer.example", "end-user")
    sandbox.world.add_user("Ada", "ada@acme.example", "admin")
    asked = {"subject": "Help", "comment": {"body": "It broke"}, "priority": "urgent", "tags": ["loud"]}
    ticket = sandbox.world.create_ticket(asked, author=zoe["id"], via=EMAIL)
    (tmp_path / "a.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(LEVELS.replace("page_on_call: false", "page_on_call: true"), encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'state.db'}"
    open_store(url).close()
    with listening(sandbox) as stage:
        address = f"http://{stage.netloc}"
        pagers = {name: value for name, value in sandbox.services.settings(address).items() if "PAGERDUTY" in name}
        account = {"BASE_URL": address, "CLIENT_ID": "sandbox-client", "CLIENT_SECRET": "sandbox-secret"}
        mine = {"POLICIES": str(tmp_path), "DATABASE_URL": url, "MODE": "enforce", "SIGN_OFFS": "0"} | account | more
        for name, value in ({f"DESKHAND_{name}": value for name, value in mine.items()} | pagers).items():
            monkeypatch.setenv(name, value)
        assert main(["explain", str(ticket.id), "--json"]) == 0
    return json.loads(capsys.readouterr().out)["decision"]


def test_it_knows_the_account_and_who_is_on_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rung that nobody is on call for is passed over here too, and the matter has the name that it will have."""
    decision = explained(tmp_path, monkeypatch, capsys)

    (climb,) = decision["climbs"]
    assert (climb["thread"], climb["role"]) == ("zd:127.0.0.1:1:e1", "first")
    assert "nobody is on call as ninth" in climb["proofs"][0]


def test_it_knows_the_kill_switch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What must not leave is not said to leave."""
    decision = explained(tmp_path, monkeypatch, capsys, STOP="true")

    (climb,) = decision["climbs"]
    assert (climb["page"], climb["waits"]) == (0, "DESKHAND_STOP is set, so it stands still")
