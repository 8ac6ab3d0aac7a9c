"""The marker: a line at the end of a macro's description that says whose it is. It is no part of the macro's content.

    managed: acme/refund-approved env=prod id=360111 v1
    managed: acme/refund-approved env=prod new=3f9a2c v1      a macro that was just made, before its id was known

It holds the macro's own id, because a macro that is copied in the user interface takes its description along: a marker with another id is a copy.
It names the installation, because two repositories may look after one account.
"""

import re
from dataclasses import dataclass
from typing import Final

KEY: Final = r"[a-z0-9][a-z0-9._-]{0,62}"
"""How keys, installations and environments are written: whatever could not be read back is refused before it is written."""
KEY_OF_LOCALE: Final = rf"{KEY}(?:@[A-Za-z]{{2,3}}(?:-[A-Za-z0-9]{{2,8}})*)?"
"""The key of a macro; one of several by locale ends with `@de`."""
_MARKER: Final = re.compile(
    rf"\s*managed: (?P<installation>{KEY})/(?P<key>{KEY_OF_LOCALE}) env=(?P<env>{KEY})(?: id=(?P<id>[0-9]{{1,18}})| new=(?P<nonce>[0-9a-f]{{1,64}})) v1(?!\w)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who looks after macros: an installation of templates, for one environment."""

    installation: str
    env: str


@dataclass(frozen=True, slots=True)
class Marker:
    """Whose macro it is, and which; `macro_id` is None as long as `nonce` stands for it."""

    owner: Owner
    key: str
    macro_id: int | None = None
    nonce: str = ""

    def __str__(self) -> str:
        """As it is written."""
        which = f"new={self.nonce}" if self.macro_id is None else f"id={self.macro_id}"
        return f"managed: {self.owner.installation}/{self.key} env={self.owner.env} {which} v1"


def parse(description: str | None) -> tuple[str, Marker | None]:
    """A description without its marker, and the marker; of several the last counts."""
    text, found = description or "", None
    for match in _MARKER.finditer(text):
        found = match
    if found is None:
        return text, None
    number = found["id"]
    marker = Marker(
        Owner(found["installation"], found["env"]),
        found["key"],
        int(number) if number else None,
        found["nonce"] or "",
    )
    return _MARKER.sub("", text).rstrip(), marker


def written(description: str, marker: Marker) -> str:
    """A description with its marker."""
    bare = description.rstrip()
    return f"{bare}\n\n{marker}" if bare else str(marker)
