"""The promises of reliability (R) and security (S), row by row: what each is about, and which tests hold it.

A test that holds a row names it in its docstring, as in "R5: ...". `scripts/trials --list` runs them and prints what came of each row.
"""

import ast
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from tests.source import ROOT

ROWS: Final[Mapping[str, str]] = {
    "R1": "the process is killed at random instants",
    "R2": "the process dies before or after any commit or send",
    "R3": "seeded simulation of the whole worker",
    "R4": "no answer, though the write was done",
    "R5": "429 with every kind of Retry-After",
    "R6": "answers that are broken in every way",
    "R7": "pages that are repeated, empty, stuck or lead elsewhere",
    "R8": "jobs that fail in part, get lost or never end",
    "R9": "two leaders",
    "R10": "the disk is full",
    "R11": "the database is down",
    "R12": "Zendesk is down for hours",
    "R13": "a channel is down",
    "R14": "clocks that are stepped, and changes of clocks",
    "R15": "a mistake in a policy",
    "R16": "something else undoes what we do",
    "R17": "a day's soak",
    "R18": "upgrade and rollback",
    "R19": "restore of a backup",
    "R20": "SIGTERM",
    "S1": "no secret in anything that is shown or kept",
    "S2": "what a ticket says is data",
    "S3": "only hosts of the settings are spoken to, and none that lead inside",
    "S4": "YAML without code and bombs",
    "S5": "regular expressions cannot hang",
    "S6": "inbound webhooks are verified",
    "S7": "least privilege",
    "S8": "pages and metrics are closed by default",
    "S9": "the environment cannot redirect credentials",
    "S10": "personal data is kept short",
    "S11": "supply chain, and tests without a network",
    "S12": "a second person signs",
}
NOT_YET: Final[Mapping[str, str]] = {
    "R9": "a second worker on the database is refused; there is no fail-over",
    "R11": "needs a server that goes away for minutes",
    "R17": "needs a day",
    "S8": "a token is asked for; the rest comes with the status page",
}
"""Rows that no test holds as a whole, with what is missing. Some of their parts have tests already."""

_TRIALS: Final = "tests/trials/test_trials.py::test_every_promise_holds_whatever_goes_wrong"
ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "R2": (_TRIALS,),
    "R3": (_TRIALS,),
    "R14": ("tests/core/test_calendar.py::test_dst_gap_and_overlap", "tests/oracles/test_watcher.py::test_calendars_agree_with_a_watcher"),
}  # fmt: skip
"""Tests that hold a row among much else, and do not name it."""

_BEGINS: Final = re.compile(r'"""[RS]\d')
_NAME: Final = re.compile(r"\b([RS]\d{1,2})(?=[:, ])")


@cache
def named() -> dict[str, list[str]]:
    """Rows with the tests of the default run whose docstrings begin with their names, as pytest calls them."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body if _BEGINS.search(text) else ():
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not _slow(node):
                head = (ast.get_docstring(node) or "").partition(":")[0]
                for row in _NAME.findall(f"{head}:") if head[:1] in "RS" and head[1:2].isdigit() else ():
                    found[row].append(f"{file.relative_to(ROOT).as_posix()}::{node.name}")
    return dict(found)


def _slow(node: ast.FunctionDef) -> bool:
    return any("slow" in ast.unparse(one) for one in node.decorator_list)


def states() -> dict[str, str]:
    """Runs the tests that hold the rows; each row with pass, fail or not yet."""
    tests = {row: [*found, *ALSO.get(row, ())] for row, found in named().items()}
    failed, ran = run(sorted({test for row in tests if row not in NOT_YET for test in tests[row]}))
    found: dict[str, str] = {}
    for row in ROWS:
        mine = set(tests.get(row, ()))
        held = bool(mine & ran) and not mine & failed
        found[row] = "not yet" if row in NOT_YET else "pass" if held else "fail"
    return found


def run(tests: list[str]) -> tuple[set[str], set[str]]:
    """Those that failed, and those that ran to a good end at least once."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        cases = list(ET.parse(report).iter("testcase")) if report.exists() else []
    failed, ran = set[str](), set[str]()
    for case in cases:
        test = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(test)
        elif case.find("skipped") is None:
            ran.add(test)
    return failed, ran
