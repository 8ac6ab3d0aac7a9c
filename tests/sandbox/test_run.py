"""What the command line calls."""

import threading
from pathlib import Path
from queue import Queue

import pytest
import requests

from deskhand.errors import UsageError
from deskhand.sandbox import Sandbox
from deskhand.sandbox.run import run_server


def test_a_world_is_loaded_and_its_faults_are_played(tmp_path: Path) -> None:
    """The loader fills the sandbox before it says that it is ready, and the fault file is in force."""
    faults = tmp_path / "faults.json"
    faults.write_text('[{"kind": "status", "path": "/api/v2/groups*", "status": 503}]')
    told: Queue[str] = Queue()

    def load(sandbox: Sandbox) -> None:
        sandbox.world.add_group("Loaded")

    options = {"clock": "simulated", "faults": faults, "load": load, "ready": told.put}
    threading.Thread(target=run_server, kwargs=options, daemon=True).start()
    url = told.get(timeout=10)
    assert requests.get(f"{url}/sandbox/state", timeout=5).json()["tables"]["groups"] == 2
    assert requests.get(f"{url}/api/v2/groups.json", timeout=5).status_code == 503


@pytest.mark.parametrize("text", ["{", "{}", '[{"kind": "odd"}]', "[5]"])
def test_a_bad_fault_file_is_named(tmp_path: Path, text: str) -> None:
    """A file that holds no list of known faults is refused with its name."""
    faults = tmp_path / "faults.json"
    faults.write_text(text)
    with pytest.raises(UsageError, match=r"faults\.json"):
        run_server(faults=faults)
