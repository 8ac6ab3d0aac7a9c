"""A plan as a file."""

import json

import pytest

from deskhand.app.macros.document import read, written
from deskhand.errors import MacrosError, PlanOutdated
from tests.app.macros.places import Place
from tests.core.macros.makers import macro, want


def test_a_plan_comes_back_from_its_file() -> None:
    """Whole, with the same digest."""
    plan = Place().plan([want("a", macro("A", ("side_conversation", ["x", 1])))], allowed={"update": 3})

    again = read(written(plan), "p")

    assert again == plan
    assert again.digest == plan.digest


def test_a_plan_that_was_changed_is_refused() -> None:
    """What is applied is what was reviewed."""
    raw = json.loads(written(Place().plan([want("a", macro("A"))])))
    raw["items"][0]["after"]["title"] = "Something else"

    with pytest.raises(PlanOutdated, match="was changed after it was made"):
        read(json.dumps(raw), "p")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"plan": 1}', '{"plan": 99, "digest": ""}', "no"])
def test_what_is_no_plan_is_told_so(text: str) -> None:
    """With what to do."""
    with pytest.raises(MacrosError) as told:
        read(text, "p.json")

    assert "deskhand macros plan --out" in told.value.hint
