"""Values as JSON and back."""

import json
from collections import Counter, deque
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.sandbox.actors import NewTicket
from deskhand.sandbox.agenda import happening
from deskhand.sandbox.records import EMAIL, Via
from deskhand.sandbox.state.plain import Codec, Unreadable, Unsavable

CLASSES = {NewTicket: frozenset[str](), Via: frozenset[str]()}
_SIMPLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
_KEYS = st.text() | st.integers() | st.tuples(st.text(), st.integers())
_VALUES = st.recursive(
    _SIMPLE | st.binary() | st.sets(st.integers()) | st.frozensets(st.text()) | st.datetimes(timezones=st.just(UTC)),
    lambda inner: (
        st.lists(inner) | st.dictionaries(_KEYS, inner) | st.lists(inner).map(tuple) | st.lists(inner).map(deque)
    ),
)


def _round(value: object, *, world: object = None) -> Any:
    row = Codec(CLASSES, {"world": world}).write(value)
    return Codec(CLASSES, {"world": world}).read(json.loads(json.dumps(row)))


@settings(max_examples=40)
@given(_VALUES)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    """Of the same types, all the way down; texts that JSON finds hard among them."""
    back = _round(value)
    assert back == value
    assert type(back) is type(value)


def test_what_was_one_is_one() -> None:
    """An object that is held twice is held twice after reading, and not copied."""
    shared = {"id": 1}
    first, second, pair = _round([shared, [shared], (shared, shared)])
    assert first is second[0] is pair[0] is pair[1]


def test_dice_fall_on() -> None:
    """A generator goes on where it stood; a queue keeps its bound, a counter counts."""
    dice = Random(5)
    dice.random()
    assert _round(dice).random() == dice.random()
    assert _round(deque([1], maxlen=3)).maxlen == 3
    assert _round(Counter(a=2)) + Counter(a=1) == Counter(a=3)
    assert _round(datetime(2026, 3, 2, tzinfo=UTC)) == datetime(2026, 3, 2, tzinfo=UTC)


@happening
def _noted(world: list[object], *facts: object, **more: object) -> None:
    """A happening of these tests."""
    world.append((facts, more))


def test_a_happening_keeps_its_arguments() -> None:
    """Those of a partial of a partial too; the world it speaks of is the one that reads."""
    world: list[object] = []
    new = NewTicket(1, "s", "b", via=EMAIL, fields={3: "x"})
    happens = _round(partial(partial(_noted, world, new), 2, low=3), world=world)

    happens()

    assert world == [((new, 2), {"low": 3})]


@pytest.mark.parametrize("value", [lambda: None, print, object(), 1j, [{"deep": (object(),)}]])
def test_what_is_not_listed_is_not_written(value: object) -> None:
    """It is named instead."""
    with pytest.raises(Unsavable):
        Codec(CLASSES, {}).write(value)


@pytest.mark.parametrize(
    "row",
    [
        {"~": "Popen", "of": {}}, {"~": "call", "name": "os:system", "of": ["id"], "named": {}}, {"~": "call"}, {"~": "Via", "of": {"odd": 1}}, {"~": "again", "of": 9},
        {"~": "party", "of": "os"}, {"~": None}, {"~": "random", "of": [1]}, {"~": "tuple", "of": None}, {"~": "instant", "of": "x"}, {"~": "deque", "of": []},
    ],
)  # fmt: skip
def test_what_is_not_listed_is_not_made(row: object) -> None:
    """Whatever stands in a file: no class, function or object but those that were listed."""
    with pytest.raises(Unreadable):
        Codec(CLASSES, {}).read(row)
