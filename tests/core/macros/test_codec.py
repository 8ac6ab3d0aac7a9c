"""Items and bindings as JSON."""

import json

from hypothesis import given

from deskhand.core.macros.codec import binding_of, item_of, plain
from deskhand.core.macros.plan import plan
from deskhand.core.macros.value import Macro
from tests.core.macros.makers import MACROS, bound, live, macro, sides, want


@given(MACROS, MACROS)
def test_an_item_written_as_json_comes_back(one: Macro, other: Macro) -> None:
    """With its changes and everything else."""
    for item in plan(sides([want("a", one), want("b")], [bound("a", 1, other)], [live(1, other, "a")])):
        assert item_of(json.loads(json.dumps(plain(item)))) == item


def test_a_binding_written_as_json_comes_back() -> None:
    """What a newer version added is left out."""
    made = bound("a", 1, macro(), inputs=(("a.yaml", "f"),), files=((3, "x.pdf 9f"),))

    assert binding_of(json.loads(json.dumps(plain(made) | {"later": 1}))) == made
