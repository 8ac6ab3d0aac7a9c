"""`deskhand macros lint`, `render`, `init` and `schema`."""

import json
from pathlib import Path

import pytest

from deskhand.cli.main import main
from tests.cli.macros.places import Desk, desk
from tests.source import ROOT

__all__ = ["desk"]


def test_the_shipped_macros_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    """Warnings counted."""
    assert main(["macros", "lint", str(ROOT / "macros"), "--severity", "warning"]) == 0
    assert "7 macro files, 0 errors, 0 warnings" in capsys.readouterr().out


def test_findings_exit_with_7_at_their_severity(desk: Desk) -> None:
    """Each with its place and id, or as an annotation."""
    desk.macro("a", "actions: [{set_tags: [x]}]")

    assert desk.run("lint")[0] == 0
    code, out, _ = desk.run("lint", "--severity", "warning")
    assert (code, "[tags-replaced]" in out) == (7, True)
    assert "::warning file=" in desk.run("lint", "--annotate")[1]


def test_lint_may_ask_the_account(desk: Desk) -> None:
    """For the actions that it offers."""
    desk.macro("a", "actions: [{zendesk: {field: notify_the_moon, value: x}}]")

    code, out, _ = desk.run("lint", "--online", "--env", "prod")

    assert (code, "the account offers no action 'notify_the_moon'" in out) == (7, True)


def test_a_reply_is_shown_as_its_reader_sees_it(desk: Desk) -> None:
    """From a fixture or from a ticket; a blank exits with 7."""
    desk.macro(
        "a",
        "actions: [{reply: {public: true, markdown: 'Hi {{ticket.requester.first_name}}, {{ticket.external_id}}'}}]",
    )
    fixture = desk.write("fixtures/t.yaml", "ticket: {requester: {first_name: Zoe}, external_id: X9}\n")

    code, out, _ = desk.run("render", "a", "--fixture", str(fixture))
    assert (code, "Hi Zoe, X9" in out) == (0, True)
    zoe = desk.place.world.add_user("Mia Novak", "mia@customer.example", "end-user")["id"]
    ticket = desk.place.world.create_ticket({"subject": "Help", "comment": {"body": "x"}}, author=zoe)
    code, out, _ = desk.run("render", "a", "--env", "prod", "--ticket", str(ticket.id))
    assert (code, "Hi Mia," in out, "ticket.external_id}} has no value" in out) == (7, True, True)
    assert "reply: Hi {{ticket.requester.first_name}}" in desk.run("render", "a")[1]
    assert desk.run("render", "nope")[0] == 1


def test_a_folder_to_begin_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It lints, and a second time leaves everything as it is."""
    words = ["macros", "init", str(tmp_path / "m"), "--installation", "acme", "--account", "acme"]
    assert main(words) == 0
    assert main(["macros", "lint", str(tmp_path / "m")]) == 0
    (tmp_path / "m/settings.yaml").write_text("installation: mine\n", encoding="utf-8")
    assert main(words) == 0
    assert (tmp_path / "m/settings.yaml").read_text(encoding="utf-8") == "installation: mine\n"
    capsys.readouterr()
    assert main(["macros", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "deskhand macro"
