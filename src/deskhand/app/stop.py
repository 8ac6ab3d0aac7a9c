"""The kill switch: a setting, or a file that anybody on the machine can make. Asked before every batch of writes."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Switch:
    """Says why nothing may be written now; empty if it may."""

    mode: str
    stop: bool
    file: Path | None

    def __call__(self) -> str:
        """Look again, each time."""
        if self.stop:
            return "DESKHAND_STOP is set"
        if self.mode in ("off", "observe"):
            return f"mode {self.mode} writes nothing"
        if self.file is not None and self.file.exists():
            return f"{self.file} exists; remove it to go on"
        return ""
