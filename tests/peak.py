"""How much memory a piece of Python takes at the most, measured in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

STATUS = Path("/proc/self/status")
"""Where Linux tells it: `getrusage` begins with what the parent had, and so would hide what a child of a large one takes."""

AROUND = """
import json, sys
def high():
    return next(int(line.split()[1]) for line in open("{status}") if line.startswith("VmHWM")) / 1024
{imports}
before = high()
{work}
print(json.dumps([done, high() - before]))
"""


def peak_of(imports: str, work: str, *arguments: str) -> tuple[Any, float]:
    """What `work` left in `done`, and the megabytes that it took beyond its imports; `sys.argv` begins with the arguments at 1."""
    if not STATUS.exists():
        pytest.skip(f"{STATUS} is not there: the highest use of memory cannot be read")
    program = AROUND.format(status=STATUS, imports=imports, work=work)
    run = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    done, megabytes = json.loads(run.stdout)
    return done, float(megabytes)
