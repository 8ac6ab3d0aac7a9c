"""How much change is too much."""

import pytest

from deskhand.core.macros.limits import excesses
from deskhand.core.macros.plan import Item, Kind
from tests.core.macros.makers import macro


def items(updates: int = 0, deactivations: int = 0, deletes: int = 0) -> list[Item]:
    """So many of each."""
    counts: dict[Kind, int] = {"update": updates, "deactivate": deactivations, "delete": deletes}
    return [Item(kind, f"{kind}-{n}", "t", n) for kind, count in counts.items() for n in range(count)]


@pytest.mark.parametrize(
    ("managed", "found", "passed"),
    [
        (100, {"updates": 30}, ()),
        (100, {"updates": 31}, ("update",)),
        (1000, {"updates": 50}, ()),
        (1000, {"updates": 51}, ("update",)),
        (9, {"updates": 9, "deactivations": 5}, ()),
        (9, {"deactivations": 6}, ("deactivate",)),
        (10, {"updates": 4}, ("update",)),
        (40, {"deactivations": 5}, ("deactivate",)),
        (60, {"deactivations": 5}, ()),
        (100, {"deletes": 1}, ("delete",)),
    ],
)
def test_a_count_and_a_share_whichever_is_met_first(
    managed: int, found: dict[str, int], passed: tuple[str, ...]
) -> None:
    """Small sets are held to counts alone."""
    assert tuple(one.sort for one in excesses(items(**found), managed)) == passed


def test_an_override_names_the_number() -> None:
    """It allows that many and not one more."""
    assert excesses(items(deletes=2), 100, {"delete": 2}) == ()
    (excess,) = excesses(items(deletes=3), 100, {"delete": 2})

    assert "--allow-delete=3" in str(excess)


def test_an_update_that_deactivates_counts_as_that() -> None:
    """Whether the template says so or is gone."""
    item = Item("update", "a", "t", 1, live=macro(), after=macro(active=False))

    assert [one.sort for one in excesses([item] * 2, 10)] == ["deactivate"]
