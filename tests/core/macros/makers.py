"""Macros for tests: short ways to write them, and all sorts that hypothesis thinks of."""

from typing import Any

from hypothesis import strategies as st

from deskhand.core.macros.marker import Marker, Owner
from deskhand.core.macros.plan import Choices, Sides
from deskhand.core.macros.record import Binding, Live, Want
from deskhand.core.macros.value import Action, Macro, value_of

OWNER = Owner("acme", "prod")


def macro(title: str = "Close", *actions: tuple[str, Any], **facts: Any) -> Macro:
    """A macro; without actions it solves."""
    rows = actions or (("status", "solved"),)
    return Macro(title, tuple(Action(field, value_of(value)) for field, value in rows), **facts)


def want(key: str, made: Macro | None = None, **facts: Any) -> Want:
    """A template's macro."""
    return Want(key, made or macro(key), file=f"{key}.yaml", **facts)


def live(number: int, made: Macro, key: str = "", **facts: Any) -> Live:
    """A macro in Zendesk; with a key, it carries our marker."""
    return Live(number, made, Marker(OWNER, key, number) if key else None, **facts)


def bound(key: str, number: int, made: Macro, **facts: Any) -> Binding:
    """A macro that was applied and is as it was left."""
    return Binding(key, number, wanted=made, seen=made, **facts)


def sides(wants: list[Want], bindings: list[Binding], lives: list[Live], **choices: Any) -> Sides:
    """All that a plan is made from."""
    return Sides(
        OWNER,
        {one.key: one for one in wants},
        {one.key: one for one in bindings},
        {one.id: one for one in lives},
        Choices(**choices),
    )


WORDS = st.text(alphabet="abc äß<>&\"'\xa0.", min_size=1, max_size=12)
INLINE = st.one_of(
    WORDS.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    st.sampled_from(
        ["{{ticket.id}}", '{{ x | default: "a & b" }}', "{% if ticket.id %}y{% endif %}", "<br>", "&nbsp;"]
    ),
    st.sampled_from(["<b>x</b>", '<a target="_blank" href="https://acme.example/?a=1&amp;b=2">here</a>']),
)
HTML = st.lists(st.lists(INLINE, min_size=1, max_size=3).map(lambda parts: f"<p>{''.join(parts)}</p>"), min_size=1, max_size=3).map(
    "\n".join
)  # fmt: skip
ROWS = st.one_of(
    st.tuples(st.just("status"), st.sampled_from(["open", "pending", "solved"])),
    st.tuples(st.just("priority"), st.sampled_from(["low", "high"])),
    st.tuples(st.sampled_from(["set_tags", "current_tags", "remove_tags"]), st.sampled_from(["a", "b a", "a b c"])),
    st.tuples(st.just("comment_value_html"), HTML),
    st.tuples(st.just("comment_value"), WORDS),
    st.tuples(st.just("comment_value"), WORDS.map(lambda text: ["channel:all", text])),
    st.tuples(st.just("comment_mode_is_public"), st.booleans()),
    st.tuples(st.just("side_conversation"), st.just(["Subject", "<p>text</p>", "a@acme.example", "text/html"])),
)
TITLES = st.text(alphabet="abcdefgh XYZ:", min_size=1, max_size=16).filter(lambda text: text.strip())
MACROS = st.builds(
    lambda title, rows, active, description: macro(title, *rows, active=active, description=description),
    TITLES,
    st.lists(ROWS, min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from(["", "For people", "Two\nlines"]),
)
