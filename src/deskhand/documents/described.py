"""What a model's source says below its fields, for editors. Read only where a JSON Schema is made: no other command has the time."""

import ast
import inspect
from collections.abc import Iterator

from pydantic import BaseModel


def described(model: type[BaseModel]) -> dict[str, str]:
    """The texts below the fields of a model and of those that it is made from, by the keys that files use."""
    texts: dict[str, str] = {}
    for kind in reversed(model.__mro__):
        if kind is not BaseModel and issubclass(kind, BaseModel):
            texts |= _texts(kind)
    return {info.alias or name: texts[name] for name, info in model.model_fields.items() if name in texts}


def _texts(kind: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Each field of a class that a text follows, with that text."""
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    for field, text in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            said = ast.literal_eval(text.value)
            yield field.target.id, inspect.cleandoc(said)
