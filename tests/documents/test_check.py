"""The whole check of a folder, and the shipped policies under it."""

import re
from collections import Counter
from pathlib import Path

import pytest

from deskhand.core.act import word
from deskhand.core.policy import AssignTo, SetTo
from deskhand.documents import CHECKS, check, load_text, run_tests
from deskhand.documents.check import Report
from deskhand.documents.models_rule import ActionModel, RuleModel
from deskhand.documents.vocabulary import BOUNDS, CLOCK_STATES, CONDITION_WORDS, INSTANT_WORDS, OPS
from tests.documents.words import SHIPPED


@pytest.fixture(scope="module")
def shipped() -> Report:
    """What is said of the shipped policies."""
    return check(SHIPPED)


def test_the_shipped_policies_are_right(shipped: Report) -> None:
    """No error, no warning, every test passes."""
    assert [str(problem) for problem in shipped.problems] == []
    assert shipped.ok
    assert all(result.passed for result in shipped.results)


def test_each_shipped_rule_has_a_test_that_fires_and_one_that_does_not(shipped: Report) -> None:
    """And each has a description."""
    assert shipped.loaded.policy is not None
    for rule in shipped.loaded.policy.rules:
        tests = [test for test in shipped.loaded.tests if test.rule == rule.id]
        assert rule.description
        assert {test.expect.nothing for test in tests} == {True, False}, rule.id


def test_the_shipped_policies_use_every_kind_of_effect(shipped: Report) -> None:
    """So that the demo shows them all."""
    assert shipped.loaded.policy is not None
    actions = [action for rule in shipped.loaded.policy.rules for action in rule.then]
    used = Counter(word(action) for action in actions)
    sets = {action.field.startswith("field.") for action in actions if isinstance(action, SetTo)}

    assert set(used) == {
        "set", "add_tags", "remove_tags", "assign", "raise_severity", "lower_severity", "internal_note", "add_follower", "notify",
        "engage", "brief", "escalate", "file_issue", "publish",
    }  # fmt: skip
    assert sets == {True, False}
    assert any(action.group for action in actions if isinstance(action, AssignTo))
    assert any(action.assignee for action in actions if isinstance(action, AssignTo))


def test_every_shipped_file_names_its_schema() -> None:
    """Editors help with the first line, and the schema beside it is today's (see test_schema)."""
    for path in SHIPPED.glob("*.yaml"):
        assert path.read_text(encoding="utf-8").startswith(
            "# yaml-language-server: $schema=./policies.schema.json\n"
        ), path.name


def test_a_failed_test_is_an_error_of_the_folder(tmp_path: Path) -> None:
    """Though the policy itself loads."""
    (tmp_path / "a.yaml").write_text(
        "rules:\n- id: r\n  description: d\n  when: always\n  then: {add_tags: a}\n  tests:\n"
        "  - {name: t, ticket: {}, at: 2026-03-02T09:00Z, expect: nothing}\n"
        "  - {name: u, ticket: {}, at: 2026-03-02T09:00Z, expect: {tags: {added: a}}}\n",
        encoding="utf-8",
    )
    report = check(tmp_path)

    assert not report.ok
    assert report.rules == 1
    assert [result.passed for result in report.results] == [False, True]
    assert [problem.check for problem in report.problems] == ["test-failed"]


def test_warnings_do_not_fail_a_folder(tmp_path: Path) -> None:
    """They are told all the same."""
    (tmp_path / "a.yaml").write_text("rules: [{id: r, when: always, then: {add_tags: a}}]\n", encoding="utf-8")
    report = check(tmp_path)

    assert report.ok
    assert [problem.weight for problem in report.problems] == ["warning", "warning"]


def test_a_broken_folder_has_no_rules_and_runs_no_tests(tmp_path: Path) -> None:
    """All or nothing."""
    (tmp_path / "a.yaml").write_text("rules: [", encoding="utf-8")
    report = check(tmp_path)

    assert (report.ok, report.rules, report.results) == (False, 0, ())


README = SHIPPED / "README.md"
BLOCKS = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_every_example_of_the_readme_loads_and_passes(number: int) -> None:
    """Together with the shipped severities, without an error; that nobody is paged for these is no matter of an example."""
    files = {"example.yaml": BLOCKS[number], "severity.yaml": (SHIPPED / "severity.yaml").read_text(encoding="utf-8")}
    if "severity:" in BLOCKS[number].splitlines():
        files["severity.yaml"] = files["severity.yaml"].split("severity:\n")[0]
    loaded = load_text(files)

    assert loaded.policy is not None, [str(problem) for problem in loaded.problems]
    assert [problem.check for problem in loaded.problems if problem.check not in ("unused", "unserved-severity")] == []
    assert all(result.passed for result in run_tests(loaded))


def test_the_readme_lists_every_check_as_it_is() -> None:
    """With its weight and its sentence, and no check that is not there."""
    rows = re.findall(
        r"^\| `([a-z-]+)` \| (error|warning) \| (.+) \|$", README.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert {check: (weight, text) for check, weight, text in rows} == CHECKS


def test_the_readme_names_every_word_of_the_language() -> None:
    """Every condition, comparison, action, instant and field."""
    text = README.read_text(encoding="utf-8")
    words = {
        *CONDITION_WORDS,
        *OPS,
        *BOUNDS,
        *CLOCK_STATES,
        *INSTANT_WORDS,
        *ActionModel.model_fields,
        *RuleModel.model_fields,
    }

    assert sorted(word for word in words if not re.search(rf"\b{word}\b", text)) == []
