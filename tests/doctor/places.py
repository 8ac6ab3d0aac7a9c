"""An installation to look at: the company's account inside this process, a folder, and settings."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from deskhand import wiring
from deskhand.app.cycle import cycle
from deskhand.cli.demo import play
from deskhand.doctor.finding import Finding
from deskhand.doctor.subject import Subject
from deskhand.sandbox import Options, Sandbox, SimClock
from deskhand.sandbox.company import open_doors, settle
from deskhand.settings import Settings

RULES = """
rules:
  - id: low
    description: Tags what is not urgent.
    when: {priority: low}
    then: {add_tags: later}
    ignore: no-tests
"""


class Patient:
    """A company with a rule, in observe mode. `ahead` puts this machine's clock so many seconds before the account's."""

    def __init__(self, folder: Path, *, options: Options | None = None, ahead: float = 0.0, **settings: Any) -> None:
        self.folder = folder
        self.sandbox = Sandbox("acme", SimClock(), 1, options=options)
        open_doors(settle(self.sandbox, customers=4), arriving=False)
        self.write(RULES)
        self.stage = play.Stage(self.sandbox)
        self.ahead = timedelta(seconds=ahead)
        base = play._settings(self.sandbox, play.Ask(policies=folder / "policies"), folder)
        for name in {"api_token", "listen_token", "zendesk_webhook_secret"} & set(settings):
            settings[name] = play._typed(name, settings[name])
        self.settings: Settings = base.model_copy(update={"mode": "observe", **settings})
        self.parts = wiring.Parts(self, self.wait, mount=self.sandbox.adapter())
        self.environ: dict[str, str] = {}

    def now(self) -> Any:
        """The instant, by this machine."""
        return self.stage.now() + self.ahead

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.stage.wait(seconds)

    def write(self, text: str) -> None:
        """Other policies."""
        (self.folder / "policies").mkdir(exist_ok=True)
        (self.folder / "policies" / "a.yaml").write_text(text, encoding="utf-8")

    def subject(self) -> Subject:
        """As it is now."""
        return Subject(self.settings, self.parts, self.environ)

    def told(self, check: Callable[[Subject], Iterable[Finding]]) -> list[tuple[str, str]]:
        """What a check finds: level and words with what to do."""
        subject = self.subject()
        try:
            return [(one.level, f"{one.found} {one.todo}".strip()) for one in check(subject)]
        finally:
            subject.close()

    def work(self) -> wiring.Worker:
        """A worker on it that has done a cycle; it still has the database open."""
        worker = wiring.build(self.settings, wiring.Parts(self, self.wait, mount=self.sandbox.adapter()))
        cycle(worker.engine, self.wait, post=worker.post)
        return worker
