"""Named worlds: each module makes one, by a `build` that fills a sandbox and puts on its agenda what is to happen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskhand.sandbox.scenarios import (
    breach_wave,
    company,
    empty,
    holiday,
    hostile_text,
    quiet_day,
    reorganisation,
    storm,
)

if TYPE_CHECKING:
    from deskhand.sandbox.company import Company
    from deskhand.sandbox.sandbox import Sandbox

Build = Callable[["Sandbox", int, int | None], "Company | None"]
"""(sandbox, seed, how many tickets or None for the scenario's own number) -> the company, where there is one."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named world: what it shows, in one line, and how it is made."""

    words: str
    build: Build


SCENARIOS: Mapping[str, Scenario] = {
    "company": Scenario("a small company on a Monday: 400 tickets, some minutes from breach, 40 to 80 more during the day", company.build),
    "empty": Scenario("one admin, the default fields, one group, a brand and a form; no tickets", empty.build),
    "quiet-day": Scenario("the company with few tickets, and agents who answer soon", quiet_day.build),
    "storm": Scenario("the company; twenty minutes into the day, 150 tickets of one cause within twelve minutes", storm.build),
    "breach-wave": Scenario("the company; 120 unanswered tickets reach half of their time, and its end, within the same minutes", breach_wave.build),
    "holiday": Scenario("the company closed over a long weekend: customers write, nobody answers until Tuesday", holiday.build),
    "reorganisation": Scenario("the company; groups are renamed, merged and made, a field is switched off, an agent leaves, all during the day", reorganisation.build),
    "hostile-text": Scenario("the company with texts, names and fields full of templates, markup, control characters and formulas", hostile_text.build),
}  # fmt: skip
"""The scenarios by name."""
