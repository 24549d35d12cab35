"""Processes, as /proc tells of them: who descends from whom."""

import os

from whotop.probe.linux.files import base64_text, file_names, read_file

STAT_BYTES = 1024
CMDLINE_BYTES = 4096
PROCESS_LIMIT = 500
ANCESTOR_LIMIT = 64
DESCENDANT_LIMIT = 64


def stat_line(pid: int) -> bytes:
    """Give /proc/PID/stat."""
    return read_file(b"/proc/%d/stat" % pid, STAT_BYTES)


def stat_numbers(line: bytes) -> "list[bytes]":
    """Give the fields behind the process name, which may itself hold spaces and parentheses."""
    return line[line.rfind(b")") + 1 :].split()


def parent_of(line: bytes) -> int:
    """Give the parent's id in a stat line; 0 if there is none."""
    fields = stat_numbers(line)
    return int(fields[1]) if len(fields) > 1 else 0


def ancestors(pid: int) -> "list[int]":
    """Give the parent, grandparent… of a process."""
    found = []  # type: list[int]
    parent = parent_of(stat_line(pid))
    while parent > 0 and parent not in found and len(found) < ANCESTOR_LIMIT:
        found.append(parent)
        parent = parent_of(stat_line(parent))
    return found


def children(pid: int) -> "list[int]":
    """Give the children of a process's main thread (CONFIG_PROC_CHILDREN, on in every large distribution)."""
    return [int(child) for child in read_file(b"/proc/%d/task/%d/children" % (pid, pid), 4096).split()]


def terminal_below(pid: int) -> int:
    """Give the controlling terminal of the nearest descendant that has one; 0 if none has."""
    waiting = [pid]
    for seen in range(DESCENDANT_LIMIT):
        if seen >= len(waiting):
            break
        fields = stat_numbers(stat_line(waiting[seen]))
        if len(fields) > 4 and int(fields[4]) != 0:
            return int(fields[4])
        waiting.extend(children(waiting[seen]))
    return 0


def all_stat_lines() -> "dict[int, bytes]":
    """Give the stat line of every process."""
    pids = [int(name) for name in file_names(b"/proc") if name.isdigit()]
    lines = [(pid, stat_line(pid)) for pid in pids]
    return {pid: line for pid, line in lines if line}


def descendants(pid: int, lines: "dict[int, bytes]") -> "list[int]":
    """Give a process and all that descend from it, the nearest first."""
    below = {}  # type: dict[int, list[int]]
    for child, line in lines.items():
        below.setdefault(parent_of(line), []).append(child)
    found = [pid] if pid in lines else []
    for one in found:
        found.extend(child for child in sorted(below.get(one, ())) if child not in found)
        if len(found) >= PROCESS_LIMIT:
            break
    return found[:PROCESS_LIMIT]


def command_line(pid: int, line: bytes) -> bytes:
    """Give /proc/PID/cmdline; nothing of a process that waits for a disk, because reading it may wait too."""
    fields = stat_numbers(line)
    return b"" if fields[:1] == [b"D"] else read_file(b"/proc/%d/cmdline" % pid, CMDLINE_BYTES)


def process_reports(pid: int, budget: int) -> "list[dict[str, str]]":
    """Give the files of a process and its descendants, of at most ``budget`` bytes together."""
    lines = all_stat_lines()
    reports = []
    for one in descendants(pid, lines):
        cmdline = command_line(one, lines[one])
        budget -= len(cmdline) + len(lines[one])
        if budget < 0:
            break
        reports.append({"stat": base64_text(lines[one]), "cmdline": base64_text(cmdline)})
    return reports


def own_ancestors() -> "list[int]":
    """Give the ancestors of the probe itself: one of them leads the session it runs in."""
    return ancestors(os.getpid())
