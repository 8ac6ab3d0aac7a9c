"""Where a service may be: at an address of the open internet, looked up once and then spoken to by that very address.

The host of a service comes from the settings alone. But a name may lead anywhere, and elsewhere the next time it is looked up; so what it leads to is looked at
before anything is sent, and the connection goes to what was looked at.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.retry import Retry

from deskhand.errors import Rejected

SERVICES_PRIVATE: Final = "DESKHAND_SERVICES_PRIVATE"
"""The setting by which services may be in a network of one's own."""
_METADATA: Final = frozenset(
    map(
        ip_address,
        ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"),
    )
)
"""Where clouds keep the credentials of their machines."""
_NAT64: Final = IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = IPv6Network("::/96")

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""This very machine, where plain http is allowed."""

NEVER: Final = Retry(total=None, connect=0, read=0, redirect=0, status=0, other=0)
"""Nothing is repeated below us."""


def parted(url: str) -> SplitResult | None:
    """The parts of an address that a person typed; None where it is none: a blank or a line end inside, no host, brackets that do not close."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return parts if host and url.isprintable() and " " not in url else None


def forbidden(address: str, *, private: bool = False) -> str:
    """Why nothing is sent to an address, as the end of a sentence; empty where it may be. `private` allows networks of one's own."""
    for one in _meant(ip_address(address.partition("%")[0])):
        if one in _METADATA:
            return "is where clouds keep the credentials of their machines"
        if one.is_loopback or one.is_unspecified:
            return "is this very machine"
        if one.is_link_local:
            return "is known on one wire alone"
        if one.is_multicast or (isinstance(one, IPv4Address) and one.is_reserved):
            return "is nobody's own"
        if not one.is_global and not private:
            return "is inside a private network"
    return ""


def looked_up(host: str, port: int, setting: str, *, private: bool = False) -> list[str]:
    """The addresses that a name leads to. Raises Rejected where one of them is forbidden, and OSError where there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    for address in addresses:
        why = forbidden(address, private=private)
        if why:
            own = f" If it is your own network, set {SERVICES_PRIVATE}=1." if "private" in why else ""
            raise Rejected(
                f"nothing is sent to {host}: it leads to {address}, which {why}",
                hint=f"Check the host in {setting}, and what your name server says of it.{own}",
            )
    return addresses


class GuardedAdapter(HTTPAdapter):
    """Speaks TLS to addresses that were looked at, and repeats nothing."""

    def __init__(self, setting: str, *, private: bool = False) -> None:
        """`setting` is named in errors; `private` allows networks of one's own."""
        self._connection = type("Connection", (_Connection,), {"setting": setting, "private": private})
        super().__init__(max_retries=NEVER)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pools make our connections, and none but TLS."""
        super().init_poolmanager(*args, **kwargs)
        pool = type("Pool", (HTTPSConnectionPool,), {"ConnectionCls": self._connection})
        self.poolmanager.pool_classes_by_scheme = {"https": pool}


class _Connection(HTTPSConnection):
    """A connection whose name is looked up once; the certificate is still that of the name."""

    setting = ""
    private = False

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            addresses = looked_up(name, self.port or 443, self.setting, private=self.private)
        except OSError as error:
            raise NameResolutionError(name, self, socket.gaierror(str(error))) from error
        try:
            return self._first(addresses)
        finally:
            self._dns_host = name

    def _first(self, addresses: Sequence[str]) -> socket.socket:
        """A connection to the first address that takes one."""
        for last, address in enumerate(addresses, 1 - len(addresses)):
            self._dns_host = address
            try:
                return super()._new_conn()
            except (ConnectTimeoutError, NewConnectionError):
                if last == 0:
                    raise
        raise NewConnectionError(self, "the name leads nowhere")


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """An address, and those that are written inside it: a sixth of the internet has forms for the fourth."""
    if isinstance(address, IPv4Address):
        return [address]
    inner: list[IPv4Address | IPv6Address | None] = [address.ipv4_mapped, address.sixtofour]
    inner += address.teredo or ()
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    held = [one for one in inner if one is not None]
    if address.ipv4_mapped is not None or (address in _COMPATIBLE and int(address) > 1) or address in _NAT64:
        return held
    return [address, *held]
