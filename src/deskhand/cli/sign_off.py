"""`deskhand sign-off`: policies are in force once enough people have signed them."""

from typing import TYPE_CHECKING, Annotated

import typer

from deskhand.cli.output import Json, console, instant, print_json
from deskhand.cli.person import os_user
from deskhand.cli.policy_shown import show_policy
from deskhand.core.sign_off import short, signatures

if TYPE_CHECKING:
    from rich.console import Console

    from deskhand.app.foresee import Foreseen
    from deskhand.app.standing import Proposal
    from deskhand.core.sign_off import Version
    from deskhand.documents.check import Report
    from deskhand.documents.differ import Differences
    from deskhand.settings import Settings

app = typer.Typer(help="Show which policies wait for signatures, sign them, or take a signature back.", no_args_is_help=True)  # fmt: skip
By = Annotated[str, typer.Option("--by", metavar="NAME", help='Who signs: "Ada Admin <ada@acme.example>".')]
Note = Annotated[str, typer.Option("--note", help="A word why, for the audit trail.")]
Digest = Annotated[
    str, typer.Argument(metavar="DIGEST", help="The version: the first letters of its digest, at least 8.")
]


@app.command("show")
def show(*, as_json: Json = False) -> None:
    """Show the version that the files are, what differs from the one in force, who has signed it and how many signatures are missing.

    Exits with 1 where the files have mistakes, since nobody should sign those.
    """
    from deskhand import wiring
    from deskhand.app.foresee import foresee
    from deskhand.app.standing import proposal
    from deskhand.documents.differ import differences
    from deskhand.settings import load

    settings = load()
    policy, report = wiring.examined(settings)
    store = wiring.glance(settings)
    try:
        with store.read() as tx:
            found = proposal(tx, policy.digest)
            other = found.standing is not None and found.standing.digest != policy.digest
            now = foresee(tx, policy, wiring.RealClock().now()) if other else None
    finally:
        store.close()
    differs = differences(found.before, report.loaded.texts)
    if as_json:
        diff = {name: "\n".join(lines) for name, lines in differs.files.items()}
        print_json({"digest": policy.digest, "needed": settings.sign_offs, "lacks": found.version.lacks(settings.sign_offs),
                    "signed": found.version.signatures, "policy": found.standing, "changes": differs.sections, "diff": diff,
                    "observed": found.observed, "would_do": now, "ok": report.ok, "problems": report.problems})  # fmt: skip
    else:
        _show(console(), found, differs, report, now)
        _next(console(), found.version, settings.sign_offs, ok=report.ok)
    raise typer.Exit(0 if report.ok else 1)


@app.command("give")
def give(digest: Digest, *, by: By, note: Note = "", as_json: Json = False) -> None:
    """Sign the version that the files are. What `deskhand check` finds wrong is refused; once enough have signed, the worker takes it over within seconds."""
    from deskhand import wiring
    from deskhand.app.sign_off import Signer, named
    from deskhand.app.sign_off import give as sign
    from deskhand.documents.problems import errors
    from deskhand.errors import NotKnown, PolicyInvalid, WrongState
    from deskhand.settings import load

    settings = load()
    policy, report = wiring.examined(settings)
    try:
        named(digest, [policy.digest])
    except NotKnown:
        raise WrongState(
            f"the files are version {short(policy.digest)}, and '{digest}' is another one",
            hint="Look at them again with `deskhand sign-off show`; the files have to be those that are signed.",
        ) from None
    if not report.ok:
        said = "\n".join(map(str, errors(report.problems)))
        raise PolicyInvalid(f"the policies have mistakes, so they cannot be signed:\n{said}")
    store = wiring.beside(settings)
    try:
        signer = Signer(by.strip(), os_user(), note)
        version = sign(store, policy.digest, report.loaded.texts, signer, wiring.RealClock().now())
    finally:
        store.close()
    _tell(version, settings, f"{by.strip()} signed", as_json=as_json)


@app.command("take-back")
def take_back(digest: Digest, *, by: By, note: Note = "", as_json: Json = False) -> None:
    """Take your signature back, at once: the version before it that still has its signatures is in force again, or else the policies only observe."""
    from deskhand import wiring
    from deskhand.app.sign_off import Signer
    from deskhand.app.sign_off import take_back as back
    from deskhand.settings import load

    settings = load()
    store = wiring.look(settings)
    try:
        version = back(store, digest, Signer(by.strip(), os_user(), note), wiring.RealClock().now())
    finally:
        store.close()
    _tell(version, settings, f"{by.strip()} took the signature back from", as_json=as_json)


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List every version that was ever signed, with who signed it and when, and the one in force."""
    from deskhand import wiring
    from deskhand.app.sign_off import known_versions
    from deskhand.app.standing import told
    from deskhand.settings import load

    settings = load()
    store = wiring.look(settings)
    try:
        known = known_versions(store)
        with store.read() as tx:
            policy, kept = told(tx), tx.texts.kept()
    finally:
        store.close()
    if as_json:
        rows = [{"digest": one.digest, "lacks": one.lacks(settings.sign_offs), "signed": one.signatures,
                 "kept_since": kept.get(one.digest), "in_force": bool(policy and policy.digest == one.digest)} for one in known.values()]  # fmt: skip
        print_json({"needed": settings.sign_offs, "policy": policy, "versions": rows})
        return
    out = console()
    show_policy(out, policy)
    for one in known.values():
        lacks = one.lacks(settings.sign_offs)
        mark = (
            f"lacks {signatures(lacks, settings.sign_offs)}" if lacks else "signed" if one.signatures else "not signed"
        )
        force = f", in force ({policy.mode})" if policy and policy.digest == one.digest else ""
        out.print(f"{short(one.digest)}  {mark}{force}", markup=False)
        _signatures(out, one)
    if not known:
        out.print("Nobody has signed anything yet.")


def _show(out: "Console", found: "Proposal", differs: "Differences", report: "Report", now: "Foreseen | None") -> None:
    """What differs, in words and in lines; who signed; and what it would do."""
    if found.standing:
        out.print(f"policy    {found.standing.words}", markup=False, soft_wrap=True)
    for lines in differs.files.values():
        _diff(out, lines)
    _sections(out, differs)
    version = found.version
    out.print(f"The files are version {short(version.digest)}.", style="bold")
    _signatures(out, version)
    if found.observed is not None:
        out.print(f"It only observes for now: {found.observed} decisions so far; `deskhand explain TICKET` shows one.")
    if now is not None:
        rules = ", ".join(f"{rule} on {count}" for rule, count in now.rules.items()) or "nothing"
        out.print(
            f"Of {now.live} live tickets {now.judged} were judged by it; at once it would do: {rules}.",
            markup=False,
            soft_wrap=True,
        )
    for problem in report.problems:
        out.print(str(problem), markup=False, soft_wrap=True)


def _sections(out: "Console", differs: "Differences") -> None:
    """What was added, removed and changed, by name."""
    for one in differs.sections:
        for what, names in (("added", one.added), ("removed", one.removed), ("changed", one.changed)):
            if names:
                out.print(f"{one.name:9} {what}: {', '.join(names)}", markup=False, soft_wrap=True)
        if one.moved:
            out.print(f"{one.name:9} stand in another order", markup=False)
    if differs.files and not differs.sections:
        out.print("Only comments and layout differ.")


def _diff(out: "Console", lines: tuple[str, ...]) -> None:
    """One file's lines as a patch shows them."""
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines:
        out.print(line, markup=False, style=styles.get(line[:1]), soft_wrap=True)


def _signatures(out: "Console", version: "Version") -> None:
    """Who signed, when, and by which account of a machine; and that one account gave more than one, if it did."""
    for mark in version.signatures:
        said = f"  {mark.note}" if mark.note else ""
        out.print(f"  signed {instant(mark.at)}  {mark.by}  (account {mark.user}){said}", markup=False, soft_wrap=True)
    users = [mark.user for mark in version.signatures]
    for user in sorted({user for user in users if users.count(user) > 1}):
        out.print(f"  {users.count(user)} of these were given by one account, {user}.", markup=False, style="yellow")


def _next(out: "Console", version: "Version", needed: int, *, ok: bool) -> None:
    """What is missing, and the command."""
    lacks = version.lacks(needed)
    if not needed:
        out.print("DESKHAND_SIGN_OFFS is 0: nothing needs a signature.")
    elif not lacks:
        out.print("It has all its signatures.", style="green")
    elif not ok:
        out.print("It has mistakes, so it cannot be signed; `deskhand check` shows them too.", style="red")
    else:
        command = f'deskhand sign-off give {short(version.digest)} --by "YOUR NAME <you@example.com>"'
        out.print(f"{signatures(lacks, needed)} missing: {command}", markup=False, style="yellow", soft_wrap=True)


def _tell(version: "Version", settings: "Settings", did: str, *, as_json: bool) -> None:
    """What came of a signature that was given or taken back."""
    lacks = version.lacks(settings.sign_offs)
    if as_json:
        print_json({"digest": version.digest, "needed": settings.sign_offs, "lacks": lacks, "signed": version.signatures})  # fmt: skip
        return
    out = console()
    out.print(f"{did} {short(version.digest)}.", markup=False, soft_wrap=True)
    _signatures(out, version)
    left = f"It lacks {signatures(lacks, settings.sign_offs)}." if lacks else "It has all its signatures: a worker at work takes it over within seconds."  # fmt: skip
    out.print(left, style="yellow" if lacks else "green")
