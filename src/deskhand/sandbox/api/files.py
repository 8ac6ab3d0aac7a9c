"""Files: how they come in a form, and how they go out."""

import base64
from email import policy
from email.parser import BytesParser
from urllib.parse import quote

from deskhand.sandbox.exchange import Answer, Request, Row
from deskhand.sandbox.refusal import missing_parameter


def form_of(request: Request) -> dict[str, bytes]:
    """The parts of a multipart form by name, the file as `attachment` and its name as `filename`; empty for any other body. Raises Refusal (400)."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return {}
    head = f"content-type: {kind}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + request.body)
    parts: dict[str, bytes] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            parts[name] = content
            if part.get_filename():
                parts.setdefault("filename", str(part.get_filename()).encode("utf-8", "replace"))
    if "attachment" not in parts:
        raise missing_parameter("attachment")
    return parts


def file_answer(row: Row, name: str) -> Answer:
    """The content of a file, as a browser saves it."""
    saved = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Answer(base64.b64decode(row["data"]), 200, {"content-type": str(row["content_type"])} | saved)
