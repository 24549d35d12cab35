"""The machines of the fleet, how they are, and who came last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from whotop.clock import SECOND_US
from whotop.core.figures import figure
from whotop.core.fleet import Touched
from whotop.model import Machine, MachineState, Sample
from whotop.text import age
from whotop.tui.columns import Column
from whotop.tui.spark import gauge, spark
from whotop.tui.views.place import MachinePlace, Place
from whotop.tui.views.scene import is_seen, seen_us
from whotop.tui.views.view import Cell, Value, View, failed_cell, natural, percent_cell

READINGS_SHOWN = 8

GLYPHS: dict[MachineState, tuple[str, str]] = {
    MachineState.UP: ("●", "up"),
    MachineState.STALE: ("◐", "stale"),
    MachineState.DOWN: ("○", "down"),
    MachineState.CONNECTING: ("◌", "connecting"),
    MachineState.NOT_WATCHED: ("·", "unknown"),
}
CANNOT_TELL = "cannot tell"
_UNKNOWN = ("?", "unknown")


def glyph(machine: Machine) -> tuple[str, str]:
    """The sign of its state, and its role."""
    return GLYPHS[machine.state] if _tells(machine) else _UNKNOWN


def _tells(machine: Machine) -> bool:
    """Whether a machine that is up says who is on."""
    return machine.sessions_known or machine.state is not MachineState.UP


def corrupt(machine: Machine) -> str:
    """Which of its origins hold what makes no sense as records; empty where none does."""
    names = ", ".join(status.origin.value for status in machine.origins if status.corrupt)
    return f"{names} corrupt" if names else ""


def trouble(machine: Machine) -> str:
    """What is wrong with what it tells, in a few words; empty where nothing is."""
    return corrupt(machine) or (f"{machine.not_kept:,} not kept" if machine.not_kept else "")


def user_role(user: str) -> str:
    """``root`` stands out wherever it is on."""
    return "root" if user == "root" else "user"


class MachinesView(View[str]):
    """Key: the machine's name."""

    name = "Machines"
    sorts_by = "machine"
    columns: Sequence[Column] = (
        Column("state", "", 1, 0),
        Column("machine", "machine", 10, 0, flexible=True),
        Column("on", "on", 3, 0, align="right"),
        Column("cpu", "cpu", READINGS_SHOWN + 6, 8),
        Column("mem", "mem", 5, 7, align="right"),
        Column("load", "load", 5, 3, align="right"),
        Column("disk", "disk", 5, 5, align="right"),
        Column("up", "up", 4, 2, align="right"),
        Column("failed", "failed", 6, 4, align="right"),
        Column("login", "last login", 10, 9, flexible=True),
        Column("ago", "", 4, 6, align="right"),
    )
    fields = frozenset(
        {
            *("machine", "user", "from", "tty", "tag", "state", "address", "system"),
            *("on", "idle", "cpu", "mem", "load", "disk", "up", "failed"),
        }
    )

    def rows(self) -> Iterable[str]:
        """Every machine."""
        return self.fleet.machines

    def contains(self, key: str) -> bool:
        """Whether it is watched."""
        return key in self.fleet.machines

    def touched(self, touched: Touched) -> Collection[str]:
        """Machines of which anything changed."""
        return touched.machines

    def place(self, key: str) -> Place | None:
        """Its own screen."""
        return MachinePlace(key)

    def count(self) -> str:
        """How many machines are watched."""
        return str(len(self.fleet.machines))

    def empty(self) -> str:
        """Before the first batch."""
        return "no machines yet"

    def cells(self, key: str) -> Sequence[Cell]:
        """Figures of a machine that we see, else why we do not."""
        machine = self.fleet.machines[key]
        mark, role = glyph(machine)
        first: list[Cell] = [[(mark, role)], [(key, "machine" if is_seen(machine) else "dim")]]
        if not is_seen(machine):
            return [*first, [("–", "dim")], [(self._why(machine), role)], *([[]] * 7)]
        return [*first, self._on(machine), *self._figures(machine), self._failed(machine), *self._login(machine)]

    def _why(self, machine: Machine) -> str:
        reason = f": {machine.reason}" if machine.reason else ""
        match machine.state:
            case MachineState.CONNECTING:
                return f"connecting{reason}"
            case MachineState.NOT_WATCHED:
                return f"not watched{reason}"
            case _:
                return f"unreachable {self.scene.age(seen_us(machine))}{reason}"

    def _on(self, machine: Machine) -> Cell:
        if not machine.sessions_known:
            return [_UNKNOWN]
        count = len(self.fleet.sessions_of_machine.get(machine.name, ()))
        if machine.state is not MachineState.UP:
            return [("–", "dim")]
        return [(str(count), "strong" if count else "dim")]

    def _figures(self, machine: Machine) -> Sequence[Cell]:
        sample = self.fleet.samples.get(machine.name)
        if sample is None:
            return [[("– ", "dim")], [("– ", "dim")], [("–", "dim")], [("– ", "dim")], [("–", "dim")]]
        limits, is_up = self.scene.limits, machine.state is MachineState.UP
        return [
            self._processor(sample, is_up),
            percent_cell(sample.memory_percent, _gauge(sample.memory_percent, is_up), limits.memory_percent),
            [("–" if sample.load1 is None else f"{sample.load1:.2f}"[:5].rstrip("."), "normal" if is_up else "dim")],
            percent_cell(sample.disk_percent, _gauge(sample.disk_percent, is_up), limits.disk_percent),
            [(age(self._uptime_seconds(sample)), "dim")],
        ]

    def _processor(self, sample: Sample, is_up: bool) -> Cell:
        readings = list(self.fleet.cpu_readings.get(sample.machine, ()))[-READINGS_SHOWN:]
        percent = sample.cpu_percent
        figure = percent_cell(percent, _gauge(percent, is_up), self.scene.limits.cpu_percent)
        figure = [(figure[0][0].rjust(5), figure[0][1]), *figure[1:]]
        return [(spark(readings, READINGS_SHOWN), "chart" if is_up else "dim"), *figure]

    def _failed(self, machine: Machine) -> Cell:
        is_up = machine.state is MachineState.UP
        return failed_cell(self._failed_count(machine), "failed" if is_up else "dim")

    def _failed_count(self, machine: Machine) -> int | None:
        """In the last hour; None where nothing on the machine tells of them."""
        count = self.fleet.failures.machine_total(machine.name).in_hour(self.scene.now_us())
        return count if count or machine.failures_known else None

    def _uptime_seconds(self, sample: Sample) -> float:
        return sample.uptime_seconds + max(0, self.scene.now_us() - sample.time_us) / SECOND_US

    def _login(self, machine: Machine) -> Sequence[Cell]:
        if machine.state is MachineState.STALE:
            return [[("stale", "stale")], [(self.scene.age(machine.last_sample_us), "stale")]]
        if not machine.sessions_known:
            return [[(CANNOT_TELL, "unknown")], []]
        if wrong := trouble(machine):
            return [[(wrong, "alert_warn")], []]
        last = self.fleet.last_logins.get(machine.name)
        if last is None:
            return [[("–", "dim")], []]
        return [[(last.user, user_role(last.user))], [(self.scene.age(last.fleet_login_us), "time")]]

    def ages(self, key: str) -> str:
        """How long ago it was seen and somebody came, and how many failed to within the hour."""
        machine = self.fleet.machines[key]
        if machine.state is MachineState.UP:
            last = self.fleet.last_logins.get(key)
            return f"{self.scene.age(last.fleet_login_us) if last else ''} {self._failed_count(machine)}"
        return self.scene.age(seen_us(machine))

    def sort_value(self, key: str, column: str) -> object:
        """By name as people sort, by state with what is wrong first, else by figure."""
        match column:
            case "machine":
                return natural(key)
            case "state":
                return list(GLYPHS).index(self.fleet.machines[key].state) or None
            case "login" | "ago":
                last = self.fleet.last_logins.get(key)
                return last and -last.fleet_login_us
            case _:
                return self.value(key, column)

    def value(self, key: str, field: str) -> Value:
        """Figures of machines that we do not see are unknown."""
        machine = self.fleet.machines[key]
        match field:
            case "machine":
                return key
            case "user":
                return [session.user for session in self.fleet.sessions_of_machine.get(key, {}).values()]
            case "from":
                return [session.source for session in self.fleet.sessions_of_machine.get(key, {}).values()]
            case "tty":
                return [session.tty for session in self.fleet.sessions_of_machine.get(key, {}).values()]
            case "failed":
                return self._failed_count(machine)
            case "tag":
                return machine.tags
            case "state":
                return self._states(machine)
            case "address":
                return machine.address
            case "system":
                return machine.system
            case _:
                return self._figure(machine, field)

    def _states(self, machine: Machine) -> Value:
        words = (machine.state.value, *([] if _tells(machine) else [CANNOT_TELL]))
        return (*words, "corrupt") if corrupt(machine) else words

    def _figure(self, machine: Machine, field: str) -> float | None:
        sample = self.fleet.samples.get(machine.name)
        if sample is None or not is_seen(machine):
            return None
        match field:
            case "on":
                known = machine.sessions_known and machine.state is MachineState.UP
                return len(self.fleet.sessions_of_machine.get(machine.name, ())) if known else None
            case "idle":
                return self._idle_seconds(machine.name)
        return figure(sample, field)

    def _idle_seconds(self, name: str) -> float | None:
        """How long the terminal that was used last has had no input."""
        sessions = self.fleet.sessions_of_machine.get(name, {}).values()
        each = (self.scene.idle_seconds(session) for session in self.fleet.counted(sessions))
        return min((seconds for seconds in each if seconds is not None), default=None)

    def visible(self, key: str) -> Iterable[str]:
        """Its name, its last login or why it is not seen, what cannot be read of it, and the state in words."""
        machine = self.fleet.machines[key]
        yield key
        if not is_seen(machine):
            yield self._why(machine)
            return
        yield CANNOT_TELL if not machine.sessions_known else machine.state.value
        if wrong := trouble(machine):
            yield wrong
        last = self.fleet.last_logins.get(key)
        if last is not None:
            yield last.user


def _gauge(percent: float | None, is_up: bool) -> str:
    return "dim" if percent is None or not is_up else gauge(percent)
