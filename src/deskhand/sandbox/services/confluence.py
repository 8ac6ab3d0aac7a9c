"""A stand-in for Confluence Cloud: pages by id (v2), a search by CQL that only v1 has, and titles that are unique in a space.

`add` puts a page there. The passwords in `tokens` are good, and no others.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar
from xml.etree import ElementTree as ET

from deskhand.sandbox.exchange import Row
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.services.atlassian import BadQuery, Clause, clauses, password
from deskhand.sandbox.services.stand_in import Asked, StandIn, answers

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox


class Confluence(StandIn):
    """Spaces with pages."""

    name = "confluence"
    settings: ClassVar[Mapping[str, str]] = {
        "DESKHAND_CONFLUENCE_URL": "/wiki",
        "DESKHAND_CONFLUENCE_EMAIL": "worker@example.com",
        "DESKHAND_CONFLUENCE_TOKEN": "sandbox-token",
    }
    usual_limits: ClassVar[Mapping[str, tuple[int, int]]] = {"calls": (100, 10)}

    def __init__(self, sandbox: "Sandbox") -> None:
        super().__init__(sandbox)
        self.pages: dict[str, Row] = {}
        """Pages by id: `title`, `space`, `labels`, `changed` (seconds since 1970), `version`, `body`."""
        self.spaces_by_key = {"SUP": "65536", "DEV": "65537"}
        self.tokens: list[str] = [self.settings["DESKHAND_CONFLUENCE_TOKEN"]]

    def add(self, title: str, *labels: str, space: str = "SUP", changed: float = 0.0) -> str:
        """Put a page there; returns its id."""
        number = str(1_000 + len(self.pages))
        self.pages[number] = {"title": title, "space": space, "labels": list(labels), "changed": changed, "version": 1, "body": ""}  # fmt: skip
        return number

    def told(self, order: Row) -> None:
        """`{"add": {"title": .., "labels": [..]}}` puts a page there; `tokens` is set."""
        for name, value in order.items():
            if name == "add":
                self.add(value["title"], *value.get("labels", ()), changed=value.get("changed", self.now))
            elif name == "tokens":
                self.tokens = value
            else:
                raise ValueError(f"confluence takes add and tokens; got {name!r}")

    @answers("GET", "/wiki/api/v2/pages/{id}")
    def show(self, asked: Asked, number: str) -> Row:
        """One page."""
        self._admit(asked)
        if number not in self.pages:
            raise self.lost()
        return self._row(number)

    @answers("GET", "/wiki/api/v2/spaces")
    def spaces(self, asked: Asked) -> Row:
        """Spaces by their keys."""
        self._admit(asked)
        wanted = asked.query.get("keys", "").split(",")
        return {"results": [{"id": number, "key": key} for key, number in self.spaces_by_key.items() if key in wanted]}

    @answers("GET", "/wiki/api/v2/pages")
    def titled(self, asked: Asked) -> Row:
        """Pages of a space by their title; what they say only where it is asked for."""
        self._admit(asked)
        space, title = asked.query.get("space-id"), asked.query.get("title")
        rows = [
            self._row(number, whole=asked.query.get("body-format") == "storage")
            for number, page in self.pages.items()
            if self.spaces_by_key.get(page["space"]) == space and title in (None, page["title"])
        ]
        return {"results": rows, "_links": {}}

    @answers("POST", "/wiki/api/v2/pages")
    def create(self, asked: Asked) -> Row:
        """Make a page, unless its title is there already."""
        self._admit(asked)
        title, value = self._told(asked)
        keys = [key for key, number in self.spaces_by_key.items() if number == asked.body.get("spaceId")]
        if not keys:
            raise _refusal(404, "Space not found")
        if any(page["title"] == title and page["space"] == keys[0] for page in self.pages.values()):
            raise _refusal(
                400, "A page with this title already exists: A page already exists with the same TITLE in this space"
            )
        number = self.add(title, space=keys[0], changed=self.now)
        self.pages[number]["body"] = value
        self.did("page", number, title=title, version=1)
        return self._row(number)

    @answers("PUT", "/wiki/api/v2/pages/{id}")
    def update(self, asked: Asked, number: str) -> Row:
        """Change a page; its version has to be the next one."""
        self._admit(asked)
        page = self.pages.get(number)
        if page is None:
            raise self.lost()
        title, value = self._told(asked)
        version = asked.body.get("version")
        if not isinstance(version, dict) or version.get("number") != page["version"] + 1:
            raise _refusal(
                409, f"Version must be incremented when updating a page. Current Version: [{page['version']}]"
            )
        page |= {"title": title, "body": value, "version": page["version"] + 1, "changed": self.now}
        self.did("page", number, title=title, version=page["version"])
        return self._row(number)

    @answers("GET", "/wiki/rest/api/search")
    def search(self, asked: Asked) -> Row:
        """Pages that a query finds, the latest changed first."""
        self._admit(asked)
        try:
            wanted = clauses(asked.query.get("cql", ""))
            found = [(number, page) for number, page in self.pages.items() if all(_holds(page, one) for one in wanted)]
        except BadQuery as error:
            raise Refusal(400, {"statusCode": 400, "message": f"Could not parse cql : {error}"}) from None
        found.sort(key=lambda one: -one[1]["changed"])
        rows = [_result(number, page) for number, page in found[: asked.number("limit", 25)]]
        return {"results": rows, "size": len(rows), "_links": {"base": "https://acme.atlassian.example/wiki"}}

    def lost(self) -> Refusal:
        """404; the second version of the API has no search."""
        return Refusal(404, {"statusCode": 404, "message": "Not Found"})

    def _told(self, asked: Asked) -> tuple[str, str]:
        """Title and body of a page that a client sent. Raises Refusal (400)."""
        body = asked.body.get("body")
        title, value = asked.body.get("title"), body.get("value") if isinstance(body, dict) else None
        if not isinstance(title, str) or not 0 < len(title) <= 255 or not isinstance(value, str):
            raise _refusal(400, "Title and body are needed, and a title has at most 255 characters")
        try:
            ET.fromstring(f"<page>{value}</page>")  # noqa: S314 - what a client of the sandbox sent
        except ET.ParseError:
            raise _refusal(400, "Error parsing xhtml") from None
        return title, value

    def _row(self, number: str, *, whole: bool = False) -> Row:
        """A page as the second version of the API tells of it."""
        page = self.pages[number]
        version = {"number": page["version"], "createdAt": _iso(page["changed"])}
        row = {
            "id": number,
            "status": "current",
            "title": page["title"],
            "version": version,
            "_links": {"webui": _path(number, page)},
        }
        return row | ({"body": {"storage": {"representation": "storage", "value": page["body"]}}} if whole else {})

    def _admit(self, asked: Asked) -> None:
        """Raises Refusal: 401 for a stranger, 429 for haste."""
        if password(asked) not in self.tokens:
            raise Refusal(401, {"message": "Unauthorized; scope does not match"})
        spent = self.spend("calls")
        if spent.over:
            raise Refusal(429, {"message": "Rate limit exceeded."}, {"retry-after": str(spent.resets)})


def _refusal(status: int, words: str) -> Refusal:
    return Refusal(status, {"errors": [{"status": status, "title": words}]})


def _result(number: str, page: Row) -> Row:
    """A page as the search tells of it."""
    path = _path(number, page)
    content = {"id": number, "type": "page", "title": page["title"], "_links": {"webui": path}}
    return {"content": content, "title": page["title"], "url": path, "lastModified": _iso(page["changed"])}


def _holds(page: Row, clause: Clause) -> bool:
    """Whether a page fulfils a clause. Raises BadQuery for a field that this stand-in does not know."""
    match clause.field, clause.operator, clause.value:
        case "label", "=", label:
            return label in page["labels"]
        case "space", "=", space:
            return bool(page["space"] == space)
        case "title", "=", title:
            return bool(page["title"] == title)
        case "type", "=", kind:
            return kind == "page"
    raise BadQuery(f"No field exists with name: {clause.field}")


def _path(number: str, page: Row) -> str:
    return f"/spaces/{page['space']}/pages/{number}"


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
