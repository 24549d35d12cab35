"""The processes of a session as a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from whotop.model import Process
from whotop.text import age
from whotop.tui.views.view import Span

DEEPEST = 24


def tree(processes: Iterable[Process]) -> list[tuple[int, Process]]:
    """Depth and process, children behind their parents, older before younger.

    Parents that form a circle (a machine may say anything) are cut where it closes.
    """
    by_pid = {process.pid: process for process in processes}
    roots: list[Process] = []
    children: dict[int, list[Process]] = {}
    for process in sorted(by_pid.values(), key=lambda process: (process.started_us, process.pid)):
        is_root = process.parent_pid not in by_pid or process.parent_pid == process.pid
        (roots if is_root else children.setdefault(process.parent_pid, [])).append(process)
    ordered = list(_walk(children, roots))
    seen = {process.pid for _, process in ordered}
    return ordered + [(0, process) for pid, process in by_pid.items() if pid not in seen]


def _walk(children: dict[int, list[Process]], roots: Sequence[Process]) -> Iterator[tuple[int, Process]]:
    # Each process has one parent, so whatever hangs on a root hangs there once.
    waiting = [(0, process) for process in reversed(roots)]
    while waiting:
        depth, process = waiting.pop()
        yield depth, process
        waiting += [(depth + 1, child) for child in reversed(children.get(process.pid, []))]


def tree_lines(processes: Sequence[Process]) -> list[list[Span]]:
    """A line each: pid, processor time, state, and the command as deep as it is."""
    return [_line(depth, process) for depth, process in tree(processes)]


def _line(depth: int, process: Process) -> list[Span]:
    branch = "  " * (min(depth, DEEPEST) - 1) + "└ " if depth else ""
    return [
        (f"{process.pid:>8} ", "dim"),
        (f"{age(process.cpu_seconds):>5} ", "dim"),
        (f"{process.state[:1]} ", "dim"),
        (branch, "dim"),
        (process.command, "strong" if process.foreground else "normal"),
    ]


def foreground(processes: Iterable[Process]) -> str:
    """What the session is at: the youngest process of its terminal's foreground group, as ``w`` has it."""
    candidates = [process for process in processes if process.foreground]
    return max(candidates, key=lambda process: (process.started_us, process.pid)).command if candidates else ""
