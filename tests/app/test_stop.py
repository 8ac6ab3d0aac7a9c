"""The kill switch: a setting, a file, a mode."""

from pathlib import Path

from deskhand.app.stop import Switch
from deskhand.core.condition import Compare
from deskhand.core.policy import Tag
from tests.app.places import Shop
from tests.core.builders import policy, rule


def test_a_switch_says_why_nothing_may_be_written(tmp_path: Path) -> None:
    """The file is looked for each time it is asked."""
    file = tmp_path / "stop"
    switch = Switch("enforce", stop=False, file=file)
    assert switch() == ""
    file.touch()
    assert switch() == f"{file} exists; remove it to go on"
    file.unlink()
    assert switch() == ""
    assert Switch("enforce", stop=True, file=None)() == "DESKHAND_STOP is set"
    assert Switch("observe", stop=False, file=None)() == "mode observe writes nothing"


def test_while_the_file_is_there_nothing_is_sent_and_afterwards_it_is(tmp_path: Path) -> None:
    """R15: effective at once; what was decided meanwhile waits, and goes out when the file is gone."""
    shop = Shop(policy(rule(Compare("p", "priority", "is", "normal"), Tag(add=("seen",)))))
    file = tmp_path / "stop"
    shop.engine.stop = Switch("enforce", stop=False, file=file)
    file.touch()
    ticket = shop.ticket()

    shop.cycle()
    assert shop.outbox() == {"planned": 1}
    assert shop.show(ticket)["tags"] == []
    file.unlink()
    shop.cycle()

    assert shop.show(ticket)["tags"] == ["seen"]


def test_what_waited_for_hours_is_judged_again_on_the_ticket_as_it_is_then(tmp_path: Path) -> None:
    """The reason may be gone: nothing is written that was decided on yesterday's state."""
    shop = Shop(policy(rule(Compare("p", "priority", "is", "normal"), Tag(add=("seen",)))))
    file = tmp_path / "stop"
    shop.engine.stop = Switch("enforce", stop=False, file=file)
    file.touch()
    kept, gone = shop.ticket(), shop.ticket()
    shop.cycle()
    shop.change(gone, priority="low")
    shop.pass_time(4 * 3600)
    file.unlink()

    shop.cycle()
    shop.cycle()

    assert shop.show(kept)["tags"] == ["seen"]
    assert shop.show(gone)["tags"] == []
