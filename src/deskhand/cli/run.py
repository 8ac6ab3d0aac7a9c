"""`deskhand run`: the service."""

import signal
import threading
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskhand.cli.loading import loading

if TYPE_CHECKING:
    from deskhand.settings import Settings
    from deskhand.wiring import RealClock
    from deskhand.worker import Service

Mode = Annotated[
    Literal["observe", "notify", "enforce"] | None,
    typer.Option("--mode", help="What may be done; DESKHAND_MODE otherwise, and observe if that is not set either."),
]


def command(*, mode: Mode = None) -> None:
    """Work until stopped: read what changes, judge it, write back what the mode allows.

    SIGTERM and Ctrl-C end it within ten seconds; a second one ends it at once. What was under way is settled by the next start.
    """
    with loading():
        from deskhand import wiring
        from deskhand.cli.prepared import prepared
        from deskhand.worker import Service

    settings, parts, clock = prepared(mode)
    secrets = settings.signing_secrets()
    worker = wiring.build(settings, parts)
    try:
        wiring.verify(worker, settings)
        service = Service(
            worker.engine,
            every=settings.poll_seconds,
            keep=timedelta(days=settings.keep_days),
            stop=clock.stop,
            reload=wiring.Reloader(worker, settings),
            watch=worker.permit.look if worker.permit.needed else None,
            ping=wiring.heartbeat(settings),
            post=worker.post,
        )
        _stop_on_signals(clock.stop)
        with _answering(settings, service, secrets, clock):
            service.run()
    finally:
        worker.store.close()
        worker.connection.close()


def _answering(
    settings: "Settings", service: "Service", secrets: tuple[str, ...], clock: "RealClock"
) -> AbstractContextManager[object]:
    """The pages for machines, where they are asked for; with secrets, webhooks may come in there and ring the service's bell."""
    if settings.listen is None:
        return nullcontext()
    from deskhand.web.door import Door
    from deskhand.web.listener import Place, listening

    door = None
    if secrets:
        service.bell.hang()
        door = Door(tuple(one.encode() for one in secrets), service.bell, clock.now, settings.zendesk_account_id)
    return listening(Place.parse(settings.listen), service.vitals, settings.secret("listen_token") or "", door)


def _stop_on_signals(asked: threading.Event) -> None:
    """The first signal asks for an end, the second takes it."""

    def stop(number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise SystemExit(128 + number)
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
