"""The pretended Confluence: pages by id, and a search that only the first version of its API has."""

from urllib.parse import quote

import pytest

from deskhand.sandbox import Sandbox
from tests.sandbox.services.asking import ask


def test_pages_are_found_by_labels_the_latest_first() -> None:
    """In their space."""
    sandbox = Sandbox()
    wiki = sandbox.services.confluence
    wiki.add("Old", "runbook", "dns", changed=1)
    wiki.told({"add": {"title": "New", "labels": ["runbook", "dns"]}})
    wiki.add("Elsewhere", "runbook", "dns", space="DEV")
    cql = quote('label = "runbook" and label = "dns" and space = "SUP" and type = page order by lastmodified desc')

    found = ask(sandbox, "GET", f"confluence/wiki/rest/api/search?cql={cql}&limit=5").json()

    assert [(one["title"], one["url"]) for one in found["results"]] == [
        ("New", "/spaces/SUP/pages/1001"),
        ("Old", "/spaces/SUP/pages/1000"),
    ]


def test_a_page_is_found_by_its_id() -> None:
    """With when it was changed."""
    sandbox = Sandbox()
    sandbox.services.confluence.add("DNS", changed=0)

    page = ask(sandbox, "GET", "confluence/wiki/api/v2/pages/1000").json()

    assert (page["title"], page["version"]["createdAt"]) == ("DNS", "1970-01-01T00:00:00.000Z")
    assert ask(sandbox, "GET", "confluence/wiki/api/v2/pages/9").status == 404
    assert ask(sandbox, "GET", "confluence/wiki/api/v2/search").status == 404


@pytest.mark.parametrize("cql", ["label = ", "votes = 1", 'label = "a'])
def test_queries_that_it_does_not_take_are_refused(cql: str) -> None:
    """400, with the reason."""
    sandbox = Sandbox()
    sandbox.services.confluence.add("A", "a")

    assert ask(sandbox, "GET", f"confluence/wiki/rest/api/search?cql={quote(cql)}").status == 400


def test_strangers_and_haste_are_refused() -> None:
    """401 and 429; orders that nobody knows too."""
    sandbox = Sandbox()
    wiki = sandbox.services.confluence
    wiki.told({"tokens": ["x", "sandbox-token"]})
    wiki.limits = {"calls": (1, 10)}
    told = [ask(sandbox, "GET", "confluence/wiki/api/v2/pages/1").status for _ in range(2)]
    wiki.told({"tokens": ["x"]})

    assert told == [404, 429]
    assert ask(sandbox, "GET", "confluence/wiki/api/v2/pages/1").status == 401
    with pytest.raises(ValueError, match="got 'dance'"):
        wiki.told({"dance": 1})


def page(title: str = "T", body: object = None, **more: object) -> dict[str, object]:
    """What a client sends."""
    return {
        "spaceId": "65536",
        "title": title,
        "body": body or {"representation": "storage", "value": "<p>x</p>"},
        **more,
    }


def test_titles_are_there_once_in_a_space_and_versions_count_up() -> None:
    """400 for the second, 409 for a version that is not the next; what pages say is told where it is asked for."""
    sandbox = Sandbox()
    path = "confluence/wiki/api/v2/pages"
    told = [ask(sandbox, "POST", path, page()).status for _ in range(2)]
    told += [ask(sandbox, "PUT", f"{path}/1000", page("U", version={"number": n})).status for n in (2, 2, 3)]
    told += [
        ask(sandbox, "PUT", f"{path}/9", page()).status,
        ask(sandbox, "POST", path, page() | {"spaceId": "1"}).status,
    ]

    assert told == [200, 400, 200, 409, 200, 404, 404]
    assert ask(sandbox, "GET", "confluence/wiki/api/v2/spaces?keys=SUP").json()["results"] == [{"id": "65536", "key": "SUP"}]  # fmt: skip
    found = ask(sandbox, "GET", f"{path}?space-id=65536&title=U&body-format=storage").json()["results"]
    assert [(one["id"], one["version"]["number"], one["body"]["storage"]["value"]) for one in found] == [("1000", 3, "<p>x</p>")]  # fmt: skip
    assert "body" not in ask(sandbox, "GET", f"{path}?space-id=65536").json()["results"][0]


@pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "x" * 256}, {"body": "x"}, {"body": {"value": "<p>"}}])
def test_pages_that_are_no_pages_are_refused(wrong: dict[str, object]) -> None:
    """Tags have to be closed."""
    assert ask(Sandbox(), "POST", "confluence/wiki/api/v2/pages", page() | wrong).status == 400
