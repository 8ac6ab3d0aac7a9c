"""Where a service may be: 60 addresses, names that change their mind, and connections to what was looked at."""

import socket
from typing import Any

import pytest
from urllib3.util import connection

from deskhand.errors import Rejected, Transient
from deskhand.http.address import GuardedAdapter, forbidden, looked_up
from deskhand.http.service import ServiceSession

OPEN = ("1.1.1.1", "3.5.140.2", "8.8.8.8", "52.85.1.1", "104.16.0.1", "151.101.1.6", "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1",
        "11.0.0.1", "126.255.255.255", "128.0.0.1", "169.253.255.255", "169.255.0.1", "223.255.255.254", "2606:4700::1111", "2a04:4e42::396",
        "::ffff:8.8.8.8", "64:ff9b::808:808")  # fmt: skip
WITHIN = ("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1", "198.18.0.1", "192.0.2.1", "203.0.113.7",
          "fc00::1", "fd12:3456::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:0a00:0001::1", "2001:db8::1")  # fmt: skip
NEVER = ("127.0.0.1", "127.255.255.254", "0.0.0.0", "169.254.169.254", "169.254.170.2", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
         "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "ff02::1", "fd00:ec2::254",
         "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:0001::1",
         "2002:a9fe:a9fe::1")  # fmt: skip
ODD = ("2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1", "017700000001", "0", "2852039166", "0xa9fea9fe", "[::1]", "[::ffff:127.0.0.1]")  # fmt: skip
"""Ways of writing this machine, and where clouds keep credentials, which resolvers understand."""


@pytest.mark.parametrize("address", OPEN)
def test_the_open_internet_may_be_spoken_to(address: str) -> None:
    """S3: whichever way it is written."""
    assert forbidden(address) == ""


@pytest.mark.parametrize("address", WITHIN)
def test_a_private_network_may_be_spoken_to_where_that_is_meant(address: str) -> None:
    """S3: only with the setting, which the error names."""
    assert "private network" in forbidden(address)
    assert forbidden(address, private=True) == ""


@pytest.mark.parametrize("address", NEVER)
def test_some_places_are_never_spoken_to(address: str) -> None:
    """S3: this machine, its wire, everybody at once, and where clouds keep credentials; also inside other forms of address."""
    assert forbidden(address)
    assert forbidden(address, private=True)


@pytest.mark.parametrize("host", ODD)
def test_an_odd_way_of_writing_an_address_leads_to_no_other_place(host: str) -> None:
    """S3: what counts is what the resolver makes of it."""
    with pytest.raises((Rejected, OSError)):
        looked_up(host, 443, "DESKHAND_X_URL", private=True)


def test_the_table_has_sixty_addresses() -> None:
    """S3: and a few more, each once."""
    assert len({*OPEN, *WITHIN, *NEVER, *ODD}) >= 60


class Names:
    """A name server that gives its answers in turn, and a network in which every connection is refused."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.answers, self.asked, self.tried = list(answers), list[str](), list[str]()
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)
        monkeypatch.setattr(connection, "create_connection", self._connect)

    def _look_up(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        self.asked.append(host)
        if not self.answers:
            raise socket.gaierror("no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in self.answers.pop(0)]

    def _connect(self, address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        self.tried.append(address[0])
        raise ConnectionRefusedError


def _session(url: str = "https://relay.example/hook", *, private: bool = False) -> ServiceSession:
    return ServiceSession(url, setting="DESKHAND_X_URL", private=private)


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """S3: a name that leads elsewhere the next time is not asked a second time."""
    names = Names(monkeypatch, ["8.8.8.8", "1.1.1.1"], ["127.0.0.1"])

    with pytest.raises(Transient, match="no connection"):
        _session().call("POST", "", body={})

    assert (names.asked, names.tried) == (["relay.example"], ["8.8.8.8", "1.1.1.1"])


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_leads_inside_gets_nothing(monkeypatch: pytest.MonkeyPatch, answer: list[str]) -> None:
    """S3: not even where it leads outside as well; the error names the setting and the address."""
    names = Names(monkeypatch, answer)

    with pytest.raises(Rejected, match=f"relay.example: it leads to {answer[-1]}") as error:
        _session().call("POST", "/secret", body={})

    assert names.tried == []
    assert "DESKHAND_X_URL" in error.value.hint
    assert ("DESKHAND_SERVICES_PRIVATE=1" in error.value.hint) == (answer[-1] == "10.0.0.1")


def test_a_name_that_leads_nowhere_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may lead somewhere again."""
    Names(monkeypatch)

    with pytest.raises(Transient, match="no connection"):
        _session().call("POST", "", body={})


def test_a_service_of_ones_own_network_is_spoken_to_where_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the setting for it."""
    names = Names(monkeypatch, ["10.0.0.1"])

    with pytest.raises(Transient):
        _session("https://n8n.corp.example:5678/hook", private=True).call("POST", "", body={})

    assert names.tried == ["10.0.0.1"]


def test_the_certificate_is_still_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is pinned is where the connection goes, and not whose it has to be."""
    Names(monkeypatch, ["8.8.8.8"])
    asked = list[str]()
    one = (
        GuardedAdapter("DESKHAND_X_URL")
        .poolmanager.connection_from_url("https://relay.example/")
        .ConnectionCls("relay.example")
    )
    here, there = socket.socketpair()

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        asked.append(address[0])
        return here

    monkeypatch.setattr(connection, "create_connection", connect)

    made = one._new_conn()

    assert (asked, one.host, one._dns_host) == (["8.8.8.8"], "relay.example", "relay.example")
    made.close()
    there.close()


def test_only_tls_is_spoken() -> None:
    """There is no pool for anything else."""
    adapter = GuardedAdapter("DESKHAND_X_URL")

    assert list(adapter.poolmanager.pool_classes_by_scheme) == ["https"]
