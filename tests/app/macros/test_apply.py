"""Plans carried out: what was reviewed, once, and nothing else."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.app.macros.apply import apply_plan, require_done
from deskhand.app.macros.document import Plan
from deskhand.core.macros.marker import Owner
from deskhand.core.macros.record import Want
from deskhand.core.macros.value import Macro, Restriction
from deskhand.documents.macros.folder import file_digest
from deskhand.errors import LimitPassed, PartlyDone, PlanOutdated, Rejected, StoreBusy, StoreFull, Undecided
from deskhand.sandbox import Options
from tests.app.macros.places import Cut, Killed, Place
from tests.core.macros.makers import MACROS, macro, want

TIDIED = Options(macro_text="tidied")


def kinds(place: Place, wants: list[Any], **asked: Any) -> list[tuple[str, str]]:
    """What a plan holds."""
    return [(item.kind, item.key) for item in place.plan(wants, **asked).items]


@given(st.lists(MACROS, min_size=1, max_size=4), st.booleans())
@settings(max_examples=25)
def test_after_an_apply_the_next_plan_is_empty(made: list[Macro], tidied: bool) -> None:
    """Convergence, also where Zendesk writes texts down in its own way."""
    place = Place(TIDIED if tidied else None)
    wants = [want(f"k{n}", one) for n, one in enumerate(made)]

    done = place.apply(wants)

    assert (len(done.done), done.failed) == (len(made), ())
    assert place.plan(wants).items == ()


@given(MACROS, MACROS, st.booleans())
@settings(max_examples=25)
def test_after_a_change_was_applied_the_next_plan_is_empty(one: Macro, other: Macro, tidied: bool) -> None:
    """From any macro to any other."""
    place = Place(TIDIED if tidied else None)
    place.bind([want("a", one)])

    done = place.apply([want("a", other)], allowed={"deactivate": 1})

    assert done.failed == ()
    assert place.plan([want("a", other)]).items == ()


def test_a_macro_is_made_whole_with_its_marker() -> None:
    """Everything that the template says, and whose it is."""
    place = Place()
    made = macro(
        "Refund::Late", ("group_id", str(place.group)), ("comment_value_html", "<p>Hi</p>"), ("comment_mode_is_public", "false"),
        description="For refunds.", restriction=Restriction("Group", (str(place.group),)),
    )  # fmt: skip
    place.apply([want("refund-late", made)])
    row = place.row("Refund::Late")

    assert row["description"] == f"For refunds.\n\nmanaged: acme/refund-late env=prod id={row['id']} v1"
    assert row["restriction"] == {"type": "Group", "id": place.group, "ids": [place.group]}
    assert [one["value"] for one in row["actions"]] == [str(place.group), "<p>Hi</p>", "false"]
    assert row["active"] is True


def test_everyone_may_use_it_again_when_the_restriction_goes() -> None:
    """Null is sent: left out, the old restriction would stay."""
    place = Place()
    made = macro("T", restriction=Restriction("Group", (str(place.group),)))
    place.bind([want("a", made)])

    place.apply([want("a", replace(made, restriction=None))])

    assert place.row("T")["restriction"] is None


def scene() -> tuple[Place, list[Want], Plan]:
    """An account with two macros to change and one to switch off, and the plan that also makes two: plain, and with a file and translations."""
    place = Place(Options(locales="en-US,de", macro_text="tidied"))
    place.bind([want("a", macro("A")), want("b", macro("B")), want("gone", macro("Gone"))])
    text = "<p>one  two</p>\n<p>three</p>"
    content = (("en-US", "<p>Hi</p>"), ("de", "<p>Hallo</p>"))
    file = Path(__file__)
    upload = (file_digest(file), str(file))
    rich = macro("Rich", ("comment_value_html", "{{dc.acme_rich}}"), content=content, attachments=(upload[0],))
    wants = [
        want("a", macro("A", ("comment_value_html", text))),
        want("b", macro("B", ("priority", "low"))),
        want("new", macro("New", ("status", "open"))),
        want("rich", rich, uploads=(upload,)),
    ]
    return place, wants, place.plan(wants, prune=True)


def undisturbed() -> tuple[list[tuple[Any, ...]], int]:
    """What comes of the apply where nothing goes wrong, and how many requests it takes."""
    place, _, plan = scene()
    mount = Cut(place.sandbox.adapter(), None, after=False)
    assert apply_plan(place.shop(mount=mount), plan).failed == ()
    return place.picture(), mount.sent


def test_an_apply_that_is_killed_anywhere_can_be_resumed() -> None:
    """Every request is a cut point, before it is carried out and after; the end is that of an undisturbed apply, with no macro twice."""
    expected, sent = undisturbed()
    assert sent > 20
    for at in range(1, sent + 1):
        for after in (False, True):
            place, wants, plan = scene()
            with pytest.raises(Killed):
                apply_plan(place.shop(mount=Cut(place.sandbox.adapter(), at, after=after)), plan)

            done = apply_plan(place.shop(), plan)

            assert (done.failed, done.skipped) == ((), ()), (at, after)
            assert place.picture() == expected, (at, after)
            assert place.plan(wants).items == (), (at, after)


def test_an_apply_that_is_killed_is_picked_up_by_a_new_plan_as_well() -> None:
    """Without the old plan: the nonce of a creation is found."""
    for at in range(1, 11):
        place = Place()
        wants = [want("a", macro("A")), want("b", macro("B"))]
        with pytest.raises(Killed):
            apply_plan(place.shop(mount=Cut(place.sandbox.adapter(), at, after=True)), place.plan(wants))

        place.apply(wants)

        assert [row["title"] for row in place.rows()] == ["A", "B"], at
        assert place.plan(wants).items == ()


@pytest.mark.parametrize(
    "kind", ["timeout_after_commit", "timeout_before_commit", "reset_after_commit", "reset", "cut_json", "no_content"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/v2/macros"), ("PUT", "/api/v2/macros/*")])
def test_an_answer_that_is_lost_makes_no_macro_twice(kind: str, method: str, path: str) -> None:
    """After a time-out the account is looked at before anything is sent again."""
    place = Place()
    place.bind([want("b", macro("B"))])
    wants = [want("a", macro("A")), want("b", macro("B", ("status", "open")))]
    plan = place.plan(wants)
    place.sandbox.faults.add({"kind": kind, "method": method, "path": path, "count": 1})

    done = apply_plan(place.shop(), plan)

    assert (done.failed, done.skipped) == ((), ())
    assert [row["title"] for row in place.rows()] == ["B", "A"]
    assert place.plan(wants).items == ()


@pytest.mark.parametrize("status", [429, 503, 409])
def test_a_busy_account_is_waited_for(status: int) -> None:
    """What was certainly not done is sent again."""
    place = Place()
    wants = [want("a", macro("A"))]
    plan = place.plan(wants)
    body = {"error": "DatabaseConflict"}
    place.sandbox.faults.add(
        {"kind": "status", "method": "P*", "path": "/api/v2/macros*", "status": status, "count": 2, "body": body}
    )
    place.sandbox.faults.add(
        {"kind": "status", "method": "PUT", "path": "/api/v2/macros*", "status": status, "count": 2, "body": body}
    )

    assert apply_plan(place.shop(), plan).failed == ()
    assert place.plan(wants).items == ()


def test_one_refused_macro_does_not_stop_the_others() -> None:
    """Some were done and some not: that has a code of its own, and the journal is named."""
    place = Place()
    wants = [want("a", macro("A", ("custom_fields_404", "x"))), want("b", macro("B"))]

    done = place.apply(wants)

    assert [item.key for item in done.done] == ["b"]
    assert [key for key, _ in done.failed] == ["a"]
    with pytest.raises(PartlyDone, match=r"1 done, 1 not: a: .*run-.*jsonl") as told:
        require_done(done)
    assert told.value.exit_code == 3


def test_a_token_that_may_not_write_stops_at_once() -> None:
    """Nothing was written, and nothing else is tried."""
    place = Place()
    plan = place.plan([want("a", macro("A")), want("b", macro("B"))])
    place.sandbox.faults.add(
        {"kind": "status", "method": "POST", "path": "/api/v2/macros", "status": 403, "body": {"error": "Forbidden"}}
    )

    done = apply_plan(place.shop(), plan)

    assert (len(done.done), len(done.failed), done.skipped) == (0, 1, (("b", "not begun"),))
    with pytest.raises(Rejected, match="nothing was written") as told:
        require_done(done)
    assert told.value.exit_code == 1


def test_a_state_that_cannot_be_kept_is_partly_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """The write is in Zendesk; applying again takes it up, and makes no macro twice."""
    place = Place()
    wants = [want("a", macro("A")), want("b", macro("B"))]
    plan, shop = place.plan(wants), place.shop()

    def full(*_: object) -> None:
        raise StoreFull

    monkeypatch.setattr(shop.states, "save", full)
    done = apply_plan(shop, plan)

    assert (len(done.done), [key for key, _ in done.failed], done.skipped) == (0, ["a"], (("b", "not begun"),))
    with pytest.raises(PartlyDone):
        require_done(done)
    assert apply_plan(place.shop(), plan).failed == ()
    assert [row["title"] for row in place.rows()] == ["A", "B"]


def test_a_macro_that_moved_since_the_plan_stops_everything() -> None:
    """Not one write is sent."""
    place = Place()
    place.bind([want("a", macro("A")), want("b", macro("B"))])
    wants = [want("a", macro("A", ("status", "open"))), want("b", macro("B", ("status", "open")))]
    plan = place.plan(wants)
    place.row("B")["actions"] = [{"field": "status", "value": "hold"}]
    place.sandbox.calls.clear()

    with pytest.raises(PlanOutdated, match="b: somebody changed it") as told:
        apply_plan(place.shop(), plan)

    assert told.value.exit_code == 5
    assert [call for call in place.calls() if not call.startswith("GET")] == []
    done = apply_plan(place.shop(), plan, skip_changed=True)
    assert ([item.key for item in done.done], [key for key, _ in done.skipped]) == (["a"], ["b"])


def test_a_title_that_was_taken_since_the_plan_stops_everything() -> None:
    """Agents would see two macros of one title."""
    place = Place()
    plan = place.plan([want("a", macro("A"))])
    place.world.add_rule("macros", "A", restriction=None, actions=[{"field": "status", "value": "open"}])

    with pytest.raises(PlanOutdated, match="has this title by now"):
        apply_plan(place.shop(), plan)


def test_a_name_that_leads_elsewhere_since_the_plan_stops_everything() -> None:
    """What was reviewed was another group."""
    place = Place()
    wants = [want("a", macro("A", ("group_id", str(place.group))), references=(("group Billing", str(place.group)),))]
    plan = place.plan(wants)
    place.world.tables["groups"].need(place.group)["name"] = "Finance"
    other = place.world.add_group("Billing")["id"]

    with pytest.raises(PlanOutdated, match=f"group 'Billing' is number {other} by now"):
        apply_plan(place.shop(), plan)


def test_a_plan_is_for_one_environment_account_commit_and_day() -> None:
    """Anything else is out of date."""
    place = Place()
    plan = place.plan([want("a", macro("A"))], commit="abc")

    for shop, commit in ((place.shop(owner=Owner("acme", "test")), "abc"), (place.shop(), "abd")):
        with pytest.raises(PlanOutdated):
            apply_plan(shop, plan, commit=commit)
    place.wait(25 * 3600)
    with pytest.raises(PlanOutdated, match="expired"):
        apply_plan(place.shop(), plan, commit="abc")


def test_limits_hold_when_a_plan_is_applied() -> None:
    """A plan that passes one is refused, and the override that was planned with is what counts."""
    place = Place()
    place.bind([want(f"k{n}", macro(f"T{n}")) for n in range(20)])
    wants = [want(f"k{n}", macro(f"T{n}", ("status", "open"))) for n in range(7)]
    wants += [want(f"k{n}", macro(f"T{n}")) for n in range(7, 20)]

    with pytest.raises(LimitPassed, match="7 of 20 managed macros would be updated, and 6 is the most") as told:
        apply_plan(place.shop(), place.plan(wants))

    assert told.value.exit_code == 4
    assert apply_plan(place.shop(), place.plan(wants, allowed={"update": 7})).failed == ()


def test_undecided_items_stop_an_apply() -> None:
    """A conflict is for a person."""
    place = Place()
    place.bind([want("a", macro("A"))])
    place.row("A")["actions"] = [{"field": "status", "value": "hold"}]
    plan = place.plan([want("a", macro("A", ("status", "open")))])

    with pytest.raises(Undecided, match="conflict a") as told:
        apply_plan(place.shop(), plan)

    assert told.value.exit_code == 6


def test_two_runs_at_once_are_one_too_many() -> None:
    """The second is told who is at work; a run that was killed lets go after a while."""
    place = Place()
    plan = place.plan([want("a", macro("A"))])
    other = place.shop()
    with other.states.hold("prod", "run-x", place.now()):
        with pytest.raises(StoreBusy, match="run run-x is at work"):
            apply_plan(place.shop(), plan)
        place.wait(130)
        assert apply_plan(place.shop(), plan).failed == ()


def test_drift_beside_an_update_stays_drift() -> None:
    """What a person changed is kept, and is told again next time."""
    place = Place()
    place.bind([want("a", macro("A"))])
    place.row("A").update(title="Better", raw_title="Better")
    wants = [want("a", macro("A", ("status", "open")))]

    place.apply(wants)

    assert place.row("Better")["actions"] == [{"field": "status", "value": "open"}]
    assert kinds(place, wants) == [("drift", "a")]


def test_attachments_are_handed_in_once_and_swapped_when_they_change(tmp_path: Any) -> None:
    """The same file is not handed in again."""
    place = Place()
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text("1")
    two.write_text("2")

    def wanted(*files: Any) -> Any:
        uploads = tuple((file_digest(file), str(file)) for file in files)
        return [want("a", macro("A", attachments=tuple(name for name, _ in uploads)), uploads=uploads)]

    place.apply(wanted(one))
    assert place.plan(wanted(one)).items == ()
    place.sandbox.calls.clear()
    place.apply(wanted(one, two))
    assert place.calls().count("POST macros/attachments") == 1
    assert len(place.row("A")["attachments"]) == 2
    place.apply(wanted(two))
    assert len(place.row("A")["attachments"]) == 1
    assert place.plan(wanted(two)).items == ()


def test_a_file_that_changed_since_the_plan_is_not_handed_in(tmp_path: Path) -> None:
    """Nor is one that is not there: what was reviewed is what is sent."""
    place = Place()
    files = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for file in files:
        file.write_text("1")
    uploads = [(file_digest(file), str(file)) for file in files]
    plan = place.plan(
        [want(f"k{n}", macro(f"T{n}", attachments=(one[0],)), uploads=(one,)) for n, one in enumerate(uploads)]
    )
    files[0].write_text("changed")
    files[1].unlink()

    with pytest.raises(
        PlanOutdated, match=r"k0: attachment .* changed since the plan .*k1: attachment .* cannot be read"
    ):
        apply_plan(place.shop(), plan)

    assert {call.partition(" ")[0] for call in place.calls()} == {"GET"}


def test_translations_are_kept_as_dynamic_content() -> None:
    """An item with a text for each locale; a changed text changes that text alone; an edit in Zendesk is drift."""
    place = Place(Options(locales="en-US,de"))

    def wanted(german: str) -> Any:
        text = (("en-US", "<p>Hi</p>"), ("de", german))
        return [want("a", macro("A", ("comment_value_html", "{{dc.acme_a}}"), content=text))]

    place.apply(wanted("<p>Hallo</p>"))
    assert place.plan(wanted("<p>Hallo</p>")).items == ()
    (item,) = place.world.tables["items"]
    assert [one["content"] for one in item["variants"]] == ["<p>Hi</p>", "<p>Hallo</p>"]

    place.apply(wanted("<p>Servus</p>"))
    assert [one["content"] for one in item["variants"]] == ["<p>Hi</p>", "<p>Servus</p>"]

    item["variants"][0]["content"] = "<p>Hello</p>"
    (found,) = place.plan(wanted("<p>Servus</p>")).items
    assert (found.kind, [one.field for one in found.drifted]) == ("drift", ["content"])


def test_pruned_macros_are_switched_off_and_deleted_much_later() -> None:
    """Only unused ones, only when asked, and only so many as are named."""
    place = Place()
    place.bind([want("a", macro("A")), want("b", macro("B"))])
    keep = [want("b", macro("B"))]

    place.apply(keep, prune=True)
    assert place.row("A")["active"] is False
    assert kinds(place, keep) == []
    assert kinds(place, keep, delete=True) == []

    place.wait(91 * 86_400)
    plan = place.plan(keep, delete=True)
    assert [(item.kind, item.key) for item in plan.items] == [("delete", "a")]
    assert "--allow-delete=1" in plan.refusals[0]
    place.apply(keep, delete=True, allowed={"delete": 1})
    assert [row["title"] for row in place.rows()] == ["B"]
    assert "a" not in place.shop().states.load("prod").bindings


def test_unknown_actions_survive() -> None:
    """What we have no word for goes back as it came."""
    place = Place()
    value = ["Subject", "<p>text</p>", "a@acme.example", "text/html"]
    made = macro("A", ("side_conversation", value), ("add_skills", "x#1"))
    place.bind([want("a", made)])

    place.apply([want("a", replace(made, title="B"))])

    assert place.row("B")["actions"][0]["value"] == value


def test_a_full_backup_comes_before_the_first_write() -> None:
    """Of all shared macros, managed or not."""
    place = Place()
    place.world.add_rule("macros", "Theirs", restriction=None, actions=[{"field": "status", "value": "open"}])
    done = place.apply([want("a", macro("A"))])

    assert [live.macro.title for live in place.journals.backups[done.run]] == ["Theirs"]


def test_an_apply_of_one_change_among_five_hundred_is_cheap() -> None:
    """5 list calls, 1 re-read, 1 write and 1 read-back; a plan without change costs the list calls alone."""
    place = Place()
    for number in range(500):
        place.world.add_rule(
            "macros", f"T{number}", restriction=None, description=None, actions=[{"field": "status", "value": "open"}]
        )
    place.bind([want("a", macro("Mine"))])
    del place.world.tables["macros"].rows[next(iter(place.world.tables["macros"].rows))]
    place.sandbox.calls.clear()

    assert place.plan([want("a", macro("Mine"))]).items == ()
    assert place.calls() == ["GET macros"] * 5

    plan = place.plan([want("a", macro("Mine", ("status", "open")))])
    place.sandbox.calls.clear()
    apply_plan(place.shop(), plan)
    number = place.row("Mine")["id"]
    assert place.calls() == ["GET macros"] * 5 + [
        f"GET macros/{number}",
        f"PUT macros/{number}",
        f"GET macros/{number}",
    ]
