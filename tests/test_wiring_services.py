"""Channels of the policies joined to their services."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deskhand.app.post import Post
from deskhand.core.ladder import Channel as Place
from deskhand.core.message import Service
from deskhand.errors import PolicyInvalid
from deskhand.sandbox import Sandbox, SimClock
from deskhand.settings import Settings
from deskhand.wiring_services import Given, open_post, refuse_missing
from tests.app.places import START
from tests.core.messages import message

PLACES: dict[Service, Mapping[str, Any]] = {
    "pagerduty": {"place": "PSUPPORT"},
    "pagerduty_events": {"place": "PSUPPORT"},
    "slack": {"place": "C0SUPPORT"},
    "slack_hook": {},
    "statuspage": {"place": "acmestatus"},
    "jira": {"place": "ESC"},
    "confluence": {"place": "SUP"},
    "webhook": {},
}
NEEDS = {
    "pagerduty": ["PAGERDUTY_TOKEN", "PAGERDUTY_FROM"],
    "pagerduty_events": ["PAGERDUTY_ROUTING_KEY"],
    "slack": ["SLACK_TOKEN"],
    "slack_hook": ["SLACK_HOOK_URL"],
    "statuspage": ["STATUSPAGE_TOKEN"],
    "jira": ["JIRA_URL", "JIRA_EMAIL", "JIRA_TOKEN"],
    "confluence": ["CONFLUENCE_URL", "CONFLUENCE_EMAIL", "CONFLUENCE_TOKEN"],
    "webhook": ["WEBHOOK_URL", "WEBHOOK_SECRET"],
    "apprise": ["APPRISE_URLS"],
}


def places(*services: Service, **more: Any) -> dict[str, Place]:
    """A channel for each service, named after it."""
    return {service: Place(service, service, **{**PLACES.get(service, {}), **more}) for service in services}


def opened(
    monkeypatch: pytest.MonkeyPatch, environ: Mapping[str, str], wanted: Mapping[str, Place], sandbox: Sandbox
) -> Post:
    """The post office with these variables and no others."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    return open_post(Given(Settings(), environ, sandbox.clock.now, sandbox.adapter()), wanted)


@pytest.fixture
def sandbox() -> Sandbox:
    """Stand-ins for all services."""
    return Sandbox("acme", SimClock(START))


def test_the_settings_of_the_stand_ins_open_every_service(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Channels, pagers and the wiki with the runbooks, each where it belongs; and a message goes through."""
    environ = sandbox.services.settings(sandbox.url)

    post = opened(monkeypatch, environ, places(*PLACES), sandbox)

    assert post.missing == {}
    assert set(post.channels) == set(PLACES) - {"confluence"}
    assert set(post.pagers) == {"pagerduty", "pagerduty_events"}
    assert post.runbooks is not None
    assert post.channels["slack"].send(message(verb="tell"), ()).ref.startswith("C0SUPPORT/")


@pytest.mark.parametrize("service", NEEDS)
def test_a_channel_without_its_settings_says_which(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, service: Service
) -> None:
    """All of them in one sentence; with those set nothing is missing but what only the service could tell."""
    full = sandbox.services.settings(sandbox.url)

    post = opened(monkeypatch, {}, places(service), sandbox)

    assert post.channels == {}
    missing = post.missing[service]
    assert missing.startswith(f"channel '{service}' needs DESKHAND_")
    asked = [name for name in re.findall(r"DESKHAND_\w+", missing) if not name.endswith("_FILE")]
    assert [name.removeprefix("DESKHAND_") for name in asked] == NEEDS[service]
    if service != "apprise":
        assert opened(monkeypatch, {name: full[name] for name in asked}, places(service), sandbox).missing == {}


@pytest.mark.parametrize("name", ["PAGERDUTY_FROM", "JIRA_EMAIL", "CONFLUENCE_EMAIL"])
@pytest.mark.parametrize("value", ["t0ken-in-the-wrong-place", "Olga Oncall", "a@b c"])
def test_a_mail_address_that_is_none_is_told_before_anybody_is_paged(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, name: str, value: str
) -> None:
    """And not repeated: whoever swaps it with the token would read the token in a log."""
    service: Service = "pagerduty" if "PAGER" in name else "jira" if "JIRA" in name else "confluence"
    environ = sandbox.services.settings(sandbox.url) | {f"DESKHAND_{name}": value}

    missing = opened(monkeypatch, environ, places(service), sandbox).missing[service]

    assert missing.startswith(f"DESKHAND_{name} is no mail address. Give the whole address")
    assert value not in missing


def test_a_channel_with_a_key_has_secrets_of_its_own(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, tmp_path: Path
) -> None:
    """In a variable or a file; the usual one does not serve in its place, and it has a lane of its own."""
    environ = sandbox.services.settings(sandbox.url)
    both = places("slack") | {"net": Place("net", "slack", "C0SUPPORT", key="NETWORK")}
    post = opened(monkeypatch, environ, both, sandbox)
    assert post.missing == {
        "net": "channel 'net' needs DESKHAND_SLACK_TOKEN_NETWORK (or DESKHAND_SLACK_TOKEN_NETWORK_FILE)."
    }

    file = tmp_path / "token"
    file.write_text(environ["DESKHAND_SLACK_TOKEN"] + "\n", encoding="utf-8")
    for more in ({"DESKHAND_SLACK_TOKEN_NETWORK": "xoxb-2"}, {"DESKHAND_SLACK_TOKEN_NETWORK_FILE": str(file)}):
        post = opened(monkeypatch, environ | more, both, sandbox)
        assert set(post.lanes) == {"slack", "slack:NETWORK"}


def test_events_can_be_read_back_only_with_a_token(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Without one they are sent all the same, and nobody can tell who acknowledged."""
    environ = sandbox.services.settings(sandbox.url)
    del environ["DESKHAND_PAGERDUTY_TOKEN"]

    post = opened(monkeypatch, environ, places("pagerduty_events"), sandbox)

    assert (set(post.channels), post.pagers) == ({"pagerduty_events"}, {})


def test_what_an_adapter_cannot_use_is_missing_too(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """With its own advice, and without the secret."""
    environ = sandbox.services.settings(sandbox.url) | {"DESKHAND_SLACK_TOKEN": "xoxb secret words"}

    post = opened(monkeypatch, environ, places("slack"), sandbox)

    assert post.missing["slack"] == (
        "DESKHAND_SLACK_TOKEN is no token. Copy the app's bot token anew; it begins with xoxb-."
    )


def test_where_messages_are_sent_missing_settings_are_refused(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them at once, one a line; a worker that only observes says so in its log."""
    post = opened(monkeypatch, {}, places("slack", "jira"), sandbox)

    with pytest.raises(PolicyInvalid) as refused:
        refuse_missing(post, sending=True)
    assert str(refused.value).splitlines()[1:] == [
        "channel 'slack' needs DESKHAND_SLACK_TOKEN (or DESKHAND_SLACK_TOKEN_FILE).",
        "channel 'jira' needs DESKHAND_JIRA_URL, DESKHAND_JIRA_EMAIL and DESKHAND_JIRA_TOKEN (or DESKHAND_JIRA_TOKEN_FILE).",
    ]
    assert "take the channel out of the policies" in refused.value.hint
    refuse_missing(post, sending=False)
    told = capsys.readouterr()
    assert "channels_missing" in told.out + told.err
    refuse_missing(Post(), sending=True)
