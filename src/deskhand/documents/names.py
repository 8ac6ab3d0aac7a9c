"""Names that a policy uses, against those that an account has."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from deskhand.documents.load import Loaded
from deskhand.documents.problems import Problem, near, ordered
from deskhand.documents.scope import Mention


def check_names(loaded: Loaded, known: Mapping[str, Iterable[str]]) -> tuple[Problem, ...]:
    """Names that the account does not have. `known` holds its names by kind; a kind that is absent is not checked.

    Kinds: group, agent (e-mail addresses), field (policy names), option (`<field>=<tag>`, and `<field>=*` for fields without a
    closed list of options), organization_field, user_field, brand, form, custom_status.
    """
    return ordered(_unknown_names(loaded.mentions, {kind: frozenset(names) for kind, names in known.items()}))


_CHECK_OF: Final = {
    "group": "unknown-group",
    "agent": "unknown-agent",
    "option": "unknown-option",
    "field": "unknown-field",
}


def _unknown_names(mentions: Iterable[Mention], known: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    for mention in mentions:
        names = known.get(mention.kind)
        if names is None or mention.name in names:
            continue
        field, equals, value = mention.name.partition("=")
        if mention.kind == "option" and (
            f"{field}=*" in names or not any(name.startswith(f"{field}=") for name in names)
        ):
            continue
        options = [name.partition("=")[2] for name in names if name.startswith(f"{field}=")] if equals else names
        shown, word = (
            (value, f"option of '{field}'")
            if mention.kind == "option"
            else (mention.name, mention.kind.replace("_", " "))
        )
        check = _CHECK_OF.get(mention.kind, "unknown-field" if mention.kind.endswith("_field") else "unknown-name")
        yield mention.node.problem(f"{mention.whose}unknown {word} '{shown}'", check, near(shown, options))
