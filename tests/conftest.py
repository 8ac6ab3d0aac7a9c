"""What every test may rely on: no settings from outside, and property tests that do not measure the machine."""

import gc
import os
from collections.abc import Iterator

import hypothesis
import pytest
import structlog

OUTSIDE = ("DESKHAND_", "ZENPY_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
"""Beginnings of variables that would change what is tested; compared in capitals, as proxies are written in both ways."""

KEPT = ("DESKHAND_REQUIRE_", "DESKHAND_TEST_")
"""Beginnings of variables that speak to the tests themselves, as do those that end in `_CASES` or `_DATA`."""

hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


LONG = ("tests/trials/", "tests/acceptance/", "tests/cli/", "tests/contract/", "tests/sandbox/")
"""Where tests take seconds: they begin first, so that none of them is left over for the end."""


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two more than there are cores, since tests of processes spend much of their time waiting."""
    return (os.cpu_count() or 1) + 2


def pytest_collection_finish() -> None:
    """What is there by now stays: looking through it for garbage again and again takes a twentieth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first; the order within a file stays."""
    items.sort(key=lambda item: next((at for at, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded as `summary`: what they counted, and what they left out."""
    reports = [report for status in ("passed", "failed") for report in terminalreporter.getreports(status)]
    for report in reports:
        for name, text in getattr(report, "user_properties", ()):
            if name == "summary":
                terminalreporter.write_line(str(text))


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """A test sees the settings it makes, not those of the person who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(_is_a_setting, tuple(os.environ)):
            patch.delenv(name)
        yield


def _is_a_setting(name: str) -> bool:
    return name.upper().startswith(OUTSIDE) and not name.startswith(KEPT) and not name.endswith(("_CASES", "_DATA"))


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """What a command set up for its own lines is gone with its test."""
    yield
    structlog.reset_defaults()
