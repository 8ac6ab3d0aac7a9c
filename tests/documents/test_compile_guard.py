"""Guards as they are written, over the figures that they come with."""

from fractions import Fraction

import pytest

from deskhand.core.guards import Ceiling, Guards, Storm
from deskhand.documents.load import load_text


def guards(text: str) -> Guards:
    """The guards of one file."""
    loaded = load_text({"a.yaml": text})
    assert loaded.policy is not None, loaded.problems
    return loaded.policy.guards


def test_without_a_word_every_guard_is_as_it_comes() -> None:
    """On by default."""
    assert guards("rules: []\n") == Guards()
    assert guards("guards: {}\n") == Guards()


def test_each_figure_can_be_stated_and_switched_off() -> None:
    """What is not said stays as it is."""
    made = guards(
        "guards: {ceiling: {per_hour: 50, share: 12.5%, per_cycle: false}, grace: 1m, flapping: false, stop_tag: hands_off}\n"
    )

    assert made.ceiling == Ceiling(per_hour=50, per_cycle=None, share=Fraction(1, 8), floor=10)
    assert (made.grace, made.flapping, made.stop_tag, made.late_after) == (60, None, "hands_off", 600)


def test_a_rule_states_its_own_ceiling_over_the_common_one() -> None:
    """Only what it says differs."""
    loaded = load_text(
        {
            "a.yaml": "guards: {ceiling: {per_hour: 50}}\n"
            "rules:\n  - {id: big, when: always, then: {add_tags: x}, ceiling: {share: false}}\n"
            "  - {id: plain, when: always, then: {add_tags: y}}\n"
        }
    )
    assert loaded.policy is not None

    assert loaded.policy.ceiling("big") == Ceiling(per_hour=50, share=None)
    assert loaded.policy.ceiling("plain") == Ceiling(per_hour=50)


def test_restraint_can_be_stated_and_switched_off() -> None:
    """How often a role is paged, and what a storm is."""
    made = guards("guards: {pages_per_hour: 3, storm: {count: 4}}\n")

    assert (made.pages_per_hour, made.storm) == (3, Storm(4, 600))
    assert guards("guards: {storm: {within: 1h}}\n").storm == Storm(3, 3600)
    off = guards("guards: {pages_per_hour: false, storm: false}\n")
    assert (off.pages_per_hour, off.storm) == (None, None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("guards: {grace: soon}", "a.yaml:1:17: guards: 'soon' is no duration"),
        ("guards: {cieling: {}}", "unknown key 'cieling' (did you mean 'ceiling'?) [unknown-key]"),
        ("guards: {ceiling: {share: 3}}", "'3' is no share; write 50% [bad-percent]"),
        ("guards: {ceiling: {per_hour: 0}}", "[bad-value]"),
        ("guards: {storm: {count: 1}}", "[bad-value]"),
        ("guards: {pages_per_hour: 0}", "[bad-value]"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, words: str) -> None:
    """As everywhere in the language."""
    said = "\n".join(map(str, load_text({"a.yaml": text + "\n"}).problems))

    assert words.removeprefix("a.yaml:1:17: guards: ") in said
    assert said.startswith("a.yaml:1:")
