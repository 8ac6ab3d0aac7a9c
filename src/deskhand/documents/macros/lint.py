"""Lint: what is allowed in macros, and most likely wrong. Needs no account."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Final

from deskhand.core.macros.record import Want
from deskhand.core.macros.value import Action, Macro, essential, json_of
from deskhand.documents.macros import lint_text
from deskhand.documents.macros.compile import Compiled, content_name
from deskhand.documents.macros.folder import Folder, Source
from deskhand.documents.macros.lint_text import Reply, placeholder_set
from deskhand.documents.macros.template import rendered_partials
from deskhand.documents.node import Node
from deskhand.documents.problems import Problem, listed, ordered

LONGEST_TITLE: Final = 120
_BY_NUMBER: Final = re.compile(r"^#[0-9]+$")


def lint(folder: Folder, compiled: Compiled) -> tuple[Problem, ...]:
    """Every finding, but for those that a file waives or the settings turn off; with the problems of compiling."""
    off = set(folder.settings.lint.off) if folder.settings else set()
    found: list[Problem] = []
    for want in compiled.wants:
        source = compiled.sources[want.key.partition("@")[0]]
        found += _kept(source, _macro(folder, source, want, compiled))
    for source in folder.sources:
        found += _kept(source, [*_names(source), *_locales(folder, source)])
    found += _across(compiled)
    found += _partials(folder)
    return ordered([*compiled.problems, *(one for one in found if one.check not in off)])


def source_hash(text: str) -> str:
    """The hash that a translation names under `of`."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def _kept(source: Source, found: Iterable[Problem]) -> Iterator[Problem]:
    return (one for one in found if one.check not in source.model.waive)


def _macro(folder: Folder, source: Source, want: Want, compiled: Compiled) -> Iterator[Problem]:
    macro, node = want.macro, source.node
    if not macro.actions:
        yield node.at(("actions",)).problem("the macro does nothing", "no-actions", "a macro needs an action at least")
    if not macro.description:
        yield node.at(("title",)).problem(
            "nothing says what the macro is for", "no-macro-description", "write a description"
        )
    yield from _title(macro, node)
    yield from _tags(macro, node)
    replies = list(_replies(folder, source, macro, compiled))
    for reply in replies:
        at = _place(node)
        for finding in lint_text.findings(reply):
            yield at.problem(finding.message, finding.check, finding.hint)
    kinds = {row.field for row in essential(macro.actions) if row.field.startswith("comment_value")}
    if len(kinds) > 1:
        yield _place(node).problem("a text and an HTML reply stand in one macro", "two-comments", "keep one of them")
    if kinds and not any(row.field == "comment_mode_is_public" for row in macro.actions):
        yield _place(node).problem(
            "the reply does not say whether customers see it", "reply-undecided", "public: true or false"
        )


def _title(macro: Macro, node: Node) -> Iterator[Problem]:
    at = node.at(("title",))
    if len(macro.title) > LONGEST_TITLE:
        yield at.problem(f"the title has {len(macro.title)} characters", "title-length", f"{LONGEST_TITLE} at most")
    if re.search(r"\s::|::\s|^::|::$", macro.title):
        yield at.problem("spaces around ::, or an empty category", "title-separator", "Category::Title")


def _tags(macro: Macro, node: Node) -> Iterator[Problem]:
    at = node.at(("actions",))
    for row in macro.actions:
        if row.field == "set_tags" and row.value:
            yield at.problem("set_tags takes all other tags away", "tags-replaced", "add_tags keeps them")
    for item in at.items:
        for name in ("set_tags", "add_tags", "remove_tags"):
            tags = item.mapping.get(name)
            for tag in (tags.items or (tags,)) if tags else ():
                if "<<" not in str(tag.value) and re.search(r"[\s,A-Z]", str(tag.value)):
                    yield tag.problem(f"{tag.kind} is no tag", "tag-form", "lower case, without spaces and commas")


def _replies(folder: Folder, source: Source, macro: Macro, compiled: Compiled) -> Iterator[Reply]:
    modes = [row.value for row in macro.actions if row.field == "comment_mode_is_public"]
    public = None if not modes else modes[-1] == "true"
    settings = folder.settings
    technical = tuple(settings.lint.technical_words) if settings else ()
    installation = settings.installation if settings else ""
    contents = frozenset(content_name(installation, one.key) for one in compiled.wants if one.macro.content)
    for text, rich in texts(macro):
        yield Reply(text, rich, public, source.model.purpose, technical, contents)


def texts(macro: Macro) -> Iterator[tuple[str, bool]]:
    """The replies of a macro and of its dynamic content, each with whether it is rich text."""
    for locale_text in macro.content:
        yield locale_text[1], "<" in locale_text[1]
    for row in macro.actions:
        if row.field.startswith("comment_value"):
            text = _text(row)
            if not (macro.content and text.startswith("{{dc.")):
                yield text, row.field == "comment_value_html"


def _text(row: Action) -> str:
    raw = json_of(row.value)
    return str(raw[-1]) if isinstance(raw, list) and raw else str(raw)


def _place(node: Node) -> Node:
    """Where the reply stands in a file, or the verbatim comment; the title where there is none."""
    for item in node.at(("actions",)).items:
        if "reply" in item.mapping:
            return item.mapping["reply"]
    for item in node.at(("actions",)).items:
        field = item.at(("zendesk", "field"))
        if str(field.value).startswith("comment_value"):
            return item
    return node.at(("title",))


def _names(source: Source) -> Iterator[Problem]:
    """Numbers where names belong."""
    for part in ("actions", "restriction"):
        for node in source.node.at((part,)).walk():
            if isinstance(node.value, str) and _BY_NUMBER.match(node.value):
                yield node.problem(f"{node.value} is a number of one account", "reference-by-number", "write the name")


def _locales(folder: Folder, source: Source) -> Iterator[Problem]:
    model, node = source.model, source.node
    original = _original(node)
    if original is None or not (model.locales or folder.locales[1:]):
        return
    missing = [one for one in folder.locales[1:] if one not in model.locales and one not in model.fallback]
    if missing:
        hint = "translate it under locales, or name them under fallback"
        yield original.problem(f"there is no text for {listed(missing, 'and')}", "locale-missing", hint)
    for locale, one in model.locales.items():
        reply = one.reply
        text = (reply.markdown or reply.html or reply.text or "") if reply else ""
        at = node.at(("locales",)).key(locale)
        if text and placeholder_set(text) != placeholder_set(str(original.value)):
            yield at.problem("its placeholders are not those of the original", "locale-placeholders")
        if one.of is not None and one.of != source_hash(str(original.value)):
            hint = f"read it again, then write of: {source_hash(str(original.value))}"
            yield at.problem("the original changed since this was translated", "locale-stale", hint)


def _original(node: Node) -> Node | None:
    """The text of the first reply."""
    for item in node.at(("actions",)).items:
        for name in ("markdown", "html", "text"):
            found = item.mapping["reply"].mapping.get(name) if "reply" in item.mapping else None
            if found is not None and isinstance(found.value, str):
                return found
    return None


def _across(compiled: Compiled) -> Iterator[Problem]:
    """What shows only when all macros are looked at."""
    titles: dict[str, Want] = {}
    categories: dict[str, Want] = {}
    for want in compiled.wants:
        source = compiled.sources[want.key.partition("@")[0]]
        at = source.node.at(("title",))
        title = want.macro.title.strip()
        first = titles.setdefault(title.casefold(), want)
        if first is not want and "title-duplicate" not in source.model.waive:
            yield at.problem(f"'{title}' is also the title of {first.file}", "title-duplicate")
        category = title.partition("::")[0].strip() if "::" in title else ""
        twin = next((one for one in categories if _twins(one, category)), None) if category not in categories else None
        if category:
            categories.setdefault(category, want)
        if twin and "category-twin" not in source.model.waive:
            yield at.problem(f"category '{category}' is almost '{twin}' of {categories[twin].file}", "category-twin")


def _twins(one: str, other: str) -> bool:
    if not one or not other:
        return False
    low, high = one.casefold(), other.casefold()
    return low == high or low.rstrip("s") == high.rstrip("s") or SequenceMatcher(None, low, high).ratio() > 0.9


def _partials(folder: Folder) -> Iterator[Problem]:
    texts = [str(node.value) for source in folder.sources for node in source.node.walk() if isinstance(node.value, str)]
    used = {name for text in (*texts, *folder.partials.values()) for name in rendered_partials(text)}
    for name in folder.partials:
        if name not in used:
            yield Problem(f"{folder.shown}/partials/{name}", 0, 0, "no template uses this partial", "unused-partial")
