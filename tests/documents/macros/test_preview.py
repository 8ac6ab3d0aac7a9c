"""A reply as the customer would see it."""

from pathlib import Path

from deskhand.documents.macros.compile import compile_folder
from deskhand.documents.macros.folder import read_folder
from deskhand.documents.macros.preview import fixture, preview
from tests.core.macros.makers import macro
from tests.source import ROOT


def test_placeholders_are_filled_in_and_blanks_named() -> None:
    """A typo is visible before a customer sees a hole."""
    made = macro(
        "T",
        (
            "comment_value_html",
            "<p>Hi {{ticket.requester.name}},</p><p>{{ticket.idd}} {% if ticket.id > 3 %}big{% endif %} [when?]</p>",
        ),
    )
    shown = preview(made, {"ticket": {"id": 4, "requester": {"name": "Zoe"}}})

    assert shown.lines == ("Hi Zoe,", "big [when?]")
    assert shown.blanks == ("ticket.idd",)
    assert shown.gaps == ("[when?]",)


def test_broken_liquid_is_told() -> None:
    """In words, not as a traceback."""
    assert preview(macro("T", ("comment_value", "{% if x %}")), {}).error


def test_the_shipped_macros_have_no_blanks_on_the_shipped_ticket() -> None:
    """Every placeholder they use has a value there."""
    values, problems = fixture(ROOT / "macros/fixtures/ticket.yaml")
    wants = compile_folder(read_folder(ROOT / "macros"), "prod").wants

    assert problems == ()
    assert {want.key: preview(want.macro, values).blanks for want in wants} == {want.key: () for want in wants}


def test_a_fixture_that_is_no_mapping_is_a_problem(tmp_path: Path) -> None:
    """So is one that is not there."""
    (tmp_path / "x.yaml").write_text("- a", encoding="utf-8")

    assert fixture(tmp_path / "x.yaml")[1]
    assert fixture(tmp_path / "y.yaml")[1]
