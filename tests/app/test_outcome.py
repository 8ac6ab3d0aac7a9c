"""What the log says of a message that moved."""

import json
from dataclasses import replace

import pytest

from deskhand import logs
from deskhand.app.outcome import say
from tests.store.values import message_row


@pytest.mark.parametrize(
    ("reason", "level"),
    [
        ("refused: 'pager' carries nothing of the kind tell", "info"),
        ("refused: PagerDuty, POST /incidents: 400 1008 Requester User Not Found", "warning"),
        ("away: PagerDuty, POST /incidents: 503", "warning"),
    ],
)
def test_a_message_that_passes_a_channel_of_another_kind_is_no_warning(
    reason: str, level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is meant so by whoever put the pager first; a warning is for what somebody should look at."""
    logs.configure("json")

    say(replace(message_row("k", "zd:acme:7:e1"), reason=reason))

    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["reason"]) == ("message_later", level, reason)
