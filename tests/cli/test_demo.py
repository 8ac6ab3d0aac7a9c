"""The demo: what it shows, and that its check notices what is wrong."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from deskhand.cli.demo import play as module
from deskhand.cli.demo.play import Ask, Played, World, checked, company_day, live
from deskhand.sandbox import Sandbox

POLICIES = Path(__file__).parents[2] / "policies"


ASK = Ask(policies=POLICIES, as_json=True)


@dataclass(frozen=True)
class Told:
    """What a check of the demo came to, on standard output and on standard error."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def checks() -> tuple[Told, Told]:
    """The demo's day, ended after half an hour: checked as it is, and once more after three things were altered behind the worker's back."""

    def half_an_hour(seed: int) -> World:
        world = company_day(seed)
        return replace(world, until=world.sandbox.clock.now() + timedelta(minutes=30))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "company_day", half_an_hour)
        played = live(ASK, Console(file=io.StringIO()))
    first = _checked(played)
    _retag(played.world.sandbox)
    _page(played.world.sandbox)
    _lose(played.world.sandbox)
    return first, _checked(played)


def _checked(played: Played) -> Told:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = checked(played, ASK, Console(file=io.StringIO()))
    return Told(code, out.getvalue(), err.getvalue())


def test_the_demo_says_what_was_done_and_checks_it(checks: tuple[Told, Told]) -> None:
    """One JSON object alone on standard output, every kind of effect in it, no difference."""
    told, _ = checks
    assert told.code == 0

    report = json.loads(told.out)
    kinds = ("retagged", "reassigned", "raised", "lowered", "fields", "followers", "notified", "engaged", "notes")
    assert {kind: report[kind] for kind in kinds if not report[kind]} == {}
    assert (report["mismatches"], report["refused"]) == (0, 0)
    assert report["tickets"] >= 400
    assert report["writes"] <= report["decisions"] <= report["evaluations"]
    said = ("triggered", "paged", "acknowledged", "slack_post", "jira_issue")
    assert {name: report["said"][name] for name in said if not report["said"][name]} == {}


def _retag(sandbox: Sandbox) -> None:
    """Somebody takes a ticket's tags away in the database, past every audit."""
    ticket = next(one for one in sandbox.world.tickets.values() if one.tags)
    ticket.tags = ()
    sandbox.world.touch(ticket)


def _page(sandbox: Sandbox) -> None:
    """Somebody else pages the people on call, under a key that looks like ours."""
    sandbox.services.pagerduty.open("PSUPPORT", "zd:acme:1:e9", "P1 #1 nobody decided this [#1]")


def _lose(sandbox: Sandbox) -> None:
    """Slack forgets what it was told first."""
    log = sandbox.services.slack.log
    log.remove(next(one for one in log if one.kind == "post"))


def test_each_thing_altered_behind_the_worker_is_one_mismatch(checks: tuple[Told, Told]) -> None:
    """The check reads the tickets with their audits and the services' logs, so it sees what the worker's own records cannot."""
    _, told = checks
    assert told.code == 1
    assert json.loads(told.out)["mismatches"] == 3
    assert "Check failed" in told.err
    assert "tags" in told.err
    assert "nobody decided" in told.err
    assert "no service has it" in told.err
