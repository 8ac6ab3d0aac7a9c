"""The ways in which Zendesk says no, as exceptions that carry the answer."""

from deskhand.sandbox.exchange import Row


class Refusal(Exception):
    """A request that is refused: `status`, a JSON body, more headers. A body given as text is sent as text/plain."""

    def __init__(self, status: int, body: Row | str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def not_found() -> Refusal:
    """404 for a record that does not exist."""
    return Refusal(404, {"error": "RecordNotFound", "description": "Not found"})


def invalid_endpoint() -> Refusal:
    """404 for a path that does not exist."""
    return Refusal(404, {"error": "InvalidEndpoint", "description": "Not found"})


def unauthenticated() -> Refusal:
    """401 for missing or wrong credentials."""
    return Refusal(401, {"error": "Couldn't authenticate you"}, {"www-authenticate": 'Basic realm="Web Password"'})


def invalid_token() -> Refusal:
    """401 for a bearer token that is unknown, revoked or expired."""
    text = "The access token provided is expired, revoked, malformed or invalid for other reasons."
    return Refusal(401, {"error": "invalid_token", "error_description": text})


def forbidden(
    message: str = "You do not have access to this page. Please contact the account owner of this help desk for further help.",
) -> Refusal:
    """403 for a role that may not do this."""
    return Refusal(403, {"error": {"title": "Forbidden", "message": message}})


def missing_scope(*enough: str) -> Refusal:
    """403 for a token whose scopes do not cover this; any of those named would do."""
    text = f"You are missing the following required scopes: {', '.join(enough)}"
    return Refusal(403, {"error": "Forbidden", "description": text})


def invalid(details: dict[str, list[Row]]) -> Refusal:
    """422 with details by field."""
    return Refusal(422, {"error": "RecordInvalid", "description": "Record validation errors", "details": details})


def invalid_field(name: str, description: str, error: str = "InvalidValue") -> Refusal:
    """422 about one field."""
    return invalid({name: [{"description": description, "error": error}]})


def too_many_values(count: int = 100, name: str = "") -> Refusal:
    """400 for more rows or ids than a bulk call takes."""
    text = f"Parameter {name} cannot specify more than {count} values"
    return Refusal(400, {"error": "TooManyValues", "description": text, "max_count": count})


def too_many_users(count: int = 100) -> Refusal:
    """400 for more new people than a bulk call makes: it has its own words."""
    return Refusal(400, {"error": "TooManyValues", "description": f"Maximum {count} users may be created per call"})


def bad_parameter(message: str) -> Refusal:
    """400 for a parameter of the wrong kind."""
    return Refusal(400, {"error": {"title": "Invalid attribute", "message": message}})


def missing_parameter(name: str) -> Refusal:
    """400 for a parameter that must be there."""
    return bad_parameter(f"You passed an invalid value for the {name} attribute. must be present")


def bad_page(title: str) -> Refusal:
    """400 for a page size or a page cursor that cannot be."""
    return coded("InvalidPaginationParameter", title)


def coded(code: str, title: str, status: int = 400) -> Refusal:
    """An error in the newer format: a list of errors with code and title."""
    return Refusal(status, {"errors": [{"code": code, "title": title, "status": str(status)}]})


def conflict() -> Refusal:
    """409 for a safe update with an outdated stamp."""
    text = "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again."
    return Refusal(409, {"error": "UpdateConflict", "description": text})


def closed() -> Refusal:
    """422 for an update of a closed ticket."""
    return invalid({"status": [{"description": "Status: closed prevents ticket update"}]})
