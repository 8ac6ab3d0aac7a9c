"""The command line for macros, against a sandbox inside this process."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deskhand import wiring
from deskhand.cli.main import main
from tests.app.macros.places import Place

SETTINGS = "installation: acme\nvariables: {company: Acme}\n"


@dataclass
class Desk:
    """A folder of macros and an account; commands are typed as people do."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    place: Place = field(default_factory=Place)

    def write(self, name: str, text: str) -> Path:
        """A file of the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def macro(self, key: str, *lines: str, title: str = "") -> Path:
        """A template."""
        body = lines or ("actions: [{status: open}]",)
        return self.write(
            f"{key}.yaml",
            "\n".join([f"key: {key}", f"title: {title or key.title()}", f"description: About {key}.", *body]) + "\n",
        )

    def run(self, *words: str) -> tuple[int, str, str]:
        """A command: its exit code, and what it said on standard output and error."""
        code = main(["macros", *words])
        said = self.capsys.readouterr()
        return code, said.out, said.err

    def json(self, *words: str) -> tuple[int, Any]:
        """A command that answers in JSON alone."""
        code, out, _ = self.run(*words)
        return code, json.loads(out)

    def theirs(self, title: str, **facts: Any) -> dict[str, Any]:
        """A hand-made macro."""
        row = {"restriction": None, "description": None, "actions": [{"field": "status", "value": "open"}], **facts}
        made: dict[str, Any] = self.place.world.add_rule("macros", title, **row)
        return made


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A folder with settings, and an account without macros."""
    made = Desk(tmp_path / "macros", capsys)
    made.write("settings.yaml", SETTINGS)
    made.write("env/prod.yaml", "account: acme\n")
    real = wiring.connect

    def connect(settings: Any, parts: Any, **more: Any) -> Any:
        return real(
            settings,
            wiring.Parts(made.place.sandbox.clock, made.place.wait, made.place.sandbox.adapter()),
            **{**more, "environ": {}},
        )

    monkeypatch.setattr(wiring, "connect", connect)
    for name, value in {
        "SUBDOMAIN": "acme", "CLIENT_ID": "sandbox-client", "CLIENT_SECRET": "sandbox-secret", "MACROS": str(made.folder),
        "MACROS_STATE": str(tmp_path / "state"), "MACROS_RUNS": str(tmp_path / "runs"),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"DESKHAND_{name}", value)
    monkeypatch.chdir(tmp_path)
    return made
