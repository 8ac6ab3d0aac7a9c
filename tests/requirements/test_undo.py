"""A demo run taken back, counted from the sandbox's audits and never from the store."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deskhand import wiring
from deskhand.app import undo
from deskhand.app.cycle import cycle
from deskhand.cli.demo import play
from deskhand.cli.demo.drive import Driver
from deskhand.core.clock import ZENDESK_METRICS
from deskhand.core.policy import Escalate
from deskhand.sandbox import Sandbox, SimClock
from deskhand.sandbox.worlds import load_world
from tests.cli.test_demo import POLICIES
from tests.requirements.shipped import shipped

Json = dict[str, Any]
PAIR = {"group_id", "assignee_id"}
"""Who changes the one has chosen both: an agent may not be a member of another group."""


class Run:
    """Some minutes of the demo company in enforce mode, and its undoing."""

    def __init__(self, folder: Path) -> None:
        sandbox = Sandbox("acme", SimClock(), 1)
        company = load_world(sandbox, seed=1, tickets=150).company
        assert company is not None
        world = play.World(sandbox, sandbox.clock.now(), timedelta(seconds=60), company.worker)
        self.read = play._reader(world)
        stage = play.Stage(world.sandbox)
        parts = wiring.Parts(stage, stage.wait, mount=world.sandbox.adapter(), guards=play.ALL_AT_ONCE)
        worker = wiring.build(play._settings(world.sandbox, play.Ask(policies=POLICIES), folder), parts)
        engine = worker.engine
        Driver(engine, stage, world.every, lambda *_: None, worker.post).run(stage.now() + timedelta(minutes=4))
        self.done = self.audits()
        plan = undo.plan(engine.store, engine.desk, run=engine.run)
        self.handed = undo.apply(engine.store, engine.policy, plan, "undo", stage.now(), allowed=plan.writes, by="ann")
        cycle(engine, stage.wait)
        self.after = self.audits()
        worker.store.close()

    def audits(self) -> dict[int, list[Json]]:
        """Every ticket's audits, as the API shows them."""
        found: dict[int, list[Json]] = {}
        path = "/api/v2/tickets?page[size]=100"
        while path:
            page = self.read(path)
            for row in page["tickets"]:
                found[row["id"]] = self.read(f"/api/v2/tickets/{row['id']}/audits?page[size]=100")["audits"]
            path = page["links"]["next"].partition("acme.zendesk.com")[2] if page["meta"]["has_more"] else ""
        return found

    def ticket(self, key: int) -> Json:
        """A ticket as the API shows it now."""
        found: Json = self.read(f"/api/v2/tickets/{key}")["ticket"]
        return found


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """One run for all tests of this file."""
    return Run(tmp_path_factory.mktemp("run"))


def ours(audit: Json) -> bool:
    """Whether an audit carries the worker's mark."""
    return "deskhand" in audit["metadata"]["custom"]


def of_rules(audit: Json) -> list[str]:
    """The rules behind one of our writes; "undo" is the first of an undoing."""
    return list(audit["metadata"]["custom"]["deskhand"]["rules"].split(","))


def changes(audit: Json) -> Iterator[tuple[str, Any, Any]]:
    """The fields that an audit changed: name, before, after. Tags and followers come one by one."""
    for event in audit["events"]:
        if event["type"] != "Change" or event["field_name"] in ZENDESK_METRICS:
            continue  # targets of SLAs go with the priority, and are no fields
        name, before, after = event["field_name"], event.get("previous_value"), event.get("value")
        if name == "tags":
            for tag in set(before or ()) ^ set(after or ()):
                yield f"tag {tag}", tag in (before or ()), tag in (after or ())
        else:
            yield name, before, after


def seen(ticket: Json, name: str) -> Any:
    """A field of a ticket under the name that audits have for it."""
    if name.startswith("tag "):
        return name.removeprefix("tag ") in ticket["tags"]
    if name.isdigit():
        return next(one["value"] for one in ticket["custom_fields"] if one["id"] == int(name))
    return ticket[name]


def test_a_demo_run_goes_back_to_its_first_state_field_by_field(run: Run) -> None:
    """Every field that the worker changed is what it was before its first change, but for those that somebody else changed since."""
    compared, left, wrong = Counter[str](), 0, []
    for key, audits in run.after.items():
        first: dict[str, Any] = {}
        others: set[str] = set()
        for audit in audits:
            for name, before, _ in changes(audit):
                if ours(audit):
                    first.setdefault(name, before)
                elif name in first or (name in PAIR and first.keys() & PAIR):
                    others |= PAIR if name in PAIR else {name}
        ticket = run.ticket(key) if first else {}
        for name, before in first.items():
            if name in others:
                left += 1
                continue
            compared[name.partition(" ")[0]] += 1
            if str(seen(ticket, name)) != str(before) and {str(seen(ticket, name)), str(before)} != {"None", ""}:
                wrong.append((key, name, before, seen(ticket, name)))

    assert wrong == []
    assert compared["tag"] > 20
    assert {"group_id", "priority", "status"} <= compared.keys()
    assert sum(compared.values()) > 80
    assert left < sum(compared.values()) / 10


def test_undoing_says_nothing_and_sets_no_rule_off(run: Run) -> None:
    """Notes stay as they were; after the undoing there is no audit of the worker's but the undoing itself, and words of ladders that are still climbed."""
    undone = [audit for audits in run.after.values() for audit in audits if ours(audit)]
    before = [audit for audits in run.done.values() for audit in audits if ours(audit)]
    fresh = [audit for audit in undone if audit["id"] not in {one["id"] for one in before}]

    assert run.handed.planned > 20
    assert len(fresh) > run.handed.planned * 0.9
    climbing = {rule.id for rule in shipped().rules if any(isinstance(action, Escalate) for action in rule.then)}
    steps = [audit for audit in fresh if climbing.issuperset(of_rules(audit))]
    undoing = [audit for audit in fresh if audit not in steps]
    assert {of_rules(audit)[0] for audit in undoing} == {"undo"}
    assert [event for audit in undoing for event in audit["events"] if event["type"] == "Comment"] == []
    assert [change for audit in steps for change in changes(audit)] == []
