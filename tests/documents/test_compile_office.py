"""Which calendar counts for Zendesk's business hours: one for all, or by brand, group and organization."""

from typing import Any

from deskhand.core.ticket import Organization, Ticket
from tests.core.builders import START
from tests.documents.words import policy, said

CALENDARS = "calendars: {eu: {zone: UTC, hours: {mon: 08:00-16:00}}, us: {zone: UTC, hours: {mon: 14:00-22:00}}}\n"


def of(text: str, **facts: Any) -> str:
    """The name of a ticket's calendar."""
    return policy(CALENDARS + text).office.of(Ticket(1, "open", START, START, **facts)).name


def test_without_a_word_targets_count_round_the_clock() -> None:
    """The default."""
    assert of("rules: []") == "always"


def test_one_calendar_may_count_for_all() -> None:
    """By its name."""
    assert of("zendesk_calendar: eu") == "eu"


def test_the_first_entry_that_fits_counts_and_the_last_is_for_all_others() -> None:
    """By brand, group or organization, each one or several."""
    text = "zendesk_calendar:\n- {organization: Globex, calendar: always}\n- {brand: [US, CA], group: Night, calendar: us}\n- eu\n"

    assert of(text, brand="US", group="Night") == "us"
    assert of(text, brand="US", group="Day") == "eu"
    assert of(text, organization=Organization(1, "Globex")) == "always"


def test_organizations_are_read_only_where_they_are_asked_for() -> None:
    """Tickets must carry them then."""
    assert policy(CALENDARS + "zendesk_calendar: [{organization: Globex, calendar: eu}, us]").needs == {"people"}
    assert policy(CALENDARS + "zendesk_calendar: [{brand: Globex, calendar: eu}, us]").needs == frozenset()


def test_brands_and_groups_are_names_of_the_account() -> None:
    """They are held against the account as those of rules are."""
    names = policy(CALENDARS + "zendesk_calendar: [{brand: EU, group: Night, calendar: eu}, us]").names

    assert names == {"brands": {"EU"}, "groups": {"Night"}}


def test_entries_that_never_count_and_missing_defaults_are_told() -> None:
    """With their places; an unknown calendar is an error."""
    assert said(CALENDARS + "zendesk_calendar: [eu, {brand: EU, calendar: us}]\n") == [
        "2:20: warning: zendesk_calendar: stands for all tickets, so what follows never counts (put it last) [never-reached]",
        (
            "2:24: warning: zendesk_calendar: says nothing of other tickets; theirs count round the clock "
            "(end the list with the calendar of all others, such as `- calendar: office`) [no-default]"
        ),
    ]
    assert said(CALENDARS + "zendesk_calendar: [{brand: EU, calendar: uss}, eu]\n")[0].startswith(
        "2:42: zendesk_calendar: unknown calendar 'uss' (did you mean 'us'?)"
    )
