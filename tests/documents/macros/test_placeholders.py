"""Zendesk's placeholders."""

import pytest

from deskhand.documents.macros.placeholders import is_internal, known, names, read


@pytest.mark.parametrize(
    "name",
    ["ticket.id", "ticket.requester.first_name", "current_user.name", "ticket.ticket_field_123", "ticket.ticket_field_option_title_9",
     "dc.anything", "ticket.organization.name", "ticket.requester.custom_fields.x"],
)  # fmt: skip
def test_zendesk_has_these(name: str) -> None:
    """As its pages list them."""
    assert known(name)[0]


@pytest.mark.parametrize(
    "name", ["tickets.id", "Ticket.id", "ticket.requester.fist_name", "ticket.idd", "requester.name"]
)
def test_zendesk_does_not_have_these(name: str) -> None:
    """A customer would see a hole."""
    assert not known(name)[0]


def test_names_are_read_wherever_they_stand() -> None:
    """In conditions as well."""
    assert set(names("{{ticket.id}} {% if ticket.status == 'x' %}{{ y | default: ticket.title }}{% endif %}")) == {
        "ticket.id",
        "ticket.status",
        "ticket.title",
        "y",
    }


@pytest.mark.parametrize("text", ["{% if x %}", "{{ticket.id}", "ticket.id}}", "{% endif %}", "{{ | }}"])
def test_broken_liquid_is_found(text: str) -> None:
    """Before customers see its brackets."""
    assert read(text + "{{a}}").broken


def test_internal_comments_are_not_for_customers() -> None:
    """Public ones are."""
    assert is_internal("ticket.comments_formatted")
    assert is_internal("ticket.requester.notes")
    assert not is_internal("ticket.latest_public_comment")
