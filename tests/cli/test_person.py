"""In whose name a command is typed."""

import os
import pwd

import pytest

from deskhand.cli.person import person
from deskhand.errors import UsageError


def test_nobody_can_pass_for_another_user_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """S12: whatever the environment says, and whatever name is given, the machine's user stands there."""
    me = pwd.getpwuid(os.getuid()).pw_name
    for name in ("LOGNAME", "USER", "SUDO_USER"):
        monkeypatch.setenv(name, "ann")

    assert person() == person("  ") == me
    assert person(" Ann Lee <ann@example.com> ") == f"Ann Lee <ann@example.com> (as {me})"


def test_a_user_without_a_name_is_told_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs under any number."""
    monkeypatch.setattr(os, "getuid", lambda: 987_654_321)

    assert person() == "uid 987654321"


@pytest.mark.parametrize("name", ["two\nlines", "\x1b[31m", "x" * 101])
def test_what_is_no_name_is_refused(name: str) -> None:
    """Before anything is done."""
    with pytest.raises(UsageError, match="--by is no name"):
        person(name)
