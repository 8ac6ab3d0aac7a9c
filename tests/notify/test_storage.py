"""Pages in Confluence's storage format: whole, well formed, and nothing but words."""

from xml.etree import ElementTree as ET

import pytest

from deskhand.core.sheet import Section, Sheet
from deskhand.notify.storage import made_of, storage
from tests.notify.matters import HOSTILE

SHEET = Sheet(
    "Escalation",
    (
        Section("Severities", heads=("Level", "When"), rows=(("P1", "all is lost"), ("P2", "much is"))),
        Section("Ladder: up", "Who is asked.", ("Rung",), (("L1",),), ("For P1.", "Over: solved.")),
    ),
)


def read(sheet: Sheet) -> ET.Element:
    """The page as a tree."""
    return ET.fromstring(f"<page>{storage(sheet)}</page>")


def test_every_section_is_on_the_page() -> None:
    """Headings, tables, and lines below them; the last words say who made it."""
    page = read(SHEET)

    assert [one.tag for one in page] == ["h2", "table", "h2", "p", "table", "ul", "p"]
    assert [cell.text for cell in page.iter("td")] == ["P1", "all is lost", "P2", "much is", "L1"]
    assert [one.text for one in page.iter("li")] == ["For P1.", "Over: solved."]
    assert made_of(SHEET) in storage(SHEET)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(text: str) -> None:
    """No tag, entity or macro comes of them."""
    hostile = Sheet(text, (Section(text, text, (text, text), ((text, text),), (text,)),))

    assert {one.tag for one in read(hostile).iter()} <= {"page", "h2", "p", "table", "tbody", "tr", "th", "td", "ul", "li", "em"}  # fmt: skip
