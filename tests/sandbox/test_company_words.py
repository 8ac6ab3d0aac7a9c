"""What the people of the demo company write."""

import pytest

from deskhand.sandbox.company_people import GROUPS
from deskhand.sandbox.company_settings import AREAS, ISSUE_TYPES
from deskhand.sandbox.company_words import KINDS, Kind

SLOTS = {"feature": "f", "site": "s", "count": 2, "hour": "9:00", "invoice": "i"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.issue_type)
def test_every_kind_can_be_written(kind: Kind) -> None:
    """Its issue type, areas and group exist, and its texts have no slot that is not filled."""
    written = [text.format(**SLOTS) for pair in kind.texts for text in pair]

    assert kind.issue_type in ISSUE_TYPES
    assert set(kind.areas) <= set(AREAS)
    assert kind.group in GROUPS
    assert not any("{" in text for text in written)


def test_every_issue_type_is_written_about() -> None:
    """No option of the field stays unused."""
    assert {kind.issue_type for kind in KINDS} == set(ISSUE_TYPES)
