"""Sweep: retention. What is old and settled is forgotten."""

from dataclasses import dataclass
from datetime import datetime

from deskhand import logs
from deskhand.app.ports import Store

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many decisions, settled writes and messages were forgotten."""

    decisions: int
    writes: int
    messages: int


def sweep(store: Store, before: datetime) -> Swept:
    """Forget decisions, settled writes and messages from before an instant. The ledger stays: nothing fires twice because it was swept."""
    with store.begin() as tx:
        swept = Swept(tx.decisions.forget(before), tx.outbox.forget(before), tx.messages.forget(before))
    if swept.decisions or swept.writes or swept.messages:
        log.info("forgotten", decisions=swept.decisions, writes=swept.writes, messages=swept.messages)
    return swept
