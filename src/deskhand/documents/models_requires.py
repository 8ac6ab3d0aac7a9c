"""The shape of what a kind of ticket must tell before it is escalated."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from deskhand.documents.shape import OneOrMore, Strict, TagName


class RequirementModel(Strict):
    """Fields that must not be empty when a ticket of this kind is escalated."""

    when: Annotated[Any, WithJsonSchema({"x-definition": "Condition"})] = None
    """Which tickets; those of the issue type that is the name of the entry unless stated."""
    fields: Annotated[OneOrMore[str], Field(min_length=1)]
    """Fields of the ticket: field.request_id."""
    note: str = "missing-information"
    """The template that asks for what is missing."""
    tag: TagName = "escalation_needs_info"
    """The tag of tickets that wait."""


def _listed(value: object) -> object:
    return {"fields": value} if isinstance(value, list) else value


Required = Annotated[RequirementModel, BeforeValidator(_listed, json_schema_input_type=list[str] | RequirementModel)]
"""A list of fields stands for the whole entry."""
