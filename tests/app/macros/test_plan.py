"""Plans are made by reading alone, and refuse what they cannot know."""

import json

import pytest

from deskhand.app.macros.plan import Asked, make_plan
from deskhand.core.macros.marker import Marker, Owner
from deskhand.errors import LimitPassed, MacrosError, Rejected
from tests.app.macros.places import OWNER, Place
from tests.core.macros.makers import macro, want


def test_a_plan_cannot_write() -> None:
    """The transport that plans refuses every method but GET, before anything leaves."""
    place = Place()
    place.bind([want("a", macro("A"))])
    desk = place.desk(read_only=True)
    place.sandbox.calls.clear()
    for attempt in (
        lambda: desk.create(macro("B"), "d"),
        lambda: desk.update(place.row("A")["id"], macro("B"), "d"),
        lambda: desk.delete(place.row("A")["id"]),
        lambda: desk.keep_content("x", (("en-US", "t"),)),
    ):
        with pytest.raises(Rejected) as refused:
            attempt()
        assert refused.value.code == "ReadOnly"

    make_plan(place.shop(read_only=True), [want("a", macro("A", ("status", "open"))), want("b", macro("B"))], Asked())

    assert {call.partition(" ")[0] for call in place.calls()} == {"GET"}


def test_a_plan_says_how_much_there_is() -> None:
    """Managed and shared macros, and which account."""
    place = Place()
    place.world.add_rule("macros", "Theirs", restriction=None, actions=[{"field": "status", "value": "open"}])
    place.bind([want("a", macro("A"))])
    plan = place.plan([want("a", macro("A"))])

    assert (plan.managed, plan.shared, plan.account, plan.env) == (1, 2, "acme", "prod")


def test_personal_macros_are_never_in_scope() -> None:
    """Not even one with a wanted title."""
    place = Place()
    user = place.world.add_user("Ana", "ana@acme.example", "agent", [place.group])["id"]
    place.world.add_rule(
        "macros", "A", restriction={"type": "User", "id": user}, actions=[{"field": "status", "value": "open"}]
    )

    assert [item.kind for item in place.plan([want("a", macro("A"))]).items] == ["create"]


def test_a_macro_made_personal_is_gone() -> None:
    """It left the scope, and a person decides."""
    place = Place()
    wants = [want("a", macro("A")), want("b", macro("B"))]
    place.bind(wants)
    user = place.world.add_user("Ana", "ana@acme.example", "agent", [place.group])["id"]
    place.row("A")["restriction"] = {"type": "User", "id": user}

    assert [(item.kind, item.key) for item in place.plan(wants).items] == [("gone", "a")]


def test_a_list_that_is_cut_short_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The macro that the list lacks is there: could not read is never gone."""
    place = Place()
    place.bind([want("a", macro("A"))])
    for number in range(100):
        place.world.add_rule(
            "macros",
            f"T{number}",
            position=1,
            restriction=None,
            description=None,
            actions=[{"field": "status", "value": "open"}],
        )
    shop = place.shop()
    everything = shop.desk.all()
    short = [live for live in everything if live.macro.title != "A"]

    monkeypatch.setattr(shop.desk, "all", lambda: short)

    with pytest.raises(MacrosError, match="the list was cut short"):
        make_plan(shop, [want("a", macro("A"))], Asked())


@pytest.mark.parametrize(
    "kind", ["empty_object", "duplicate_page", "stuck_cursor", "html_200", "cut_json", "list_instead_of_object"]
)
def test_a_list_that_makes_no_sense_is_refused(kind: str) -> None:
    """Nothing is concluded from half a list."""
    place = Place()
    for number in range(250):
        place.world.add_rule(
            "macros", f"T{number}", restriction=None, description=None, actions=[{"field": "status", "value": "open"}]
        )
    place.bind([want("a", macro("A"))])
    place.sandbox.faults.add({"kind": kind, "path": "/api/v2/macros"})

    with pytest.raises(Exception, match=r"macro|GET /api") as refused:
        place.plan([want("a", macro("A"))])

    assert getattr(refused.value, "exit_code", None) in (1, 4)


def test_an_empty_list_of_macros_is_refused() -> None:
    """It is more likely a role that may not see them."""
    place = Place()
    place.bind([want("a", macro("A"))])
    place.world.tables["macros"].rows.clear()

    with pytest.raises(LimitPassed, match="list of shared macros is empty, and 1 are managed"):
        place.plan([want("a", macro("A"))])


def test_an_empty_folder_is_refused_unless_that_is_stated() -> None:
    """Removing the last macro works, when it is meant."""
    place = Place()
    place.bind([want("a", macro("A"))])

    with pytest.raises(LimitPassed, match="holds no template, and 1 macros are managed"):
        place.plan([])
    assert [item.kind for item in place.plan([], allow_empty=True, prune=True).items] == ["deactivate"]


def test_half_the_templates_gone_at_once_is_refused() -> None:
    """A broken checkout looks like that; the override names the number."""
    place = Place()
    wants = [want(f"k{n}", macro(f"T{n}")) for n in range(10)]
    place.bind(wants)

    with pytest.raises(LimitPassed, match="--allow-missing=5"):
        place.plan(wants[:5])
    assert len(place.plan(wants[:5], allow_missing=5).items) == 5
    assert len(place.plan(wants[:6]).items) == 4


def test_the_state_of_another_account_is_refused() -> None:
    """The numbers in it mean something else there."""
    place = Place()
    place.bind([want("a", macro("A"))])
    place.shop().states.save("prod", "other", {})

    with pytest.raises(MacrosError, match="belongs to account 'other', and this is 'acme'"):
        place.plan([want("a", macro("A"))])


def test_every_kind_of_edit_in_zendesk_is_drift() -> None:
    """Text, an action, the restriction, switched off, deleted, copied."""
    place = Place()
    keys = ["text", "action", "restricted", "off", "deleted", "copied", "same"]
    wants = [want(key, macro(key.title(), ("comment_value_html", "<p>Hi</p>"), ("status", "open"))) for key in keys]
    place.bind(wants)
    place.row("Text")["actions"][0]["value"] = "<p>Hello</p>"
    place.row("Action")["actions"].append({"field": "priority", "value": "high"})
    place.row("Restricted")["restriction"] = {"type": "Group", "id": place.group, "ids": [place.group]}
    place.row("Off")["active"] = False
    place.world.tables["macros"].drop(place.row("Deleted")["id"])
    copy = place.row("Copied")
    place.world.add_rule(
        "macros", "Copy of it", restriction=None, description=copy["description"], actions=copy["actions"]
    )

    found = {item.key: (item.kind, [one.field for one in item.drifted]) for item in place.plan(wants).drifted}

    assert found == {
        "text": ("drift", ["actions"]),
        "action": ("drift", ["actions"]),
        "restricted": ("drift", ["restriction"]),
        "off": ("drift", ["active"]),
        "deleted": ("gone", []),
        "copied": ("clone", []),
    }


def test_a_plan_warns_of_macros_in_use_and_of_shared_causes() -> None:
    """Who changes a partial sees how far it reaches."""
    place = Place()
    place.bind([want("a", macro("A"), inputs=(("file", "1"), ("partial bye", "1")))])
    place.world.applied_macros[place.row("A")["id"]] = [place.world.now()] * 12
    plan = place.plan([want("a", macro("A", ("status", "open")), inputs=(("file", "1"), ("partial bye", "2")))])

    assert "a: used 12 times in 30 days" in plan.warnings
    assert "1 macros change although their files did not: partial bye" in plan.warnings


def test_a_token_of_another_installation_changes_nothing_of_ours() -> None:
    """Two repositories look after one account, each its own."""
    place = Place()
    place.bind([want("a", macro("A"))])
    other = place.shop(owner=Owner("other", "prod2"))
    plan = make_plan(other, [want("x", macro("A"))], Asked())

    assert [item.kind for item in plan.items] == ["foreign"]
    assert str(Marker(OWNER, "a", place.row("A")["id"])) in plan.items[0].note


def test_a_plan_is_the_same_text_every_time() -> None:
    """Its order is stable, and its JSON has no secrets."""
    place = Place()
    wants = [want(f"k{n}", macro(f"T{n}")) for n in range(5)]
    one, two = (json.dumps([item.key for item in place.plan(list(order)).items]) for order in (wants, wants[::-1]))

    assert one == two
