"""Which runbook belongs to a ticket."""

from deskhand.core.facts import Facts
from deskhand.core.history import History
from deskhand.core.ladder import Channel
from deskhand.core.runbook import runbook_of
from deskhand.core.ticket import Value
from tests.core.builders import START, ticket

WIKI = Channel("runbooks", "confluence", "SUP")


def about(**fields: Value) -> Facts:
    """The facts of a ticket with these fields."""
    return Facts(ticket(fields=fields), START, "p1", {}, History(()))


def test_the_issue_type_names_the_runbook() -> None:
    """Requirement 90: the right one by the label of the issue type."""
    assert runbook_of(about(issue_type="webhook"), [Channel("pager", "pagerduty"), WIKI]) == "webhook"


def test_a_channel_may_name_another_field() -> None:
    """With or without the word that policies put before fields."""
    for name in ("product_area", "field.product_area"):
        wiki = Channel("runbooks", "confluence", "SUP", options={"field": name})
        assert runbook_of(about(issue_type="webhook", product_area="billing"), [wiki]) == "billing"


def test_without_a_wiki_or_an_issue_type_there_is_no_runbook() -> None:
    """Nothing is looked up then; nor for a field that holds no text."""
    assert runbook_of(about(issue_type="webhook"), [Channel("pager", "pagerduty")]) == ""
    assert runbook_of(about(), [WIKI]) == ""
    assert runbook_of(about(issue_type=True), [WIKI]) == ""
