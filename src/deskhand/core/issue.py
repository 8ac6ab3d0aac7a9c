"""Issues that escalations left behind."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PastDue:
    """An open issue whose due date is past."""

    key: str
    summary: str
    due: date
    url: str
    assignee: str = ""
