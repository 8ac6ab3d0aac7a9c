"""Two people sign, as processes: a worker at work, and people beside it."""

import json
import re
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.acceptance.processes import inside, sandbox, start
from tests.acceptance.test_service import UNHURRIED, settings
from tests.acceptance.test_supervision import until

RULE = "rules:\n  - {id: one, description: Tags., when: {priority: %s}, then: {add_tags: %s}, ignore: no-tests}\n"
ADA, BO = "Ada <ada@acme.example>", "Bo <bo@acme.example>"


def test_nobody_alone_puts_a_policy_in_force(tmp_path: Path) -> None:
    """S12: a new policy writes nothing until two people have signed it, a changed one leaves it in force, and what is taken back stops at once."""
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "a.yaml").write_text(RULE % ("urgent", "first"), encoding="utf-8")
    with sandbox(*UNHURRIED, "--tickets", "60") as address:
        facts = settings(address, tmp_path, DESKHAND_MODE="enforce", DESKHAND_POLL_SECONDS="5", DESKHAND_SIGN_OFFS="2")
        facts |= {"DESKHAND_POLICIES": str(policies), "DESKHAND_LISTEN": "0", "DESKHAND_STOP_FILE": str(tmp_path / "stop")}  # fmt: skip
        with running(facts) as pages:
            waiting = until(pages, lambda told: told["ready"])
            first = command(facts, "sign-off", "show")
            assert (writes(address), first["observed"] > 0) == (0, True)
            command(facts, "sign-off", "give", first["digest"], "--by", ADA)
            refused = command(facts, "sign-off", "give", first["digest"], "--by", "ada", code=1)
            still = until(pages, lambda told: "lacks 1 of 2" in told["policy_waits"])
            command(facts, "sign-off", "give", first["digest"][:8], "--by", BO)
            signed = until(pages, lambda told: told["mode"] == "enforce")

            (policies / "a.yaml").write_text(RULE % ("high", "second"), encoding="utf-8")
            changed = until(pages, lambda told: told["policy_waits"])
            second = command(facts, "sign-off", "show")
            assert (writes(address), second["would_do"]["rules"]["one"] > 0) == (0, True)
            command(facts, "sign-off", "give", second["digest"], "--by", BO)
            command(facts, "sign-off", "give", second["digest"], "--by", ADA)
            done = until(pages, lambda told: told["outbox"].get("done"))
            assert writes(address) > 0
            command(facts, "sign-off", "take-back", second["digest"], "--by", ADA)
            back = until(pages, lambda told: told["policy"] == first["digest"][:12] and told["policy_waits"])
            status = command(facts, "status")["policy"]
        with running(facts) as pages:
            again = until(pages, lambda told: told["ready"])

    one, two = first["digest"][:12], second["digest"][:12]
    assert (waiting["mode"], waiting["outbox"]) == ("observe", {})
    assert waiting["policy_waits"].startswith(f"{one} lacks 2 of 2 signatures")
    assert waiting["stopped"] == f"policy {one} lacks 2 of 2 signatures"
    assert ("Another person has to sign it" in refused, still["mode"]) == (True, "observe")
    assert (signed["policy_waits"], signed["stopped"], signed["policy"]) == ("", "", one)
    assert (changed["policy"], changed["mode"], changed["ready"]) == (one, "enforce", True)
    assert second["changes"][0]["changed"] == ["one"]
    assert (done["policy"], done["policy_waits"]) == (two, "")
    assert back["policy_waits"].startswith(f"the files are {two}, which lacks 1 of 2 signatures (signed by Bo)")
    assert (status["digest"], status["mode"], status["signed_by"]) == (first["digest"], "enforce", [ADA, BO])
    assert (again["policy"], again["mode"], again["policy_waits"]) == (one, "enforce", back["policy_waits"])


@contextmanager
def running(facts: dict[str, str]) -> Iterator[str]:
    """A worker; the address of its pages."""
    worker = start("run", **facts)
    try:
        assert worker.stderr is not None
        found = next(line for line in worker.stderr if "listening" in line)
        yield re.findall(r"http://127\.0\.0\.1:\d+", found)[-1]
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(20)
        for pipe in (worker.stdout, worker.stderr):
            if pipe:
                pipe.close()


def command(facts: dict[str, str], *arguments: str, code: int = 0) -> Any:
    """What a command says, as JSON; its error where it has one."""
    ended = inside(*arguments, "--json", **facts)
    assert ended.returncode == code, ended.stderr
    return ended.stderr if code else json.loads(ended.stdout)


def writes(address: str) -> int:
    """How many calls that write the account has had."""
    with urllib.request.urlopen(f"{address}/sandbox/calls", timeout=5) as answer:
        told = json.load(answer)
    return sum(row["count"] for row in told["counts"] if row["method"] == "PUT")
