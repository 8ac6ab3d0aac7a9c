"""The shapes of the files below a folder of macros: settings.yaml, env/NAME.yaml, and one file for each macro."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from deskhand.core.macros.marker import KEY
from deskhand.documents.shape import OneOrMore, Strict, Text

Slug = Annotated[str, Field(pattern=f"^{KEY}$", examples=["acme"])]
Scalar = str | int | float | bool
Purpose = Literal["update", "resolution", "customer_action", "notice", "other"]


def _text(value: object) -> object:
    """Numbers and truth values that stand for a name."""
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value


Name = Annotated[str, BeforeValidator(_text), Field(min_length=1)]


Body = Annotated[str, Field(min_length=1, max_length=65_000)]
"""A text of a macro: Zendesk takes 64 kB of actions."""


class LintModel(Strict):
    """Which checks do not apply here."""

    off: list[str] = Field(default_factory=list)
    """Checks that are turned off for all files."""
    technical_words: list[str] = Field(default_factory=list)
    """Further words that customers do not know, such as names of own systems."""


class SettingsModel(Strict):
    """settings.yaml: whose macros these are, and what all files share."""

    installation: Slug
    """The name under which this folder looks after macros. It stands in every marker and never changes."""
    default_locale: str = "en-US"
    locales: list[str] = Field(default_factory=list)
    """Further locales of the account: every customer text needs one in each of them."""
    variables: dict[Slug, Scalar] = Field(default_factory=dict)
    """Values for << vars.name >>; an environment may have its own."""
    lint: LintModel = LintModel()


class EnvModel(Strict):
    """env/NAME.yaml: what differs between a sandbox and production."""

    account: Annotated[str, Field(min_length=1)]
    """The account's subdomain, or the host of a sandbox: state and plans of another account are refused."""
    variables: dict[Slug, Scalar] = Field(default_factory=dict)
    names: dict[str, dict[str, Name]] = Field(default_factory=dict)
    """Other names for the same thing here: `group: {Billing: Billing EMEA}`."""
    allow_empty: bool = False
    """Whether this environment may have no macro at all."""
    retire_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long a pruned macro stays inactive before it may be deleted."""


class RestrictionModel(Strict):
    """Who may use a macro: some groups, or one user (a personal macro is never managed)."""

    groups: OneOrMore[Name]
    """Names of groups."""


class ReplyModel(Strict):
    """The text of a reply: one of markdown, html and text."""

    markdown: Body | None = None
    html: Body | None = None
    text: Body | None = None
    """Plain text."""
    public: bool | None = None
    """Whether the customer sees it; without this, the agent's setting decides."""
    channel: Literal["all", "web"] | None = None
    """Of plain text: the channel that it is for."""


class LocaleModel(Strict):
    """One translation. Only `locales_as: macros` can say more than the text."""

    title: Text | None = None
    description: str | None = None
    reply: ReplyModel | None = None
    actions: list[dict[str, Any]] | None = None
    of: str | None = None
    """The hash of the original that was translated, as `macros lint` shows it: tells when the original moved on."""


class MacroModel(Strict):
    """One macro."""

    key: str
    """Which macro it is, for ever: independent of its file and title."""
    title: Text
    """As agents see it; :: makes categories."""
    description: str = ""
    purpose: Purpose = "other"
    """What the text is for; some checks ask it."""
    moved: str = ""
    """The key that this macro had before."""
    active: bool = True
    actions: list[dict[str, Any]] = Field(default_factory=list)
    """What it does, in this order."""
    restriction: Literal["everyone"] | RestrictionModel = "everyone"
    attachments: Annotated[list[Text], Field(max_length=20)] = Field(default_factory=list)
    """Files beside this one, five at most."""
    locales: dict[str, LocaleModel] = Field(default_factory=dict)
    """Translations of the reply by locale."""
    locales_as: Literal["dynamic_content", "macros"] = "dynamic_content"
    """Whether translations are variants of one text, or macros of their own."""
    fallback: list[str] = Field(default_factory=list)
    """Locales whose customers are meant to get the original."""
    leave_to_ui: list[Literal["active", "description", "restriction", "attachments"]] = Field(default_factory=list)
    """What agents may change in Zendesk: neither compared nor written."""
    prune: Literal["deactivate", "confirm", "never"] = "deactivate"
    """What becomes of the macro when this file is removed."""
    waive: dict[str, Text] = Field(default_factory=dict)
    """Findings that are accepted here: check and reason."""
