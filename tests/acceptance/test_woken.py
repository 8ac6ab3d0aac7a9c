"""A running worker that webhooks wake, over real sockets: the sandbox signs and sends them."""

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import requests

from deskhand.sandbox import EMAIL, Options, RealClock, Sandbox
from deskhand.sandbox.server import serve
from tests.acceptance.processes import start
from tests.acceptance.test_service import settings

AUTH = ("admin@example.com/token", "sandbox-token")
POLICY = "guards: {grace: false}\nrules:\n  - {id: hot, when: {priority: urgent}, then: {add_tags: hot}}\n"
SHOW = ("GET", "/api/v2/tickets/show_many")
OLD = "the-secret-before-this-one"


def test_a_change_is_acted_on_at_once_by_a_worker_whose_next_poll_is_an_hour_away(tmp_path: Path) -> None:
    """S6, S1: within three seconds and once, and its own write is no news; forged and replayed webhooks read nothing; its secrets are shown nowhere."""
    sandbox = Sandbox(clock=RealClock(), options=Options(job_start=0.1, job_row=0))
    customer = sandbox.world.add_user("Zoe", "zoe@customer.example", "end-user")["id"]
    asked = {"subject": "Help", "comment": {"body": "It broke"}, "priority": "normal"}
    ticket = sandbox.world.create_ticket(asked, author=customer, via=EMAIL)
    account = served(sandbox)
    hook = subscribed(account)
    secret = sandbox.webhooks.secret(hook)
    with working(account, tmp_path, f"{OLD} {secret}", sandbox.world.account_id) as (pages, log):
        until(lambda: requests.get(f"{pages}/readyz", timeout=5).ok)
        endpoint = {"webhook": {"endpoint": f"{pages}/zendesk/events"}}
        requests.patch(f"{account}/api/v2/webhooks/{hook}", json=endpoint, auth=AUTH, timeout=5)
        began, urgent = time.monotonic(), {"ticket": {"priority": "urgent"}}
        address = f"{account}/api/v2/tickets/{ticket.id}"
        requests.put(address, json=urgent, auth=AUTH, timeout=5)
        until(lambda: "hot" in requests.get(address, auth=AUTH, timeout=5).json()["ticket"]["tags"])
        took = time.monotonic() - began
        until(lambda: any('"event": "write_done"' in line for line in log))
        until(lambda: {'deskhand_webhooks_total{came="taken"} 2.0', "deskhand_named 0.0"} <= set(metrics(pages)))
        read, made = sandbox.calls.counts[SHOW], sandbox.webhooks.invocations[-1]
        forged = made.headers | {"X-Zendesk-Webhook-Signature": "A" * 43 + "="}
        sent = [
            requests.post(f"{pages}/zendesk/events", data=made.payload, headers=headers, timeout=5)
            for headers in (forged, made.headers)
        ]
        threading.Event().wait(1.5)
        figures, ready = metrics(pages), requests.get(f"{pages}/readyz", timeout=5).text

    assert took < 3
    assert len(ticket.audits) == 3  # made, changed, acted on
    assert [(one.status_code, one.content) for one in sent] == [(401, b"")] * 2
    assert sandbox.calls.counts[SHOW] == read
    assert {f'deskhand_webhooks_total{{came="{came}"}} 1.0' for came in ("forged", "replayed")} <= set(figures)
    assert '"event": "woken"' in "".join(log)
    assert [line for line in log if '"event": "job_failed"' in line] == []
    shown = "".join([*figures, ready, *log]).encode() + (tmp_path / "state.db").read_bytes()
    assert [one for one in (secret, OLD, made.headers["X-Zendesk-Webhook-Signature"]) if one.encode() in shown] == []


def served(sandbox: Sandbox) -> str:
    """The sandbox on a free port, with its postman, until the tests end; its address."""
    ready: Queue[str] = Queue()
    threading.Thread(target=serve, args=(sandbox,), kwargs={"ready": ready.put}, daemon=True).start()
    return ready.get(timeout=10)


def subscribed(account: str) -> str:
    """A webhook for what happens to tickets, which leads nowhere yet; its id."""
    names = ("created", "priority_changed", "tags_changed", "comment_added")
    facts = {
        "name": "deskhand",
        "endpoint": "http://127.0.0.1:9/",
        "http_method": "POST",
        "request_format": "json",
        "subscriptions": [f"zen:event-type:ticket.{name}" for name in names],
    }
    made = requests.post(f"{account}/api/v2/webhooks", json={"webhook": facts}, auth=AUTH, timeout=5)
    return str(made.json()["webhook"]["id"])


@contextmanager
def working(account: str, folder: Path, secrets: str, number: int) -> Iterator[tuple[str, list[str]]]:
    """A worker that polls once an hour: the address of its pages, and the lines of its log."""
    (folder / "policies").mkdir()
    (folder / "policies" / "a.yaml").write_text(POLICY, encoding="utf-8")
    facts = {
        "DESKHAND_POLICIES": str(folder / "policies"),
        "DESKHAND_MODE": "enforce",
        "DESKHAND_POLL_SECONDS": "3600",
        "DESKHAND_LISTEN": "0",
        "DESKHAND_ZENDESK_WEBHOOK_SECRET": secrets,
        "DESKHAND_ZENDESK_ACCOUNT_ID": str(number),
        "DESKHAND_LOG_LEVEL": "DEBUG",
        "DESKHAND_CLIENT_ID": "sandbox-client",
    }
    worker = start("run", **{**settings(account, folder), **facts})
    log: list[str] = []
    assert worker.stderr is not None
    reader = threading.Thread(target=log.extend, args=(worker.stderr,), daemon=True)
    reader.start()
    try:
        until(lambda: any('"event": "listening"' in line for line in log))
        yield re.findall(r"http://127\.0\.0\.1:\d+", next(line for line in log if "listening" in line))[-1], log
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
        reader.join(5)
        for pipe in (worker.stdout, worker.stderr):
            if pipe:
                pipe.close()


def metrics(pages: str) -> list[str]:
    """The figures of a worker, a line each."""
    return requests.get(f"{pages}/metrics", timeout=5).text.splitlines()


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds, for half a minute at most."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        threading.Event().wait(0.05)
