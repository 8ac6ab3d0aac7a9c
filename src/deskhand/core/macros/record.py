"""A macro from three sides: as the templates want it, as it was last left, and as it is in Zendesk now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from deskhand.core.macros.marker import Marker
from deskhand.core.macros.value import FIELDS, Field, Macro

Prune = Literal["deactivate", "confirm", "never"]
"""What becomes of a macro whose template is gone: it is deactivated, only when named, or never."""
Inputs = tuple[tuple[str, str], ...]
"""What a macro was made of, as (name, hash): its file, partials and variables."""


@dataclass(frozen=True, slots=True)
class Want:
    """A macro as the templates want it in one environment. What is not in `owned` is left to the user interface."""

    key: str
    macro: Macro
    file: str = ""
    owned: tuple[Field, ...] = FIELDS
    moved: str = ""
    prune: Prune = "deactivate"
    inputs: Inputs = ()
    references: tuple[tuple[str, str], ...] = ()
    """Names that were looked up in the account, as (`group Billing`, `360001`)."""
    uploads: tuple[tuple[str, str], ...] = ()
    """Attachments as (`name sha256`, path below the folder of macros)."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What is known of a macro that we look after: which it is, what was wanted last, and what Zendesk made of it.

    `wanted` is None for one that was adopted and never written; `seen` is None where the state was lost and the base is not known.
    """

    key: str
    macro_id: int
    wanted: Macro | None = None
    seen: Macro | None = None
    remote_updated_at: str = ""
    applied_by: str = ""
    run: str = ""
    prune: Prune = "deactivate"
    inputs: Inputs = ()
    files: tuple[tuple[int, str], ...] = ()
    """Attachments by id, as `name sha256`."""
    marked: bool = False
    """Whether our marker was written into its description."""
    retired_at: str = ""
    """Since when it has been inactive because its template is gone."""


@dataclass(frozen=True, slots=True)
class State:
    """What is kept of one environment: the account that it belongs to, and the macros that are looked after there."""

    account: str = ""
    bindings: Mapping[str, Binding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Live:
    """A shared macro as Zendesk has it now."""

    id: int
    macro: Macro
    marker: Marker | None = None
    updated_at: str = ""
    uses: int | None = None
    """How often agents used it in 30 days, where the plan of the account tells."""
