"""Who can reach the pages for machines."""

from pathlib import Path
from typing import Any

import pytest

from deskhand.doctor.listener import exposed, webhooks
from deskhand.errors import SettingsError
from tests.doctor.places import Patient


@pytest.mark.parametrize(
    ("settings", "level", "words"),
    [
        ({}, "ok", "none"),
        ({"listen": "9000"}, "ok", "127.0.0.1:9000, for this machine alone"),
        ({"listen": "0.0.0.0:9000"}, "fail", "there is no token"),
        ({"listen": "0.0.0.0:9000", "listen_token": "t"}, "warn", "TLS"),
    ],
)
def test_pages_that_others_can_reach_are_told(tmp_path: Path, settings: dict[str, Any], level: str, words: str) -> None:
    """Without a token the worker would not start; with one, it goes over the network in the clear."""
    ((found, said),) = Patient(tmp_path, **settings).told(exposed)

    assert (found, words in said) == (level, True)


def test_webhooks_that_may_come_in_are_told(tmp_path: Path) -> None:
    """A secret that anybody can guess is an error, which the report shows as it is."""
    good: dict[str, Any] = {"zendesk_webhook_secret": "a-secret-of-some-length other-of-some-length", "listen": "9000"}

    assert "none are taken" in Patient(tmp_path).told(webhooks)[0][1]
    assert "one of 2 secrets" in Patient(tmp_path, **good).told(webhooks)[0][1]
    with pytest.raises(SettingsError, match="can be guessed"):
        Patient(tmp_path, zendesk_webhook_secret="short", listen="9000").told(webhooks)
