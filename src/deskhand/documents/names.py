"""Names that a policy uses, against those that an account has."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from deskhand.documents.load import Loaded
from deskhand.documents.problems import Problem, near, ordered
from deskhand.documents.scope import Mention

_KINDS: Final[dict[str, tuple[str, str]]] = {
    "groups": ("group", "unknown-group"),
    "agents": ("agent", "unknown-agent"),
    "fields": ("field", "unknown-field"),
    "options": ("option", "unknown-option"),
    "organization_fields": ("organization field", "unknown-field"),
    "user_fields": ("user field", "unknown-field"),
    "brands": ("brand", "unknown-name"),
    "forms": ("form", "unknown-name"),
    "statuses": ("custom status", "unknown-name"),
}
"""Each kind with its word for people and its check."""


def check_names(loaded: Loaded, known: Mapping[str, Iterable[str]]) -> tuple[Problem, ...]:
    """Names that the account does not have. `known` holds its names by kind; a kind that is absent is not checked.

    Kinds: groups, agents (addresses, in any case), fields (policy names), options (`<field>=<tag>`; a field without any such entry has
    no closed list and is not checked), organization_fields, user_fields, brands, forms, statuses (of agents).
    """
    names = {kind: {_folded(kind, name): name for name in listed} for kind, listed in known.items()}
    return ordered(problem for mention in loaded.mentions for problem in _unknown(mention, names.get(mention.kind)))


def _folded(kind: str, name: str) -> str:
    return name.casefold() if kind == "agents" else name


def _unknown(mention: Mention, names: Mapping[str, str] | None) -> Iterator[Problem]:
    if names is None or _folded(mention.kind, mention.name) in names:
        return
    word, check = _KINDS[mention.kind]
    if mention.kind != "options":
        yield mention.node.problem(
            f"{mention.whose}unknown {word} '{mention.name}'", check, near(mention.name, names.values())
        )
        return
    field, _, value = mention.name.partition("=")
    options = [name.partition("=")[2] for name in names if name.startswith(f"{field}=")]
    if options:
        yield mention.node.problem(
            f"{mention.whose}unknown option '{value}' of field '{field}'", check, near(value, options)
        )
