"""The chain of the audit trail: whatever is done to it afterwards is found, and where."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.core.trail import (
    FIRST,
    KINDS,
    Draft,
    Entry,
    Fact,
    Head,
    Kind,
    canonical,
    chained,
    concerns,
    digest_of,
    entry_from,
    sealed,
    verify,
    written,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = st.text(max_size=6)
PLAIN = st.none() | st.booleans() | st.integers() | WORDS
FACTS: st.SearchStrategy[Fact] = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=6
)
DRAFTS = st.builds(
    Draft,
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.sampled_from(get_args(Kind)),
    WORDS,
    st.dictionaries(WORDS, FACTS, max_size=3),
)
CHAINS = st.lists(DRAFTS, min_size=1, max_size=6).map(lambda drafts: chained(drafts, None))
SEVERAL = st.lists(DRAFTS, min_size=2, max_size=6).map(lambda drafts: chained(drafts, None))


def draft(number: int, kind: Kind = "wrote") -> Draft:
    """A draft about a ticket."""
    return Draft(
        NOON + timedelta(minutes=number), kind, "worker", {"writes": [{"ticket": number, "op": f"op{number}"}]}
    )


def chain(length: int = 5) -> list[Entry]:
    """So many entries about as many tickets."""
    return chained([draft(number) for number in range(1, length + 1)], None)


def resealed(entries: list[Entry], start: int) -> list[Entry]:
    """What somebody makes who alters an entry and then writes all digests anew from there on."""
    made = entries[:start]
    for entry in entries[start:]:
        bare = replace(entry, seq=len(made) + 1, before=made[-1].digest if made else FIRST)
        made.append(replace(bare, digest=digest_of(bare)))
    return made


# ---- laws --------------------------------------------------------------------------------------------------------------


@given(entries=CHAINS)
def test_what_was_sealed_holds(entries: list[Entry]) -> None:
    """S12: a chain that nobody touched is whole, with each of its heads, and comes back equal from an export."""
    for one in entries:
        checked = verify(entries, one.head)
        assert (checked.count, checked.last, checked.broken) == (len(entries), entries[-1], None)
    assert [entry_from(written(entry)) for entry in entries] == entries
    assert all(entry.told == json.loads(json.dumps(entry.told)) for entry in entries)


CHANGES: dict[str, Callable[[Entry], Entry]] = {
    "seq": lambda entry: replace(entry, seq=entry.seq + 1),
    "at": lambda entry: replace(entry, at=entry.at + timedelta(microseconds=1)),
    "kind": lambda entry: replace(entry, kind=f"{entry.kind}x"),
    "by": lambda entry: replace(entry, by=f"{entry.by}x"),
    "facts": lambda entry: replace(entry, facts=canonical({**entry.told, "x": 1, "y": None})),
    "the facts' form": lambda entry: replace(entry, facts=f"{entry.facts} "),
    "before": lambda entry: replace(entry, before=digest_of(entry)),
    "digest": lambda entry: replace(entry, digest=FIRST),
}


@given(entries=CHAINS, name=st.sampled_from(sorted(CHANGES)), data=st.data())
def test_a_change_of_one_field_of_one_entry_is_found(entries: list[Entry], name: str, data: st.DataObject) -> None:
    """S12: at that entry, whichever field of whichever entry it is."""
    place = data.draw(st.integers(0, len(entries) - 1))
    forged = [*entries[:place], CHANGES[name](entries[place]), *entries[place + 1 :]]

    broken = verify(forged).broken

    assert broken is not None
    assert broken.seq == place + 1


@given(entries=CHAINS, name=st.sampled_from(["at", "kind", "by", "facts"]), data=st.data())
def test_a_change_with_a_digest_made_for_it_is_found_at_the_next_entry_or_by_a_head(
    entries: list[Entry], name: str, data: st.DataObject
) -> None:
    """S12: to hide it, all that follows has to be written anew, and then the head is another one than the log knows."""
    place = data.draw(st.integers(0, len(entries) - 1))
    changed = CHANGES[name](entries[place])
    forged = [*entries[:place], replace(changed, digest=digest_of(changed)), *entries[place + 1 :]]

    broken = verify(forged, entries[-1].head).broken
    assert broken is not None
    assert broken.seq == min(place + 2, len(entries))

    anew = resealed([*entries[:place], changed, *entries[place + 1 :]], place)
    assert verify(anew).broken is None
    for known in entries[place:]:
        found = verify(anew, known.head).broken
        assert found is not None
        assert (found.seq, found.found) == (known.seq, "rewritten")


@given(entries=CHAINS, data=st.data())
def test_a_removal_is_found(entries: list[Entry], data: st.DataObject) -> None:
    """S12: of any stretch of entries; at the end by the head that is known."""
    start = data.draw(st.integers(0, len(entries) - 1))
    end = data.draw(st.integers(start + 1, len(entries)))

    broken = verify(entries[:start] + entries[end:], entries[-1].head).broken

    assert broken is not None
    assert broken.seq == start + 1
    assert broken.found == ("missing" if end < len(entries) else "cut")


@given(entries=SEVERAL, data=st.data())
def test_an_exchange_is_found(entries: list[Entry], data: st.DataObject) -> None:
    """S12: of any two entries."""
    one = data.draw(st.integers(0, len(entries) - 2))
    other = data.draw(st.integers(one + 1, len(entries) - 1))
    forged = list(entries)
    forged[one], forged[other] = forged[other], forged[one]

    broken = verify(forged).broken

    assert broken is not None
    assert broken.seq == one + 1


@given(entries=CHAINS, extra=DRAFTS, data=st.data())
def test_an_entry_that_was_put_in_is_found(entries: list[Entry], extra: Draft, data: st.DataObject) -> None:
    """S12: wherever it is put, and though it is sealed as it should be."""
    place = data.draw(st.integers(0, len(entries) - 1))
    put_in = sealed(extra, entries[place - 1] if place else None)
    forged = [*entries[:place], put_in, *entries[place:]]

    broken = verify(forged).broken

    assert broken is not None
    assert broken.seq in (place + 1, place + 2)


# ---- words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (lambda e: [e[0], replace(e[1], by="eve"), *e[2:]], "Entry 2 was altered: what it says (wrote by eve, 2026-03-02T12:02:00.000000Z) does not give its digest."),
        (lambda e: [e[0], *e[2:]], "Entry 2 is missing after entry 1: somebody removed it."),
        (lambda e: e[3:], "Entries 1 to 3 are missing from the beginning: somebody removed them."),
        (lambda e: [e[0], e[0], *e[1:]], "Entry 1 stands where entry 2 is due: somebody put it there, or changed the order."),
        (lambda e: e[:1] + chained([draft(9)] * 5, None)[1:], "Entry 2 was not made behind entry 1 as it is now: one of the two was written anew, digest and all."),
        (lambda e: [_sealed_at(e[0], "f" * 64), *e[1:]], "Entry 1 names one before it, though it stands first: it was written anew, or is of another trail."),
        (lambda e: e[:3], "The trail ends with entry 3, and entry 5 was there: the entries after 3 were removed."),
        (lambda e: [], "The trail is empty, and entry 5 was there: all entries were removed."),
    ],
)  # fmt: skip
def test_each_break_is_told_in_words(forge: Callable[[list[Entry]], list[Entry]], words: str) -> None:
    """With the number of the entry, what is wrong there, and what somebody did."""
    entries = chain()
    broken = verify(forge(entries), entries[-1].head).broken
    assert broken is not None
    assert broken.words == words


def _sealed_at(entry: Entry, before: str) -> Entry:
    bare = replace(entry, before=before)
    return replace(bare, digest=digest_of(bare))


def test_an_empty_trail_is_whole_where_nothing_else_is_known() -> None:
    """It holds no entry that could be wrong."""
    assert verify([]).broken is None
    assert verify([]).count == 0


# ---- forms ---------------------------------------------------------------------------------------------------------------


def test_a_digest_can_be_worked_out_by_anybody() -> None:
    """The body is JSON with sorted keys, no spaces and only ASCII, so any language can make it from an export."""
    entry = sealed(Draft(NOON, "released", "zo\u00eb", {"b": ["\u20ac"], "a": None}), None)

    raw = json.loads(written(entry))
    digest = raw.pop("digest")
    body = json.dumps(raw, sort_keys=True, separators=(",", ":"))

    assert entry.body == body
    assert entry.digest == digest == digest_of(entry)


def test_an_instant_is_the_same_in_whatever_zone_it_was_told() -> None:
    """And what a database gives back in UTC has the same digest."""
    there = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert sealed(replace(draft(1), at=there), None) == sealed(replace(draft(1), at=NOON), None)


def test_a_name_that_no_database_can_hold_is_made_harmless_before_it_is_sealed() -> None:
    """So that what comes back from it still gives its digest."""
    entry = sealed(replace(draft(1), by="a\0b\ud800"), None)
    assert entry.by == "a?b?"
    assert verify([entry]).broken is None


def test_a_head_is_read_as_the_log_says_it() -> None:
    """The beginning of the digest is enough, too little of it is not."""
    head = chain()[-1].head
    assert Head.read(f" {head}\n") == head
    assert Head.read(f"5:{head.digest[:12]}") == Head(5, head.digest[:12])
    assert verify(chain(), Head(5, head.digest[:12])).broken is None
    for wrong in ("", "5", "5:", f"5:{head.digest[:11]}", f"0:{head.digest}", f"x:{head.digest}", f"5:{head.digest}0"):
        assert Head.read(wrong) is None


def test_an_entry_knows_the_tickets_that_it_names() -> None:
    """By their numbers, not by other numbers that look like them."""
    facts: dict[str, Fact] = {"ticket": 7, "more": [{"ticket": 71}, {"audit": 9, "said": '"ticket":8'}]}
    entry = sealed(Draft(NOON, "wrote", "worker", facts), None)
    assert [number for number in (7, 8, 9, 71) if concerns(entry, number)] == [7, 71]
    assert not concerns(replace(entry, facts='"ticket":7'), 7)
    assert replace(entry, facts="[1]").told == {}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "{}",
        '{"version":"deskhand trail 1"}',
        written(chain(1)[0]).replace('"seq":1', '"seq":true'),
        written(chain(1)[0]).replace('"seq":1', '"seq":"1"'),
        written(chain(1)[0]).replace('"seq":1', '"seq":1,"more":1'),
        written(chain(1)[0]).replace("00Z", "00"),
        written(chain(1)[0]).replace("2026-03", "2026-33"),
        written(chain(1)[0]).replace("trail 1", "trail 2"),
    ],
)
def test_a_line_that_is_no_entry_is_refused(line: str) -> None:
    """Also one that carries more than an entry does, since no digest would tell."""
    with pytest.raises(ValueError, match=r"."):
        entry_from(line)


def test_every_kind_says_what_it_tells() -> None:
    """And no kind is told that is not there."""
    assert set(KINDS) == set(get_args(Kind))
    assert all(KINDS.values())
