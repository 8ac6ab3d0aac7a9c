"""What Slack takes for blocks and what it refuses, and whom a message would ping: as its reference of Block Kit and its refusals say."""

import re
from collections.abc import Iterator
from typing import Any, Final

MOST_BLOCKS: Final = 50
MOST_TEXT: Final = 13_200
"""Characters of all texts of all blocks: where `msg_blocks_too_long` was seen to begin."""
_TEXTS: Final = {"header": (1, 150), "section": (1, 3000), "field": (1, 2000), "context": (1, 2000)}
_RICH: Final = {
    "rich_text": {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"},
    "rich_text_section": {"text", "link", "user", "usergroup", "broadcast", "channel", "emoji", "date"},
    "rich_text_preformatted": {"text", "link"},
    "rich_text_quote": {"text", "link", "user", "usergroup", "broadcast", "channel", "emoji", "date"},
    "rich_text_list": {"rich_text_section"},
}
"""What each kind of rich text may hold."""
_NEEDS: Final = {"text": "text", "link": "url", "user": "user_id", "usergroup": "usergroup_id", "broadcast": "range", "channel": "channel_id"}  # fmt: skip
_MENTION: Final = re.compile(r"<([!@][^<>|]+)(?:\|[^<>]*)?>")


def faults(blocks: object) -> Iterator[str]:
    """What is wrong with blocks, in Slack's words; nothing where they are fine."""
    if not isinstance(blocks, list):
        yield "must be an array [json-pointer:/blocks]"
        return
    if len(blocks) > MOST_BLOCKS:
        yield f"no more than {MOST_BLOCKS} items allowed [json-pointer:/blocks]"
    ids = [one["block_id"] for one in blocks if isinstance(one, dict) and "block_id" in one]
    if len(set(map(str, ids))) != len(ids):
        yield "block_id already exists in this message [json-pointer:/blocks]"
    for number, block in enumerate(blocks):
        where = f"/blocks/{number}"
        kind = block.get("type") if isinstance(block, dict) else None
        if kind == "rich_text":
            yield from _rich(block, where)
        elif kind in ("header", "section", "context", "divider"):
            yield from _plain(kind, block, where)
        else:
            yield f"unsupported type: {kind} [json-pointer:{where}/type]"


def length(value: object) -> int:
    """Characters of all texts."""
    if isinstance(value, dict):
        own = value.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(map(length, value.values()))
    return sum(map(length, value)) if isinstance(value, list) else 0


def pinged(text: str, blocks: object) -> list[str]:
    """Whom a message pings: the mentions in `text` and in mrkdwn, and the elements of rich text that are mentions."""
    return sorted({*_in_text(text), *_in_blocks(blocks)})


def words(value: object) -> str:
    """All words of blocks, as they are read."""
    if isinstance(value, dict):
        own = value.get("text")
        return (own if isinstance(own, str) else "") + "".join(map(words, value.values()))
    return "".join(map(words, value)) if isinstance(value, list) else ""


def links(value: object) -> list[str]:
    """Every address that blocks lead to."""
    if isinstance(value, dict):
        own = [str(value["url"])] if value.get("type") == "link" and "url" in value else []
        return own + [link for one in value.values() for link in links(one)]
    return [link for one in value for link in links(one)] if isinstance(value, list) else []


def _plain(kind: str, block: dict[str, Any], where: str) -> Iterator[str]:
    if kind == "header":
        yield from _text(block.get("text"), "header", f"{where}/text", only_plain=True)
    elif kind == "section":
        fields = block.get("fields", [])
        if "text" in block:
            yield from _text(block["text"], "section", f"{where}/text")
        elif not fields:
            yield f"missing required field: text or fields [json-pointer:{where}]"
        if len(fields) > 10:
            yield f"no more than 10 items allowed [json-pointer:{where}/fields]"
        for number, one in enumerate(fields):
            yield from _text(one, "field", f"{where}/fields/{number}")
    elif kind == "context":
        elements = block.get("elements", [])
        if not 1 <= len(elements) <= 10:
            yield f"between 1 and 10 items allowed [json-pointer:{where}/elements]"
        for number, one in enumerate(elements):
            yield from _text(one, "context", f"{where}/elements/{number}")


def _text(value: object, kind: str, where: str, *, only_plain: bool = False) -> Iterator[str]:
    kinds = {"plain_text"} if only_plain else {"plain_text", "mrkdwn"}
    if not isinstance(value, dict) or value.get("type") not in kinds or not isinstance(value.get("text"), str):
        yield f"failed to match all allowed schemas [json-pointer:{where}]"
        return
    least, most = _TEXTS[kind]
    if len(value["text"]) < least:
        yield f"must be more than {least - 1} characters [json-pointer:{where}/text]"
    if len(value["text"]) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{where}/text]"


def _rich(node: dict[str, Any], where: str) -> Iterator[str]:
    kind = str(node.get("type"))
    if kind in _RICH:
        elements = node.get("elements")
        if not isinstance(elements, list) or not elements:
            yield f"missing required field: elements [json-pointer:{where}]"
            return
        if kind == "rich_text_list" and node.get("style") not in ("ordered", "bullet"):
            yield f"must be a valid enum value [json-pointer:{where}/style]"
        for number, one in enumerate(elements):
            inner = f"{where}/elements/{number}"
            if not isinstance(one, dict) or one.get("type") not in _RICH[kind]:
                yield f"unsupported type: {one.get('type') if isinstance(one, dict) else one} [json-pointer:{inner}/type]"
            else:
                yield from _rich(one, inner)
        return
    needed = _NEEDS.get(kind)
    if needed and not (isinstance(node.get(needed), str) and node[needed]):
        yield f"must be more than 0 characters [json-pointer:{where}/{needed}]"


def _in_text(text: str) -> Iterator[str]:
    for found in _MENTION.findall(text):
        yield found.lstrip("!@").partition("^")[2] or found.lstrip("!@")


def _in_blocks(value: object) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _in_blocks(one)
    elif isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield from _in_text(str(value.get("text")))
        for kind, key in (("user", "user_id"), ("usergroup", "usergroup_id"), ("broadcast", "range")):
            if value.get("type") == kind and key in value:
                yield str(value[key])
        for one in value.values():
            yield from _in_blocks(one)
