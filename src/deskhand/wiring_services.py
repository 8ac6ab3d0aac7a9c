"""Joins the channels of the policies to the services behind them, from the settings. mypy checks here that the adapters fit the ports.

A channel with `key: NETWORK` has its secrets under the same names with _NETWORK after them; addresses and mail addresses may be shared with the usual ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from deskhand import logs
from deskhand.app.post import Post
from deskhand.app.service_ports import Channel, Tracker, Wiki
from deskhand.core.ladder import Channel as Place
from deskhand.core.message import Service
from deskhand.errors import PolicyInvalid, SettingsError
from deskhand.http import BaseAdapter
from deskhand.http.service import ServiceSession
from deskhand.notify.confluence import Confluence
from deskhand.notify.jira import Jira
from deskhand.notify.others import Others
from deskhand.notify.pagerduty import PagerDuty
from deskhand.notify.pagerduty_events import PagerDutyEvents
from deskhand.notify.slack import Slack
from deskhand.notify.slack_hook import SlackHook
from deskhand.notify.statuspage import Statuspage
from deskhand.notify.webhook import Webhook
from deskhand.settings import PREFIX, Secrets, Settings, read_secret

log = logs.get(__name__)
HINT: Final = (
    "Set what is named above, or take the channel out of the policies; `deskhand settings` lists every setting."
)


@dataclass(frozen=True, slots=True)
class Given:
    """What adapters are made of: settings, the environment for those with a key, the clock, and what answers in place of the network."""

    settings: Settings
    environ: Mapping[str, str]
    now: Callable[[], datetime]
    mount: BaseAdapter | None = None
    sessions: dict[str, ServiceSession] = field(default_factory=dict)

    def secret(self, place: Place, name: Secrets) -> str:
        """A secret of a channel. Raises SettingsError that names it where it is not set."""
        found = self.secret_if_set(place, name)
        if found is None:
            setting = _setting(name, place)
            raise SettingsError(f"channel '{place.name}' needs {setting} (or {setting}_FILE)", hint=HINT)
        return found

    def secret_if_set(self, place: Place, name: Secrets) -> str | None:
        """A secret of a channel, or None."""
        if not place.key:
            return self.settings.secret(name)
        setting = _setting(name, place)
        given, file = self.environ.get(setting), self.environ.get(f"{setting}_FILE")
        if given is not None:
            return given.strip() or None
        return read_secret(Path(file), setting) if file else None

    def plain(self, place: Place, name: str) -> str:
        """A setting that is no secret: the channel's own, or the usual one. Raises SettingsError."""
        found = self.environ.get(_setting(name, place)) if place.key else None
        found = found or getattr(self.settings, name)
        if not found:
            raise SettingsError(f"channel '{place.name}' needs {PREFIX}{name.upper()}", hint=HINT)
        return str(found)

    def session(self, place: Place, name: str) -> ServiceSession:
        """The session to the service behind an address; channels with the same one share it."""
        return self._session(self.plain(place, name), f"{PREFIX}{name.upper()}")

    def secret_session(self, place: Place, name: Secrets) -> ServiceSession:
        """The session to an address that is a secret itself."""
        return self._session(self.secret(place, name), _setting(name, place), secret=True)

    def _session(self, url: str, setting: str, *, secret: bool = False) -> ServiceSession:
        if url not in self.sessions:
            private = self.settings.services_private
            self.sessions[url] = ServiceSession(
                url, setting=setting, mount=self.mount, secret_url=secret, private=private
            )
        return self.sessions[url]


def open_post(given: Given, places: Mapping[str, Place]) -> Post:
    """The post office for the channels of a policy. Those that cannot be used are in `missing`, with what to set."""
    post = Post()
    for name, place in places.items():
        try:
            _open(given, place, post)
        except SettingsError as error:
            hint = "" if error.hint == HINT else f" {error.hint}"
            post.missing[name] = f"{error}.{hint}"
    post.arrange(places)
    return post


def open_wiki(given: Given, places: Mapping[str, Place], name: str = "") -> Wiki:
    """The wiki of the policies, or the one of that name. Raises SettingsError."""
    for place in places.values():
        if place.service == "confluence" and name in ("", place.name):
            return _confluence(given, place)
    raise SettingsError(
        f"the policies have no wiki{f' {name!r}' if name else ''}",
        hint="Declare a channel of service `confluence`, with the space's key as its place.",
    )


def open_trackers(given: Given, places: Mapping[str, Place]) -> list[Tracker]:
    """Everything that keeps issues. Raises SettingsError."""
    found: list[Tracker] = [_jira(given, place) for place in places.values() if place.service == "jira"]
    if not found:
        raise SettingsError(
            "the policies name no place for issues",
            hint="Declare a channel of service `jira`, with the project's key as its place.",
        )
    return found


def refuse_missing(post: Post, *, sending: bool) -> None:
    """Refuse channels that cannot be used, where messages are to be sent; else only say so. Raises PolicyInvalid with one line for each."""
    if post.missing and sending:
        raise PolicyInvalid("channels of the policies cannot be used:\n" + "\n".join(post.missing.values()), hint=HINT)
    if post.missing:
        log.warning("channels_missing", channels=sorted(post.missing), hint=HINT)


def _open(given: Given, place: Place, post: Post) -> None:
    """One channel, put where it belongs. Raises SettingsError."""
    if place.service == "confluence":
        post.runbooks = post.runbooks or _confluence(given, place)
        return
    if place.service == "pagerduty":
        pager = _pagerduty(given, place)
        post.channels[place.name], post.pagers[place.name] = pager, pager
        return
    if place.service == "pagerduty_events":
        reader = _pagerduty(given, place) if given.secret_if_set(place, "pagerduty_token") else None
        session = given.session(place, "pagerduty_events_url")
        key = given.secret(place, "pagerduty_routing_key")
        post.channels[place.name] = PagerDutyEvents(place, session, key, given.now, reader)
        if reader is not None:
            post.pagers[place.name] = reader
        return
    post.channels[place.name] = _MAKERS[place.service](given, place)


def _pagerduty(given: Given, place: Place) -> PagerDuty:
    session, token = given.session(place, "pagerduty_url"), given.secret(place, "pagerduty_token")
    sender = place.options.get("from") or given.plain(place, "pagerduty_from")
    return PagerDuty(place, session, token, sender, given.now)


def _slack(given: Given, place: Place) -> Channel:
    return Slack(place, given.session(place, "slack_url"), given.secret(place, "slack_token"), given.now)


def _slack_hook(given: Given, place: Place) -> Channel:
    return SlackHook(place, given.secret_session(place, "slack_hook_url"), given.now)


def _statuspage(given: Given, place: Place) -> Channel:
    return Statuspage(place, given.session(place, "statuspage_url"), given.secret(place, "statuspage_token"), given.now)


def _jira(given: Given, place: Place) -> Jira:
    session, email = given.session(place, "jira_url"), given.plain(place, "jira_email")
    return Jira(place, session, email, given.secret(place, "jira_token"), given.now)


def _confluence(given: Given, place: Place) -> Confluence:
    session, email = given.session(place, "confluence_url"), given.plain(place, "confluence_email")
    return Confluence(place, session, email, given.secret(place, "confluence_token"), given.now)


def _webhook(given: Given, place: Place) -> Channel:
    session, secret = given.secret_session(place, "webhook_url"), given.secret(place, "webhook_secret")
    return Webhook(place, session, secret, given.now)


def _apprise(given: Given, place: Place) -> Channel:
    return Others(place, given.secret(place, "apprise_urls"), given.now)


_MAKERS: Final[Mapping[Service, Callable[[Given, Place], Channel]]] = {
    "slack": _slack,
    "slack_hook": _slack_hook,
    "statuspage": _statuspage,
    "jira": _jira,
    "webhook": _webhook,
    "apprise": _apprise,
}


def _setting(name: str, place: Place) -> str:
    return f"{PREFIX}{name.upper()}{f'_{place.key}' if place.key else ''}"
