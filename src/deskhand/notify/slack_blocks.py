"""Slack's form of a message: a header, rich text, and a line of context.

All words of tickets go into `plain_text` and rich text elements, in which Slack interprets nothing: no mention, no link, no emoji, no bold. Only `text`,
which telephones show, is read as mrkdwn, so it is escaped. Whatever is cut says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from deskhand.core.brief import Brief
from deskhand.core.message import Message, Notice
from deskhand.core.plain import cut, line, short

Json = dict[str, Any]

HEADER: Final = 150
TEXT: Final = 600
"""Characters of `text`: a glance at a telephone. Beyond 10,000 of them Slack begins to refuse blocks that are well within their own limits."""
WHOLE: Final = 9_000
"""Characters of all blocks together. 9,600 were accepted where 11,300 were refused with `msg_blocks_too_long`, and no page says where the limit is."""
LONGEST_LINK: Final = 1_000
BRIEF: Final = "brief-"
"""How the `block_id` of each block of a brief begins, so that a headline can be renewed around it."""
NOT_STATED: Final = "not stated"
_MARKS: Final[Mapping[str, str]] = {"page": "\U0001f6a8 ", "close": "✅ "}
_WHO: Final = (
    ("U", "user", "user_id"), ("W", "user", "user_id"), ("S", "usergroup", "usergroup_id"),
)  # fmt: skip
"""Slack's ids by their first letter, with the element and its key."""
_EVERYBODY: Final = ("here", "channel", "everyone")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each thing is shown. `by` makes all of it smaller."""

    text: int = 1_500
    fact: int = 200
    part: int = 1_200
    entry: int = 200
    entries: int = 12

    def by(self, share: float) -> "Sizes":
        """A share of it, but never nothing."""
        text, fact, part, entry = (max(int(one * share), 20) for one in (self.text, self.fact, self.part, self.entry))
        return Sizes(text, fact, part, entry, max(int(self.entries * share), 2))


def glance(message: Message, mention: str = "") -> str:
    """The `text` of a message: title and first words, escaped for mrkdwn, with the mentions that the policy names."""
    words = ": ".join(one for one in (short(message.notice.title, TEXT), short(message.notice.text, TEXT)) if one)
    pinged = " ".join(_mrkdwn(one) for one in mentioned(mention))
    return f"{pinged} {escaped(cut(words, TEXT))}".strip() or f"Ticket {message.ticket_id}"


def escaped(text: str) -> str:
    """Text in which mrkdwn finds no mention, link or channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mentioned(option: str) -> tuple[str, ...]:
    """The people of a channel's option `mention`: ids of users and groups, or `here`, `channel`, `everyone`, also as Slack writes them; else nobody."""
    found = (one.strip(" <>").lstrip("@!").removeprefix("subteam^") for one in option.split(","))
    return tuple(
        one
        for one in found
        if one in _EVERYBODY or (one.isascii() and one.isalnum() and one.isupper() and one[0] in "UWS")
    )


def blocks(message: Message, *, mention: str = "", share: float = 1.0, brief: bool = True) -> list[Json]:
    """All blocks of a message, within Slack's limits. `share` below 1 shows less of everything; `brief` is whether the brief is among them."""
    most = WHOLE * share
    while weight(made := _blocks(message, mention, Sizes().by(share), brief=brief)) > most and share > 0.05:
        share *= 0.7
    return made


def reply(message: Message, *, mention: str = "", share: float = 1.0) -> list[Json]:
    """The blocks of a reply in a thread: no brief, which the headline has."""
    return blocks(message, mention=mention, share=share, brief=False)


def kept(of: object) -> list[Json]:
    """The blocks of a brief among those that Slack has of an earlier headline."""
    listed = of if isinstance(of, list) else []
    return [one for one in listed if isinstance(one, dict) and str(one.get("block_id", "")).startswith(BRIEF)]


def weight(value: object) -> int:
    """Characters of all texts in blocks, as Slack seems to count them."""
    match value:
        case dict():
            own = sum(len(one) for name, one in value.items() if name in ("text", "url") and isinstance(one, str))
            return own + sum(weight(one) for one in value.values())
        case list():
            return sum(map(weight, value))
        case _:
            return 0


def _blocks(message: Message, mention: str, sizes: Sizes, *, brief: bool) -> list[Json]:
    notice = message.notice
    title = cut(_MARKS.get(message.verb, "") + (short(notice.title, HEADER) or f"Ticket {message.ticket_id}"), HEADER)
    made: list[Json] = [{"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}]
    made += _rich("", _opening(notice, mention, sizes))
    if brief and notice.brief is not None:
        made += _brief(notice.brief, sizes)
    return [*made, {"type": "context", "elements": [_small(_origin(message))]}]


def _opening(notice: Notice, mention: str, sizes: Sizes) -> Iterator[Json]:
    """What is said, the facts by name, and the links."""
    said: list[Json] = []
    for one in mentioned(mention):
        said += [_who(one), _words(" ")]
    if text := short(notice.text, sizes.text, lines=True):
        said.append(_words(text))
    if said:
        yield _section(said)
    for label, value in notice.facts[:10]:
        yield _section(_labelled(short(label, 60), short(value, sizes.fact)))
    links = [_link(one.url, one.text) for one in notice.links[: sizes.entries]]
    ticket = [_link(notice.url, "Open the ticket")] if notice.url else []
    if ticket or links:
        yield _section([piece for one in (*ticket, *links) for piece in (one, _words("   "))][:-1])


def _brief(brief: Brief, sizes: Sizes) -> list[Json]:
    """The form of the handoff, part by part; what is needed comes first, since that is what the reader wakes up for."""
    made: list[Json] = [{"type": "divider", "block_id": f"{BRIEF}0"}]
    for number, part in enumerate(_parts(brief, sizes), 1):
        made += _rich(f"{BRIEF}{number}", part)
    return made


def _parts(brief: Brief, sizes: Sizes) -> Iterator[Iterator[Json]]:
    some, entry = _shown(sizes.part), _shown(sizes.entry)
    sla = f"{brief.sla} ({line(brief.sla_clock)})" if brief.sla_clock else brief.sla
    told = " ".join(one for one in (_moment(brief.last_update_at), short(brief.last_update, sizes.entry)) if one)
    yield _whole(f"ESCALATION: {entry(brief.summary)}", (
        ("Severity", brief.severity or NOT_STATED), ("Target", brief.target or NOT_STATED),
        ("Needed", some(brief.needed)), ("Deadline", _moment(brief.deadline) or NOT_STATED),
        *((("Missing", some("; ".join(brief.missing))),) if brief.missing else ()),
    ))  # fmt: skip
    yield _part("IMPACT", (
        ("Customers", entry(brief.customers)), ("Workflow", some(brief.workflow_impact)),
        ("Revenue at risk", entry(brief.revenue_at_risk)), ("SLA", sla),
    ))  # fmt: skip
    yield _part("ISSUE DESCRIPTION", ((short(brief.description, sizes.part, lines=True) or NOT_STATED, ""),))
    if brief.steps or brief.expected or brief.actual or brief.environment:
        ends = (
            ("Expected", entry(brief.expected)),
            ("Actual", entry(brief.actual)),
            ("Environment", entry(brief.environment)),
        )
        yield _part("REPRODUCTION STEPS", ends, brief.steps, sizes)
    tried = [f"{short(one.action, sizes.entry)} → {short(one.result, sizes.entry)}" for one in brief.tried]
    yield _part("WHAT'S BEEN TRIED", (), tried, sizes)
    yield _part("CUSTOMER COMMUNICATION", (
        ("Last update", entry(told)), ("Expectation", entry(brief.expectation)), ("Risk", entry(brief.escalation_risk)),
    ))  # fmt: skip


def _part(
    heading: str, pairs: Sequence[tuple[str, str]], entries: Sequence[str] | None = None, sizes: Sizes | None = None
) -> Iterator[Json]:
    """One part of the form; one line where nothing of it is stated."""
    if not entries and all(NOT_STATED in pair for pair in pairs):
        yield _section([_words(f"{heading}: ", bold=True), _words(NOT_STATED)])
        return
    yield from _whole(heading, pairs, _numbered(entries, sizes) if entries is not None and sizes is not None else ())


def _whole(heading: str, pairs: Iterable[tuple[str, str]], listed: Iterable[Json] = ()) -> Iterator[Json]:
    """One part with its heading, its list where it has one, and its named values."""
    yield _section([_words(heading, bold=True)])
    yield from listed
    for label, value in pairs:
        yield _section(_labelled(label, value) if value else [_words(label)])


def _numbered(entries: Sequence[str], sizes: Sizes) -> Iterator[Json]:
    shown = [short(one, sizes.entry) for one in entries[: sizes.entries]]
    listed = [_section([_words(one)]) for one in shown if one]
    if not listed:
        yield _section([_words(NOT_STATED)])
        return
    yield {"type": "rich_text_list", "style": "ordered", "elements": listed}
    if len(entries) > sizes.entries:
        yield _section([_words(f"… and {len(entries) - sizes.entries} more in the ticket (cut)")])


def _rich(block_id: str, elements: Iterable[Json]) -> list[Json]:
    """One block of rich text, or none where there is nothing to say. Sections that follow each other become lines of one, as in what people type."""
    made: list[Json] = []
    for one in elements:
        if made and made[-1]["type"] == one["type"] == "rich_text_section":
            made[-1]["elements"] += [_words("\n"), *one["elements"]]
        else:
            made.append(one)
    named = {"block_id": block_id} if block_id else {}
    return [{"type": "rich_text", **named, "elements": made}] if made else []


def _section(elements: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": elements}


def _labelled(label: str, value: str) -> list[Json]:
    return [_words(f"{label}: ", bold=True), _words(value or NOT_STATED)]


def _words(text: str, *, bold: bool = False) -> Json:
    return {"type": "text", "text": text, **({"style": {"bold": True}} if bold else {})}


def _small(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


def _link(url: str, words: str) -> Json:
    """A link where the address is one that a browser opens; else its words alone."""
    text = short(words, 100) or "link"
    return {"type": "link", "url": url, "text": text} if _opens(url) else _words(text)


def _opens(url: str) -> bool:
    if not (url.isascii() and url.isprintable()) or " " in url or len(url) > LONGEST_LINK:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.netloc)


def _who(one: str) -> Json:
    if one in _EVERYBODY:
        return {"type": "broadcast", "range": one}
    kind, key = next((kind, key) for first, kind, key in _WHO if one.startswith(first))
    return {"type": kind, key: one}


def _mrkdwn(one: str) -> str:
    if one in _EVERYBODY:
        return f"<!{one}>"
    return f"<!subteam^{one}>" if one.startswith("S") else f"<@{one}>"


def _origin(message: Message) -> str:
    """Which ticket, rule and step said it, and when."""
    step = f"{line(message.climb)}, rung {message.rung + 1}" if message.climb else ""
    page = f"page {message.page}" if message.verb == "page" and message.page else ""
    rule = f"rule {line(message.rule)}" if message.rule else ""
    parts = (f"deskhand, ticket {message.ticket_id}", step, page, rule, _moment(message.at))
    return cut(" | ".join(one for one in parts if one), 500)


def _shown(most: int) -> Callable[[str], str]:
    """How a text of a brief is shown: on one line, within a limit, and never as nothing."""
    return lambda text: short(text, most) or NOT_STATED


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""
