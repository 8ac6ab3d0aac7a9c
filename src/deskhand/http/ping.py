"""A ping: tell an outside watch that we are alive. Its address is a secret, so no error names it."""

from typing import Final

import requests

from deskhand import __version__
from deskhand.errors import SettingsError, Transient
from deskhand.http.address import LOOPBACK, parted

TIMEOUT: Final = (3.05, 10.0)


def check(url: str) -> None:
    """Refuse an address that would carry the ping in the clear. Raises SettingsError."""
    parts = parted(url)
    if parts is None or (parts.scheme != "https" and parts.hostname not in LOOPBACK):
        raise SettingsError(
            "DESKHAND_HEARTBEAT_URL is no https address",
            hint="It looks like https://hc-ping.com/...; plain http is allowed for this machine only.",
        )


def ping(url: str) -> None:
    """Ask for the address once; whatever it answers below 400 will do. Raises Transient."""
    session = requests.Session()
    session.trust_env = False
    try:
        answer = session.get(
            url, timeout=TIMEOUT, allow_redirects=False, headers={"User-Agent": f"deskhand/{__version__}"}, stream=True
        )
        status = answer.status_code
        answer.close()
    except requests.RequestException as error:
        raise Transient(f"the heartbeat was not taken ({type(error).__name__})") from None
    finally:
        session.close()
    if status >= 400:
        raise Transient(f"the heartbeat was answered with {status}", status=status)
