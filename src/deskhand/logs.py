"""Logs: an event name from one vocabulary, and fields. JSON for machines, lines for people, always on standard error."""

import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final, Literal, Protocol, cast

import structlog

EVENTS: Final[Mapping[str, str]] = {
    "schedule_left_out": "one of the account's schedules cannot be used as a calendar; `reason` says why",
    "cursor_expired": "Zendesk no longer knows a feed's cursor; reading starts again a little before the last good page",
    "flapping": "a rule fires again and again on a ticket because something undoes what it does; it is held there",
    "rule_held": "a rule wants to change more tickets than its ceiling allows; all of it is held until a person looks",
    "write_held": "a guard keeps back what rules want to do to a ticket",
    "undo_handed_in": "what takes back a run or a rule was put into the outbox, or is held there",
    "outbox_changed": "a person retried, dropped or let go writes",
    "writes_stopped": "the kill switch is on: nothing is sent",
    "decided": "rules fired, or would have fired in observe mode, for a ticket",
    "job_handed_in": "a batch of writes was accepted as a job",
    "job_not_handed_in": "a batch of writes was not accepted; `reason` says why",
    "job_not_read": "the outcome of a job could not be asked for; it is asked again",
    "audit_not_read": "the audits of a ticket could not be read; an unclear write waits",
    "not_read_back": "tickets could not be read back after a job; the job is asked again",
    "job_halved": "a batch of writes was refused whole; its halves are handed in by themselves",
    "write_stale": "a write waited too long to be sent; its ticket is judged again",
    "writes_found": "a ticket's audits show writes that the database does not know, since a backup was put in its place: they are not done again",
    "write_done": "a write is on the ticket",
    "write_conflict": "the ticket had changed; it is judged again",
    "write_dead": "a write was refused for good, or tried too often; a person should look",
    "write_unknown": "a write may or may not be done; the ticket's audits will tell",
    "write_later": "a write waits for another attempt",
    "message_queued": "something is to be said to people outside Zendesk",
    "message_sent": "a service took a message",
    "message_put_off": "a message waits: for the end of quiet hours, or until somebody has read it",
    "message_later": "a message waits for another attempt, or goes by its next channel",
    "message_unknown": "a message may or may not have been sent; its channel says what may be done",
    "message_not_found_out": "a service could not be asked whether it has a message",
    "message_refused": "a service refused a message for good; `hint` says what to mend, and the next channel carries it",
    "message_dropped": "a message is of no use any more, and was not sent",
    "message_dead": "nobody took a message; a person should look",
    "message_not_shown": "a page was taken, and its service does not show it; the next channel pages too",
    "policy_changed": "another policy is in force than before; every live ticket is looked at again",
    "policy_in_force": "which policy is in force, in which mode, and who signed it",
    "policy_unsigned": "policies lack signatures: the ones before them stay in force, or they only observe",
    "sign_off": "a person signed a version of the policies, or took that back",
    "policy_refused": "changed policies have mistakes; the last good ones stay in force",
    "listening": "where /healthz, /readyz and /metrics answer",
    "webhook_came": "a webhook came in; `came` says what became of it",
    "webhooks_refused": "webhooks came in that were not taken; `came` counts why, since the last such line",
    "woken": "tickets that webhooks named were read again, and were news",
    "named_not_read": "Zendesk refused to show tickets that webhooks named; the feeds tell of them",
    "polled_early": "webhooks named more tickets than are read by number, so the feeds are read before their time",
    "heartbeat_lost": "the outside watch could not be told that the worker is alive",
    "nothing_evaluated": "the worker has looked at no ticket for a day, or cannot do its work",
    "worker_started": "the worker runs",
    "worker_stopping": "a stop was asked for; nothing new is begun",
    "worker_stopped": "the worker ended",
    "cycle_done": "a full cycle was completed",
    "partly_told": "a message reached some of a channel's addresses; `missed` says which it did not",
    "headline_not_renewed": "a message is in its Slack thread, but the headline above it shows an earlier state",
    "priority_refused": "PagerDuty does not take a channel's priority; the page left without it",
    "page_not_repeated": "an open incident could not be handed on, so the page is an alert of its own",
    "blocks_refused": "Slack refused the form of a message; it is sent in a simpler one",
    "job_failed": "a scheduled job ended with an error; it runs again at its next time",
    "job_delayed": "a scheduled job waits because Zendesk asked for patience",
    "clock_stepped": "the machine's clock moved against the monotonic one; timers were set anew",
    "on_call_not_known": "a service could not tell who is on call; what was known stays so for some minutes",
    "answers_not_read": "a service could not tell whether somebody acknowledged; it is asked again",
    "page_answered": "where an open page stands has changed: somebody acknowledged, let go or resolved it",
    "ladder_gap": "somebody who may be paged within the next days could not be reached; `deskhand ladder check` shows all",
    "setting_unknown": "a variable begins as settings do and is none; `hint` names the setting that may be meant",
    "channels_missing": "channels of the policies cannot be used with the settings as they are; nothing is sent in this mode",
    "names_missing": "the policies name something that the account does not have",
    "account_away": "Zendesk did not answer at the start; the worker began all the same, since it has begun with these policies before",
    "names_not_read_again": "the account's groups, agents and fields could not be read again; what was known serves for a day",
    "clocks_disagree": "two measures of one clock of a ticket differ by more than a minute",
    "api_token_ends": "an API token is used, and those stop working on 2027-04-30",
    "scope_wide": "the OAuth client is allowed a scope that is wider than what is needed, and not the narrow one",
    "forgotten": "retention dropped old records",
    "field_left_out": "an issue was filed without a field that its project's screen lacks",
    "issue_not_linked": "an issue was filed, and its link back to the ticket could not be set",
    "runbook_not_read": "a runbook could not be looked up; nothing waits for it",
    "runbook_stale": "nobody has changed a runbook for long; its link says so",
    "trail": "where the audit trail ends now; `deskhand trail verify --head` holds the trail against `head`",
    "store_full": "there is no space for the database; nothing new is decided",
}
"""Every event, and what it means."""

SECRETS: Final = ("secret", "token", "password", "authorization", "api_key", "routing_key")


class Logger(Protocol):
    """What the rest of the code logs with: an event name of EVENTS, and facts."""

    def debug(self, event: str, **facts: Any) -> None:
        """For those who look for a fault."""
        ...

    def info(self, event: str, **facts: Any) -> None:
        """What the worker did."""
        ...

    def warning(self, event: str, **facts: Any) -> None:
        """What mends itself, and is worth knowing."""
        ...

    def error(self, event: str, **facts: Any) -> None:
        """What a person should look at."""
        ...


def get(name: str) -> Logger:
    """The logger of a module."""
    return cast("Logger", structlog.get_logger(module=name.removeprefix("deskhand.")))


def configure(form: Literal["auto", "json", "console"] = "auto", level: str = "INFO") -> None:
    """Set up logging once for the process: JSON, or lines for a person where standard error is a terminal."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    console = form == "console" or (form == "auto" and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_secrets,
            *_rendering(console=console),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def bind(**facts: str) -> None:
    """Put facts on every line from now on: the run's id, the installation."""
    structlog.contextvars.bind_contextvars(**facts)


def quieten(*names: str) -> None:
    """Keep libraries from logging below INFO, whatever level is set."""
    for name in names:
        logging.getLogger(name).setLevel(logging.INFO)


def only_errors(*names: str) -> None:
    """Keep libraries from logging what is no error: that a turn is left out while the one before still works is meant so."""
    for name in names:
        logging.getLogger(name).setLevel(logging.ERROR)


def silence(*names: str) -> None:
    """Keep libraries from logging at all: those that write what they were given, addresses with passwords among it."""
    for name in names:
        one = logging.getLogger(name)
        one.addHandler(logging.NullHandler())
        one.propagate = False


def hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace the value of every field whose name says that it is a secret."""
    for name in event:
        if any(word in name.lower() for word in SECRETS):
            event[name] = "***"
    return event


def spell_out(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write texts as Python does where a terminal would obey something in them: words of tickets, of services, of errors."""
    for name, value in event.items():
        if isinstance(value, str) and not value.isprintable() and name != "exception":
            event[name] = repr(value)
    return event


def _rendering(*, console: bool) -> Iterable[Any]:
    """The last processors. Tracebacks carry no local variables: those hold secrets and customers' words."""
    if console:
        plain = structlog.dev.plain_traceback
        return (
            spell_out,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain),
        )
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return (structlog.processors.ExceptionRenderer(tracebacks), structlog.processors.JSONRenderer(default=str))
