"""Atlassian's document format, as strictly as its published schema has it: which nodes there are, what they hold, and nothing beside it."""

from collections.abc import Callable, Iterator
from typing import Any, Final

MOST: Final = 32_767
"""Characters of text that a field of Jira takes."""

BLOCKS: Final = frozenset(
    {"paragraph", "heading", "bulletList", "orderedList", "codeBlock", "blockquote", "panel", "rule"}
)
INLINE: Final = frozenset({"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard"})
HOLDS: Final[dict[str, frozenset[str]]] = {
    "doc": BLOCKS,
    "paragraph": INLINE,
    "heading": INLINE,
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "listItem": frozenset({"paragraph", "bulletList", "orderedList", "codeBlock"}),
    "codeBlock": frozenset({"text"}),
    "blockquote": frozenset({"paragraph", "bulletList", "orderedList"}),
    "panel": frozenset({"paragraph", "heading", "bulletList", "orderedList"}),
}  # fmt: skip
"""What each node may hold."""
NEVER_EMPTY: Final = frozenset({"bulletList", "orderedList", "listItem", "blockquote", "panel"})
KEYS: Final[dict[str, frozenset[str]]] = {
    "doc": frozenset({"version"}),
    "text": frozenset({"text", "marks"}),
    "heading": frozenset({"attrs"}),
    "orderedList": frozenset({"attrs"}),
    "panel": frozenset({"attrs"}),
    "codeBlock": frozenset({"attrs"}),
    "hardBreak": frozenset({"attrs"}),
    **{name: frozenset({"attrs"}) for name in ("mention", "emoji", "date", "status", "inlineCard")},
}
"""The keys that a node may have beside `type` and `content`."""
MARKS: Final = frozenset({"strong", "em", "code", "strike", "underline", "link", "subsup", "textColor"})


def faults(document: object) -> Iterator[str]:
    """What is wrong with a document; nothing where it is a valid one."""
    if not isinstance(document, dict) or document.get("type") != "doc" or document.get("version") != 1:
        yield "it is no doc of version 1"
        return
    wrong = list(_node(document, "doc"))
    yield from wrong
    if not wrong and len(text_of(document)) > MOST:
        yield f"it holds more than {MOST} characters"


def text_of(node: Any) -> str:  # noqa: ANN401 - a JSON edge
    """The text of a document as people read it."""
    kind = node.get("type")
    if kind == "text":
        return str(node["text"])
    if kind == "hardBreak":
        return "\n"
    inner = "".join(map(text_of, node.get("content") or ()))
    return inner + "\n" if kind in ("paragraph", "heading") else inner


def links_of(node: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON edge
    """Every address that a document leads to."""
    for mark in node.get("marks") or ():
        if mark.get("type") == "link":
            yield str(mark["attrs"]["href"])
    for inner in node.get("content") or ():
        yield from links_of(inner)


def _node(node: dict[str, Any], kind: str) -> Iterator[str]:
    odd = node.keys() - {"type", "content"} - KEYS.get(kind, frozenset())
    if odd or ("content" in node and kind not in HOLDS):
        yield f"{kind} has {', '.join(sorted(odd)) or 'content'}"
    yield from _OWN.get(kind, _nothing)(node)
    content = node.get("content", [])
    if (
        not isinstance(content, list)
        or (kind in NEVER_EMPTY and not content)
        or (kind == "doc" and "content" not in node)
    ):
        yield f"{kind} holds nothing"
        return
    for inner in content:
        named = inner.get("type") if isinstance(inner, dict) else None
        if not isinstance(named, str) or named not in HOLDS.get(kind, ()):
            yield f"{kind} cannot hold {named}"
        else:
            yield from _node(inner, named)


def _text(node: dict[str, Any]) -> Iterator[str]:
    text = node.get("text")
    if not isinstance(text, str) or not text:
        yield "a text is empty"
    elif "\n" in text:
        yield "a text holds a line break"
    for mark in node.get("marks") or ():
        if not isinstance(mark, dict) or mark.get("type") not in MARKS:
            yield "a text has an unknown mark"
        elif mark["type"] == "link" and not isinstance((mark.get("attrs") or {}).get("href"), str):
            yield "a link leads nowhere"


def _heading(node: dict[str, Any]) -> Iterator[str]:
    if (node.get("attrs") or {}).get("level") not in range(1, 7):
        yield "a heading has no level"


def _nothing(_node: dict[str, Any]) -> Iterator[str]:
    return iter(())


_OWN: Final[dict[str, Callable[[dict[str, Any]], Iterator[str]]]] = {"text": _text, "heading": _heading}
