"""What is checked of macro templates: each check with its weight and its meaning.

Errors of the first part keep a template from being used. The others are findings of `deskhand macros lint`: a file waives one with a reason
(`waive: {check: reason}`), and `lint: {off: [check]}` in settings.yaml turns one off for all.
"""

from typing import Final, Literal

Weight = Literal["error", "warning"]

FIRM: Final[dict[str, tuple[Weight, str]]] = {
    "no-settings": ("error", "The folder has no settings.yaml, so nobody knows whose macros these are."),
    "unknown-environment": ("error", "An environment that has no file under env/."),
    "duplicate-macro": ("error", "Two files have the same key."),
    "bad-macro-key": ("error", "A key is not written in lower-case letters, digits, dots, hyphens and underscores."),
    "bad-macro-action": ("error", "An action that cannot be read or that Zendesk's macros do not have."),
    "bad-macro-template": ("error", "A template of ours (<< >> or <% %>) cannot be read, or uses a variable or partial that is not there."),
    "unknown-macro-name": ("error", "A group, field, option, brand, form, status or agent that the account lacks or has twice."),
    "bad-attachment": ("error", "An attachment is missing, is too large, or is the sixth."),
    "bad-move": ("error", "`moved` names a key that another file still has, or that two files claim."),
    "bad-locale": ("error", "A locale that is not declared, or that says what only a macro of its own could say."),
    "bad-waiver": ("error", "`waive` or `off` names a check that does not exist or cannot be waived."),
}  # fmt: skip
"""Mistakes that nobody can waive."""

LINT: Final[dict[str, tuple[Weight, str]]] = {
    "no-actions": ("error", "A macro without actions does nothing, and Zendesk refuses it."),
    "title-length": ("warning", "A title is longer than 120 characters: agents see the beginning only."),
    "title-duplicate": ("error", "Two macros have the same title, so agents cannot tell them apart."),
    "title-separator": ("warning", "Spaces around :: become a part of the category's name."),
    "category-twin": ("warning", "Two categories that are almost the same, such as Refund and Refunds."),
    "no-macro-description": ("warning", "Nothing says what the macro is for."),
    "placeholder-unknown": ("error", "A placeholder that Zendesk does not have: customers would see a hole."),
    "placeholder-doubtful": ("warning", "A placeholder below a known one that is not in the list of known names."),
    "liquid-syntax": ("error", "Liquid that cannot be read: a bracket or a tag that is never closed."),
    "liquid-filter": ("warning", "A filter that Liquid does not have."),
    "content-unknown": ("warning", "A {{dc.name}} that no template here makes."),
    "internal-in-public": ("error", "A public reply holds internal comments or notes about people."),
    "status-not-allowed": ("error", "Macros cannot set the status to new or closed."),
    "reply-undecided": ("warning", "A reply that does not say whether it is public."),
    "tags-replaced": ("warning", "set_tags takes all other tags away; add_tags is most often meant."),
    "tag-form": ("error", "A tag with a space, a comma or a capital letter."),
    "two-comments": ("error", "A text and an HTML reply in one macro: Zendesk shows only one of them."),
    "plain-http": ("warning", "A link without encryption."),
    "leftover": ("error", "A note to oneself: TODO, FIXME, XXX, lorem ipsum."),
    "secret-in-text": ("error", "Something that looks like a key, a token or a password."),
    "personal-data": ("warning", "An e-mail address or a telephone number in a text for everyone."),
    "reference-by-number": ("warning", "A number in place of a name: it means something else in another account."),
    "no-next-update": ("error", "An update for customers that does not say when the next one comes."),
    "vague-update": ("error", "A promise without a time, such as `we'll update you soon`."),
    "technical-words": ("error", "Words that customers do not know: HTTP codes, host names, edge cache, stack traces."),
    "hollow-apology": ("error", "`any inconvenience`: an apology that says nothing, or is for what is not ours."),
    "nothing-asked": ("error", "A template that is to make the customer act, and asks for nothing concrete."),
    "locale-missing": ("error", "A locale of the account without a text, and not named under `fallback`."),
    "locale-placeholders": ("error", "The placeholders of a translation are not those of the original."),
    "locale-stale": ("warning", "The original changed after a text was translated."),
    "unused-partial": ("warning", "A partial that no template uses."),
}  # fmt: skip
"""Findings, each of which can be waived with a reason."""

MACRO_CHECKS: Final[dict[str, tuple[Weight, str]]] = FIRM | LINT
