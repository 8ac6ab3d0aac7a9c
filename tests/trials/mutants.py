"""Ten lines whose breaking must make trials fail: if it did not, the trials would prove nothing."""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One line of the source, and what it is broken into."""

    what: str
    file: str
    line: str
    broken: str


MUTANTS: Final = (
    Mutant(
        "writes are not conditional",
        "zendesk/writes.py",
        '"safe_update": True,\n        "updated_stamp": write.stamp,\n',
        "",
    ),
    Mutant(
        "an answer that holds nothing is read as an empty list",
        "zendesk/gateway.py",
        "if holds is not None and not isinstance(found.get(holds), list | dict):",
        "found.setdefault(holds, [])\n            if holds == 0:",
    ),
    Mutant("the ledger forgets", "core/decide.py", "ledger=(*memory.ledger, *firings)", "ledger=memory.ledger"),
    Mutant(
        "a conflict with our own earlier attempt is taken for somebody else's",
        "app/dispatch.py",
        'if outcome.came != "conflict" or (row.attempts < 2 and engine.caught_up):',
        "if True:",
    ),
    Mutant("notes are public", "zendesk/writes.py", '"public": False', '"public": True'),
    Mutant(
        "audits of remembered tickets are passed over",
        "app/hear.py",
        "tickets.keys() | before.keys()",
        "tickets.keys()",
    ),
    Mutant(
        "a conflict counts as done",
        "zendesk/desk.py",
        'return Outcome(write.op_id, "conflict", said)',
        'return Outcome(write.op_id, "done", said, audit_id=1)',
    ),
    Mutant(
        "claims of dead workers are never given up", "app/dispatch.py", "stale = tx.outbox.stale(now)", "stale = []"
    ),
    Mutant(
        "time counts ten minutes too much",
        "core/clock.py",
        "def plain(seconds: Fraction) -> float:",
        "def plain(seconds: Fraction) -> float:\n    seconds += 600",
    ),
    Mutant(
        "firings of a lost write stay in the ledger",
        "app/dispatch.py",
        "return memory.without(row.op_id)",
        "return memory",
    ),
)


def broken_source(mutant: Mutant, folder: Path) -> Path:
    """A copy of the source with one line broken. Raises ValueError where the line is not there exactly once."""
    source = folder / "src"
    shutil.copytree(ROOT / "src", source)
    path = source / "deskhand" / mutant.file
    text = path.read_text(encoding="utf-8")
    if text.count(mutant.line) != 1:
        raise ValueError(
            f"{mutant.file} holds {mutant.line!r} {text.count(mutant.line)} times: mend the list of mutants"
        )
    path.write_text(text.replace(mutant.line, mutant.broken), encoding="utf-8")
    return source


def survives(mutant: Mutant, seeds: int) -> bool:
    """Whether so many trials pass with the line broken."""
    with tempfile.TemporaryDirectory(prefix="deskhand-mutant-") as folder:
        environ = {**os.environ, "PYTHONPATH": f"{broken_source(mutant, Path(folder))}{os.pathsep}{ROOT}"}
        ended = subprocess.run(
            [sys.executable, "-m", "tests.trials", "--seeds", str(seeds), "--until-failure"],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
    return ended.returncode == 0
