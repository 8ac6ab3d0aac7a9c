"""Logs: one vocabulary, and no secret."""

import ast
import json
import logging
from typing import Literal

import pytest

from deskhand import logs
from tests.source import FILES, tree

LEVELS = {"debug", "info", "warning", "error"}


def _events() -> set[str]:
    """Every event name that is logged anywhere; a name that is not a literal would stand here as an empty text."""
    found: set[str] = set()
    for file in FILES:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.Call) and _logs(node.func):
                first = node.args[0]
                found.add(str(first.value) if isinstance(first, ast.Constant) else "")
    return found


def _logs(function: ast.expr) -> bool:
    """Whether this is `log.info` or one of its kind."""
    return (
        isinstance(function, ast.Attribute)
        and function.attr in LEVELS
        and isinstance(function.value, ast.Name)
        and function.value.id == "log"
    )


def test_every_event_is_in_the_vocabulary_and_none_is_idle() -> None:
    """A log is a data set: its names are known, and each is used."""
    assert _events() == set(logs.EVENTS)


@pytest.mark.parametrize("name", ["client_secret", "api_token", "Authorization", "password", "routing_key"])
def test_a_field_that_is_called_a_secret_is_hidden(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """S1: whatever is handed to the log under such a name."""
    logs.configure("json", "INFO")

    logs.get("deskhand.x").info("worker_started", **{name: "canary", "run": "r1"})

    line = json.loads(capsys.readouterr().err)
    assert line[name] == "***"
    assert (line["run"], line["event"], line["level"]) == ("r1", "worker_started", "info")


def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    """S1: they hold customers' words and credentials."""
    logs.configure("json", "INFO")
    try:
        _fail(["ca", "nary"])
    except ValueError as error:
        logs.get("deskhand.x").error("job_failed", exc_info=error)

    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "canary" not in told


def _fail(parts: list[str]) -> None:
    """Fail with a local variable that nobody should see."""
    words = "".join(parts)
    raise ValueError(f"{len(words)} characters")


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_line_is_one_line_that_no_terminal_obeys(
    form: Literal["console", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    """S2: words of a ticket in a reason colour nothing, and pass for no other line."""
    logs.configure(form)

    logs.get("deskhand.x").warning(
        "write_dead", reason="\x1b[31mred\x1b[0m\nerror event=store_full \u202e\x9b", fine="all well"
    )

    told = capsys.readouterr().err
    assert not set("\x1b\x9b\u202e") & set(told)
    assert told.count("\n") == 1
    assert "all well" in told


def test_a_library_may_be_held_to_its_errors() -> None:
    """Raw lines among ours are read by no program, and by people at night as if they were of account."""
    logs.only_errors("library.of.ours")

    one = logging.getLogger("library.of.ours.part")
    assert (one.isEnabledFor(logging.WARNING), one.isEnabledFor(logging.ERROR)) == (False, True)
