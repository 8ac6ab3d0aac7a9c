"""Guards: what was declared, over the figures that they come with."""

from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeVar

from deskhand.core.guards import Ceiling, Guards, Storm
from deskhand.documents.gather import Placed
from deskhand.documents.models_guard import CeilingModel, GuardsModel, StormModel

T = TypeVar("T")


def guards(placed: Placed[GuardsModel] | None) -> Guards:
    """The guards of a folder."""
    if placed is None:
        return Guards()
    model, usual = placed.model, Guards()
    return Guards(
        ceiling=ceiling(model.ceiling, usual.ceiling),
        per_ticket_and_day=_chosen(model.per_ticket_and_day, usual.per_ticket_and_day),
        flapping=_chosen(model.flapping, usual.flapping),
        grace=_chosen(model.grace, usual.grace),
        stop_tag=_chosen(model.stop_tag, usual.stop_tag),
        late_after=_chosen(model.late_after, usual.late_after),
        useful_for=_chosen(model.useful_for, usual.useful_for),
        pages_per_hour=_chosen(model.pages_per_hour, usual.pages_per_hour),
        storm=_storm(model.storm),
    )


def ceiling(model: CeilingModel, usual: Ceiling) -> Ceiling:
    """A ceiling; what it does not say is as usual."""
    share = usual.share if model.share is None else None if model.share is False else Fraction(model.share)
    made = replace(
        usual,
        per_hour=_chosen(model.per_hour, usual.per_hour),
        per_cycle=_chosen(model.per_cycle, usual.per_cycle),
        share=share,
    )
    return made if model.floor is None else replace(made, floor=model.floor)


def _storm(model: StormModel | Literal[False] | None) -> Storm | None:
    """When alike matters become one; what it does not say is as usual."""
    usual = Storm()
    if model is False:
        return None
    if model is None:
        return usual
    return Storm(model.count or usual.count, model.within or usual.within)


def _chosen(given: T | Literal[False] | None, usual: T | None) -> T | None:
    """What was given, nothing where it was switched off, else what is usual."""
    if given is None:
        return usual
    return None if given is False else given
