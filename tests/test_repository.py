"""The files around the source: what a clone holds, what the locks say, what an installed wheel carries."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

import deskhand
from tests.source import ROOT

TOP = {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "macros",
    "policies",
    "pyproject.toml",
    "requirements-dev.lock",
    "requirements.lock",
    "scripts",
    "src",
    "tests",
}
LOCKS = ("requirements.lock", "requirements-dev.lock")
SCRIPTS = (
    "scripts/bench",
    "scripts/check",
    "scripts/demo",
    "scripts/lock",
    "scripts/requirements",
    "scripts/sync_macros",
    "scripts/test",
    "scripts/trials",
    ".ci/run",
)
PIN = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[0-9][a-zA-Z0-9.+!]*)(?P<marker> ; .+?)?(?P<hashes>( --hash=sha256:[0-9a-f]{64})+)"
)
MACHINE = re.compile(r"/(work|home/\w+|root|Users/\w+|opt)/|/tmp/[\w.]+")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    """The project file's own table."""
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


@pytest.fixture(scope="module")
def tracked() -> tuple[str, ...]:
    """What a clone holds."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone: without git, what belongs to the project is not known")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(listed.strip("\0").split("\0"))


def pins(lock: str) -> dict[str, re.Match[str]]:
    """Each package of a lock file."""
    joined = (ROOT / lock).read_text(encoding="utf-8").replace(" \\\n   ", "")
    lines = [line for line in joined.splitlines() if line]
    found = [PIN.fullmatch(line) for line in lines]
    assert None not in found, [line for line, one in zip(lines, found, strict=True) if one is None]
    return {one["name"]: one for one in found if one}


def test_the_top_level_holds_what_was_agreed(tracked: tuple[str, ...]) -> None:
    """Nothing lies at the top of a clone but the agreed files and folders, and files that begin with a dot."""
    assert {one.split("/")[0] for one in tracked if not one.startswith(".")} == TOP


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_runs_and_is_told_of(script: str) -> None:
    """Each script may be run as it is, and the README says what it does."""
    assert (ROOT / script).stat().st_mode & 0o111
    assert script in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_versions_and_hashes_alone(lock: str) -> None:
    """S11: each line of a lock is a version with hashes: no address, no index, no folder of the machine that made it."""
    assert len(pins(lock)) > 40
    assert re.findall(r"//|@|#.*|file:|\bindex\b", (ROOT / lock).read_text(encoding="utf-8")) == []


def test_the_lock_for_developers_holds_all_of_the_other() -> None:
    """What is tested is what runs: both locks name the same versions and the same files."""
    running, developing = (pins(lock) for lock in LOCKS)

    assert {name: one[0] for name, one in running.items()}.items() <= {
        name: one[0] for name, one in developing.items()
    }.items()


def test_the_locks_name_every_dependency(project: dict[str, Any]) -> None:
    """Whatever the project asks for, at run time or of developers, is in the lock."""
    extras = project["optional-dependencies"]
    wanted = {"requirements.lock": project["dependencies"] + extras["build"], "requirements-dev.lock": extras["dev"]}

    for lock, asked in wanted.items():
        assert {re.split(r"[\[<>=;~! ]", one)[0].lower() for one in asked} <= set(pins(lock))


def test_the_version_is_in_one_place(project: dict[str, Any], tracked: tuple[str, ...]) -> None:
    """The package holds the version; the project file takes it from there, and the changelog has an entry for it."""
    assert project["dynamic"] == ["version"]
    assert "version" not in project
    assert re.search(
        rf"^## {re.escape(deskhand.__version__)}\b", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [one for one in tracked if one.startswith("src/") and "__version__ =" in text_of(one)] == [
        "src/deskhand/__init__.py"
    ]


def test_the_name_is_ours_alone(project: dict[str, Any]) -> None:
    """The product works with Zendesk, and no name of its own claims more."""
    names = [project["name"], *project["scripts"], *(one.name for one in (ROOT / "src").iterdir())]

    assert [one for one in names if "zendesk" in one.lower()] == []
    assert (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[0] == "# deskhand"


def test_the_licence_is_the_one_zenpy_asks_for(project: dict[str, Any]) -> None:
    """The GPL, version 3, covers zenpy, and so what is built on it."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert project["license"] == "GPL-3.0-or-later"
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 29 June 2007" in text


def test_no_file_knows_the_machine_it_was_written_on(tracked: tuple[str, ...]) -> None:
    """A clone holds no path of one machine, so it works on the next."""
    found = {one: MACHINE.findall(text_of(one)) for one in tracked if one != "tests/test_repository.py"}

    assert {one: places for one, places in found.items() if places} == {}


def text_of(name: str) -> str:
    """A tracked file's text; one that is gone or holds no text has none."""
    path = ROOT / name
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


def test_an_installed_wheel_carries_what_it_ships(tmp_path: Path, tracked: tuple[str, ...]) -> None:
    """The policies and macros of the clone are in the wheel, and so are the migrations and the licence."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    inside = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())

    shipped = {
        f"deskhand/shipped/{one}"
        for one in tracked
        if one.startswith(("policies/", "macros/")) and (ROOT / one).exists()
    }
    modules = {one.removeprefix("src/") for one in tracked if one.startswith("src/") and (ROOT / one).exists()}
    assert (shipped | modules) - inside == set()
    assert [one for one in inside if one.endswith("licenses/LICENSE")]
