"""The requirements of escalation that the worker has to meet, row by row: what each asks for, and which tests hold it.

A test that holds a row says so by a mark: `@pytest.mark.requirement(16, 17)`. It shows what the product does - the shipped policies judged, a folder
checked, the whole worker at work on the sandbox - and not only what a file contains. `scripts/requirements` lists the rows with their tests;
`scripts/requirements --run` runs those and says which rows pass. A row without a test is missing, and the script's exit code is 1.

Rows that only people can meet (42, 50) are here with their mark, so that the numbers are whole; 56 to 81 and from 89 on come with incidents.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from tests.source import ROOT

PEOPLE: Final = frozenset({"R", "H"})
"""Marks of what people do, and the worker at most reminds of. W is done by the worker, L by a check of the files."""


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement: its number, its mark (`W`, `L`, `W L`, `R`, ...), and what it is about."""

    number: int
    mark: str
    words: str

    @property
    def ours(self) -> bool:
        """Whether the worker or a check has to meet it."""
        return not set(self.mark.replace("/", " ").split()) <= PEOPLE


_A_TO_E: Final = (
    ("W L", "the severity policy is a file: P1 to P4, seven keys each"),
    ("W", "P1: 15 min, 4 h, pages, tells lead, engineer on call and director, updates every 30 min, status page"),
    ("W", "P2: 60 min, 8 h, pages in business hours, tells the lead, updates every 4 h, status page case by case"),
    ("W", "P3: 240 min, 48 h, pages and tells nobody, daily updates"),
    ("W", "P4: 1440 min, a week, pages and tells nobody, weekly updates"),
    ("W L", "the words and types that the severity policy may use"),
    ("W", "P1 is unavailability, or one customer's material impact"),
    ("W", "P2 is a broken major feature with a workaround, or an enterprise deadline within 24 h"),
    ("W", "P3 is an inconvenience; P4 is cosmetic"),
    ("W", "acknowledgement, first update, mitigation and status messages of three levels"),
    ("W", "mitigation with the time of the next update meets the target"),
    ("W", "business hours and days: calendar, zone, holidays"),
    ("W L", "other names of the levels: SEV-1, Severity 1, Critical"),
    ("W", "severities and rules as a page that everybody finds"),
    ("W", "SLAs are measured by fields and instants of the ticket"),
    ("W", "more than half of the SLA used up raises a P2 or P3 by one level"),
    ("W", "neither P1 nor P4 is raised by burn"),
    ("W", "an enterprise customer with an impact: the CSM is told, by id"),
    ("W", "reproduced and a suspected bug: L3 of the area is asked, without a page"),
    ("W", "anything else is handled where it is"),
    ("W", "a result: ticket, actions with types and figures"),
    ("W", "each decision is kept with rule, inputs, thresholds and outcome, and explained"),
    ("W L", "technical, severity and stakeholder escalations are kept apart"),
    ("W L", "a low severity reaches no executive"),
    ("W", "when to escalate: technical, complexity, impact, business, time, a pattern of three customers"),
    ("W", "targets: L2, engineering, product, security at once, leadership"),
    ("W", "what a kind of ticket requires holds its escalation back and is asked for"),
    ("W", "a page only when the impact is confirmed"),
    ("H/W", "no words to customers without a person"),
    ("W", "Sev1 with impact on production: triage and impact confirmed in 15 min"),
    ("W", "Sev1 without a mitigation plan in 30 min: incident commander"),
    ("W", "Sev1 without a hypothesis in 60 min: specialist"),
    ("W", "Sev2 without a workaround in 4 h: specialist"),
    ("W", "Sev3: escalated only when the workaround fails or a new impact appears"),
    ("W", "security goes to its owner at once, at any hour"),
    ("L", "a row of the matrix names issue type, owner, next owner and trigger"),
    ("W", "the matrix as one page"),
    ("W", "hierarchical, functional and hybrid paths"),
    ("W", "one rung at a time; a skip only with proof"),
    ("W", "network outage: specialists at once, the commander keeps comms"),
    ("W", "thresholds by type, or by a field"),
    ("R", "the matrix is reviewed after each major incident"),
    ("W", "Sev1 without an acknowledged update in 15 min: the commander is told and on-call paged"),
    ("W", "Sev1 without an engineer after 30 min: to the engineers on call"),
    ("W", "Sev1 without a customer update for 60 min: reminded, and an update required"),
    ("W", "a network outage goes to the network specialists"),
    ("W", "contained: paging stops, timers go on"),
    ("W", "a page is acknowledged within 5 min, or the next rung is asked"),
    ("W L", "the ladder says who is told at each severity and how fast"),
    ("R", "rotas cover zones, products and dependencies"),
    ("W", "only what can be acted on reaches a person"),
    ("W", "paging stops on contained and on solved; a P2 waits for business hours"),
    ("W", "no cause in 30 min: the platform engineer of L3 is paged"),
    ("R W", "an internal error is handed over to platform, in words that stay"),
    ("W", "how often and when people are paged, and how fast they answer"),
)  # fmt: skip
_H: Final = (
    ("W", "summary, severity and target of a brief"),
    ("W", "impact: customers, workflow, revenue, and how the SLA stands"),
    ("W", "the issue in 3 to 5 sentences"),
    ("W", "steps, expected, actual and environment for engineering's bugs"),
    ("W", "what has been tried, with results"),
    ("W", "what the customer was told, expects, and might do"),
    ("W", "what is needed, and by when"),
)
ROWS: Final = tuple(
    Row(number, mark, words)
    for first, rows in ((1, _A_TO_E), (82, _H))
    for number, (mark, words) in enumerate(rows, first)
)
"""Every row of sections A to E and H of the requirements."""


_MARKS: Final = "pytest.mark."
_LEFT_OUT: Final = frozenset({"slow", "trials", "bench"})
"""Marks of tests that the default run leaves out."""


@cache
def named() -> Mapping[int, tuple[str, ...]]:
    """Rows with the tests of the default run that are marked with their numbers, as pytest calls them."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if f"{_MARKS}requirement(" in text:
            file = path.relative_to(ROOT).as_posix()
            for name, number in _held(ast.parse(text)):
                found[number].append(f"{file}::{name}")
    return MappingProxyType({number: tuple(tests) for number, tests in found.items()})


def _held(module: ast.Module) -> Iterator[tuple[str, int]]:
    """The names of a file's tests, each with a number of its marks; none for a test that the default run leaves out."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = [(_mark(one), one) for one in node.decorator_list]
            if _LEFT_OUT.isdisjoint(name for name, _ in marks):
                calls = [one for name, one in marks if name == "requirement" and isinstance(one, ast.Call)]
                yield from ((node.name, int(ast.literal_eval(given))) for call in calls for given in call.args)


def _mark(decorator: ast.expr) -> str:
    """The name behind `pytest.mark.`; empty for any other decorator."""
    words = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
    return words.removeprefix(_MARKS) if words.startswith(_MARKS) else ""
