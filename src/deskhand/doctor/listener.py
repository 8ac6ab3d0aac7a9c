"""What listens: the pages for machines, and where webhooks come in; who can reach them."""

from collections.abc import Iterator

from deskhand.doctor.finding import Finding, fail, ok, warn
from deskhand.doctor.subject import Subject
from deskhand.web.listener import Place


def exposed(subject: Subject) -> Iterator[Finding]:
    """Whether others than this machine's users can reach them. Raises SettingsError."""
    settings = subject.settings
    if settings.listen is None:
        yield ok("listener", "none: /healthz, /readyz and /metrics are not served (DESKHAND_LISTEN)")
        return
    place = Place.parse(settings.listen)
    if place.loopback:
        yield ok("listener", f"{place.host}:{place.port}, for this machine alone")
    elif not settings.secret("listen_token"):
        yield fail(
            "listener",
            f"{place.host}:{place.port} is open to other machines, and there is no token: the worker does not start so",
            "Set DESKHAND_LISTEN_TOKEN_FILE, or listen on 127.0.0.1.",
        )
    else:
        yield warn(
            "listener",
            f"{place.host}:{place.port} is open to other machines; a token is asked for, and goes over the network as it is",
            "Let only your monitoring reach it, or put a proxy with TLS before 127.0.0.1.",
        )


def webhooks(subject: Subject) -> Iterator[Finding]:
    """Whether Zendesk's webhooks may come in. Raises SettingsError for secrets that would not do."""
    secrets = subject.settings.signing_secrets()
    if secrets:
        yield ok(
            "webhooks",
            f"wake the worker at /zendesk/events where they are signed with {'the secret' if len(secrets) == 1 else f'one of {len(secrets)} secrets'} that is set",
        )
    else:
        yield ok("webhooks", "none are taken (DESKHAND_ZENDESK_WEBHOOK_SECRET)")
