"""What people wrote stays in Zendesk."""

from datetime import timedelta
from pathlib import Path

from deskhand.app.sweep import sweep
from deskhand.core.condition import Compare
from deskhand.core.policy import Tag, WriteNote
from deskhand.store import open_store
from tests.app.places import Shop
from tests.core.builders import policy, rule

WORDS = "my-password-is-hunter2"
RULE = rule(Compare("p", "priority", "is", "normal"), Tag(add=("seen",)), WriteNote("a-note"))


def _all(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_no_comment_is_kept_and_what_was_decided_is_forgotten_in_time(tmp_path: Path) -> None:
    """S10: bodies are neither asked for nor stored, though comments come in; decisions and writes end with their retention."""
    store = open_store(f"sqlite:///{tmp_path / 'deskhand.db'}")
    shop = Shop(policy(RULE), store=store)
    ticket = shop.ticket(comment={"body": WORDS})
    shop.change(ticket, comment={"body": f"{WORDS} again", "public": True})
    shop.pass_time(90)

    shop.cycle()

    with store.begin() as tx:
        kept = [
            repr(tx.tickets.load([ticket.id])),
            repr(tx.memories.load([ticket.id])),
            repr(tx.decisions.of(ticket.id)),
        ]
    assert shop.outbox() == {"done": 1}
    assert WORDS not in "".join(kept)
    assert WORDS.encode() not in _all(tmp_path)
    sweep(store, shop.now() + timedelta(days=1))
    with store.begin() as tx:
        assert (tx.decisions.of(ticket.id), list(tx.outbox.listed(("done",)))) == ([], [])
    store.close()
