"""Joins the channels of the policies to the services behind them, from the settings. mypy checks here that the adapters fit the ports.

A channel with `key: NETWORK` has its secrets under the same names with _NETWORK after them; addresses and mail addresses may be shared with the usual ones.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, TypeGuard, get_args

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
from deskhand.settings import PREFIX, Secrets, Settings, the_secret

log = logs.get(__name__)
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
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
            raise _needs(place, [_named(name, place)])
        return found

    def secret_if_set(self, place: Place, name: Secrets) -> str | None:
        """A secret of a channel, or None."""
        if not place.key:
            return self.settings.secret(name)
        setting = _setting(name, place)
        file = self.environ.get(f"{setting}_FILE", "").strip()
        return the_secret(self.environ.get(setting, ""), Path(file) if file else None, setting)

    def plain(self, place: Place, name: str) -> str:
        """A setting that is no secret: the channel's own, or the usual one. Raises SettingsError."""
        found = self._plain_if_set(place, name)
        if not found:
            raise _needs(place, [_named(name, place)])
        return found

    def mail(self, place: Place, name: str, own: str = "") -> str:
        """A mail address, or the channel's `own`. Raises SettingsError without what it is: it may be a token that stands in the wrong place."""
        found = own or self.plain(place, name)
        if not _MAIL.fullmatch(found):
            setting = f"the option `from` of channel '{place.name}'" if own else f"{PREFIX}{name.upper()}"
            raise SettingsError(
                f"{setting} is no mail address",
                hint="Give the whole address of the user that the token belongs to, such as worker@acme.example.",
            )
        return found

    def lacking(self, place: Place) -> list[str]:
        """The settings that a channel needs and does not have, as a sentence names them. Raises SettingsError for a secret's file that cannot be read."""
        needed = [one for one in _NEEDS[place.service] if not (one == "pagerduty_from" and place.options.get("from"))]
        return [_named(one, place) for one in needed if not self._if_set(place, one)]

    def _if_set(self, place: Place, name: str) -> str | None:
        return self.secret_if_set(place, name) if _is_secret(name) else self._plain_if_set(place, name)

    def _plain_if_set(self, place: Place, name: str) -> str:
        own = self.environ.get(_setting(name, place), "").strip() if place.key else ""
        return own or str(getattr(self.settings, name) or "")

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
            _refuse_lacking(given, place)
            return _confluence(given, place)
    raise SettingsError(
        f"the policies have no wiki{f' {name!r}' if name else ''}",
        hint="Declare a channel of service `confluence`, with the space's key as its place.",
    )


def open_trackers(given: Given, places: Mapping[str, Place]) -> list[Tracker]:
    """Everything that keeps issues. Raises SettingsError."""
    jiras = [place for place in places.values() if place.service == "jira"]
    for place in jiras:
        _refuse_lacking(given, place)
    found: list[Tracker] = [_jira(given, place) for place in jiras]
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
        log.warning(
            "channels_missing", channels=sorted(post.missing), hint="`deskhand channels list` says what each needs."
        )


def _open(given: Given, place: Place, post: Post) -> None:
    """One channel, put where it belongs. Raises SettingsError."""
    _refuse_lacking(given, place)
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
    sender = given.mail(place, "pagerduty_from", place.options.get("from", ""))
    return PagerDuty(place, session, token, sender, given.now)


def _slack(given: Given, place: Place) -> Channel:
    return Slack(place, given.session(place, "slack_url"), given.secret(place, "slack_token"), given.now)


def _slack_hook(given: Given, place: Place) -> Channel:
    return SlackHook(place, given.secret_session(place, "slack_hook_url"), given.now)


def _statuspage(given: Given, place: Place) -> Channel:
    return Statuspage(place, given.session(place, "statuspage_url"), given.secret(place, "statuspage_token"), given.now)


def _jira(given: Given, place: Place) -> Jira:
    session, email = given.session(place, "jira_url"), given.mail(place, "jira_email")
    return Jira(place, session, email, given.secret(place, "jira_token"), given.now)


def _confluence(given: Given, place: Place) -> Confluence:
    session, email = given.session(place, "confluence_url"), given.mail(place, "confluence_email")
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


_NEEDS: Final[Mapping[Service, Sequence[str]]] = {
    "pagerduty": ("pagerduty_url", "pagerduty_token", "pagerduty_from"),
    "pagerduty_events": ("pagerduty_events_url", "pagerduty_routing_key"),
    "slack": ("slack_url", "slack_token"),
    "slack_hook": ("slack_hook_url",),
    "statuspage": ("statuspage_url", "statuspage_token"),
    "jira": ("jira_url", "jira_email", "jira_token"),
    "confluence": ("confluence_url", "confluence_email", "confluence_token"),
    "webhook": ("webhook_url", "webhook_secret"),
    "apprise": ("apprise_urls",),
}
"""What must be set for a channel of a service."""


def _refuse_lacking(given: Given, place: Place) -> None:
    """Refuse a channel for all that it lacks at once. Raises SettingsError."""
    lacking = given.lacking(place)
    if lacking:
        raise _needs(place, lacking)


def _needs(place: Place, named: Sequence[str]) -> SettingsError:
    *others, last = named
    words = f"{', '.join(others)} and {last}" if others else last
    return SettingsError(f"channel '{place.name}' needs {words}", hint=HINT)


def _named(name: str, place: Place) -> str:
    """A setting as a sentence names it."""
    setting = _setting(name, place)
    return f"{setting} (or {setting}_FILE)" if _is_secret(name) else setting


def _is_secret(name: str) -> TypeGuard[Secrets]:
    return name in get_args(Secrets)


def _setting(name: str, place: Place) -> str:
    return f"{PREFIX}{name.upper()}{f'_{place.key}' if place.key else ''}"
