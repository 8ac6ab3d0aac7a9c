"""A stand-in for Jira Cloud: documents are checked, screens lack fields, the search lags, and strangers are answered with nothing.

Every project key is a project, unless `projects` names those that there are. The passwords in `tokens` are good, and no others.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from deskhand.sandbox.exchange import Answer, Row
from deskhand.sandbox.refusal import Refusal
from deskhand.sandbox.services.atlassian import BadQuery, Clause, clauses, password
from deskhand.sandbox.services.document import faults, text_of
from deskhand.sandbox.services.stand_in import Asked, StandIn, answers

if TYPE_CHECKING:
    from deskhand.sandbox.sandbox import Sandbox

TYPES: Final = ("Bug", "Task", "Story", "Incident", "Epic")
PRIORITIES: Final = ("Highest", "High", "Medium", "Low", "Lowest")
FIELDS: Final = ("project", "issuetype", "summary", "description", "labels", "priority", "duedate", "environment")
DOCUMENTS: Final = ("description", "environment")
DENIED: Final = {"x-seraph-loginreason": "AUTHENTICATED_FAILED"}
GONE: Final = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API."
NO_ISSUE: Final = "Issue does not exist or you do not have permission to see it."
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


class Jira(StandIn):
    """Projects with issues, comments and links."""

    name = "jira"
    settings: ClassVar[Mapping[str, str]] = {
        "DESKHAND_JIRA_URL": "/",
        "DESKHAND_JIRA_EMAIL": "worker@example.com",
        "DESKHAND_JIRA_TOKEN": "sandbox-token",
    }
    usual_limits: ClassVar[Mapping[str, tuple[int, int]]] = {"calls": (100, 10)}

    def __init__(self, sandbox: "Sandbox") -> None:
        super().__init__(sandbox)
        self.issues: dict[str, Row] = {}
        """All issues by key: `fields`, `properties`, `comments`, `links`, `done`, `at`."""
        self.projects: list[str] = []
        self.lacking: list[str] = []
        """Fields that no screen has."""
        self.lag = 10.0
        """Seconds until the search has a new issue."""
        self.tokens: list[str] = [self.settings["DESKHAND_JIRA_TOKEN"]]

    @answers("POST", "/rest/api/3/issue")
    def create(self, asked: Asked) -> Answer:
        """Make an issue, if every field is there and as it must be."""
        self._admit(asked)
        body = asked.body
        fields = body.get("fields")
        if not isinstance(fields, dict) or body.keys() - {"fields", "properties", "update", "transition"}:
            raise _refusal(400, "INVALID_INPUT")
        wrong = self._wrong(fields)
        if wrong:
            raise _refusal(400, **wrong)
        project = fields["project"]["key"]
        number = sum(key.rpartition("-")[0] == project for key in self.issues) + 1
        key, id_ = f"{project}-{number}", str(10_000 + len(self.issues))
        properties = _properties(body)
        self.issues[key] = {"id": id_, "key": key, "fields": fields, "properties": properties, "comments": [], "links": {}, "done": False, "at": asked.at}  # fmt: skip
        self.did("issue", key, summary=fields["summary"], labels=fields.get("labels", []), properties=properties)  # fmt: skip
        return Answer({"id": id_, "key": key, "self": f"/rest/api/3/issue/{id_}"}, 201)

    @answers("GET", "/rest/api/3/search/jql")
    def search(self, asked: Asked) -> Answer | Row:
        """What the index has by now. Every query names a project, a label or the like: unbounded ones are refused."""
        if self._strange(asked):
            return Answer({"issues": [], "isLast": True}, 200, DENIED)
        self._pace()
        try:
            found = self._found(asked.query.get("jql", ""), asked.at)
        except BadQuery as error:
            raise _refusal(400, str(error)) from None
        start, most = asked.number("nextPageToken", 0), asked.number("maxResults", 50)
        rows = [_row(one, asked.query) for one in found[start : start + most]]
        last = start + most >= len(found)
        return {"issues": rows, "isLast": last} | ({} if last else {"nextPageToken": str(start + most)})

    @answers("GET", "/rest/api/3/search")
    @answers("POST", "/rest/api/3/search")
    def old_search(self, _asked: Asked) -> Row:
        """The search that is gone."""
        raise _refusal(410, GONE)

    @answers("POST", "/rest/api/3/issue/{key}/remotelink")
    def link(self, asked: Asked, key: str) -> Answer:
        """Set a link: the same `globalId` is the same link."""
        issue, thing = self._issue(asked, key), asked.body.get("object")
        if not isinstance(thing, dict) or not thing.get("url") or not thing.get("title"):
            raise _refusal(400, title="'title' is required.", url="'url' is required.")
        name = str(asked.body.get("globalId") or f"link {len(issue['links'])}")
        known = name in issue["links"]
        issue["links"][name] = thing
        self.did("link", key, id=name, object=thing)
        number = 1 + list(issue["links"]).index(name)
        return Answer({"id": number, "self": f"/rest/api/3/issue/{key}/remotelink/{number}"}, 200 if known else 201)

    @answers("POST", "/rest/api/3/issue/{key}/comment")
    def comment(self, asked: Asked, key: str) -> Answer:
        """Comment on an issue; the body is a document that says something."""
        issue, document = self._issue(asked, key), asked.body.get("body")
        wrong = list(faults(document))
        if wrong or not text_of(document).strip():
            raise _refusal(400, comment=f"INVALID_INPUT: {wrong[0]}" if wrong else "Comment body can not be empty!")
        properties = asked.body.get("properties", [])
        comment = {"id": str(len(issue["comments"]) + 1), "body": document, "properties": properties}
        issue["comments"].append(comment)
        self.did("comment", key, text=text_of(document), properties=properties)
        return Answer(comment, 201)

    @answers("GET", "/rest/api/3/issue/{key}/comment")
    def comments(self, asked: Asked, key: str) -> Row:
        """The comments of an issue; their properties where they are asked for."""
        issue = self._issue(asked, key)
        rows = issue["comments"][::-1] if asked.query.get("orderBy") == "-created" else issue["comments"]
        shown = rows[: asked.number("maxResults", 50)]
        if "properties" not in asked.query.get("expand", ""):
            shown = [{name: value for name, value in row.items() if name != "properties"} for row in shown]
        return {"comments": shown, "total": len(rows), "startAt": 0}

    def finish(self, key: str) -> None:
        """A person closes an issue."""
        self.issues[key]["done"] = True

    def told(self, order: Row) -> None:
        """`{"finish": key}` closes an issue as a person does; `lag`, `lacking`, `projects` and `tokens` are set."""
        for name, value in order.items():
            if name == "finish":
                self.finish(value)
            elif name in ("lag", "lacking", "projects", "tokens"):
                setattr(self, name, value)
            else:
                raise ValueError(f"jira takes finish, lag, lacking, projects and tokens; got {name!r}")

    def _strange(self, asked: Asked) -> bool:
        return password(asked) not in self.tokens

    def _admit(self, asked: Asked) -> None:
        """Raises Refusal: 401 for a stranger, 429 for haste."""
        if self._strange(asked):
            raise Refusal(401, _errors("Client must be authenticated to access this resource."), DENIED)
        self._pace()

    def _pace(self) -> None:
        spent = self.spend("calls")
        if spent.over:
            raise Refusal(429, _errors("Rate limit exceeded."), {"retry-after": str(spent.resets)})

    def _issue(self, asked: Asked, key: str) -> Row:
        """An issue. Raises Refusal (401, 404, 429)."""
        self._admit(asked)
        if key not in self.issues:
            raise _refusal(404, NO_ISSUE)
        return self.issues[key]

    def _found(self, jql: str, at: float) -> list[Row]:
        """The issues that a query finds. Raises BadQuery."""
        wanted = clauses(jql)
        if not wanted:
            raise BadQuery("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
        for one in wanted:
            if one.field == "project" and self.projects and one.value not in self.projects:
                raise BadQuery(f"The value '{one.value}' does not exist for the field 'project'.")
        indexed = [one for one in self.issues.values() if one["at"] + self.lag <= at]
        return [one for one in indexed if all(_holds(one, clause, at) for clause in wanted)]

    def _wrong(self, fields: Row) -> dict[str, str]:
        """Why fields are refused, by field."""
        found = {
            name: f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
            for name in fields
            if name not in FIELDS or name in self.lacking
        }
        project, kind = _inner(fields, "project", "key"), _inner(fields, "issuetype", "name")
        if not re.fullmatch("[A-Z][A-Z0-9_]+", project) or (self.projects and project not in self.projects):
            found["project"] = "valid project is required"
        if kind not in TYPES:
            found["issuetype"] = "Specify a valid issue type"
        if "priority" in fields and _inner(fields, "priority", "name") not in PRIORITIES:
            found.setdefault("priority", "The priority selected is invalid.")
        found |= {name: why for name, why in _wrong_words(fields).items() if name not in found}
        return found


def _wrong_words(fields: Row) -> dict[str, str]:
    """What is wrong with the texts of an issue."""
    found, summary = {}, fields.get("summary")
    if not isinstance(summary, str) or not summary.strip():
        found["summary"] = "You must specify a summary of the issue."
    elif "\n" in summary or "\r" in summary:
        found["summary"] = "The summary is invalid because it contains newline characters."
    elif len(summary) > 255:
        found["summary"] = "Summary can't exceed 255 characters."
    labels = fields.get("labels", [])
    for label in labels if isinstance(labels, list) else [labels]:
        if not isinstance(label, str) or not label or re.search(r"\s", label):
            found["labels"] = f"The label '{label}' contains spaces which is invalid."
        elif len(label) > 255:
            found["labels"] = "The label exceeds the maximum length of 255 characters."
    if "duedate" in fields and not _DAY.fullmatch(str(fields["duedate"])):
        found["duedate"] = "Error parsing date string: " + str(fields["duedate"])
    for name in DOCUMENTS:
        if name in fields and any(faults(fields[name])):
            found[name] = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    return found


def _holds(issue: Row, clause: Clause, at: float) -> bool:
    """Whether an issue fulfils a clause. Raises BadQuery for a field or a value that this stand-in does not know."""
    fields = issue["fields"]
    match clause.field, clause.operator, clause.value:
        case "project", "=", key:
            return bool(fields["project"]["key"] == key)
        case "labels", "=", label:
            return label in fields.get("labels", ())
        case "duedate", "<", "now()":
            today = datetime.fromtimestamp(at, UTC).date()
            return "duedate" in fields and date.fromisoformat(fields["duedate"]) < today
        case "statuscategory", "!=", "Done":
            return not issue["done"]
    raise BadQuery(f"Field '{clause.field}' does not exist or you do not have permission to view it.")


def _row(issue: Row, query: dict[str, str]) -> Row:
    """An issue as a search tells of it: its id alone, unless more is asked for."""
    row: Row = {"id": issue["id"]}
    if query.get("fields"):
        names = query["fields"].split(",")
        row |= {"key": issue["key"], "fields": {name: issue["fields"].get(name) for name in names if name != "key"}}
    if query.get("properties"):
        asked = query["properties"].split(",")
        row["properties"] = {name: value for name, value in issue["properties"].items() if name in asked}
    return row


def _errors(*words: str, **fields: str) -> Row:
    return {"errorMessages": list(words), "errors": fields}


def _refusal(status: int, *words: str, **fields: str) -> Refusal:
    return Refusal(status, _errors(*words, **fields))


def _properties(body: Row) -> Row:
    """The properties that come with an issue, by key."""
    rows = body.get("properties")
    return (
        {str(one.get("key")): one.get("value") for one in rows if isinstance(one, dict)}
        if isinstance(rows, list)
        else {}
    )


def _inner(fields: Row, name: str, key: str) -> str:
    value: Any = fields.get(name)
    return str(value.get(key, "")) if isinstance(value, dict) else ""
