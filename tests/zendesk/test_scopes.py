"""The table of scopes: whole, and no wider than it must be."""

import ast

import pytest

from deskhand.zendesk import scopes
from tests.source import FILES, tree

WRITES = {"put", "post", "delete", "upload", "_send"}


def written() -> set[str]:
    """The first parts of all paths that anything in `zendesk` writes to."""
    found: set[str] = set()
    for file in FILES:
        for node in ast.walk(tree(file)) if file.startswith("zendesk/") and file != "zendesk/gateway.py" else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                found |= {_first(one) for one in node.args if _first(one)}
    return found - {"POST", "PUT", "DELETE"}


def _first(node: ast.expr) -> str:
    """The first part of a path that is written in the source; nothing for what is no path, or a name for one."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    first = parts[0]
    return first.value.split("/")[0] if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def test_every_write_has_a_scope_of_its_own() -> None:
    """S7: nothing that is written anywhere would ask for the whole `write`, and no scope is kept for what is not written."""
    assert written() == set(scopes.OWN)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/api/v2/tickets/5/audits", "read"),
        ("GET", "/api/v2/macros.json", "read"),
        ("PUT", "/api/v2/tickets/update_many.json", "tickets:write"),
        ("POST", "/api/v2/macros", "macros:write"),
        ("POST", "/api/v2/macros.json", "macros:write"),
        ("DELETE", "/api/v2/macros/5", "macros:write"),
        ("PUT", "/api/v2/dynamic_content/items/5/variants/6", "dynamic_content:write"),
        ("POST", "/api/v2/webhooks", "write"),
        ("POST", "/elsewhere", "write"),
    ],
)
def test_a_call_takes_the_narrowest_scope(method: str, path: str, scope: str) -> None:
    """What is read takes `read`; what is written, the scope of its kind."""
    assert scopes.needed(method, path) == scope


def test_every_scope_that_is_asked_for_says_what_needs_it() -> None:
    """In the same table that `deskhand doctor` prints."""
    assert [need.scope for need in scopes.NEEDS] == ["read", *scopes.OWN.values()]
    assert scopes.spelt({"tickets:write", "read", "macros:write"}) == "read macros:write tickets:write"
