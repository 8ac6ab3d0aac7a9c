"""Runbook: put the link to the right runbook into a message, just before it leaves. Where there is none, or nobody can tell, the message goes as it is."""

from dataclasses import replace

from deskhand.app.service_ports import Runbooks
from deskhand.core.message import Link, Message


def with_runbook(message: Message, runbooks: Runbooks | None) -> Message:
    """The message with the link to its runbook as the first one. What is public, and what ends a matter, has none."""
    if runbooks is None or not message.notice.runbook or message.verb in ("publish", "close"):
        return message
    found = runbooks.find(message.notice.runbook)
    if found is None:
        return message
    link = Link(f"Runbook: {found.text}", found.url)
    return replace(message, notice=replace(message.notice, links=(link, *message.notice.links)))
