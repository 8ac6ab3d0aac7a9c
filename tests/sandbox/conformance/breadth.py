"""What of the recordings is not compared, and why."""

from tests.sandbox.conformance.exchanges import Exchange

OUTSIDE = {
    "/help_center": "help center: articles, categories, topics, content tags",
    "/community": "help center: articles, categories, topics, content tags",
    "/guide": "help center: articles, categories, topics, content tags",
    "/calls": "calls and engagements of the voice products",
    "/engagements": "calls and engagements of the voice products",
    "/api/services": "links to another application",
}
"""Areas that are no part of the sandbox, by the beginnings of their paths."""

INCOMPLETE = {"webhooks_endpoint.json": "a recording without the body of its request"}
"""Files whose requests cannot be asked again."""


ABRIDGED = "authentication_test_"
"""How files begin whose answers were cut down to a name: of theirs, only what is there is compared."""


def left_out(one: Exchange) -> str | None:
    """Why an exchange is not compared, or None."""
    area = next((words for start, words in OUTSIDE.items() if one.bare.startswith(start)), None)
    return INCOMPLETE.get(one.source, area)
