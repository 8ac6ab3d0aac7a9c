"""The file of a state: JSON lines, gzipped. The first says what the file is, the last how many there are, so that a part is never taken for the whole.

A file is written beside the old one and takes its place when it is whole and on the disk.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from deskhand import __version__
from deskhand.errors import DeskhandError, SettingsError
from deskhand.sandbox.exchange import Row

FORMAT: Final = "deskhand sandbox state"
VERSION: Final = 1
_KEPT = "It was left as it is."


class StateUnusable(SettingsError):
    """A state file cannot be used; it was left as it is."""


def write_lines(path: Path, head: Row, lines: Iterable[Row]) -> None:
    """Write a state file, or leave the old one as it is. Raises SettingsError where the disk refuses."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _kept_off(draft):
            with draft.open("wb") as raw:
                with gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
                    count = 0
                    for row in ({"format": FORMAT, "version": VERSION, "deskhand": __version__, **head}, *lines):
                        packed.write(json.dumps(row, separators=(",", ":")).encode() + b"\n")
                        count += 1
                    packed.write(json.dumps({"end": count}).encode() + b"\n")
                raw.flush()
                os.fsync(raw.fileno())
            draft.replace(path)
            _sync_folder(path.parent)
    except OSError as error:
        raise SettingsError(
            f"the state cannot be saved in {path}: {error.strerror or error}; what was there before is still there",
            hint="Check that the folder exists, may be written to and has space, then POST /sandbox/save or stop again.",
        ) from error


@contextmanager
def _kept_off(draft: Path) -> Iterator[None]:
    """Leave no draft behind."""
    try:
        yield
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Let the folder's new entry reach the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_lines(path: Path) -> Iterator[Row]:
    """The lines of a state file, its head first. Raises StateUnusable, in the middle where it is broken there."""
    try:
        with gzip.open(path, "rb") as packed:
            head = _line(path, next(iter(packed), b""))
            _check(path, head)
            yield head
            end = None
            for count, text in enumerate(packed, 1):
                row = _line(path, text)
                if end is not None:
                    raise _broken(path, "something follows its end")
                end = row.get("end")
                if end is None:
                    yield row
                elif end != count:
                    raise _broken(path, f"it has {count} lines where {end} were written")
            if end is None:
                raise _broken(path, "its end is missing")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _broken(path, str(error)) from error
    except OSError as error:
        raise StateUnusable(
            f"the state file {path} cannot be read: {error.strerror or error}", hint="Check the path and its rights."
        ) from error


def _line(path: Path, text: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _broken(path, str(error)) from error
    if not isinstance(row, dict):
        raise _broken(path, "a line is no object")
    return row


def _check(path: Path, head: Row) -> None:
    """Whether the head is that of a file which this version reads."""
    if head.get("format") != FORMAT:
        raise _broken(path, "it is the file of another program")
    if head.get("version") != VERSION:
        raise StateUnusable(
            f"the state file {path} was written by deskhand {head.get('deskhand')} in version {head.get('version')} of its format; this is version {VERSION}. {_KEPT}",
            hint="Serve it with that deskhand, or name another file for a new world.",
        )


def unfit(path: Path, why: str) -> StateUnusable:
    """What is whole but cannot be understood."""
    return StateUnusable(
        f"the state file {path} holds what this version of deskhand does not know: {why}. {_KEPT}",
        hint="Serve it with the deskhand that wrote it, or name another file for a new world.",
    )


def _broken(path: Path, why: str) -> DeskhandError:
    return StateUnusable(
        f"{path} is no whole state file: {why}. {_KEPT}",
        hint="Name another file for a new world, or put a backup in its place.",
    )
