"""Short ways to load documents that stand in a test, and to see what is said of them."""

from pathlib import Path
from textwrap import dedent

from deskhand.core.condition import Condition
from deskhand.core.policy import Action, Policy, Rule
from deskhand.documents import Loaded, load_text

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "policies"
FILE = "policies/x.yaml"
LEVELS = "".join(
    f"p{n}: {{definition: d, sla_response_minutes: {15 * n}, sla_resolution_hours: {4 * n}, page_on_call: false, notify: [],"
    " customer_update_cadence: daily, requires_status_page: false}\n"
    for n in (1, 2, 3, 4)
)
"""Severities with a response in 15, 30, 45 and 60 minutes and a resolution in 4, 8, 12 and 16 hours."""
QUIET = "ignore: [no-tests, no-description]"


def loaded(text: str) -> Loaded:
    """What comes of one file, with severities in another."""
    return load_text({FILE: dedent(text), "policies/levels.yaml": LEVELS})


def said(text: str) -> list[str]:
    """Everything that is said of one file, a line each, without the file's name."""
    return [str(problem).removeprefix(f"{FILE}:") for problem in loaded(text).problems]


def policy(text: str) -> Policy:
    """The policy of a file that is right."""
    done = loaded(text)
    assert done.policy is not None, [str(problem) for problem in done.problems]
    return done.policy


def rule(when: str, then: str = "{add_tags: seen}", more: str = "") -> Rule:
    """The rule with this condition and these actions."""
    (found,) = policy(f"rules:\n- {{id: r, when: {when}, then: {then}, {QUIET}{more}}}\n").rules
    return found


def condition(when: str) -> Condition:
    """The condition of a rule."""
    return rule(when).when


def actions(then: str) -> tuple[Action, ...]:
    """The actions of a rule."""
    return rule("{status: open}", then).then


def about(when: str, then: str = "{add_tags: seen}") -> list[str]:
    """What is said of a rule's condition or actions, without places and without the rule's name."""
    lines = [str(problem) for problem in loaded(f"rules:\n- {{id: r, when: {when}, then: {then}, {QUIET}}}\n").problems]
    return [line.split("rule 'r': ", 1)[-1] for line in lines]
