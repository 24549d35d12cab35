"""Terminals: which there are, whose they are, and when each last had input."""

import os

from whotop.probe.linux.files import base64_text, file_names

TERMINAL_FOLDER = b"/dev/pts"
TERMINAL_LIMIT = 1024
LATEST_US = 2**53
"""What the protocol can hold: a terminal's owner may date it at will, and must not end the link with that."""
CONSOLES = [b"tty%d" % number for number in range(1, 13)] + [b"ttyS0", b"ttyS1", b"ttyAMA0", b"hvc0", b"console"]


def pseudo_terminals() -> "list[bytes]":
    """Give the numbers in /dev/pts, in order."""
    names = [name for name in file_names(TERMINAL_FOLDER) if name.isdigit()]
    return sorted(names, key=int)[:TERMINAL_LIMIT]


def consoles_named_in(told: bytes) -> "list[bytes]":
    """Give the consoles that session files (``TTY=tty1`` and a newline) or utmp (NUL behind) name."""
    return [name for name in CONSOLES if name + b"\n" in told or name + b"\0" in told]


def terminal_report(name: bytes) -> "list[object] | None":
    """Give name, access time in µs and owner of a terminal; None if it has gone.

    The access time is when it last had input, to 8 s: ``w`` computes idleness from it.
    """
    try:
        found = os.stat(b"/dev/" + name)
    except OSError:
        return None
    accessed_us = min(max(found.st_atime_ns // 1000, 0), LATEST_US)
    return [base64_text(name), accessed_us, found.st_uid]


def terminal_reports(numbers: "list[bytes]", consoles: "list[bytes]") -> "list[list[object]]":
    """Give a report for each terminal that is there."""
    names = consoles + [b"pts/" + number for number in numbers]
    reports = [terminal_report(name) for name in names[:TERMINAL_LIMIT]]
    return [report for report in reports if report is not None]
