"""Loading a folder: all or nothing, split at will, never a crash; and the examples and shipped policies."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.core.policy import Policy
from deskhand.documents import load_policies, load_text, run_tests
from tests.documents.words import LEVELS, QUIET, SHIPPED, said

EXAMPLES = Path(__file__).parents[3] / "shared" / "design" / "policy-language.md"

ONE = f"rules: [{{id: one, when: always, then: {{add_tags: one}}, {QUIET}}}]\n"
TWO = f"rules: [{{id: two, when: always, then: {{add_tags: two}}, {QUIET}}}]\n"


def write(folder: Path, **files: str) -> Path:
    """A folder of files, by name without ending; `__` is a folder."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def policy(folder: Path) -> Policy:
    """The policy of a folder that is right."""
    loaded = load_policies(folder)
    assert loaded.policy is not None, [str(problem) for problem in loaded.problems]
    return loaded.policy


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Below the folder at any depth, with either ending; other files are left alone."""
    folder = write(tmp_path, b=ONE, a__z=TWO)
    (folder / "c.yml").write_text(ONE.replace("one", "three"), encoding="utf-8")
    (folder / "notes.txt").write_text("a: [", encoding="utf-8")

    assert [rule.id for rule in policy(folder).rules] == ["two", "one", "three"]
    assert [group.id for group in policy(folder).groups] == ["a/z.yaml", "b.yaml", "c.yml"]


def test_hidden_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    """An editor's copies, version control, and the real files behind a mounted configuration."""
    folder = write(tmp_path, a=ONE)
    write(folder / "..data", a=ONE)
    write(folder / ".git", b="rules: [")
    (folder / ".#a.yaml").symlink_to(folder / "nowhere")

    assert [rule.id for rule in policy(folder).rules] == ["one"]


def test_one_mistake_anywhere_and_nothing_is_loaded(tmp_path: Path) -> None:
    """All or nothing; the good files' tests are not run either."""
    folder = write(tmp_path, a=ONE, b=TWO.replace("then", "thn"))
    loaded = load_policies(folder)

    assert loaded.policy is None
    assert [problem.check for problem in loaded.problems] == ["missing-key", "unknown-key"]
    assert run_tests(loaded) == []


def test_a_folder_without_files_is_a_problem(tmp_path: Path) -> None:
    """Nothing to load is not the same as nothing to do."""
    assert [str(problem) for problem in load_policies(tmp_path).problems] == [
        f"{tmp_path}: holds no .yaml file [no-documents]"
    ]
    missing = tmp_path / "none"
    assert [str(problem) for problem in load_policies(missing).problems] == [
        f"{missing}: there is no such folder [no-documents]"
    ]


def test_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    """Rules, groups, and everything that has a name."""
    folder = write(
        tmp_path,
        a=ONE
        + "roles: {x: {}}\nnotes: {n: a}\ncalendars: {c: {hours: {mon: 09:00-10:00}}}\nzendesk_calendar: c\nseverity: {}\n",
        b=ONE
        + "roles: {x: {}}\nnotes: {n: b}\ncalendars: {c: {hours: {mon: 09:00-10:00}}}\nzendesk_calendar: c\nseverity: {}\n",
        c="groups: [{id: g, rules: []}, {id: g, rules: []}]\n",
        d="severities: {p1: {definition: d, sla_response_minutes: 1, sla_resolution_hours: 1, page_on_call: true, notify: [],"
        " customer_update_cadence: daily, requires_status_page: true}}\n",
        e=LEVELS,
    )
    messages = [
        problem.message.split(" (first at ")[0]
        for problem in load_policies(folder).problems
        if problem.weight == "error"
    ]

    assert messages == [
        "rule 'one' is there twice",
        "role 'x' is declared twice",
        "note 'n' is declared twice",
        "calendar 'c' is declared twice",
        "'zendesk_calendar' is declared twice",
        "'severity' is declared twice",
        "group 'g' is there twice",
        "severity 'p1' is declared twice",
    ]


def test_names_may_be_declared_in_any_file(tmp_path: Path) -> None:
    """A rule in the first file uses a note and a calendar of the last."""
    text = f"rules: [{{id: r, when: {{since: {{instant: created, above: 1h, calendar: office}}}}, then: {{internal_note: hello}}, {QUIET}}}]\n"
    folder = write(tmp_path, a=text, z="notes: {hello: Hello}\ncalendars: {office: {hours: {mon: 09:00-17:00}}}\n")

    assert policy(folder).templates["hello"].render({}) == "Hello"


def test_the_digest_is_of_the_content_alone(tmp_path: Path) -> None:
    """Another place or another date of the files changes nothing; a comment or another name does."""
    one = policy(write(tmp_path / "one", a=ONE, b=TWO)).digest
    again = policy(write(tmp_path / "deep" / "two", b=TWO, a=ONE)).digest
    comment = policy(write(tmp_path / "three", a=ONE + "# changed\n", b=TWO)).digest
    renamed = policy(write(tmp_path / "four", a=ONE, c=TWO)).digest

    assert one == again
    assert len({one, comment, renamed}) == 3


def test_no_name_of_a_file_passes_for_the_content_of_another(tmp_path: Path) -> None:
    """What people sign is named by its digest, so no two folders may share one, whatever their files are called."""
    two = load_text({"a.yaml": ONE, "b.yaml": TWO})
    hashed = hashlib.sha256(ONE.encode()).hexdigest()
    one = load_text({f"a.yaml\n{hashed}\nb.yaml": TWO})

    assert two.policy is not None
    assert one.policy is not None
    assert one.policy.digest != two.policy.digest


def test_texts_that_were_kept_make_the_same_policy(tmp_path: Path) -> None:
    """To the last byte, whatever ends their lines and begins their files; messages say that they are not those of the folder."""
    folder = write(tmp_path, a=ONE, b=TWO)
    (folder / "c.yaml").write_bytes(b"\xef\xbb\xbf# caf\xc3\xa9\r\nnotes: {hello: Hello}\r\n")
    loaded = load_policies(folder, mode="notify")

    again = load_text(loaded.texts, mode="notify", shown="kept/")

    assert again.policy is not None
    assert loaded.policy is not None
    assert again.policy.digest == loaded.policy.digest
    assert again.texts == loaded.texts
    assert [rule.place.partition(":")[0] for rule in again.policy.rules] == ["kept/a.yaml", "kept/b.yaml"]


def test_the_mode_caps_all_rules(tmp_path: Path) -> None:
    """It is carried by the policy."""
    loaded = load_policies(write(tmp_path, a=ONE), mode="observe")

    assert loaded.policy is not None
    assert loaded.policy.mode == "observe"


def test_files_below_the_current_folder_are_named_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a terminal or editor opens the place."""
    write(tmp_path / "policies", a="rules: 3")
    monkeypatch.chdir(tmp_path)

    (problem,) = load_policies(tmp_path / "policies").problems
    assert problem.place == "policies/a.yaml:1:8"


def test_n_mistakes_in_several_sections_make_n_lines_in_order() -> None:
    """Broken parts are left out, so that the rest is judged too; each mistake is told once."""
    assert said("""\
        calendars:
          office: {zone: 3}
          shop: {hours: {mon: 9-17}}
        clocks:
          ack: {starts: created, stops: solved, targets: {p1: 15}}
        rules:
        - id: One
          when: {severty: p1}
          then: {add_tags: a}
        - id: two
          wehn: {status: open}
          then: {internal_note: helo}
        - id: three
          when: {since: {instant: created, above: 1h, calendar: offic}, burn: {clock: acc, above: 5}}
          then: [{add_tags: A b}, {internal_note: helo}]
          tests:
          - {name: t, ticket: {statu: open}, at: 2026-03-02T09:00Z, expect: nothing}
          - {name: u, ticket: {}, at: noon, expect: nothing}
        - 5
        ruls: []
        """) == [
        "2:18: calendar 'office': 'zone': 3 should be a text [bad-value]",
        "3:23: calendar 'shop': '9-17' gives no hours (write 09:00-17:00) [bad-calendar]",
        "5:55: clock 'ack': 'p1': '15' is no duration; write 90s, 30m, 4h, 2d or 1h30m [bad-duration]",
        "7:7: rule 'One': 'id': 'One' is no name; use lower-case letters, digits and hyphens, at most 80 [bad-id]",
        "8:10: rule 'One': unknown field or condition 'severty' (did you mean 'severity'?) [unknown-field]",
        "10:3: rule 'two': 'when' is missing [missing-key]",
        "11:3: rule 'two': unknown key 'wehn' (did you mean 'when'?) [unknown-key]",
        "14:57: rule 'three': unknown calendar 'offic' (did you mean 'office'?) [unknown-calendar]",
        "14:79: rule 'three': unknown clock 'acc' (did you mean 'ack'?) [unknown-clock]",
        "14:91: rule 'three': '5' is no share; write 50% [bad-percent]",
        "15:21: rule 'three': 'add_tags': 'A b' is no tag; tags are in lower case, without spaces or commas [bad-tag]",
        "15:43: rule 'three': unknown note 'helo' (there are: help-asked, issue-filed, missing-information, people-told, severity-raised) [unknown-note]",
        "17:24: rule 'three': test 't': unknown field 'statu' (did you mean 'status'?) [bad-test]",
        "18:31: rule 'three': 'at': 'noon' is no instant; write 2026-03-02T09:00Z, or +01:00 for another zone [bad-instant]",
        "19:3: a rule without an id: 5 should be a mapping [bad-value]",
        "20:1: unknown key 'ruls' (did you mean 'rules'?) [unknown-key]",
    ]


@pytest.mark.parametrize(
    "text", ["- a", "text", "5", "[]", "rules: {}", "p1: []", "groups: [[]]", "notes: [a]", "calendars: x"]
)
def test_a_file_of_another_shape_is_a_problem(text: str) -> None:
    """Lists, texts and numbers where mappings should be."""
    loaded = load_text({"a.yaml": text})

    assert loaded.policy is None
    assert [problem.line for problem in loaded.problems] == [1]


def test_an_empty_file_is_allowed() -> None:
    """Sections may be empty, too: somebody has commented them out."""
    assert load_text({"a.yaml": "", "b.yaml": "# later\n", "c.yaml": "rules:\ngroups:\nnotes:\n"}).problems == ()


def test_the_examples_of_the_language_load_and_their_tests_pass() -> None:
    """As they stand on the page, together with the severities."""
    if not EXAMPLES.is_file():
        pytest.skip("the page with the examples is not beside this checkout")
    block = EXAMPLES.read_text(encoding="utf-8").split("```yaml")[1].split("```")[0]
    escalation, routing = block.split("# policies/routing.yaml")
    severity = (SHIPPED / "severity.yaml").read_text(encoding="utf-8")

    loaded = load_text({"escalation.yaml": escalation, "routing.yaml": routing, "severity.yaml": severity})

    assert loaded.policy is not None, [str(problem) for problem in loaded.problems]
    assert len(loaded.policy.rules) == 4
    assert [result.problems for result in run_tests(loaded)] == [(), ()]


SCALARS = st.sampled_from(
    [
        "",
        "p1",
        "open",
        "50%",
        "30m",
        "always",
        "nothing",
        "2026-03-02T09:00Z",
        "09:00-17:00",
        "a b",
        0,
        5,
        -1,
        0.5,
        True,
        None,
    ]
)
KEYS = st.sampled_from(
    [
        "rules",
        "groups",
        "id",
        "when",
        "then",
        "tests",
        "match",
        "p1",
        "severity",
        "severities",
        "calendars",
        "clocks",
        "roles",
        "notes",
        "zendesk_calendar",
        "hours",
        "holidays",
        "zone",
        "starts",
        "stops",
        "targets",
        "all",
        "any",
        "not",
        "tags",
        "burn",
        "remaining",
        "clock",
        "since",
        "above",
        "below",
        "instant",
        "calendar",
        "name",
        "is",
        "field.x",
        "organization.tier",
        "set",
        "add_tags",
        "assign",
        "raise_severity",
        "notify",
        "engage",
        "role",
        "tier",
        "ticket",
        "at",
        "expect",
        "events",
        "slas",
        "created",
        "mon-fri",
        "csm",
        "c",
        "r",
    ]
)


def as_yaml(value: object) -> str:
    """A value in flow style; texts in quotes."""
    match value:
        case dict():
            return "{" + ", ".join(f'"{key}": {as_yaml(one)}' for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(as_yaml, value)) + "]"
        case bool() | None:
            return {True: "true", False: "false", None: "null"}[value]
        case str():
            return f'"{value}"'
        case _:
            return str(value)


JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_whatever_stands_in_a_file_loading_never_raises(content: dict[str, object]) -> None:
    """A policy or problems come of it, each with a place in the file."""
    loaded = load_text({"a.yaml": as_yaml(content)})

    assert (loaded.policy is None) == any(problem.weight == "error" for problem in loaded.problems)
    assert all(problem.file == "a.yaml" and problem.line for problem in loaded.problems)
    run_tests(loaded)


SHIPPED_FILES = sorted(path.name for path in SHIPPED.glob("*.yaml"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_shipped_file_with_a_line_broken_never_raises(data: st.DataObject) -> None:
    """Lines are lost, doubled, moved in or out, or filled with something else: a few of them; many more under `slow`."""
    _break_a_line(data)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_shipped_file_with_any_line_broken_never_raises(data: st.DataObject) -> None:
    """The same with many more of them."""
    _break_a_line(data)


def _break_a_line(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(SHIPPED_FILES))
    lines = (SHIPPED / name).read_text(encoding="utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    change = data.draw(st.sampled_from(["lose", "double", "in", "out", "fill"]))
    new = {
        "lose": [],
        "double": [lines[at]] * 2,
        "in": ["  " + lines[at]],
        "out": [lines[at].removeprefix("  ")],
        "fill": [lines[at].split(":")[0] + ": [5]"],
    }
    files = {one: (SHIPPED / one).read_text(encoding="utf-8") for one in SHIPPED_FILES}

    run_tests(load_text({**files, name: "\n".join([*lines[:at], *new[change], *lines[at + 1 :]])}))
