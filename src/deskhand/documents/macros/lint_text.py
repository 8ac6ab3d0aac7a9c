"""What is looked for in the words of a reply: each rule takes a text and yields what is wrong with it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from deskhand.core.macros.markup import LIQUID, visible
from deskhand.documents.macros import placeholders
from deskhand.documents.macros.models import Purpose
from deskhand.documents.problems import near


@dataclass(frozen=True, slots=True)
class Reply:
    """A text for an agent or a customer, with what the rules ask of it. `public` is None where it is not said."""

    text: str
    rich: bool
    public: bool | None
    purpose: Purpose
    technical: tuple[str, ...] = ()
    contents: frozenset[str] = frozenset()
    """The dynamic content that the templates make."""

    @property
    def seen(self) -> str:
        """What is read, without tags and placeholders; one line a paragraph."""
        lines = visible(self.text) if self.rich else tuple(self.text.splitlines())
        return LIQUID.sub("", "\n".join(lines))

    @property
    def read(self) -> str:
        """What is read, with placeholders."""
        return "\n".join(visible(self.text)) if self.rich else self.text


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: check, sentence, hint."""

    check: str
    message: str
    hint: str = ""


Rule = Callable[[Reply], Iterator[Finding]]

_TIMED: Final = re.compile(
    r"\b(next|another|further) (update|message|e-?mail|report)\b|\b(update|write to|tell|e-?mail|contact|get back to|be in touch with) you (again )?(by|at|on|within|every|before|no later)\b"
    r"|\bnächste[sn]? (update|nachricht|meldung)\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"\d|\[[^\]]*(time|date|uhr|datum)[^\]]*\]|\{\{", re.IGNORECASE)
_VAGUE: Final = re.compile(
    r"\b(update|keep|get back to|let|contact|reply to|respond to)\s+(you\s+)?(know\s+|posted\s+|back\s+|updated\s+)?(all\s+)?(soon|shortly|as soon as (possible|we can)|asap|in due course|when we know more)\b"
    r"|\b(updates?|news|answers?) (will follow )?(soon|shortly)\b|\bwe'?ll be in touch\b(?! (by|at|on|within|before))",
    re.IGNORECASE,
)  # fmt: skip
_TECHNICAL: Final = re.compile(
    r"\bHTTP(S)? ?[1-5][0-9]{2}\b|\b(error|status|code|intermittent)? ?[45]0[0-9]s?\b(?= (error|from|response|on|status))|\b5xx\b|\b4xx\b|\bedge[ -]cache\b|\bstack ?trace\b|\btraceback\b|\bnull pointer\b|\bsegfault\b"
    r"|\bload balancer\b|\bkubernetes\b|\bk8s\b|\bpods?\b(?= (restart|crash|evict))|\bdatabase (replica|failover|deadlock)\b|\breplication lag\b|\bcron ?job\b|\b[a-z0-9-]+\.(internal|local|corp|svc|cluster)\b|\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b",
    re.IGNORECASE,
)  # fmt: skip
_HOLLOW: Final = re.compile(
    r"\b(any|the|this|for) inconveniences?\b|\binconvenience (this )?(may|might) have\b", re.IGNORECASE
)
_SORRY: Final = re.compile(r"\b(sorry|apologi[sz]e|apology|apologies|entschuldig\w+)\b", re.IGNORECASE)
_LEFT: Final = re.compile(r"\b(TODO|FIXME|XXX|TBD)\b|\blorem ipsum\b|\b(insert|put) .{0,20} here\b", re.IGNORECASE)
_SECRET: Final = re.compile(
    r"\bAKIA[0-9A-Z]{16}\b|\bsk_live_\w{10,}|\bgh[pousr]_\w{30,}|\bxox[abp]-[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY|\bpassword\s*[:=]\s*\S{4,}|\beyJ[\w-]{20,}\.[\w-]{20,}"
)
_PERSONAL: Final = re.compile(
    r"\b[\w.+-]+@(?!example\.|acme\.example)[\w-]+\.[\w.-]*[a-z]\b|(?<![\w/=#])\+?\(?\d{2,4}\)?[ -]\d{3,4}[ -]\d{3,5}\b"
)
_SHARED: Final = re.compile(
    r"^(support|help|hello|info|service|security|noreply|no-reply|contact|billing|privacy)@", re.IGNORECASE
)
_HTTP: Final = re.compile(r"http://(?!127\.0\.0\.1|localhost)[^\s\"'<)]+", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"\?|\b(please|could you|can you|check|send|reply|confirm|tell us|let us know|bitte)\b", re.IGNORECASE
)
_ITEM: Final = re.compile(r"<li>|^\s*(\d+[.)]|[-*•])\s+\S", re.IGNORECASE | re.MULTILINE)


def findings(reply: Reply) -> Iterator[Finding]:
    """Everything that is wrong with a text."""
    for rule in RULES:
        yield from rule(reply)


def _liquid(reply: Reply) -> Iterator[Finding]:
    reading = placeholders.read(reply.text)
    if reading.broken:
        yield Finding("liquid-syntax", f"Liquid cannot be read: {reading.broken}")
    for name in reading.filters:
        yield Finding("liquid-filter", f"Liquid has no filter '{name}'")
    for use in dict.fromkeys(use.name for use in reading.uses):
        yield from _placeholder(use, reply)


def _placeholder(name: str, reply: Reply) -> Iterator[Finding]:
    root = name.partition(".")[0]
    fine, others = placeholders.known(name)
    if root == "dc" and reply.contents and name.partition(".")[2] not in reply.contents:
        yield Finding("content-unknown", f"no template here makes {{{{{name}}}}}", near(name[3:], reply.contents))
    elif not fine and (root not in placeholders.ROOTS or _near(name, others)):
        hint = _near(name, others)
        yield Finding("placeholder-unknown", f"Zendesk has no placeholder {{{{{name}}}}}: it would be a hole", hint)
    elif not fine:
        yield Finding("placeholder-doubtful", f"{{{{{name}}}}} is no placeholder that is known here")
    if reply.public is not False and placeholders.is_internal(name):
        yield Finding(
            "internal-in-public",
            f"{{{{{name}}}}} shows customers what only agents may see",
            "ticket.latest_public_comment is for customers",
        )


def _near(name: str, others: Iterable[str]) -> str:
    """The known placeholder whose last part is close."""
    by_last = {other.rpartition(".")[2]: other for other in others}
    last = name.rpartition(".")[2] if "." in next(iter(by_last.values()), "") else name.partition(".")[0]
    found = near(last, by_last)
    return re.sub(r"'([^']+)'", lambda one: f"'{by_last[one[1]]}'", found)


def _next_update(reply: Reply) -> Iterator[Finding]:
    """An update that keeps customers waiting says until when."""
    if reply.purpose != "update" or reply.public is False:
        return
    promises = [line for line in re.split(r"(?<=[.!?])\s+|\n", reply.read) if _TIMED.search(line)]
    if not any(_TIME.search(line) for line in promises):
        hint = "such as: Next update by {{ticket.due_date}}, or [time and time zone] for the agent to fill in"
        yield Finding("no-next-update", "an update for customers says when the next one comes", hint)


def _asked(reply: Reply) -> Iterator[Finding]:
    if reply.purpose != "customer_action":
        return
    if not _ASKS.search(reply.seen) or not _ITEM.search(reply.text):
        hint = "list the few checks that the customer can do, one a line"
        yield Finding("nothing-asked", "the customer is to act, and is asked for nothing concrete", hint)


def _apology(reply: Reply) -> Iterator[Finding]:
    """Nobody says sorry for what is the customer's to mend."""
    found = _SORRY.search(reply.seen) if reply.purpose == "customer_action" and reply.public is not False else None
    if found and not _HOLLOW.search(reply.seen):
        yield Finding("hollow-apology", f"'{found[0]}' for what is not ours", "say what happened, and what would help")


def _words(check: str, pattern: re.Pattern[str], sentence: str, hint: str = "", *, customers: bool = True) -> Rule:
    """A rule that looks for words; `customers` alone are spared them, agents are not."""

    def rule(reply: Reply) -> Iterator[Finding]:
        if customers and reply.public is False:
            return
        found = pattern.search(reply.seen)
        if found:
            yield Finding(check, sentence.format(found[0].strip()), hint)

    return rule


def _own_words(reply: Reply) -> Iterator[Finding]:
    if reply.public is False:
        return
    for word in reply.technical:
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", reply.seen, re.IGNORECASE):
            yield Finding("technical-words", f"'{word}' is no word for customers", "say what the customer notices")


def _secrets(reply: Reply) -> Iterator[Finding]:
    """What is found is not repeated."""
    if _SECRET.search(reply.text):
        yield Finding("secret-in-text", "this looks like a key, a token or a password", "take it out, and change it")


def _people(reply: Reply) -> Iterator[Finding]:
    for found in _PERSONAL.finditer(reply.seen):
        if not _SHARED.match(found[0]):
            yield Finding(
                "personal-data",
                "an e-mail address or telephone number stands in a text for everyone",
                "use a placeholder",
            )
            return


def _links(reply: Reply) -> Iterator[Finding]:
    found = _HTTP.search(reply.text)
    if found:
        yield Finding("plain-http", f"{found[0][:60]} is not encrypted", "https://")


RULES: Final[tuple[Rule, ...]] = (
    _liquid,
    _next_update,
    _asked,
    _apology,
    _own_words,
    _secrets,
    _people,
    _links,
    _words("vague-update", _VAGUE, "'{}' names no time", "say until when: a time and a time zone"),
    _words("technical-words", _TECHNICAL, "'{}' is no word for customers", "say what the customer notices"),
    _words("hollow-apology", _HOLLOW, "'{}' says nothing", "name what happened, or leave it out where it is not ours"),
    _words("leftover", _LEFT, "'{}' was left over", customers=False),
)


def placeholder_set(text: str) -> Mapping[str, int]:
    """How often each placeholder stands in a text."""
    found: dict[str, int] = {}
    for name in placeholders.names(text):
        found[name] = found.get(name, 0) + 1
    return found
