"""The whole check of a folder, as `deskhand check` shows it: what is wrong, and what came of the tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deskhand.core.calendar import Calendar
from deskhand.documents.load import Loaded, load_policies
from deskhand.documents.problems import Problem, errors, ordered
from deskhand.documents.rule_tests import TestResult, run_tests


@dataclass(frozen=True, slots=True)
class Report:
    """`problems` holds those of loading and those of failed tests, sorted by place; `results` one entry per test run."""

    loaded: Loaded
    problems: tuple[Problem, ...]
    results: tuple[TestResult, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error and every test passed; warnings are allowed."""
        return not errors(self.problems)

    @property
    def rules(self) -> int:
        """How many rules were loaded; 0 where an error kept them from it."""
        return len(self.loaded.policy.rules) if self.loaded.policy else 0


def check(folder: Path, *, schedules: Mapping[str, Calendar] | None = None) -> Report:
    """Load a folder and run its tests. Never raises for what the files hold."""
    loaded = load_policies(folder, schedules=schedules)
    results = tuple(run_tests(loaded))
    failed = [problem for result in results for problem in result.problems]
    return Report(loaded, ordered([*loaded.problems, *failed]), results)
