"""Settings, from the environment and from files named there. Never from arguments, where others could read a secret."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from deskhand.errors import SettingsError

PREFIX: Final = "DESKHAND_"
PUBLISHED: Final = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
"""What Zendesk signs with while a webhook is tried out before it is saved; it stands in Zendesk's documents."""
SHORTEST_SECRET: Final = 16
OTHERS: Final = ("DESKHAND_DEBUG",)
"""Variables that are read elsewhere."""
_TAKES: Final = {
    "bool_parsing": "should be true or false",
    "float_parsing": "should be a number, without a unit",
    "int_parsing": "should be a whole number, without a unit",
}
"""What a setting takes, where pydantic's own words would not help."""
_WHERE_SECRETS_ARE: Final = (
    "copy it from the webhook's page in the Admin Center (Apps and integrations > Webhooks > Reveal secret)."
)


Secrets = Literal[
    "client_secret",
    "api_token",
    "listen_token",
    "heartbeat_url",
    "pagerduty_routing_key",
    "pagerduty_token",
    "slack_token",
    "slack_hook_url",
    "statuspage_token",
    "jira_token",
    "confluence_token",
    "webhook_url",
    "webhook_secret",
    "apprise_urls",
    "zendesk_webhook_secret",
]
"""Settings that nobody may see, each with a `_file` beside it."""


def _secret(description: str) -> SecretStr | None:
    """A setting that nobody may see."""
    found: SecretStr | None = Field(default=None, description=description)
    return found


def _file(description: str = "a file that holds it") -> Path | None:
    """The file of a secret."""
    found: Path | None = Field(default=None, description=description)
    return found


class Settings(BaseSettings):
    """What can be set. Each name stands in the environment with DESKHAND_ before it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=None, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    subdomain: str | None = Field(default=None, description="the account: acme for acme.zendesk.com")
    client_id: str | None = Field(
        default=None, description="identifier of an OAuth client of the account (confidential, tied to an admin)"
    )
    client_secret: SecretStr | None = Field(default=None, description="its secret")
    client_secret_file: Path | None = Field(default=None, description="a file that holds the secret")
    email: str | None = Field(default=None, description="with an API token: the agent it belongs to")
    api_token: SecretStr | None = Field(default=None, description="an API token; these stop working on 2027-04-30")
    api_token_file: Path | None = Field(default=None, description="a file that holds the API token")
    base_url: str | None = Field(
        default=None, description="instead of the account: the address of a sandbox, such as http://127.0.0.1:8080"
    )
    policies: Path = Field(default=Path("policies"), description="the folder of policies")
    macros: Path = Field(default=Path("macros"), description="the folder of macro templates")
    macros_state: Path | None = Field(
        default=None,
        description="a folder for the states of macros, to be committed; without it they are in the database",
    )
    macros_runs: Path = Field(
        default=Path(".deskhand/macros"), description="where runs on macros keep their journals and backups"
    )
    mode: Literal["off", "observe", "notify", "enforce"] = Field(
        default="observe", description="off; observe: decide and record; notify: tell people only; enforce: everything"
    )
    sign_offs: Annotated[int, Field(ge=0, le=5)] = Field(
        default=2, description="how many people must sign a policy before it may write; 0: none, for a sandbox"
    )
    stop: bool = Field(default=False, description="the kill switch: true sends nothing, whatever the mode")
    stop_file: Path = Field(
        default=Path("deskhand.stop"), description="the kill switch as a file: while it exists, nothing is sent"
    )
    database_url: str = Field(
        default="sqlite:///deskhand.db", description="where the worker keeps its state; postgresql://... for PostgreSQL"
    )
    feeds: Literal["both", "export", "recent"] = Field(
        default="both", description="how changes are heard of; either feed alone is enough"
    )
    poll_seconds: Annotated[float, Field(ge=5, le=3600)] = Field(default=30.0, description="seconds between two polls")
    reserve_share: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.2, description="share of the account's calls that is left to others"
    )
    incremental_per_minute: Annotated[int, Field(ge=1, le=30)] = Field(
        default=10, description="calls a minute to the exports; 30 with the High Volume add-on"
    )
    backfill_days: Annotated[float, Field(gt=0, le=3650)] = Field(
        default=30.0, description="how far back a new installation reads"
    )
    keep_days: Annotated[float, Field(gt=0)] = Field(
        default=90.0, description="how long decisions and finished writes are kept"
    )
    listen: str | None = Field(
        default=None, description="where /healthz, /readyz and /metrics answer: 9000 on this machine, or address:port"
    )
    listen_token: SecretStr | None = Field(
        default=None, description="what they are asked with (Authorization: Bearer); a must where others can come in"
    )
    listen_token_file: Path | None = Field(default=None, description="a file that holds it")
    zendesk_webhook_secret: SecretStr | None = Field(
        default=None,
        description="signing secrets of Zendesk's webhooks, with spaces between them: then /zendesk/events lets these wake the worker",
    )
    zendesk_webhook_secret_file: Path | None = Field(default=None, description="a file that holds them")
    zendesk_account_id: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="the account's number, as webhooks tell it; those of another account are refused then"
    )
    heartbeat_url: SecretStr | None = Field(
        default=None, description="an address that is asked for after each full cycle, for a watch outside"
    )
    heartbeat_url_file: Path | None = Field(default=None, description="a file that holds it")
    pagerduty_token: SecretStr | None = _secret("a REST API key of PagerDuty: pages, who acknowledged, who is on call")
    pagerduty_token_file: Path | None = _file()
    pagerduty_from: str | None = Field(
        default=None, description="the mail address of the PagerDuty user in whose name incidents are written"
    )
    pagerduty_routing_key: SecretStr | None = _secret("the key of an Events API v2 integration of PagerDuty")
    pagerduty_routing_key_file: Path | None = _file()
    pagerduty_url: str = Field(
        default="https://api.pagerduty.com", description="PagerDuty's REST API; another one in its EU region"
    )
    pagerduty_events_url: str = Field(
        default="https://events.pagerduty.com", description="its Events API; another one in its EU region"
    )
    slack_token: SecretStr | None = _secret("the token of a Slack app's bot (xoxb-...)")
    slack_token_file: Path | None = _file()
    slack_hook_url: SecretStr | None = _secret("the whole address of a Slack incoming webhook")
    slack_hook_url_file: Path | None = _file()
    slack_url: str = Field(default="https://slack.com/api", description="Slack's Web API")
    statuspage_token: SecretStr | None = _secret("an API key of Statuspage")
    statuspage_token_file: Path | None = _file()
    statuspage_url: str = Field(default="https://api.statuspage.io/v1", description="Statuspage's API")
    jira_url: str | None = Field(default=None, description="the Jira site: https://acme.atlassian.net")
    jira_email: str | None = Field(default=None, description="the user that the Jira API token belongs to")
    jira_token: SecretStr | None = _secret("an API token of that user")
    jira_token_file: Path | None = _file()
    confluence_url: str | None = Field(default=None, description="the wiki: https://acme.atlassian.net/wiki")
    confluence_email: str | None = Field(default=None, description="the user that the Confluence API token belongs to")
    confluence_token: SecretStr | None = _secret("an API token of that user")
    confluence_token_file: Path | None = _file()
    webhook_url: SecretStr | None = _secret("where signed messages are posted to")
    webhook_url_file: Path | None = _file()
    webhook_secret: SecretStr | None = _secret("what they are signed with")
    webhook_secret_file: Path | None = _file()
    apprise_urls: SecretStr | None = _secret("apprise's addresses (mail, Teams, SMS, ...), with spaces between them")
    apprise_urls_file: Path | None = _file()
    services_private: bool = Field(
        default=False, description="true: services that carry messages may be in a network of your own, and at any port"
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="lines for people on a terminal, JSON elsewhere"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="the least important lines that are shown"
    )

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Spaces and line ends that were copied along count for nothing, and what is empty is not set. Secrets are looked at where they are used."""
        meant = {name: one.strip() if isinstance(one, str) else one for name, one in given.items()}
        return {name: one for name, one in meant.items() if one != "" or name in get_args(Secrets)}

    def secret(self, name: Secrets) -> str | None:
        """A secret, from its variable or its file. Raises SettingsError where both are set, and for a file that cannot be read."""
        given: SecretStr | None = getattr(self, name)
        file: Path | None = getattr(self, f"{name}_file")
        return the_secret(given.get_secret_value() if given else "", file, f"{PREFIX}{name.upper()}")

    def signing_secrets(self) -> tuple[str, ...]:
        """The secrets that Zendesk's webhooks are signed with; none where webhooks are not wanted. Raises SettingsError for what would not do."""
        found = tuple((self.secret("zendesk_webhook_secret") or "").split())
        setting = f"{PREFIX}ZENDESK_WEBHOOK_SECRET"
        if not found:
            if self.zendesk_webhook_secret is not None or self.zendesk_webhook_secret_file is not None:
                raise SettingsError(f"{setting} is set and empty", hint=f"Unset it, or {_WHERE_SECRETS_ARE}")
            return ()
        if PUBLISHED in found:
            raise SettingsError(
                f"{setting} holds the secret that Zendesk tries new webhooks out with, which everybody knows",
                hint=f"Save the webhook, then {_WHERE_SECRETS_ARE}",
            )
        if any(len(one) < SHORTEST_SECRET for one in found):
            raise SettingsError(
                f"{setting} holds a secret of fewer than {SHORTEST_SECRET} characters, which can be guessed",
                hint=f"It stands for itself, with spaces between two: {_WHERE_SECRETS_ARE}",
            )
        if self.listen is None:
            raise SettingsError(
                f"{setting} is set, and there is nowhere to listen for webhooks",
                hint="Set DESKHAND_LISTEN, such as 9000, and let your proxy hand on /zendesk/events to it; or unset the secret.",
            )
        return found

    def address(self) -> str:
        """The address of the account. Raises SettingsError where none is set."""
        if self.base_url:
            return self.base_url
        if not self.subdomain:
            raise SettingsError(
                "no account is set",
                hint="Set DESKHAND_SUBDOMAIN (acme for acme.zendesk.com), or DESKHAND_BASE_URL for a sandbox.",
            )
        if not self.subdomain.replace("-", "").isalnum():
            raise SettingsError(
                f"DESKHAND_SUBDOMAIN is '{self.subdomain}', which is no subdomain",
                hint="Only the part before .zendesk.com: acme, not https://acme.zendesk.com.",
            )
        return f"https://{self.subdomain}.zendesk.com"


def the_secret(given: str, file: Path | None, setting: str) -> str | None:
    """What a secret is, given itself or by its file. Raises SettingsError where both are, and for a file that holds none."""
    if given.strip() and file is not None:
        raise SettingsError(f"{setting} and {setting}_FILE are both set", hint="Keep one of them, and unset the other.")
    return given.strip() or (None if file is None else _read_secret(file, setting))


def _read_secret(file: Path, setting: str) -> str:
    said = f"{setting}_FILE names {file}, which"
    try:
        found = file.read_text(encoding="utf-8-sig").strip()
    except OSError as error:
        raise SettingsError(
            f"{said} cannot be read ({error.strerror})",
            hint="Check the path, which is written in full and without ~, and that this user may read it.",
        ) from error
    except UnicodeDecodeError:
        raise SettingsError(f"{said} is no text", hint="Write the secret itself into it, and nothing else.") from None
    if not found:
        raise SettingsError(f"{said} is empty", hint="Write the secret into it, or name another file.")
    return found


def load() -> Settings:
    """The settings of this process. Raises SettingsError that names each variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        words = "; ".join(
            _words(one["loc"], one["type"], one["msg"]) for one in error.errors(include_input=False, include_url=False)
        )
        raise SettingsError(words, hint="`deskhand settings` lists every setting with its meaning.") from None


def unknown(environ: Mapping[str, str]) -> dict[str, str]:
    """Variables that look like settings and are none, with the setting that may be meant, or nothing. A channel's `key` may stand after a name."""
    names = [PREFIX + name.upper() for name in Settings.model_fields]
    known = tuple(f"{name}_" for name in names)
    strange = [one for one in environ if one.startswith(PREFIX) and one not in (*names, *OTHERS)]
    found = {}
    for one in sorted(strange):
        if not one.startswith(known):
            found[one] = next(iter(difflib.get_close_matches(one, names, 1, 0.85)), "")
    return found


def _words(place: tuple[int | str, ...], kind: str, message: str) -> str:
    """What is wrong with a setting, and what it takes."""
    said = _TAKES.get(kind) or f"{message[0].lower()}{message[1:]}".removeprefix("input ")
    return f"{PREFIX}{str(place[0]).upper() if place else ''} {said}"
