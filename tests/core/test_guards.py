"""The figures of the guards."""

from dataclasses import fields

from deskhand.core.guards import OFF, Ceiling, Guards


def test_every_guard_is_on_unless_it_is_switched_off() -> None:
    """Nothing has to be written to be safe."""
    usual = Guards()

    assert [one.name for one in fields(Guards) if getattr(usual, one.name) is None] == []
    assert [one.name for one in fields(Ceiling) if getattr(usual.ceiling, one.name) is None] == []
    assert [one.name for one in fields(Guards) if one.name != "ceiling" and getattr(OFF, one.name) is not None] == []
