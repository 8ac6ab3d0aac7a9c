"""How tests ask a stand-in over the sandbox's own way in."""

import json
from base64 import b64encode
from typing import TYPE_CHECKING

from deskhand.sandbox import Request, Sandbox

if TYPE_CHECKING:
    from deskhand.sandbox.exchange import Response

BASIC = "Basic " + b64encode(b"worker@example.com:sandbox-token").decode()


def ask(sandbox: Sandbox, method: str, path: str, body: object = None, *, auth: str = BASIC) -> "Response":
    """Ask for a path under /services/."""
    data = b"" if body is None else json.dumps(body).encode()
    url = f"{sandbox.url}/services/{path}"
    return sandbox.handle(Request.of(method, url, headers={"Authorization": auth}, body=data))
