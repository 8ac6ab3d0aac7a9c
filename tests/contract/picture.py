"""What can be seen of a store, to compare one with another."""

from collections.abc import Callable

from deskhand.app.ports import Store, Transaction
from deskhand.core.alike import Alike
from deskhand.store import MemoryStore
from tests.store.values import at, decision, draft, memory, message_row, row, ticket

Make = Callable[[], Store]
"""Makes a new, empty store."""


def fill(tx: Transaction, number: int) -> None:
    """Something in every part, about one ticket."""
    tx.tickets.save([ticket(number)])
    tx.memories.save([memory(number)])
    tx.work.wake([number], at(number))
    tx.decisions.record([decision(number)], "run-1")
    tx.outbox.put([row(f"op-{number}", number)])
    tx.messages.put([message_row(f"m-{number}", f"thread-{number}", decided=number)])
    tx.alike.put([number], [Alike(number, "field.kind", "same", f"customer {number}", at(number))])
    tx.notebook.set(f"note {number}", str(number))
    tx.trail.add([draft(number)])
    tx.texts.keep(f"version {number}", {"a.yaml": str(number)}, at(number))


def picture(tx: Transaction) -> dict[str, object]:
    """All that a transaction can see of a handful of tickets."""
    numbers = range(7)
    return {
        "tickets": tx.tickets.load(numbers),
        "statuses": tx.tickets.count(),
        "memories": tx.memories.load(numbers),
        "decisions": [tx.decisions.of(number) for number in numbers],
        "due": [tx.work.due(at(minute), 99) for minute in range(8)],
        "overdue": [tx.work.overdue(at(minute)) for minute in range(8)],
        "next": (tx.work.next_at(), tx.outbox.next_at()),
        "rows": [tx.outbox.find(f"op-{number}") for number in numbers],
        "under way": tx.outbox.under_way(numbers),
        "states": tx.outbox.count(),
        "stale": [tx.outbox.stale(at(minute)) for minute in range(8)],
        "messages": [tx.messages.find(f"m-{number}") for number in numbers],
        "threads": [tx.messages.of(f"thread-{number}") for number in numbers],
        "said": (
            tx.messages.count(),
            tx.messages.next_at(),
            tx.messages.open_threads(at(2)),
            tx.messages.joined([f"thread-{number}" for number in numbers], at(2)),
            tx.messages.recent(at(3)),
        ),
        "lapsed": [tx.messages.stale(at(minute)) for minute in range(8)],
        "alike": [tx.alike.customers("field.kind", "same", at(minute)) for minute in range(8)],
        "texts": (tx.texts.kept(), tx.texts.of("version 1"), tx.texts.of("none")),
        "decided": [tx.decisions.since(at(minute)) for minute in range(8)],
        "trail": (tx.trail.last(), tx.trail.entries(), tx.trail.entries(1, 2, ("wrote",))),
        "notes": [tx.notebook.get(f"note {number}") for number in numbers],
    }


def picture_of(doing: Callable[[Transaction], None]) -> dict[str, object]:
    """The picture after doing something in a new store in memory."""
    with MemoryStore().begin() as tx:
        doing(tx)
        return picture(tx)
