"""The strict reader: what it reads, what it refuses, and at which place."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.documents.yaml_reader import MAX_BYTES, MAX_DEPTH, MAX_NODES, Read, read_bytes, read_file
from tests.peak import peak_of


def said(text: str | bytes) -> list[str]:
    """What is said of a file's text."""
    read = read_bytes(text if isinstance(text, bytes) else text.encode(), "f.yaml")
    return [str(problem) for problem in read.problems]


def values(text: str) -> object:
    """The plain value of a text about which nothing is said."""
    read = read_bytes(text.encode(), "f.yaml")
    assert read.problems == ()
    return read.node.plain if read.node else None


def test_only_plain_numbers_truth_values_and_null_are_more_than_text() -> None:
    """What older YAML turns into octals, dates, sexagesimals or truth values stays as it was written."""
    assert values("[1, -2, 0.5, true, false, null, ~, '1', \"true\"]") == [
        1,
        -2,
        0.5,
        True,
        False,
        None,
        None,
        "1",
        "true",
    ]
    assert values("[010, 1_000, 2026-01-01, 12:30:00, 0x1F, .5, 1., .inf, 1e3, +1]") == [
        "010", "1_000", "2026-01-01", "12:30:00", "0x1F", ".5", "1.", ".inf", "1e3", 1,
    ]  # fmt: skip


def test_a_number_of_absurd_length_is_text() -> None:
    """Thousands of digits cost nothing."""
    assert values("9" * 5000) == "9" * 5000


def test_each_value_and_key_knows_its_place() -> None:
    """Lines and columns count from 1, for keys and for what stands under them."""
    top = read_bytes(b"a:\n  - x\n  - {bc: 1}\n", "f.yaml").node
    assert top is not None

    assert top.at(("a", 0)).place == "f.yaml:2:5"
    assert top.at(("a", 1, "bc")).place == "f.yaml:3:10"
    assert top.at(("a", 1)).key("bc").place == "f.yaml:3:6"


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\ufeff"])
def test_an_empty_file_is_no_mistake(text: str) -> None:
    """Nothing is said of it, and it holds nothing."""
    assert values(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", ["f.yaml:3:1: 'a' is given twice (first in line 1) [duplicate-key]"]),
        ("a: &x 1\n", ["f.yaml:1:4: anchor '&x' is refused (write the value out where it is used) [yaml-alias]"]),
        ("a: *x\n", ["f.yaml:1:4: alias '*x' is refused (write the value out) [yaml-alias]"]),
        ("*x : 1\n", ["f.yaml:1:1: alias '*x' is refused (write the value out) [yaml-alias]"]),
        ("a: !!int 1\n", ["f.yaml:1:4: tag 'tag:yaml.org,2002:int' is refused (leave it out) [yaml-tag]"]),
        ("a: ! b\n", ["f.yaml:1:4: tag '!' is refused (leave it out) [yaml-tag]"]),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            ["f.yaml:1:4: tag 'tag:yaml.org,2002:python/object/apply:os.system' is refused (leave it out) [yaml-tag]"],
        ),
        (
            "a: 1\n---\nb: 2\n",
            ["f.yaml:2:1: a second document begins here (put it in a file of its own) [yaml-documents]"],
        ),
        ("a:\n\tb: 1\n", ["f.yaml:2:1: a tab is no indentation (use spaces) [yaml-syntax]"]),
        (
            "a: b: c\n",
            [
                "f.yaml:1:5: no YAML: mapping values are not allowed in this context (a text that holds a colon and a blank stands in quotes; else a colon is missing in the line above) [yaml-syntax]"
            ],
        ),
        (
            "a: [1\n",
            [
                "f.yaml:2:1: no YAML: did not find expected ',' or ']' (a bracket is left open, or a comma is missing) [yaml-syntax]"
            ],
        ),
        ("? [a]\n: b\n", ["f.yaml:1:3: a key must be a word, not a mapping or list [yaml-syntax]"]),
        ("'': a\n", ["f.yaml:1:1: a key is empty [yaml-syntax]"]),
        ("a: \x07\n", ["f.yaml:1:4: character U+0007 is not allowed [yaml-syntax]"]),
        (b"a: 1\nb: \xff\xfe\n", ["f.yaml:2:4: this is no UTF-8 text (save the file as UTF-8) [unreadable-file]"]),
    ],
)
def test_what_is_refused_is_refused_at_its_place(text: str | bytes, expected: list[str]) -> None:
    """Each mistake is one line with file, line, column, what to do, and the check."""
    assert said(text) == expected


def test_a_word_that_was_a_truth_value_is_pointed_out() -> None:
    """`yes` without quotes is text, and a warning says so; in quotes nothing is said."""
    assert said("a: [yes, 'no', Off, True]\n") == [
        "f.yaml:1:5: warning: yes is read as a text (write true or false, or 'yes' in quotes) [doubtful-word]",
        "f.yaml:1:16: warning: Off is read as a text (write true or false, or 'Off' in quotes) [doubtful-word]",
        "f.yaml:1:21: warning: True is read as a text (write true or false, or 'True' in quotes) [doubtful-word]",
    ]


def test_all_mistakes_are_told_at_once_in_order() -> None:
    """Five mistakes make five lines, sorted by place."""
    lines = said("a: &x 1\nb: !!int 2\na: 3\nc: *x\nd: {e: 1, e: 2}\n")

    assert [line.split(": ")[0] for line in lines] == [
        "f.yaml:1:4", "f.yaml:2:4", "f.yaml:3:1", "f.yaml:4:4", "f.yaml:5:11",
    ]  # fmt: skip


def test_after_a_hundred_mistakes_reading_stops() -> None:
    """A file of nothing but mistakes is told in a hundred lines."""
    assert len(said("a: [" + ", ".join(["*x"] * 5000) + "]")) == 100


def laughs() -> str:
    """Nine levels of nine aliases each: 387 million values from a few lines."""
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "\n".join(lines)


def quadratic() -> str:
    """One large value, referred to very often."""
    return "a: &a " + "x" * 100_000 + "\nb: [" + ", ".join(["*a"] * 100_000) + "]"


BOMBS = {
    "billion laughs": (laughs(), "yaml-alias"),
    "quadratic": (quadratic(), "yaml-alias"),
    "deep lists": ("[" * 1_000_000, "too-large"),
    "deep mappings": ("{a: " * 400_000, "too-large"),
    "deep blocks": ("- " * 500_000, "too-large"),
    "many values": ("[" + "1," * 900_000 + "1]", "too-large"),
    "many keys": ("\n".join(f"k{n}: 1" for n in range(150_000)), "too-large"),
    "large": ("a: " + "x" * MAX_BYTES, "too-large"),
    "merge keys": ("<<: *a\n" * 1000, "yaml-alias"),
    "open quote": ("'" + "a\n" * 900_000, "yaml-syntax"),
    "many colons": (": " * 100_000, "yaml-syntax"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name: str) -> None:
    """S4: each with its check. How soon is shown by scripts/bench policies."""
    text, check = BOMBS[name]

    assert check in {problem.check for problem in read_bytes(text.encode(), "f.yaml").problems}


def test_bombs_are_refused_cheaply() -> None:
    """S4: 100 MB of memory are the ceiling."""
    imports = (
        "from tests.documents.test_yaml_reader import BOMBS\nfrom deskhand.documents.yaml_reader import read_bytes"
    )
    work = "done = [len(read_bytes(BOMBS[name][0].encode(), 'f.yaml').problems) for name in sys.argv[1:]]"

    done, megabytes = peak_of(imports, work, "billion laughs", "deep lists", "many values", "large")

    assert all(done)
    assert megabytes < 100


def test_the_limits_themselves_are_allowed() -> None:
    """40 levels and 200,000 values are read; one more is refused."""
    assert values("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert said("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == [
        "f.yaml:1:41: nested deeper than 40 levels [too-large]"
    ]
    most = "[" + ",".join(["1"] * (MAX_NODES - 1)) + "]"
    assert read_bytes(most.encode(), "f.yaml").problems == ()
    assert said(most[:-1] + ",1]") != []


def test_a_file_that_is_not_there_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    """Reading says why it cannot."""
    (problem,) = read_file(tmp_path / "none.yaml", "none.yaml").problems

    assert str(problem) == "none.yaml: cannot be read: No such file or directory [unreadable-file]"


@given(st.binary(max_size=200) | st.text(alphabet="a:-[]{}&*!|>'\"%@\n \t#,?1", max_size=80).map(str.encode))
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    """Whatever a file holds, a node or a problem comes of it, or the file is empty."""
    read = read_bytes(data, "f.yaml")

    assert isinstance(read, Read)
    assert all(problem.file == "f.yaml" for problem in read.problems)
