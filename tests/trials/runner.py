"""The trials from the command line: `scripts/trials --seeds 1000 --minutes 20`."""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from deskhand import logs
from tests.requirements.rows import NOT_YET, ROWS, states
from tests.trials.kills import run_kills
from tests.trials.mutants import MUTANTS, survives
from tests.trials.restores import run_restore, run_restore_services
from tests.trials.service_trial import run_services
from tests.trials.trial import Verdict, run

SEEDS: Final = 60
SEEDS_OF_A_MUTANT: Final = 200
"""A broken line is looked for in so many; the one that hides best is found by the 91st."""


def main() -> int:
    """Run what was asked for; returns 1 where a promise was broken."""
    asked = _arguments()
    if asked.list:
        return _list()
    if asked.kills:
        return _kills(asked.kills, asked.processes)
    if asked.mutants:
        return _mutants(asked.seeds or SEEDS_OF_A_MUTANT)
    return _trials(range(asked.first, asked.first + (asked.restores or asked.seeds or SEEDS)), asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/trials", description=__doc__)
    parser.add_argument(
        "--seeds",
        type=int,
        default=0,
        help=f"how many trials, {SEEDS} unless told; a trial is a simulated week of 50 tickets. Of mutants: {SEEDS_OF_A_MUTANT} at most each",
    )
    parser.add_argument("--first", type=int, default=0, help="the first seed: to replay one, --first SEED --seeds 1")
    parser.add_argument("--minutes", type=float, default=0.0, help="begin no further trial after so many minutes")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="trials at once")
    parser.add_argument(
        "--services", action="store_true", help="weeks in which ladders are climbed, with faults of the services too"
    )
    parser.add_argument(
        "--restores",
        type=int,
        default=0,
        help="so many weeks in which the database is lost once, and a backup of it is put back; with --services, weeks of ladders",
    )
    parser.add_argument("--until-failure", action="store_true", help="stop at the first failure")
    parser.add_argument("--mutants", action="store_true", help="break ten chosen lines, one at a time: each must fail")
    parser.add_argument(
        "--kills", type=int, default=0, help="kill the real worker so many times, and count its effects"
    )
    parser.add_argument(
        "--list", action="store_true", help="the promises of reliability and security, and whether their tests pass"
    )
    return parser.parse_args()


def tell(line: str) -> None:
    """One line for people, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _quiet() -> None:
    logs.configure("json", "CRITICAL")


def _trials(seeds: Iterable[int], asked: argparse.Namespace) -> int:
    began, done, failed, counts = time.monotonic(), 0, 0, Counter[str]()
    for verdict in _verdicts(seeds, asked):
        done += 1
        counts.update(verdict.counts)
        if verdict.problems:
            failed += 1
            _tell(verdict, asked)
            if asked.until_failure:
                break
        if asked.minutes and time.monotonic() - began > asked.minutes * 60:
            break
    told = ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items()))
    tell(f"{done} trials, {failed} failed, {time.monotonic() - began:.0f} s: {told}")
    return 1 if failed or not done else 0


def _verdicts(seeds: Iterable[int], asked: argparse.Namespace) -> Iterator[Verdict]:
    """Trials as they end."""
    drill = run_restore_services if asked.services else run_restore
    live = drill if asked.restores else run_services if asked.services else run
    if asked.processes == 1:
        _quiet()
        yield from map(live, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(asked.processes, initializer=_quiet) as pool:
        yield from pool.imap_unordered(live, seeds)


def _tell(verdict: Verdict, asked: argparse.Namespace) -> None:
    """What was broken, and how to see it again."""
    options = f"{'--services ' if asked.services else ''}{'--restores' if asked.restores else '--seeds'} 1"
    tell(f"seed {verdict.seed} (again: scripts/trials --first {verdict.seed} {options})")
    for problem in verdict.problems[:10]:
        tell(f"  {problem}")


def _list() -> int:
    """Every row of the promises, with pass, fail or not yet."""
    found = states()
    for row, what in ROWS.items():
        missing = f" ({NOT_YET[row]})" if row in NOT_YET else ""
        tell(f"{row:4}{found[row]:9}{what}{missing}")
    return 1 if "fail" in found.values() else 0


def _kills(kills: int, lanes: int) -> int:
    """The real worker as a process, killed again and again."""
    began, result = time.monotonic(), run_kills(kills, lanes)
    for problem in result.problems[:30]:
        tell(problem)
    told = ", ".join(f"{number:,} {name}" for name, number in sorted(result.counts.items()))
    tell(
        f"{len(result.problems)} problems, slowest start {result.slowest:.1f} s, {time.monotonic() - began:.0f} s: {told}"
    )
    return 1 if result.problems else 0


def _mutants(seeds: int) -> int:
    alive = 0
    for mutant in MUTANTS:
        lives = survives(mutant, seeds)
        alive += lives
        tell(f"{'SURVIVES' if lives else 'found   '}  {mutant.file}: {mutant.what}")
    tell(f"{len(MUTANTS) - alive} of {len(MUTANTS)} broken lines were found by at most {seeds} trials")
    return 1 if alive else 0
