"""What a terminal is shown: our own colours, and nothing that others put there."""

import io
import json

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deskhand.cli.harmless import Harmless
from deskhand.cli.output import console, print_json

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31mred\u202egnp.exe\x08 <b>"


def _shown(*things: object, terminal: bool) -> str:
    out = Console(file=io.StringIO(), force_terminal=terminal, highlight=False, width=80)
    out.push_render_hook(Harmless())
    for one in things:
        out.print(one, markup=False)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_no_sequence_of_others_reaches_the_terminal() -> None:
    """S2: in a text, in a styled text and in a table alike; what is seen of it stays."""
    table = Table("a", title=EVIL)
    table.add_row(EVIL)

    for one in (EVIL, Text(EVIL), table):
        shown = _shown(one, terminal=False)
        assert not set("\x1b\x07\x9b\x08\u202e") & set(shown)
        assert "]0;owned[2J31mredgnp.exe <b>" in shown


def test_our_own_colours_stay() -> None:
    """On a terminal."""
    assert _shown(Text("red", style="red"), terminal=True) == "\x1b[31mred\x1b[0m\n"


def test_every_console_of_the_commands_is_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    """They share one way to make it, on both outputs."""
    console().print(EVIL, markup=False)
    console(error=True).print(EVIL, markup=False)

    assert "\x1b" not in "".join(capsys.readouterr())


def test_json_says_the_same_with_nothing_unseen_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Escapes of JSON mean what they stand for; half a character can be printed too."""
    print_json({"said": EVIL + "\ud83d", "umlaut": "ü"})

    out = capsys.readouterr().out
    assert not set("\x1b\x07\x9b\x08\u202e") & set(out)
    assert json.loads(out) == {"said": EVIL + "\ud83d", "umlaut": "ü"}
    assert "ü" in out
