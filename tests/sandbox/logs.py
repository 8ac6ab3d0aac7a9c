"""Small event logs for tests, and where the real one is."""

import csv
import io
from pathlib import Path

import pytest

from deskhand.sandbox.eventlog_layout import UCI

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "event-logs" / "uci-servicenow-incident-event-log.csv.gz"

HEADER = (*UCI.columns.values(), "category", "subcategory", "u_symptom", "location", "cmdb_ci")


def real() -> Path:
    """The real log; the test is skipped where it is missing."""
    if not REAL.exists():
        pytest.skip(f"the real event log is not there: {REAL}")
    return REAL


def line(case: str, state: str, at: str, **facts: str) -> dict[str, str]:
    """A row of a log in the layout of UCI; instants like `2/3/2026 09:00`."""
    usual = {
        "number": case, "incident_state": state, "sys_updated_at": at, "opened_at": "2/3/2026 09:00", "caller_id": "Caller 1",
        "opened_by": "Opened by  8", "sys_updated_by": "Updated by 21", "priority": "3 - Moderate", "assignment_group": "Group 56",
        "assigned_to": "?", "contact_type": "Phone", "category": "Category 55", "subcategory": "Subcategory 1", "u_symptom": "?",
        "location": "Location 143", "cmdb_ci": "?",
    }  # fmt: skip
    return usual | facts


def text(*lines: dict[str, str]) -> str:
    """The CSV of such rows; columns that no layout asks for are left out."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def saved(folder: Path, *lines: dict[str, str]) -> Path:
    """A file of such rows."""
    path = folder / "log.csv"
    path.write_text(text(*lines), encoding="utf-8")
    return path
