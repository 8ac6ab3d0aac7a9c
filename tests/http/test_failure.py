"""What answers mean: one table, for reads and writes."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from deskhand.errors import AccessRefused, Conflict, DeskError, RateLimited, Rejected, Transient, Unknown
from deskhand.http.failure import LONGEST_WAIT, Call, from_exception, from_response, parsed, retry_after
from tests.http.canned import NOW, Canned, answer, session

OUTDATED = {"error": "UpdateConflict", "description": "Safe Update prevented the update due to outdated ticket data."}
COLLISION = {"error": "DatabaseConflict", "description": "Database collision"}
CLOSED = {
    "error": "RecordInvalid",
    "description": "Record validation errors",
    "details": {"status": [{"description": "Status: closed prevents ticket update"}]},
}
SCOPES = {"errors": [{"code": "Forbidden", "title": "Missing the following required scopes: read", "status": "403"}]}


@pytest.mark.parametrize(
    ("status", "body", "headers", "read", "write"),
    [
        (429, b"You have exceeded the rate limit", {"Retry-After": "7"}, RateLimited, RateLimited),
        (429, b"", {}, RateLimited, RateLimited),
        (422, {"error": "TooManyJobs"}, {}, RateLimited, RateLimited),
        (503, b"<html>maintenance</html>", {"Retry-After": "60"}, RateLimited, RateLimited),
        (503, b"", {}, Transient, Transient),
        (500, b"oops", {}, Transient, Unknown),
        (502, b"<html>", {}, Transient, Unknown),
        (504, b"<html>", {}, Transient, Unknown),
        (409, OUTDATED, {}, Conflict, Conflict),
        (409, COLLISION, {}, Transient, Transient),
        (409, b"", {}, Conflict, Conflict),
        (401, {"error": "Couldn't authenticate you"}, {}, AccessRefused, AccessRefused),
        (403, SCOPES, {}, AccessRefused, AccessRefused),
        (403, b"<html>forbidden</html>", {}, AccessRefused, AccessRefused),
        (404, {"error": "RecordNotFound", "description": "Not found"}, {}, Rejected, Rejected),
        (404, b"<html>Oops</html>", {}, Rejected, Rejected),
        (422, CLOSED, {}, Rejected, Rejected),
        (422, {"error": "invalid"}, {}, Rejected, Rejected),
        (400, {"errors": [{"code": "InvalidPaginationParameter", "title": "invalid"}]}, {}, Rejected, Rejected),
        (400, [1, 2], {}, Rejected, Rejected),
        (413, b"too large", {}, Rejected, Rejected),
        (301, b"", {"Location": "https://www.zendesk.com/"}, Rejected, Rejected),
        (302, b"", {"Location": "https://evil.example/"}, Rejected, Rejected),
        (304, b"", {}, Rejected, Rejected),
        (200, b"<html>welcome</html>", {}, Transient, Unknown),
        (200, b'{"tickets": [', {}, Transient, Unknown),
        (200, [1], {}, Transient, Unknown),
        (200, b'"text"', {}, Transient, Unknown),
        (200, b"", {}, Transient, Unknown),
        (200, b"null", {}, Transient, Unknown),
        (204, b"", {}, Transient, Unknown),
        (507, b"", {}, Transient, Unknown),
        (520, b"<html>proxy</html>", {}, Transient, Unknown),
        (requests.ReadTimeout(), None, {}, Transient, Unknown),
        (requests.ConnectTimeout(), None, {}, Transient, Transient),
        (
            requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError())),
            None,
            {},
            Transient,
            Unknown,
        ),
        (
            requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused"))),  # type: ignore[arg-type]
            None,
            {},
            Transient,
            Transient,
        ),
        (requests.exceptions.ChunkedEncodingError("cut"), None, {}, Transient, Unknown),
        (requests.exceptions.ContentDecodingError("gzip"), None, {}, Transient, Unknown),
        (requests.exceptions.SSLError("bad certificate"), None, {}, Rejected, Rejected),
        (requests.exceptions.ProxyError("no proxy"), None, {}, Transient, Unknown),
    ],
)
def test_every_answer_means_one_of_the_errors(
    status: int | Exception, body: object, headers: dict[str, str], read: type[DeskError], write: type[DeskError]
) -> None:
    """R6: nothing else comes out, whatever comes in; a write that may have landed is Unknown, a read is not."""
    for method, expected in (("GET", read), ("PUT", write)):
        given = status if isinstance(status, Exception) else answer(status, body, headers)
        with pytest.raises(DeskError) as caught:
            session(Canned([given])).request(method, "https://acme.zendesk.com/api/v2/tickets")
        assert type(caught.value) is expected
        assert caught.value.hint


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("7", 7.0),
        ("2.5", 2.5),
        ("0", 1.0),
        ("-3", 1.0),
        ("86400", LONGEST_WAIT),
        ("nonsense", 30.0),
        (format_datetime(NOW + timedelta(seconds=40)), 40.0),
        (format_datetime(NOW - timedelta(seconds=40)), 1.0),
        (None, 30.0),
    ],
)
def test_retry_after_is_read_in_every_form(told: str | None, seconds: float) -> None:
    """R5: missing, nothing, broken, dated or huge; never sooner than asked, never longer than ten minutes."""
    assert retry_after({"Retry-After": told} if told is not None else {}, NOW) == seconds


def test_without_retry_after_the_accounts_reset_counts() -> None:
    """Zendesk's headers say how many seconds are left of the minute."""
    assert retry_after({"ratelimit-reset": "12"}, NOW) == 12.0


def test_the_reason_is_zendesks_own_in_one_line() -> None:
    """Both error formats are read."""
    call = Call("PUT", "/api/v2/tickets/1")
    old = from_response(call, 422, {}, answer(422, CLOSED)[1], NOW)
    new = from_response(call, 403, {}, answer(403, SCOPES)[1], NOW)

    assert str(old) == "PUT /api/v2/tickets/1: 422 RecordInvalid: Status: closed prevents ticket update"
    assert str(new) == "PUT /api/v2/tickets/1: 403 Forbidden: Missing the following required scopes: read"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("tickets:write, write", "Allow the OAuth client `tickets:write` or `write` under Admin Center"),
        ("read", "Allow the OAuth client `read` under Admin Center"),
        ("write", "allow the OAuth client `read` and `write`, and no narrower ones"),
    ],
)
def test_a_scope_that_is_missing_is_named_with_what_to_do(names: str, words: str) -> None:
    """S7: any of those that Zendesk names would do; the whole `write` by itself means that a narrower one is not known there."""
    body = {"error": "Forbidden", "description": f"You are missing the following required scopes: {names}"}

    error = from_response(Call("PUT", "/api/v2/tickets/1"), 403, {}, answer(403, body)[1], NOW)

    assert error is not None
    assert words in error.hint
    assert f"required scopes: {names}" in str(error)


def test_a_success_is_no_failure() -> None:
    """And its body is the object."""
    call = Call("GET", "/x")

    assert from_response(call, 201, {}, b"{}", NOW) is None
    assert parsed(call, 200, b'{"a": 1}') == {"a": 1}


def test_an_exception_of_the_library_never_shows_the_address_with_its_query() -> None:
    """S1: the query may hold what is nobody's business."""
    error = from_exception(
        Call("GET", "/api/v2/search"), requests.ReadTimeout("https://acme/api/v2/search?query=secret")
    )

    assert "secret" not in str(error)
