"""Requirements 28, 39, 47 to 49, 51 and 52: who is paged, for how long one is waited for, who is next, and when it stops."""

import pytest

from deskhand.cli.main import main
from deskhand.core.policy import Escalate, Tell
from tests.core.builders import MINUTE
from tests.requirements.shipped import said_of, shipped
from tests.source import ROOT


@pytest.mark.requirement(49)
def test_the_ladders_say_who_is_told_at_each_severity_and_how_fast(capsys: pytest.CaptureFixture[str]) -> None:
    """Each rung with who, how, after how long and by which channels; each severity that pages has somebody who is paged."""
    assert main(["ladder", "show", str(ROOT / "policies"), "--markdown"]) == 0
    page = capsys.readouterr().out

    assert "| On call | eng\\_oncall | page, wait 5m, up to 2 times | at once |" in page
    assert "| L3 platform | platform\\_l3 | page, wait 5m, up to 2 times | 10m |" in page
    for level in shipped().levels.values():
        climbed = {action.ladder for rule in shipped().rules for action in rule.then if isinstance(action, Escalate)}
        pages = [
            name
            for name in climbed
            if level.id in shipped().ladders[name].severities and not shipped().ladders[name].urgent
        ]
        assert bool(pages) == (level.page_on_call != "false"), level.id
    told = {action.role for rule in shipped().rules for action in rule.then if isinstance(action, Tell)}
    assert {role for level in shipped().levels.values() for role in level.notify} <= told


@pytest.mark.requirement(49)
def test_a_severity_that_nobody_serves_is_told() -> None:
    """A role that a severity notifies, and no rule and no ladder tells."""
    old = "notify: [support_lead, eng_oncall, director_support]"
    said = said_of("severity.yaml", old, old.replace("director_support", "head_of_support"))

    assert [one for one in said if "nobody tells 'head_of_support'" in one and "[unserved-severity]" in one] != []


@pytest.mark.requirement(48)
def test_the_first_responder_has_five_minutes() -> None:
    """On every ladder whoever is paged first has five minutes to acknowledge, but for specialists, who have ten."""
    first = {
        name: next(rung for rung in ladder.rungs if rung.how == "page") for name, ladder in shipped().ladders.items()
    }

    assert {name: rung.wait // MINUTE for name, rung in first.items()} == {
        "engineering": 5, "specialists": 10, "platform": 5, "command": 5, "security": 5,
    }  # fmt: skip
