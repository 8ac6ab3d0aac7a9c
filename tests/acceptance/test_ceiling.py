"""A rule that goes wrong, from the command line: edited to match everything, noticed, let go by number."""

import json
from pathlib import Path

from tests.acceptance.processes import inside, sandbox
from tests.acceptance.test_service import UNHURRIED, settings

RULE = """
rules:
  - id: tagger
    description: Tags what it matches.
    when: {priority: %s}
    then: {add_tags: tagged_by_rule}
    ignore: no-tests
"""
ALL = "[low, normal, high, urgent]"


def test_a_rule_changed_to_match_everything_writes_nothing_beyond_its_ceiling(tmp_path: Path) -> None:
    """Mass change: what it wants is held whole and counted; the number that a person names goes out, and not one more."""
    policies = tmp_path / "policies"
    policies.mkdir()
    rule = policies / "rule.yaml"
    rule.write_text(RULE % "urgent", encoding="utf-8")
    with sandbox("--tickets", "60", *UNHURRIED) as address:
        facts = settings(address, tmp_path, DESKHAND_POLICIES=str(policies), DESKHAND_MODE="enforce")
        first = _json("once", facts)
        rule.write_text(RULE % ALL, encoding="utf-8")
        second = _json("once", facts)
        held = json.loads(inside("outbox", "list", "--state", "held", "--json", **facts).stdout)["held"]
        shown = inside("outbox", "list", **facts).stdout
        refused = inside("outbox", "release", "tagger", "--allow", "1000", **facts)
        released = inside("outbox", "release", "tagger", "--allow", "3", **facts)
        third = _json("once", facts)

    assert second["written"] == 0
    assert held["tagger"] > 20
    assert "of" in shown
    assert "live tickets, over its ceiling of 30%" in shown
    assert refused.returncode == 1
    assert f"1000 were named, but {held['tagger']} are held of 'tagger'" in refused.stderr
    assert released.returncode == 0
    assert (third["written"], first["mode"]) == (3, "enforce")


def _json(command: str, facts: dict[str, str]) -> dict[str, int | str]:
    """What a command prints."""
    ended = inside(command, "--json", **facts)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, int | str] = json.loads(ended.stdout)
    return found
