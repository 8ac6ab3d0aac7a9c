"""Severity levels and where a ticket keeps its own."""

import pytest

from deskhand.core.severity import Binding, moved
from tests.core.builders import BINDING, ticket


@pytest.mark.parametrize(
    ("level", "by", "to"),
    [("p3", 1, "p2"), ("p2", 1, "p1"), ("p1", 1, "p1"), ("p3", -1, "p4"), ("p4", -2, "p4"), ("p4", 3, "p1")],
)
def test_a_level_moves_by_steps_and_stays_within_the_ends(level: str, by: int, to: str) -> None:
    """Raising goes towards P1."""
    assert moved(level, by) == to


def test_the_priority_gives_the_severity() -> None:
    """A ticket without priority has none."""
    assert BINDING.read(ticket(priority="urgent")) == "p1"
    assert BINDING.read(ticket(priority=None)) is None
    assert BINDING.write("p2") == ("priority", "high")


def test_a_custom_field_may_hold_the_severity_under_any_of_its_names() -> None:
    """Aliases count, whatever their case."""
    binding = Binding("field.severity", {"p1": "sev_1"}, {"sev_1": "p1", "sev-1": "p1"})

    assert binding.read(ticket(fields={"severity": "SEV-1"})) == "p1"
    assert binding.read(ticket(fields={"severity": "nonsense"})) is None
    assert binding.write("p1") == ("field.severity", "sev_1")
