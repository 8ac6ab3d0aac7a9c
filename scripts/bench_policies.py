"""What reading policies costs for each rule, and how soon files that were made to cost much are refused, in one run.

    python scripts/bench_policies.py

Loads 250, 500, 1,000 and 2,000 rules: whole ones with conditions, actions and a test each, and tables of routes that
`deskhand check` compares with each other. Prints the processor time for each rule, and exits 1 where a rule among 2,000
costs more than 1.5 times what it does among 1,000. Then shows what it takes to refuse hostile files of up to 2 MB, beside
the time to read an honest file as large as a file may be; none may take more than 1.5 times as long.
"""

import sys
from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Final

from deskhand.documents import load_text
from deskhand.documents.yaml_reader import MAX_BYTES, MAX_NODES, read_bytes

SIZES: Final = (250, 500, 1_000, 2_000)
GROWTH: Final = 1.5
"""How many times as much a rule may cost at most at the largest size as at the one before."""
REFUSED: Final = 1.5
"""How many times as long as reading the largest honest file it may take at most to refuse another."""
QUIET: Final = "ignore: [no-tests, no-description]"
FEW: Final = 100
"""Whole rules in one file."""

LEVELS: Final = "".join(
    f"p{n}: {{definition: d, sla_response_minutes: {15 * n}, sla_resolution_hours: {4 * n}, page_on_call: false, notify: [],"
    " customer_update_cadence: daily, requires_status_page: false}\n"
    for n in (1, 2, 3, 4)
)
RULE: Final = """\
- id: rule-{n}
  description: P3 becomes P2 when more than half is used.
  when:
    all:
      - severity: {{in: [p2, p3]}}
      - burn: {{clock: any, above: 50%}}
      - field.issue_type: type_{n}
  then:
    - raise_severity: {{by: 1, reason: sla_burn_50pct}}
    - add_tags: [sla_burn_50pct]
    - internal_note: severity-raised
  tests:
    - {{name: half, ticket: {{severity: p3, created: 2026-03-02T09:00Z}}, at: 2026-03-02T11:01Z, expect: nothing}}
"""


def whole(rules: int) -> dict[str, str]:
    """Rules with all that a rule has."""
    files = {
        f"{first:04}.yaml": "rules:\n" + "".join(RULE.format(n=n) for n in range(first, min(first + FEW, rules)))
        for first in range(0, rules, FEW)
    }
    return files | {"levels.yaml": LEVELS}


def routes(when: str, match: str) -> Callable[[int], dict[str, str]]:
    """A table of so many routes in one group; `{n}` in the condition is each route's own."""

    def made(rules: int) -> dict[str, str]:
        lines = "".join(
            f"  - {{id: r{n}, when: {{{when.format(n=n)}}}, then: {{assign: {{group: G{n}}}}}, {QUIET}}}\n"
            for n in range(rules)
        )
        return {"a.yaml": f"groups:\n- id: g\n  match: {match}\n  rules:\n{lines}"}

    return made


POLICIES: Final = {
    "whole rules": whole,
    **{
        f"routes by {name}, {match}": routes(when, match)
        for match in ("first", "all")
        for name, when in (
            ("a field", "field.t: x{n}"),
            ("fields", "field.f{n}: 1"),
            ("two facts", "severity: p1, field.t: x{n}"),
        )
    },
}
HONEST: Final = "[" + ",".join(["1234567"] * (MAX_NODES - 1)) + "]"
LAUGHS: Final = "\n".join(
    ["a0: &a0 [lol, lol, lol]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
)
HOSTILE: Final = {
    "billion laughs": LAUGHS,
    "one value, referred to often": "a: &a " + "x" * 100_000 + "\nb: [" + ", ".join(["*a"] * 100_000) + "]",
    "deep lists": "[" * 1_000_000,
    "deep mappings": "{a: " * 400_000,
    "deep blocks": "- " * 500_000,
    "many values": "[" + "1," * 900_000 + "1]",
    "many keys": "\n".join(f"k{n}: 1" for n in range(150_000)),
    "too large": "a: " + "x" * MAX_BYTES,
    "merge keys": "<<: *a\n" * 1000,
    "open quote": "'" + "a\n" * 900_000,
    "many colons": ": " * 100_000,
}


def took(do: Callable[[], object], rounds: int = 1) -> float:
    """Seconds of processor time, the best of some rounds."""
    found = []
    for _ in range(rounds):
        begun = process_time()
        do()
        found.append(process_time() - begun)
    return min(found)


def loads() -> bool:
    """Print what a rule costs at each size; whether it costs about the same among many as among few."""
    print(f"{'microseconds for each rule':32}" + "".join(f"{size:>10,}" for size in SIZES) + "   growth")
    good = True
    for name, make in POLICIES.items():
        costs = [took(partial(load_text, make(size)), 2) / size * 1e6 for size in SIZES]
        growth = costs[-1] / costs[-2]
        good = good and growth <= GROWTH
        missed = "" if growth <= GROWTH else "  MISSED"
        print(f"  {name:30}" + "".join(f"{cost:>10.0f}" for cost in costs) + f"{growth:>9.2f}{missed}")
    return good


def refusals() -> bool:
    """Print how long hostile files take; whether none costs more than an honest one may."""
    honest = took(partial(read_bytes, HONEST.encode(), "f.yaml"), 2)
    print(f"an honest file of {MAX_NODES:,} values is read in {honest:.2f} s; others are refused in")
    good = True
    for name, text in HOSTILE.items():
        seconds = took(partial(read_bytes, text.encode(), "f.yaml"))
        fine = seconds <= REFUSED * honest
        good = good and fine
        print(f"  {name:30}{seconds:>10.3f} s {seconds / honest:>6.2f} times{'' if fine else '  MISSED'}")
    return good


def main() -> int:
    """Measure both; 0 where nothing is missed."""
    results = [loads(), refusals()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
