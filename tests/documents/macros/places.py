"""Folders of macros for tests, and an account that knows a few names."""

from pathlib import Path

from deskhand.core.macros.value import Macro
from deskhand.documents.macros.compile import Compiled, compile_folder
from deskhand.documents.macros.folder import Folder, read_folder
from deskhand.errors import Rejected

SETTINGS = "installation: acme\nvariables: {company: Acme}\n"
NAMES = {
    ("group", "Billing"): "5",
    ("group", "Network"): "6",
    ("agent", "ana@acme.example"): "7",
    ("field", "order_no"): "9",
    ("option", "order_no=late"): "late_tag",
    ("brand", "EU"): "11",
    ("locale", "de"): "2",
}


class Names:
    """The account's names, both ways."""

    def number(self, kind: str, name: str) -> str:
        """The number of a name."""
        if (kind, name) not in NAMES:
            raise Rejected(f"the account has no {kind} '{name}'", hint="Mend it.")
        return NAMES[kind, name]

    def name(self, kind: str, number: str) -> str | None:
        """The name of a number."""
        return next((name for (one, name), value in NAMES.items() if (one, value) == (kind, number)), None)


ACCOUNT = Names()


def folder(path: Path, files: dict[str, str], settings: str = SETTINGS) -> Folder:
    """A folder with these files."""
    for name, text in {"settings.yaml": settings, **files}.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    return read_folder(path)


def compiled(path: Path, files: dict[str, str], settings: str = SETTINGS, env: str = "") -> Compiled:
    """What a folder comes to in the account."""
    return compile_folder(folder(path, files, settings), env, ACCOUNT.number)


def only(made: Compiled) -> Macro:
    """The one macro of a folder without mistakes."""
    assert [str(problem) for problem in made.problems] == []
    (want,) = made.wants
    return want.macro


def told(made: Compiled, path: Path) -> list[str]:
    """Every problem, its place without the folder."""
    return [str(problem).replace(f"{path}/", "") for problem in made.problems]
