"""A plan as a file: everything that a person reviews and that an apply needs, with a digest of itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final

from deskhand.core.macros.codec import item_of, plain
from deskhand.core.macros.limits import Sort
from deskhand.core.macros.plan import BLOCKING, WRITING, Item, Kind
from deskhand.core.macros.value import hashed
from deskhand.errors import MacrosError, PlanOutdated

VERSION: Final = 1
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an apply would do, and what it was made from."""

    env: str
    installation: str
    account: str
    created_at: str
    expires_at: str
    items: tuple[Item, ...]
    managed: int
    shared: int
    tool: str = ""
    commit: str = ""
    references: Mapping[str, str] = field(default_factory=dict)
    """Names that were looked up for what is to be written, with their numbers."""
    allowed: Mapping[Sort, int] = field(default_factory=dict)
    refusals: tuple[str, ...] = ()
    """Limits that the plan passes."""
    warnings: tuple[str, ...] = ()
    run: str = ""

    @property
    def digest(self) -> str:
        """The hash of everything else."""
        return hashed(_body(self))

    @property
    def writing(self) -> tuple[Item, ...]:
        """What would change something in Zendesk."""
        return tuple(item for item in self.items if item.kind in WRITING)

    @property
    def blocking(self) -> tuple[Item, ...]:
        """What a person has to decide first."""
        return tuple(item for item in self.items if item.kind in BLOCKING)

    @property
    def drifted(self) -> tuple[Item, ...]:
        """What somebody changed in Zendesk, and copies that they made."""
        kinds = ("drift", "conflict", "gone", "clone")
        return tuple(item for item in self.items if item.kind in kinds or item.drifted)

    def count(self, kind: Kind) -> int:
        """How many items of a kind there are."""
        return sum(item.kind == kind for item in self.items)


def _body(made: Plan) -> Json:
    return {"plan": VERSION, **{one.name: plain(getattr(made, one.name)) for one in fields(made)}}


def written(made: Plan) -> str:
    """The plan as the text of a file."""
    return json.dumps({**_body(made), "digest": made.digest}, ensure_ascii=False, indent=1) + "\n"


def read(text: str, name: str) -> Plan:
    """The plan of a file. Raises MacrosError for a file that holds none, PlanOutdated for one that was changed."""
    try:
        raw: Json = json.loads(text)
        if raw.pop("plan", None) != VERSION:
            raise MacrosError(
                f"{name} is no plan of this version of deskhand",
                hint="Make it anew with `deskhand macros plan --out FILE`.",
            )
        digest = raw.pop("digest")
        items = tuple(item_of(one) for one in raw.pop("items"))
        made = Plan(**raw, items=items)
        made = replace(made, refusals=tuple(made.refusals), warnings=tuple(made.warnings))
    except (ValueError, KeyError, TypeError) as wrong:
        raise MacrosError(
            f"{name} is no plan: {wrong}", hint="Make one with `deskhand macros plan --out FILE`."
        ) from wrong
    if digest != made.digest:
        raise PlanOutdated(f"{name} was changed after it was made: its digest does not fit")
    return made


def is_expired(made: Plan, now: datetime) -> bool:
    """Whether a plan is too old to be applied."""
    return now > datetime.fromisoformat(made.expires_at)
