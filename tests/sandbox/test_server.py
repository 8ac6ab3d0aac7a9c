"""The sandbox over real sockets."""

import asyncio
import socket
import threading
from queue import Queue

import pytest
import requests

from deskhand.sandbox import Sandbox, SimClock
from deskhand.sandbox.server import _listener, serve


@pytest.fixture(scope="module")
def url() -> str:
    """The address of a sandbox in simulated time."""
    told: Queue[str] = Queue()
    threading.Thread(target=serve, args=(Sandbox(clock=SimClock()),), kwargs={"ready": told.put}, daemon=True).start()
    return told.get(timeout=10)


AUTH = ("admin@example.com/token", "sandbox-token")


def test_links_carry_the_servers_own_scheme_and_host(url: str) -> None:
    """A ticket made over HTTP is shown with the server's address."""
    made = requests.post(
        f"{url}/api/v2/tickets.json", json={"ticket": {"comment": {"body": "x"}}}, auth=AUTH, timeout=5
    )
    assert made.status_code == 201
    assert made.json()["ticket"]["url"] == f"{url}/api/v2/tickets/{made.json()['ticket']['id']}.json"
    assert made.headers["Location"].startswith(url)


def test_the_clock_is_moved_by_its_path(url: str) -> None:
    """POST /sandbox/clock moves simulated time, and a job is done by then."""
    body = {"tickets": [{"comment": {"body": "x"}}]}
    job = requests.post(f"{url}/api/v2/tickets/create_many.json", json=body, auth=AUTH, timeout=5).json()["job_status"]
    before = requests.get(f"{url}/sandbox/clock", timeout=5).json()
    after = requests.post(f"{url}/sandbox/clock", json={"advance": 60}, timeout=5).json()
    assert before["next_happening"] is not None
    assert after["now"] > before["now"]
    assert requests.get(job["url"], auth=AUTH, timeout=5).json()["job_status"]["status"] == "completed"


def test_calls_state_and_faults_have_paths(url: str) -> None:
    """The control paths show calls and state, and put faults in force."""
    requests.get(f"{url}/api/v2/groups.json", auth=AUTH, timeout=5)
    assert any(
        row["endpoint"] == "/api/v2/groups" for row in requests.get(f"{url}/sandbox/calls", timeout=5).json()["counts"]
    )
    assert requests.get(f"{url}/sandbox/state", timeout=5).json()["tables"]["groups"] == 1
    assert requests.post(f"{url}/sandbox/faults", json={"kind": "odd"}, timeout=5).status_code == 400
    requests.post(f"{url}/sandbox/faults", json={"kind": "reset", "count": 1}, timeout=5)
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{url}/api/v2/groups.json", auth=AUTH, timeout=5)
    requests.delete(f"{url}/sandbox/faults", timeout=5)
    assert requests.get(f"{url}/api/v2/groups.json", auth=AUTH, timeout=5).status_code == 200


def test_a_page_may_never_come(url: str) -> None:
    """A time-out fault is a time-out of the client."""
    requests.post(f"{url}/sandbox/faults", json={"kind": "timeout_before_commit", "count": 1}, timeout=5)
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"{url}/api/v2/groups.json", auth=AUTH, timeout=0.2)


def test_the_ready_line_is_followed_by_settings_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    """Those of the account and of the stand-ins, each on a line of its own, as a shell takes them."""
    threading.Thread(target=serve, args=(Sandbox(clock=SimClock()),), daemon=True).start()
    told = ""
    for _ in range(100):
        told += capsys.readouterr().out
        if told.endswith("\n"):
            break
        threading.Event().wait(0.05)
    ready, *settings = told.splitlines()
    base = ready.removeprefix("sandbox listening on ")

    assert base.startswith("http://127.0.0.1:")
    assert f"export DESKHAND_BASE_URL={base}" in settings
    assert f"export DESKHAND_PAGERDUTY_URL={base}/services/pagerduty" in settings
    assert all(line.startswith("export DESKHAND_") and "=" in line for line in settings)


def test_a_kept_connection_does_not_wait_for_acknowledgements() -> None:
    """Nagle's delay is off on what is accepted; with it each request after the first would take 40 ms."""
    assert asyncio.run(_delay_of_accepted(_listener("127.0.0.1", 0))) == "off"


async def _delay_of_accepted(listener: socket.socket) -> str:
    """Whether the server's side of a connection holds small answers back."""
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        off = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        found.set_result("off" if off else "on")
        writer.close()

    async with await asyncio.start_server(accept, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        answer = await found
        writer.close()
        return answer
