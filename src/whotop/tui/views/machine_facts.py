"""What is known of a machine itself: the lines above its tables."""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.model import Machine, MachineState, OriginStatus, Readability
from whotop.text import duration
from whotop.tui.views.machines import glyph
from whotop.tui.views.scene import Scene, is_seen, seen_us
from whotop.tui.views.view import Span

SKEW_SHOWN_US = SECOND_US // 10
SKEW_WORRIES_US = 2 * SECOND_US
_GAP: Span = ("   ", "normal")


def identity(scene: Scene, machine: Machine) -> list[Span]:
    """State and why, address, system, kernel."""
    mark, role = glyph(machine)
    spans: list[Span] = [(f" {mark} {state_words(scene, machine)}", role), _GAP, (machine.address, "source")]
    if machine.jump:
        spans.append((f" through {machine.jump}", "dim"))
    for text in (machine.hostname if machine.hostname != machine.name else "", machine.system, machine.kernel):
        if text:
            spans += [_GAP, (text, "normal")]
    return spans + protection(machine)


def protection(machine: Machine) -> list[Span]:
    """What keeps its frames from others, once a probe has answered, and what is wrong with how that was started."""
    if not machine.interpreter:
        return []
    spans: list[Span] = [_GAP, ("sealed", "dim") if machine.sealed else ("protected by SSH alone", "stale")]
    return [*spans, _GAP, (machine.start_note, "stale")] if machine.start_note else spans


def state_words(scene: Scene, machine: Machine) -> str:
    """``up``, ``stale 14s: …``, ``unreachable 3m: connection refused``."""
    reason = f": {machine.reason}" if machine.reason else ""
    match machine.state:
        case MachineState.UP:
            return "up"
        case MachineState.DOWN:
            return f"unreachable {scene.age(seen_us(machine))}{reason}"
        case MachineState.STALE:
            return f"stale {scene.age(machine.last_sample_us)}{reason}"
        case _:
            return f"{machine.state.value}{reason}"


def condition(scene: Scene, machine: Machine) -> list[Span]:
    """Uptime, clock, processors, memory, disks: as of the last sample."""
    sample = scene.fleet.samples.get(machine.name)
    if sample is None:
        return [(" no figures yet", "dim")]
    up_seconds = sample.uptime_seconds
    if is_seen(machine):
        up_seconds += max(0, scene.now_us() - sample.time_us) / SECOND_US
    spans: list[Span] = [(" up ", "dim"), (duration(up_seconds), "normal"), _GAP, ("clock ", "dim"), skew(machine)]
    if sample.cpu_count:
        spans += [_GAP, (f"{sample.cpu_count}", "normal"), (" processors", "dim")]
    if sample.swap_percent is not None:
        spans += [_GAP, ("swap ", "dim"), (f"{sample.swap_percent:.0f}%", "normal")]
    for disk in sample.disks:
        over = disk.used_percent >= scene.limits.disk_percent
        figure = f"{disk.used_percent:.0f}%{'▲' if over else ''}"
        spans += [_GAP, (f"{disk.mount} ", "dim"), (figure, "gauge_high" if over else "normal")]
    return spans


def skew(machine: Machine) -> Span:
    """How far its clock is from ours: ``agrees``, ``+0.3s``, ``-2h 00m``."""
    if abs(machine.skew_us) < SKEW_SHOWN_US:
        return ("agrees", "normal")
    seconds = abs(machine.skew_us) / SECOND_US
    length = duration(seconds) if seconds >= 10 else f"{seconds:.1f}s"
    sign = "+" if machine.skew_us > 0 else "-"
    return (f"{sign}{length}", "alert_warn" if abs(machine.skew_us) >= SKEW_WORRIES_US else "normal")


def origins(machine: Machine) -> list[Span]:
    """Where logins are read from, what keeps us from reading more, and what need not be read."""
    spans: list[Span] = [(" logins from", "dim")]
    for status in sorted(machine.origins, key=_rank):
        spans += [("  ", "normal"), *_origin(status)]
    return spans if machine.origins else [(" where it keeps logins is not known yet", "dim")]


def _rank(status: OriginStatus) -> int:
    if status.used:
        return 0
    return {Readability.UNREADABLE: 1, Readability.READABLE: 2, Readability.ABSENT: 3}[status.readability]


def _origin(status: OriginStatus) -> list[Span]:
    match status.readability:
        case Readability.READABLE:
            return [(f"✓ {status.origin.value}", "up") if status.used else (f"{status.origin.value} not needed", "dim")]
        case Readability.UNREADABLE:
            mend = f" ({status.mend})" if status.mend else ""
            return [(f"✗ {status.origin.value} unreadable{mend}", "stale")]
        case Readability.ABSENT:
            return [(f"– {status.origin.value}", "dim")]
