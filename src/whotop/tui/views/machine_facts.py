"""What is known of a machine itself: the lines above its tables."""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.model import Machine, MachineState, Origin, OriginStatus, Readability
from whotop.text import duration
from whotop.tui.views.machines import glyph
from whotop.tui.views.scene import Scene, is_seen, seen_us
from whotop.tui.views.view import Span

SKEW_SHOWN_US = SECOND_US // 10
SKEW_WORRIES_US = 2 * SECOND_US
_GAP: Span = ("   ", "normal")


def identity(scene: Scene, machine: Machine) -> list[Span]:
    """State and why, what is wrong with how its probe was started, address, system, kernel."""
    mark, role = glyph(machine)
    spans: list[Span] = [(f" {mark} {state_words(scene, machine)}", role), _GAP]
    if machine.start_note:
        spans += [(machine.start_note, "stale"), _GAP]
    if machine.not_kept:
        spans += [(f"{machine.not_kept:,} events over its allowance, not kept", "alert_high"), _GAP]
    spans.append((machine.address, "source"))
    if machine.jump:
        spans.append((f" through {machine.jump}", "dim"))
    for text in (machine.hostname if machine.hostname != machine.name else "", machine.system, machine.kernel):
        if text:
            spans += [_GAP, (text, "normal")]
    return spans


def probe(machine: Machine) -> list[Span]:
    """What runs the probe, and what keeps its frames from others, once it has answered."""
    if not machine.interpreter:
        return []
    guard: Span = ("sealed", "normal") if machine.sealed else ("protected by SSH alone", "stale")
    return [_GAP, ("probe ", "dim"), (machine.interpreter, "normal"), (", ", "dim"), guard]


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
    spans += probe(machine)
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
    """Where logins are read from, what keeps us from reading more, what need not be read and what there is none of."""
    if not machine.origins:
        return [(" where it keeps logins is not known yet", "dim")]
    spans: list[Span] = [(" logins from", "dim")]
    for status in machine.origins:
        if status.used:
            spans += [("  ", "normal"), _used(machine, status)]
    shut = [status for status in machine.origins if status.readability is Readability.UNREADABLE]
    for mend in dict.fromkeys(status.mend for status in shut):
        alike = ", ".join(status.origin.value for status in shut if status.mend == mend)
        spans += [("  ", "normal"), (f"✗ {alike} unreadable{f' ({mend})' if mend else ''}", "stale")]
    rest = [status for status in machine.origins if not status.used]
    for words, readability in (("not needed", Readability.READABLE), ("not there", Readability.ABSENT)):
        names = [status.origin.value for status in rest if status.readability is readability]
        if names:
            spans.append((f"   {words}: {', '.join(names)}", "dim"))
    return spans


def _used(machine: Machine, status: OriginStatus) -> Span:
    """The last resort may fail as well: then others' processes are hidden from our account (hidepid)."""
    if status.origin is Origin.PROC and machine.state is MachineState.UP and not machine.sessions_known:
        return ("✗ proc hidden", "stale")
    if status.corrupt:
        return (f"✗ {status.origin.value} corrupt", "alert_warn")
    return (f"✓ {status.origin.value}", "up")
