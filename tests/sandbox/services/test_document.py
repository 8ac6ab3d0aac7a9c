"""Atlassian's document format: what is refused, and what is read of it."""

from typing import Any

import pytest

from deskhand.sandbox.services.document import faults, links_of, text_of


def doc(*content: Any) -> dict[str, Any]:
    """A document."""
    return {"type": "doc", "version": 1, "content": list(content)}


def text(words: str, *marks: Any) -> dict[str, Any]:
    """A text node."""
    return {"type": "text", "text": words} | ({"marks": list(marks)} if marks else {})


def paragraph(*inner: Any) -> dict[str, Any]:
    """A paragraph."""
    return {"type": "paragraph", "content": list(inner)}


LINK = {"type": "link", "attrs": {"href": "https://a.example/"}}
LIST = {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph(text("x"))]}]}
HEADING = {"type": "heading", "attrs": {"level": 2}, "content": [text("h")]}


def test_what_is_right_is_taken_and_read() -> None:
    """Headings, lists, breaks and links."""
    whole = doc(HEADING, LIST, paragraph(text("a", LINK), {"type": "hardBreak"}, text("b")), paragraph())

    assert list(faults(whole)) == []
    assert text_of(whole) == "h\nx\na\nb\n\n"
    assert list(links_of(whole)) == ["https://a.example/"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("plain text", "no doc"),
        (None, "no doc"),
        ({"type": "doc", "version": 2, "content": []}, "no doc"),
        ({"type": "doc", "version": 1}, "holds nothing"),
        (doc() | {"update": {}}, "doc has update"),
        (doc(text("x")), "doc cannot hold text"),
        (doc("x"), "doc cannot hold None"),
        (doc(paragraph(text(""))), "a text is empty"),
        (doc(paragraph(text("a\nb"))), "line break"),
        (doc(paragraph({"type": "text", "text": 5})), "a text is empty"),
        (doc(paragraph(text("a", {"type": "blink"}))), "unknown mark"),
        (doc(paragraph(text("a", {"type": "link", "attrs": {}}))), "leads nowhere"),
        (doc(paragraph({**text("a"), "content": []})), "text has content"),
        (doc({"type": "heading", "content": [text("h")]}), "no level"),
        (doc({"type": "bulletList", "content": []}), "holds nothing"),
        (doc({"type": "bulletList", "content": [paragraph(text("x"))]}), "cannot hold paragraph"),
        (doc({"type": "script", "content": []}), "cannot hold script"),
        (doc(*[paragraph(text("x" * 20_000))] * 2), "more than 32767"),
    ],
)
def test_what_is_wrong_is_refused(wrong: object, words: str) -> None:
    """Whatever it is, the fault is said."""
    assert words in " ".join(faults(wrong))
