"""Problems as lines, and the catalogue of checks."""

import re
from pathlib import Path

from deskhand.documents.problems import CHECKS, Problem, listed, near, ordered

SOURCE = Path(__file__).parents[2] / "src" / "deskhand" / "documents"


def test_a_problem_is_one_line_with_place_hint_and_check() -> None:
    """The form is the one that editors and people know."""
    problem = Problem(
        "policies/routing.yaml", 12, 7, "rule 'x': unknown group 'Netwrok'", "unknown-group", "did you mean 'Network'?"
    )

    assert str(problem) == (
        "policies/routing.yaml:12:7: rule 'x': unknown group 'Netwrok' (did you mean 'Network'?) [unknown-group]"
    )


def test_a_warning_says_that_it_is_one() -> None:
    """Its weight stands before the message."""
    assert str(Problem("a.yaml", 1, 1, "has no tests", "no-tests")) == "a.yaml:1:1: warning: has no tests [no-tests]"


def test_problems_are_sorted_by_place_and_told_once() -> None:
    """By file, then line, then column, as numbers."""
    one, two, three = (Problem("a", line, 2, "m", "bad-value") for line in (2, 10, 100))

    assert ordered([three, two, one, two]) == (one, two, three)


def test_every_check_is_named_in_kebab_case_and_explained() -> None:
    """Ids are words with hyphens, explanations are one sentence."""
    for check, (_, about) in CHECKS.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check)
        assert about.endswith(".")


def test_every_check_is_used_and_every_used_check_is_known() -> None:
    """The catalogue is neither too long nor too short: each id stands in the source beside it."""
    words = {
        word
        for path in SOURCE.glob("*.py")
        if path.name != "problems.py"
        for word in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', path.read_text(encoding="utf-8"))
    }
    families = {
        f"unknown-{what}" for what in ("clock", "calendar", "note", "role", "channel", "ladder", "announcement")
    }

    # `unused` is one word, so it is looked for by itself.
    assert set(CHECKS) - words - families == {"unused"}


def test_a_hint_names_what_is_close_whatever_its_capitals() -> None:
    """Nothing is suggested where nothing is close."""
    assert near("netwrok", ["Network", "Billing"]) == "did you mean 'Network'?"
    assert near("zzz", ["Network", "Billing"]) == ""


def test_words_are_listed_as_people_do() -> None:
    """With commas, and a word before the last."""
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b or c"
