"""The nouns that every room shares. Frozen values; nothing here acts.

Times are µs since 1970 in UTC (``…_us``). Texts that came from a machine are already safe to show
(``whotop.text.safe``); where that changed them, ``raw`` holds them as received.
"""

from whotop.model.alert import Alert, Level
from whotop.model.event import Event, EventKind, Origin, RawText, Standing
from whotop.model.machine import Machine, MachineState, OriginStatus, Readability, Trouble
from whotop.model.outcome import Outcome
from whotop.model.process import Process
from whotop.model.sample import Disk, LastInput, Sample
from whotop.model.session import Session
from whotop.model.target import Target

__all__ = [
    "Alert",
    "Disk",
    "Event",
    "EventKind",
    "LastInput",
    "Level",
    "Machine",
    "MachineState",
    "Origin",
    "OriginStatus",
    "Outcome",
    "Process",
    "RawText",
    "Readability",
    "Sample",
    "Session",
    "Standing",
    "Target",
    "Trouble",
]
