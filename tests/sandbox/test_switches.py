"""Options and limits set by name."""

import pytest

from deskhand.errors import UsageError
from deskhand.sandbox import Limits, Options
from deskhand.sandbox.switches import NAMES, switched


def test_each_pair_sets_what_it_names() -> None:
    """Numbers, choices, truth values, none, and limits; what is not named keeps its usual value."""
    options, limits = switched(
        ["hold_back=300", "group_change=refuse", "export_slas=yes", "cursor_life=none", "job_row=0.5", "no_slas_status=404", "locales=en-US,de",
         "limits.account=5"]
    )  # fmt: skip

    assert options == Options(
        hold_back=300,
        group_change="refuse",
        export_slas=True,
        cursor_life=None,
        job_row=0.5,
        no_slas_status=404,
        locales="en-US,de",
    )
    assert limits == Limits(account=5)


def test_a_later_pair_wins() -> None:
    """As on any command line."""
    assert switched(["hold_back=1", "hold_back=2"])[0].hold_back == 2


@pytest.mark.parametrize(
    ("pair", "words", "hint"),
    [
        ("holdback=3", "there is no option 'holdback'", "Did you mean 'hold_back'?"),
        ("zzz=3", "there is no option 'zzz'", "limits.account"),
        ("hold_back", "a value is missing", "--set hold_back=VALUE"),
        ("hold_back=-1", "'-1' is no value", "a whole number from 0 on"),
        ("hold_back=soon", "'soon' is no value", "a whole number from 0 on"),
        ("group_change=maybe", "'maybe' is no value", "clear or refuse"),
        ("export_slas=2", "'2' is no value", "true or false"),
        ("job_row=inf", "'inf' is no value", "a number from 0 on"),
    ],
)
def test_a_mistake_is_told_with_what_to_write(pair: str, words: str, hint: str) -> None:
    """The pair, what is wrong with it, and what the option takes."""
    with pytest.raises(UsageError) as caught:
        switched([pair])
    assert words in str(caught.value)
    assert hint in caught.value.hint


def test_every_option_has_a_name() -> None:
    """None is left out, so that each unknown of Zendesk's can be switched from the command line."""
    assert {"archive_after", "search_lag", "limits.jobs"} <= set(NAMES)
