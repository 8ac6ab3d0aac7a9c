"""`scripts/requirements`: the rows of the requirements with their tests, and with `--run` what came of them."""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import Final

from tests.requirements.asked import ROWS, Row, named
from tests.requirements.rows import run

WORDS: Final = {"pass": "pass", "fail": "FAIL", "missing": "MISSING", "people": "people", "tested": "tested"}


def say(line: str) -> None:
    """One line for whoever asked."""
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """List them; 1 where a row that is ours is missing or fails."""
    asked = argparse.ArgumentParser(prog="scripts/requirements", description=__doc__)
    asked.add_argument("--run", action="store_true", help="run the tests, and say which rows pass")
    asked.add_argument("--tests", action="store_true", help="name the tests of each row")
    asked.add_argument("--json", action="store_true", help="one JSON object and nothing else")
    given = asked.parse_args()
    tests = named()
    states = _states(tests, ran=given.run)
    if given.json:
        rows = [{"number": row.number, "mark": row.mark, "asks": row.words, "state": states[row.number], "tests": tests.get(row.number, ())} for row in ROWS]  # fmt: skip
        say(json.dumps({"requirements": rows}, indent=1))
    else:
        for row in ROWS:
            say(_line(row, states[row.number], tests.get(row.number, ()), all_names=given.tests))
        counts = {word: list(states.values()).count(word) for word in dict.fromkeys(states.values())}
        say(", ".join(f"{count} {WORDS[word]}" for word, count in counts.items()))
    return 1 if {"missing", "fail"} & set(states.values()) else 0


def _states(tests: Mapping[int, tuple[str, ...]], *, ran: bool) -> dict[int, str]:
    """Each row with what is known of it."""
    failed, passed = (
        run(sorted({test for row in ROWS for test in tests.get(row.number, ())})) if ran else (set(), set())
    )
    found = {}
    for row in ROWS:
        mine = set(tests.get(row.number, ()))
        if not mine:
            found[row.number] = "missing" if row.ours else "people"
        elif not ran:
            found[row.number] = "tested"
        else:
            found[row.number] = "pass" if mine <= passed and not mine & failed else "fail"
    return found


def _line(row: Row, state: str, tests: tuple[str, ...], *, all_names: bool) -> str:
    count = f" ({len(tests)})" if tests else ""
    names = "".join(f"\n           {test}" for test in tests) if all_names else ""
    return f"{row.number:>3}  {row.mark:<4} {WORDS[state] + count:<13} {row.words}{names}"


if __name__ == "__main__":
    sys.exit(main())
