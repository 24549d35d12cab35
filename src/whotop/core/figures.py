"""What filters and columns call the figures of a machine."""

from __future__ import annotations

from whotop.core.report import ReportedMachine
from whotop.model import Sample

FIGURES = {
    "cpu": "cpu_percent",
    "mem": "memory_percent",
    "load": "load1",
    "disk": "disk_percent",
    "up": "uptime_seconds",
}


def figure(told: Sample | ReportedMachine, name: str) -> float | None:
    """The figure of that name; None where it is not known, and where there is none of that name."""
    value: float | None = getattr(told, FIGURES[name]) if name in FIGURES else None
    return value
