"""`deskhand macros drift` and `pull`."""

from tests.cli.macros.places import Desk, desk

__all__ = ["desk"]


def test_drift_is_found_and_becomes_a_patch(desk: Desk) -> None:
    """Exit 2 where there is any; after the patch, and the next apply, there is none."""
    path = desk.macro("a", "# what it does", "actions:", "  - status: open  # stays open", "  - reply:", "      public: true", "      markdown: |", "        Hello", "", "        << vars.company >>")  # fmt: skip
    assert desk.run("apply", "--auto", "--env", "prod")[0] == 0
    assert desk.run("drift", "--env", "prod")[0] == 0
    row = desk.place.row("A")
    row["actions"][0]["value"] = "pending"
    row["actions"][1]["value"] = row["actions"][1]["value"].replace("Hello", "Good day")

    code, out, _ = desk.run("drift", "--env", "prod")
    assert (code, "+ reply: Good day" in out, "- reply: Hello" in out) == (2, True, True)
    code, out, said = desk.run("pull", "--env", "prod")
    assert (code, said) == (0, "")
    assert "-  - status: open  # stays open\n+  - status: pending  # stays open\n" in out
    assert "+        Good day" in out
    assert desk.run("pull", "a", "--env", "prod", "--write")[0] == 0
    assert "# what it does" in path.read_text(encoding="utf-8")
    assert "<< vars.company >>" in path.read_text(encoding="utf-8")
    assert desk.run("drift", "--env", "prod")[0] == 0
    assert desk.run("apply", "--auto", "--env", "prod")[0] == 0
    assert desk.run("plan", "--env", "prod", "--detailed-exitcode")[0] == 0


def test_what_no_patch_can_mend_is_told(desk: Desk) -> None:
    """Deleted and copied macros, and template expressions."""
    desk.macro("a")
    desk.macro("b")
    desk.macro("c", "actions: [{subject: << vars.company >> writes}]")
    assert desk.run("apply", "--auto", "--env", "prod")[0] == 0
    desk.place.world.tables["macros"].drop(desk.place.row("A")["id"])
    desk.theirs("Copy", description=desk.place.row("B")["description"])
    desk.place.row("C")["actions"] = [{"field": "subject", "value": "Other"}]

    code, out, said = desk.run("pull", "--env", "prod")

    assert (code, out) == (0, "")
    assert "a: gone" in said
    assert "b: clone" in said
    assert "holds a template expression" in said


def test_an_edit_in_zendesks_editor_changes_only_its_words(desk: Desk) -> None:
    """The editor stores the plain text beside the rich one; the patch is about the words alone."""
    desk.macro("a", "actions:", "  - reply:", "      public: true", "      markdown: |", "        Hello")
    assert desk.run("apply", "--auto", "--env", "prod")[0] == 0
    row = desk.place.row("A")
    row["actions"][0]["value"] = "<p>Good day</p>"
    row["actions"].append({"field": "comment_value", "value": "Good day"})

    code, out, said = desk.run("pull", "--env", "prod", "--write")

    assert (code, said) == (0, "")
    assert [line for line in out.splitlines()[3:] if line[0] in "+-"] == ["-        Hello", "+        Good day"]
    assert desk.run("drift", "--env", "prod")[0] == 0
