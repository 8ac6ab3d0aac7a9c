"""What `run` and `once` have in common: settings, logs, the real clock."""

from deskhand import logs, wiring
from deskhand.settings import Settings, load


def prepared(mode: str | None) -> tuple[Settings, wiring.Parts, wiring.RealClock]:
    """Settings with the mode that was asked for, logging set up, and the machine's clock."""
    settings = load()
    if mode is not None:
        settings = settings.model_copy(update={"mode": mode})
    logs.configure(settings.log_format, settings.log_level)
    clock = wiring.RealClock()
    return settings, wiring.Parts(clock, clock.wait), clock
