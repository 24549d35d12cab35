"""Standard streams that whoever started whotop has closed, as ``<&-`` does: something stands in for each.

Python has None for them, and the next file or connection to be opened would take the number of one,
and what is printed with it. What cannot be used fails when it is used, and not before: for standard
output the null device is opened the wrong way round, as gnulib's stdopen.c does it. What is said on
standard error just goes nowhere.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from whotop.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class _ClosedInput(io.FileIO):
    """An error in place of the null device's end, which would be taken for an empty file."""

    def readinto(self, _buffer: WriteableBuffer) -> int:
        raise InputError("it is closed, and nothing can be read from it", file="standard input")


def open_missing() -> None:
    """Put something where a standard stream is closed; to be called before anything else is opened."""
    if sys.stdin is None:
        _open_null(0, os.O_RDONLY)
        _stand_in("stdin", io.TextIOWrapper(io.BufferedReader(_ClosedInput(0, closefd=False))))
    if sys.stdout is None:
        _open_null(1, os.O_RDONLY)
        _stand_in("stdout", io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "wb", closefd=False))))
    if sys.stderr is None:
        _open_null(2, os.O_WRONLY)
        _stand_in("stderr", io.TextIOWrapper(io.BufferedWriter(io.FileIO(2, "wb", closefd=False)), line_buffering=True))


def _open_null(number: int, mode: int) -> None:
    opened = os.open(os.devnull, mode)
    if opened == number:
        os.set_inheritable(number, True)
        return
    os.dup2(opened, number)
    os.close(opened)


def _stand_in(name: str, stream: TextIO) -> None:
    """Where Textual looks too: it asks for the streams that the process began with."""
    for each in (name, f"__{name}__"):
        setattr(sys, each, stream)
