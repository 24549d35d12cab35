"""Terminals by the number that /proc has for them."""

from __future__ import annotations

_PSEUDO_MAJORS = range(136, 144)
_CONSOLE_MAJOR = 4
_FIRST_SERIAL_MINOR = 64


def terminal_name(tty_nr: int) -> str:
    """Give the name (``pts/0``, ``tty1``, ``ttyS0``) of a ``tty_nr`` of /proc/PID/stat; empty if it has none.

    Its bits are those of the kernel's new_encode_dev: major 8–19, minor 0–7 and 20–31.
    """
    number = tty_nr & 0xFFFFFFFF
    major, minor = number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xFFF00
    if major in _PSEUDO_MAJORS:
        return f"pts/{minor + (major - _PSEUDO_MAJORS.start) * 256}"
    if major == _CONSOLE_MAJOR and minor < _FIRST_SERIAL_MINOR:
        return f"tty{minor}" if minor else ""
    return f"ttyS{minor - _FIRST_SERIAL_MINOR}" if major == _CONSOLE_MAJOR else ""
