"""What stands below a model's fields."""

from typing import Annotated

from pydantic import BaseModel, Field

from deskhand.documents.described import described


class Lamp(BaseModel):
    """A lamp."""

    bright: bool = False
    """Whether it shines
    by day."""
    size: int = 1
    own: Annotated[str, Field(alias="from")] = ""
    """Where it comes from."""


class Lantern(Lamp):
    """A lamp to carry."""

    size: int = 2
    """How large it is."""


def test_each_text_belongs_to_the_field_above_it() -> None:
    """By the key that files use; a field with nothing below it has none."""
    assert described(Lamp) == {"bright": "Whether it shines\nby day.", "from": "Where it comes from."}


def test_a_model_made_from_another_has_its_texts_too() -> None:
    """And its own."""
    assert described(Lantern) == described(Lamp) | {"size": "How large it is."}
