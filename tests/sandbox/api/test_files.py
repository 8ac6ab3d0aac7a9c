"""Files as they come in and go out."""

from urllib.parse import urlsplit

from deskhand.sandbox import Request
from tests.sandbox.builders import Account

FORM = (
    b'--x\r\ncontent-disposition: form-data; name="attachment"; filename="a.bin"\r\ncontent-type: application/octet-stream\r\n\r\n\x00\x01\r\n'
    b'--x\r\ncontent-disposition: form-data; name="filename"\r\n\r\nb\xc3\xa4r.bin\r\n--x--\r\n'
)


def test_a_macros_file_comes_in_a_form_and_goes_out_as_it_was(account: Account) -> None:
    """The form's part `filename` names the file, and its content is at content_url."""
    made = account.call("POST", "/macros/attachments.json", FORM, content_type="multipart/form-data; boundary=x")
    file = made.json()["macro_attachment"]
    assert (made.status, file["filename"], file["size"]) == (201, "bär.bin", 2)
    assert account.call("GET", urlsplit(file["content_url"]).path.removeprefix("/api/v2")).body == b"\x00\x01"


def test_a_form_without_a_file_is_refused(account: Account) -> None:
    """400 says what is missing, as for a body that is no form at all."""
    for body in (b"--x\r\n\r\n--x--", b"", b"--x"):
        answer = account.call("POST", "/macros/attachments.json", body, content_type="multipart/form-data; boundary=x")
        assert (answer.status, "attachment" in answer.body.decode()) == (400, True)


def test_an_uploads_content_needs_no_sign_in(account: Account) -> None:
    """content_url is enough; another address is 404."""
    upload = account.call("POST", "/uploads.json?filename=a b.txt", b"hello", content_type="text/plain").json()[
        "upload"
    ]
    url = upload["attachment"]["content_url"]
    found = account.sandbox.handle(Request.of("GET", url))
    assert (found.status, found.body, found.headers["content-type"]) == (200, b"hello", "text/plain")
    assert account.sandbox.handle(Request.of("GET", url.replace("/token/", "/token/x"))).status == 404
    assert "data" not in upload["attachment"]
