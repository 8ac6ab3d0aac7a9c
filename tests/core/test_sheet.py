"""Pages as data."""

from dataclasses import replace

from deskhand.core.sheet import Section, Sheet

SHEET = Sheet("Matrix", (Section("Severities", heads=("Level",), rows=(("P1",),)),))


def test_the_digest_is_that_of_the_content() -> None:
    """The same page has the same, on every machine; another cell another."""
    other = replace(SHEET, sections=(replace(SHEET.sections[0], rows=(("P2",),)),))

    assert SHEET.digest == Sheet("Matrix", SHEET.sections).digest
    assert SHEET.digest != other.digest
    assert Sheet("\ud800", ()).digest
