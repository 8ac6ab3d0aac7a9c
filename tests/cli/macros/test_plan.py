"""`deskhand macros plan`, `apply` and what they exit with."""

import json
from pathlib import Path

import pytest

from deskhand.cli.main import main
from tests.cli.macros.places import Desk, desk

__all__ = ["desk"]


def applied(desk: Desk) -> None:
    """Everything that the folder says."""
    code, _, said = desk.run("apply", "--auto", "--env", "prod")
    assert code == 0, said


def test_plan_and_apply_from_a_file(desk: Desk, tmp_path: Path) -> None:
    """The plan says what would be done, the apply does it, and then there is nothing to do."""
    desk.macro("a")
    plan = str(tmp_path / "plan.json")

    code, out, _ = desk.run("plan", "--env", "prod", "--out", plan)
    assert (code, "1 create" in out) == (0, True)
    assert out.startswith("prod on account acme")
    assert desk.place.rows() == []
    assert desk.run("apply", plan, "--env", "prod")[0] == 0
    assert [row["title"] for row in desk.place.rows()] == ["A"]
    code, out, _ = desk.run("plan", "--env", "prod", "--detailed-exitcode")
    assert (code, "Plan: 0 create, 0 update, 0 deactivate, 0 delete (of 1 managed, 1 shared)" in out) == (0, True)


def test_a_plan_never_writes(desk: Desk) -> None:
    """Proven at the transport: only reading left the process."""
    desk.macro("a")
    desk.run("plan", "--env", "prod", "--prune", "--mark", "--on-drift", "overwrite")

    assert {call.partition(" ")[0] for call in desk.place.calls()} <= {"GET"}


def test_exit_2_where_changes_were_asked_about(desk: Desk) -> None:
    """And 0 without the flag, so that a script that only looks does not fail."""
    desk.macro("a")

    assert desk.run("plan", "--env", "prod")[0] == 0
    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 2


def test_exit_3_where_some_was_done(desk: Desk) -> None:
    """With the journal's name."""
    desk.macro("a")
    desk.macro("b", "actions: [{zendesk: {field: custom_fields_404, value: x}}]")

    code, _, said = desk.run("apply", "--auto", "--env", "prod")

    assert (code, ".jsonl" in said) == (3, True)


def test_exit_4_where_a_limit_refuses(desk: Desk, tmp_path: Path) -> None:
    """In the plan and in the apply; the override names the number."""
    for number in range(12):
        desk.macro(f"m{number}")
    applied(desk)
    for number in range(12):
        desk.macro(f"m{number}", "actions: [{status: pending}]")
    plan = str(tmp_path / "plan.json")

    code, out, _ = desk.run("plan", "--env", "prod", "--out", plan)
    assert (code, "--allow-update=12" in out) == (4, True)
    assert desk.run("apply", plan, "--env", "prod")[0] == 4
    assert desk.run("plan", "--env", "prod", "--out", plan, "--allow-update", "12")[0] == 0
    assert desk.run("apply", plan, "--env", "prod")[0] == 0


def test_exit_5_where_something_moved(desk: Desk, tmp_path: Path) -> None:
    """The account, or the commit."""
    desk.macro("a")
    applied(desk)
    desk.macro("a", "actions: [{status: pending}]")
    plan = str(tmp_path / "plan.json")
    desk.run("plan", "--env", "prod", "--out", plan, "--commit", "abc")

    assert desk.run("apply", plan, "--env", "prod", "--commit", "abd")[0] == 5
    desk.place.row("A")["actions"] = [{"field": "status", "value": "hold"}]
    assert desk.run("apply", plan, "--env", "prod", "--commit", "abc")[0] == 5


def test_exit_6_where_a_person_has_to_decide(desk: Desk) -> None:
    """The sentence holds the command to type."""
    number = desk.theirs("A")["id"]
    desk.macro("a")

    code, out, _ = desk.run("plan", "--env", "prod")
    assert (code, f"deskhand macros adopt a={number}" in out) == (6, True)
    assert desk.run("apply", "--auto", "--env", "prod")[0] == 6
    assert desk.run("adopt", f"a={number}", "--env", "prod")[0] == 0
    assert desk.run("plan", "--env", "prod")[0] == 0


def test_exit_7_where_templates_have_mistakes(desk: Desk) -> None:
    """Nothing is compared with Zendesk."""
    desk.macro("a", "actions: [{group: Nobody}]")

    code, _, said = desk.run("plan", "--env", "prod")

    assert (code, "the account has no group 'Nobody'" in said) == (7, True)


@pytest.mark.parametrize(
    "words",
    [
        ["plan"], ["plan", "--env"], ["plan", "--evn", "prod"], ["apply", "--env", "prod"], ["apply", "none.json", "--env", "prod"], ["adopt", "a", "--env", "prod"],
        ["bogus"], [], ["state"], ["lint", "--online"], ["render", "--ticket", "5"], ["init", "--installation", "Bad Name", "--account", "a"],
    ],
)  # fmt: skip
def test_exit_64_where_it_was_typed_wrongly(desk: Desk, words: list[str]) -> None:
    """A typo never reads as changes present."""
    assert desk.run(*words)[0] == 64


def test_exit_1_where_nothing_was_written(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another account, or credentials that do not do."""
    desk.macro("a")
    desk.write("env/prod.yaml", "account: other\n")

    code, _, said = desk.run("plan", "--env", "prod")
    assert (code, "environment 'prod' is account 'other', and the settings lead to 'acme'" in said) == (1, True)
    desk.write("env/prod.yaml", "account: acme\n")
    monkeypatch.setenv("DESKHAND_CLIENT_SECRET", "wrong")
    assert desk.run("apply", "--auto", "--env", "prod")[0] == 1


def test_json_is_json_alone(desk: Desk) -> None:
    """With a version, for plan, apply, drift and lint."""
    desk.macro("a")

    assert desk.json("plan", "--env", "prod", "--format", "json")[1]["plan"] == 1
    code, done = desk.json("apply", "--auto", "--env", "prod", "--json")
    assert (code, done["apply"], [item["key"] for item in done["applied"]]) == (0, 1, ["a"])
    assert desk.json("drift", "--env", "prod", "--format", "json")[1]["items"] == []
    assert desk.json("lint", "--json")[1]["lint"] == 1
    assert desk.json("state", "list", "--env", "prod", "--json")[1]["macros"][0]["key"] == "a"


def test_a_run_can_be_shown_and_reverted(desk: Desk) -> None:
    """By the name that apply gave it."""
    desk.macro("a")
    applied(desk)
    desk.macro("a", "actions: [{status: pending}]")
    run = desk.json("apply", "--auto", "--env", "prod", "--json")[1]["run"]

    assert "key=a" in desk.run("show", run)[1]
    assert desk.run("revert", run, "--env", "prod")[0] == 0
    assert desk.place.row("A")["actions"][0]["value"] == "pending"
    assert desk.run("revert", run, "--env", "prod", "--auto")[0] == 0
    assert desk.place.row("A")["actions"][0]["value"] == "open"


def test_prune_shows_and_then_does(desk: Desk) -> None:
    """What plan leaves alone."""
    desk.macro("a")
    gone = desk.macro("b")
    applied(desk)
    gone.unlink()

    assert "1 deactivate" in desk.run("prune", "--env", "prod")[1]
    assert desk.place.row("B")["active"] is True
    assert desk.run("prune", "--env", "prod", "--auto")[0] == 0
    assert desk.place.row("B")["active"] is False
    assert "retired: b #" in desk.run("prune", "--env", "prod")[1]


def test_attachments_are_named_below_the_folder(desk: Desk, tmp_path: Path) -> None:
    """A plan that was made in one checkout can be applied in another."""
    desk.write("files/terms.txt", "terms")
    desk.macro("a", "attachments: [files/terms.txt]", "actions: [{status: open}]")
    plan = tmp_path / "plan.json"

    assert desk.run("plan", "--env", "prod", "--out", str(plan))[0] == 0
    assert str(tmp_path) not in plan.read_text(encoding="utf-8").replace(str(desk.folder / "a.yaml"), "")
    assert desk.run("apply", str(plan), "--env", "prod")[0] == 0
    assert len(desk.place.row("A")["attachments"]) == 1
    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 0


def test_a_list_that_the_account_refuses_is_no_mistake_of_a_template(desk: Desk) -> None:
    """The role is at fault, and the sentence says so."""
    desk.macro("a", "actions: [{group: Billing}]")
    desk.place.sandbox.faults.add(
        {"kind": "status", "path": "/api/v2/groups", "status": 403, "body": {"error": "Forbidden"}}
    )

    code, _, said = desk.run("plan", "--env", "prod")

    assert (code, "GET /api/v2/groups: 403 Forbidden" in said) == (1, True)


def test_the_state_can_be_moved_removed_and_rebuilt(desk: Desk) -> None:
    """In its file."""
    desk.macro("a")
    applied(desk)

    assert desk.run("state", "mv", "a", "z", "--env", "prod")[0] == 0
    assert desk.run("state", "rm", "z", "--env", "prod")[0] == 0
    assert desk.run("state", "rm", "z", "--env", "prod")[0] == 1
    assert "1 macros found" in desk.run("state", "rebuild", "--env", "prod")[1]
    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 0


def test_a_state_in_the_database_does_as_well(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a folder for it, that is where it is."""
    monkeypatch.delenv("DESKHAND_MACROS_STATE")
    monkeypatch.setenv("DESKHAND_DATABASE_URL", f"sqlite:///{tmp_path}/d.db")
    desk.macro("a")
    applied(desk)

    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 0
    assert (tmp_path / "d.db").exists()


def test_every_verb_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    """And none of them is slow to say so."""
    for verb in (
        "init",
        "lint",
        "render",
        "plan",
        "apply",
        "drift",
        "pull",
        "import",
        "adopt",
        "prune",
        "revert",
        "show",
        "schema",
        "state",
    ):
        assert main(["macros", verb, "--help"]) == 0
        assert capsys.readouterr().out.strip()


def test_the_plan_file_has_no_secret(desk: Desk, tmp_path: Path) -> None:
    """It goes into artifacts and comments."""
    desk.macro("a")
    desk.run("plan", "--env", "prod", "--out", str(tmp_path / "p.json"))

    text = (tmp_path / "p.json").read_text(encoding="utf-8")
    assert "sandbox-secret" not in text
    assert json.loads(text)["digest"]
