"""The account's own names: how long they are trusted, and what serves while they cannot be read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from deskhand.errors import AccessRefused, DeskError, Transient
from deskhand.zendesk.directory import AGAIN, LIFETIME, LONGEST, Directory
from tests.http.canned import NOW, Canned, answer
from tests.zendesk.places import gateway

EMPTY = {"meta": {"has_more": False}}
REST = ("brands", "ticket_forms", "custom_statuses", "sla_policies")


def lists(group: str) -> list[tuple[int, bytes, dict[str, str]]]:
    """An account with one group."""
    paged = [answer(200, {"groups": [{"id": 1, "name": group}], **EMPTY})]
    paged += [answer(200, {"users": [], **EMPTY})] * 2
    return [*paged, answer(200, {"ticket_fields": []}), *(answer(200, {name: []}) for name in REST)]


@dataclass
class Desk:
    """A directory over canned answers, with its own clock."""

    canned: Canned = field(default_factory=Canned)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.directory = Directory(gateway(self.canned), lambda: self.now)

    def groups(self, after: timedelta, *answers: tuple[int, bytes, dict[str, str]]) -> list[str]:
        """The groups that it knows later, when the account answers like this."""
        self.now += after
        self.canned.answers, self.canned.asked = list(answers), []
        return list(self.directory.names.group_ids)


def test_names_are_read_again_after_six_hours() -> None:
    """Until then nothing is asked."""
    desk = Desk()
    assert desk.groups(timedelta(0), *lists("Support")) == ["Support"]
    assert desk.groups(LIFETIME) == ["Support"]
    assert desk.groups(timedelta(seconds=1), *lists("First line")) == ["First line"]


def test_old_names_serve_while_the_lists_cannot_be_read() -> None:
    """For a day, and a minute passes before they are asked for again; then the failure is told."""
    desk, away = Desk(), [answer(503)] * 5
    desk.groups(timedelta(0), *lists("Support"))

    assert desk.groups(LIFETIME + AGAIN, *away) == ["Support"]
    assert len(desk.canned.asked) == 5
    assert desk.groups(AGAIN / 2) == ["Support"]
    assert desk.canned.asked == []
    assert desk.groups(AGAIN, *away) == ["Support"]
    with pytest.raises(Transient):
        desk.groups(LONGEST, *away)
    assert desk.groups(AGAIN, *lists("First line")) == ["First line"]


@pytest.mark.parametrize(("status", "error"), [(503, Transient), (403, AccessRefused)])
def test_without_names_and_without_permission_nothing_serves(status: int, error: type[DeskError]) -> None:
    """A first reading has to succeed, and credentials that are refused are no matter of patience."""
    desk = Desk()
    if error is AccessRefused:
        desk.groups(timedelta(0), *lists("Support"))

    with pytest.raises(error):
        desk.groups(LIFETIME * 2, *[answer(status, {"error": "Forbidden"})] * 5)
