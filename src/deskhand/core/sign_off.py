"""Two people sign: which versions of the policies have how many signatures, worked out from what was signed, taken back and put in force.

A version is all texts of the policies, named by their digest. Nothing of this is kept but the marks themselves, in the order in which they were made.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Did = Literal["signed", "taken back", "in force"]
SHOWN: Final = 12
"""Letters of a digest that people are shown."""
NAMED: Final = 8
"""Letters of a digest that people have to name."""
_MAIL: Final = re.compile(r"<?([^\s<>@]+)@([^\s<>@]+)>?")


@dataclass(frozen=True, slots=True)
class Mark:
    """What was done to a version, by whom and when. `user` is the account on the machine that did it, `note` what they had to say."""

    digest: str
    did: Did
    at: datetime
    by: str = ""
    user: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A version with the signatures that it has now. `newest` is the place of the last mark that speaks for it, to tell which version came last."""

    digest: str
    signatures: tuple[Mark, ...] = ()
    newest: int = -1

    def lacks(self, needed: int) -> int:
        """How many signatures are missing."""
        return max(needed - len(self.signatures), 0)

    @property
    def signers(self) -> str:
        """Who signed, in one line."""
        return listed([mark.by for mark in self.signatures])

    def signature_of(self, person: str) -> Mark | None:
        """The signature of a person, if it has one."""
        return next((mark for mark in self.signatures if same_person(mark.by, person)), None)


def versions(marks: Iterable[Mark]) -> dict[str, Version]:
    """Every version of which there is a mark, in the order of their first ones. One person is one signature, however often they sign."""
    found: dict[str, Version] = {}
    for place, mark in enumerate(marks):
        one = found.get(mark.digest) or Version(mark.digest)
        found[mark.digest] = _marked(one, mark, place)
    return found


def _marked(version: Version, mark: Mark, place: int) -> Version:
    """A version after one more mark."""
    signatures = version.signatures
    match mark.did:
        case "signed" if version.signature_of(mark.by) is None:
            return Version(version.digest, (*signatures, mark), place)
        case "taken back":
            left = tuple(one for one in signatures if not same_person(one.by, mark.by))
            return Version(version.digest, left, version.newest)
        case "in force":
            return Version(version.digest, signatures, place)
        case _:
            return version


def last_signed(known: Mapping[str, Version], needed: int, *, but: str = "") -> Version | None:
    """Of the versions that have all their signatures, the one that was signed or in force last; `but` is left out."""
    complete = [one for one in known.values() if not one.lacks(needed) and one.digest != but]
    return max(complete, key=lambda one: one.newest, default=None)


def same_person(one: str, other: str) -> bool:
    """Whether two names are of one person: the same mail address, or the same name, whatever their case and spaces. Who doubts, is right."""
    (name, mail), (other_name, other_mail) = _identity(one), _identity(other)
    return bool((name and name == other_name) or (mail and mail == other_mail))


def _identity(person: str) -> tuple[str, str]:
    """The name and the mail address of a person, each in the one form in which they are compared."""
    text = unicodedata.normalize("NFKC", person).casefold()
    found = _MAIL.search(text)
    mail = f"{found[1].partition('+')[0]}@{found[2]}" if found else ""
    bare = text.replace(found[0], " ") if found else text
    return " ".join(re.findall(r"\w+", bare)), mail


def is_name(person: str) -> bool:
    """Whether somebody can be known by this: a name or a mail address, in one line."""
    return any(_identity(person)) and len(person) <= 200 and person.isprintable()


def listed(names: Sequence[str]) -> str:
    """Names in one line: `Ada, Bo and Cy`. Mail addresses are left out where there is a name."""
    short = [re.sub(r"\s*<[^<>]*>", "", name).strip() or name for name in names]
    return f"{', '.join(short[:-1])} and {short[-1]}" if len(short) > 1 else "".join(short)


def short(digest: str) -> str:
    """A digest as people are shown it."""
    return digest[:SHOWN]


def signatures(lacking: int, needed: int) -> str:
    """What is missing, in words."""
    return f"{lacking} of {needed} signature{'s' if needed > 1 else ''}"
