"""What the models of all files are made of: strict mappings, and scalars written in our own ways."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from deskhand.documents import scalars
from deskhand.documents.described import described


class Strict(BaseModel):
    """A mapping with these keys and no others. Nothing is converted silently, and errors do not repeat what was given."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema, with what stands below each field as its description."""
        made = handler(core)
        properties = handler.resolve_ref_schema(made).get("properties", {})
        for key, text in described(cls).items():
            properties[key]["description"] = text
        return made


def reader(read: Callable[[object], object], check: str) -> Callable[[object], object]:
    """A validator that reports what `read` refuses under a check id."""

    def validate(value: object) -> object:
        try:
            return read(value)
        except ValueError as error:
            raise PydanticCustomError(check, "{said}", {"said": str(error)}) from None

    return validate


def written(pattern: str, example: str) -> Any:
    """A text of this pattern, as editors are told of it."""
    return Annotated[str, Field(pattern=pattern, examples=[example])]


Duration = Annotated[
    int,
    BeforeValidator(reader(scalars.duration, "bad-duration"), json_schema_input_type=written(scalars.DURATION, "30m")),
]
Cadence = Annotated[
    int,
    BeforeValidator(
        reader(scalars.cadence, "bad-duration"),
        json_schema_input_type=Annotated[str, Field(examples=["30_minutes", "daily"])],
    ),
]
Instant = Annotated[
    datetime,
    BeforeValidator(
        reader(scalars.instant, "bad-instant"), json_schema_input_type=written(scalars.INSTANT, "2026-03-02T09:00Z")
    ),
]
Day = Annotated[
    date,
    BeforeValidator(
        reader(scalars.day, "bad-value"), json_schema_input_type=Annotated[str, Field(examples=["2026-12-24"])]
    ),
]
Ident = Annotated[
    str,
    BeforeValidator(reader(scalars.ident, "bad-id"), json_schema_input_type=written(scalars.IDENT, "network-outage")),
]
TagName = Annotated[
    str, BeforeValidator(reader(scalars.tag, "bad-tag"), json_schema_input_type=written(scalars.TAG, "routed_network"))
]
Email = Annotated[
    str,
    BeforeValidator(
        reader(scalars.email, "bad-value"), json_schema_input_type=Annotated[str, Field(examples=["lead@acme.example"])]
    ),
]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
When = Annotated[Any, WithJsonSchema({"x-definition": "Condition"})]
"""A condition; `compile_condition` reads it, and `schema` adds what an editor may know of it."""

T = TypeVar("T")


def _many(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


class _OneOrMoreSchema:
    """Tells the JSON Schema that the list may be left out around a single value."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The list's own schema, or that of one item."""
        made = handler(core)
        return {"anyOf": [made["items"], made]}


OneOrMore = Annotated[list[T], BeforeValidator(_many), _OneOrMoreSchema()]
"""One value, or a list of them."""
