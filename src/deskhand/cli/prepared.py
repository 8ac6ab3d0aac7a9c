"""What `run` and `once` have in common: settings, logs, the real clock."""

import os
import sys

from deskhand import logs, wiring
from deskhand.settings import Settings, load, unknown

log = logs.get(__name__)


def prepared(mode: str | None, *, watched: bool = False) -> tuple[Settings, wiring.Parts, wiring.RealClock]:
    """Settings with the mode that was asked for, logging set up, and the machine's clock.

    `watched`: what is done is told at the end; then a person at a terminal sees warnings alone, unless DESKHAND_LOG_LEVEL is set.
    """
    settings = load()
    if mode is not None:
        settings = settings.model_copy(update={"mode": mode})
    quiet = watched and sys.stderr.isatty() and "log_level" not in settings.model_fields_set
    logs.configure(settings.log_format, "WARNING" if quiet else settings.log_level)
    for name, meant in unknown(os.environ).items():
        log.warning("setting_unknown", setting=name, hint=f"Did you mean {meant}?" if meant else "It is not read.")
    clock = wiring.RealClock()
    return settings, wiring.Parts(clock, clock.wait), clock
