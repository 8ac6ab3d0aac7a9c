"""The marker in a macro's description."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.macros.marker import Marker, Owner, parse, written

NAMES = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True)
MARKERS = st.one_of(
    st.builds(Marker, st.builds(Owner, NAMES, NAMES), NAMES, st.integers(1, 10**17)),
    st.builds(
        Marker, st.builds(Owner, NAMES, NAMES), NAMES, st.none(), st.from_regex(r"[0-9a-f]{1,16}", fullmatch=True)
    ),
)


def test_a_marker_is_one_line_that_people_can_read() -> None:
    """It names the installation, the key, the environment and the macro itself."""
    marker = Marker(Owner("acme", "prod"), "refund-approved", 360111)

    assert written("For refunds.", marker) == "For refunds.\n\nmanaged: acme/refund-approved env=prod id=360111 v1"


@given(MARKERS, st.text(max_size=30).map(lambda text: text.rstrip()))
def test_what_is_written_can_be_read_back(marker: Marker, description: str) -> None:
    """Text and marker come apart as they were put together."""
    assert parse(written(description, marker)) == (description, marker)


@pytest.mark.parametrize(
    "text", [None, "", "managed by Ana", "managed: acme env=prod v1", "managed: Acme/X env=p id=1 v1"]
)
def test_what_is_no_marker_is_description(text: str | None) -> None:
    """Nothing is guessed."""
    assert parse(text) == (text or "", None)


def test_words_written_after_the_marker_stay() -> None:
    """Somebody may add a sentence below it."""
    marker = Marker(Owner("acme", "prod"), "a", 7)

    assert parse(f"One.\n\n{marker}\nTwo.") == ("One.\nTwo.", marker)


def test_the_key_of_a_locale_can_be_read_back() -> None:
    """One macro per locale has keys such as a@de."""
    marker = Marker(Owner("acme", "prod"), "a@pt-BR", 7)

    assert parse(str(marker)) == ("", marker)
