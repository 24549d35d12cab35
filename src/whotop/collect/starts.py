"""Starts: the ways in which a probe can be started on a machine, and which is tried after which.

A machine's own Python comes first, its shell where there is none, PowerShell on Windows. All are
tried one after the other on the same connection, and anew on each: a machine may be given a Python.
Only a system that turned out to be Windows stays one.
Where ``sudo`` is asked for and refused, a probe that reads less is better than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from whotop import probe
from whotop.collect.last_words import LastWords, last_line
from whotop.errors import MachineError, ProbeError
from whotop.model import Target
from whotop.text import safe
from whotop.wire.envelope import EnvelopeRecipient, certificate
from whotop.wire.frames import FrameEncoder
from whotop.wire.lines import LineEncoder
from whotop.wire.messages import Message
from whotop.wire.sealing import Recipient

SUDO_FAILED_STATUS = 1
"""sudo's own, whatever its reason (sudo(8), "Exit value")."""
NOTE_WORDS = 80
UPLOAD = "upload"

_WINDOWS_SERVER = re.compile(r"(?i)windows|winsshd|flowssh")
_WINDOWS_SHELL = re.compile(rb"(?<![\w\s:])exec(?![\w\s:])")
"""cmd.exe and PowerShell quote the word that they do not know, each language with quotes of its own."""
_BROKEN_PYTHON = re.compile(r"\w*(?:Error|Exception)\b|Try .python\d* -h")
"""The last line of a Python that lacks a module, or one that is too old for its options (before 3.4)."""


class Encoder(Protocol):
    """Makes what goes down to a probe."""

    def encode(self, message: Message) -> bytes:
        """One message, after those before it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeStart:
    """One way to start a probe."""

    name: str
    """What runs it, for people."""
    command: str
    """What the login shell is given."""
    opening: Callable[[], bytes]
    """What goes to the command's standard input before any message: the probe, as its loader takes it."""
    encoder: Callable[[], Encoder] = FrameEncoder
    """How it is spoken to: in frames, or in lines."""
    recipient: Callable[[str], Recipient | EnvelopeRecipient | None]
    """Who opens the sealed frames of a connection, named by its nonce; None where none are sealed."""
    prepare: Callable[[], object] | None = None
    """What takes long the first time, and so is done in a thread before."""
    through_sudo: bool = False
    uploads: bool = False
    """Whether the source lies in a file on the machine before it runs; ``opening`` has it written by its receiver."""


def with_length(source: Callable[[], bytes]) -> Callable[[], bytes]:
    """The source as a loader waits for it: its length in bytes first."""

    def opening() -> bytes:
        text = source()
        return b"%d\n" % len(text) + text

    return opening


def _unsealed(_nonce: str) -> None:
    """SSH alone protects it."""


PYTHON = ProbeStart(
    name="Python",
    command=probe.LOADER,
    recipient=lambda nonce: Recipient(nonce, probe.source_digest()),
    opening=probe.opening,
)
SHELL = ProbeStart(
    name="sh",
    command=probe.POSIX_LOADER,
    opening=with_length(probe.posix_source),
    encoder=LineEncoder,
    recipient=EnvelopeRecipient,
    prepare=certificate,
)
POWERSHELL = ProbeStart(
    name="PowerShell", command=probe.WINDOWS_LOADER, opening=with_length(probe.windows_source), recipient=_unsealed
)


class Starts:
    """The starts of one machine, and the memory of whether it is Windows."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._is_windows = False

    def first(self, server_version: str) -> ProbeStart:
        """The one to begin with; ``server_version`` is how the SSH server calls itself."""
        possible = _interpreters(server_version)
        return self._as_asked(POWERSHELL if self._is_windows else possible[0])

    def after(self, failed: ProbeStart, words: LastWords, server_version: str) -> ProbeStart | None:
        """The one to try when ``failed`` has ended with ``words`` before it answered; None: no other can help."""
        self._is_windows = False
        possible = _interpreters(server_version)
        place = [start.name for start in possible].index(failed.name)
        if is_sudo_refused(failed, words):
            return replace(failed, command=possible[place].command, through_sudo=False)
        usable = [other for other in possible[place + 1 :] if _may_help(other, words)]
        if not usable:
            return None
        return _by_root(usable[0]) if failed.through_sudo else usable[0]

    def worked(self, start: ProbeStart) -> None:
        """The probe has answered."""
        self._is_windows = start.name == POWERSHELL.name

    def _as_asked(self, start: ProbeStart) -> ProbeStart:
        """As the configuration wants it; only Python can be given a file to run."""
        if self._target.start == UPLOAD and start.name == PYTHON.name:
            start = replace(start, uploads=True, opening=probe.upload_opening)
        return _by_root(start) if self._target.sudo else start


def found_in(folder: str, start: ProbeStart) -> ProbeStart:
    """The same start, where the source lies in a folder of the machine already."""
    return replace(start, opening=partial(probe.upload_opening, folder)) if folder else start


def is_sudo_refused(failed: ProbeStart, words: LastWords) -> bool:
    """Whether it is sudo that did not let the probe begin."""
    return failed.through_sudo and words.status in (SUDO_FAILED_STATUS, probe.NO_SUDO_STATUS)


def sudo_note(words: LastWords, user: str) -> str:
    """Say why sudo refused, and what mends it."""
    said = [line for line in words.complaint.splitlines() if line.startswith(b"sudo:")]
    reason = last_line(said[-1] if said else words.complaint).removeprefix("sudo: ")
    rule = f"Defaults:{user} !requiretty" if "tty" in reason else f"{user} ALL=(root) NOPASSWD: /bin/sh"
    return f"sudo -n is refused: {safe(reason, NOTE_WORDS) or 'without a word'} (with visudo add: {rule})"


def python_note(failed: ProbeStart, words: LastWords) -> str:
    """Say why a Python that is there does not run the probe; empty where there is none."""
    if failed.name != PYTHON.name or words.status == probe.NO_PYTHON_STATUS:
        return ""
    if words.status == probe.OLD_PYTHON_STATUS:
        return f"{safe(words.line, NOTE_WORDS)}; its shell runs it"
    reason = "it is too old: the probe needs 3.6" if words.line.startswith("Try ") else safe(words.line, NOTE_WORDS)
    return f"Python does not run there: {reason}; its shell runs the probe"


def nothing_runs(failures: Sequence[tuple[ProbeStart, MachineError]]) -> ProbeError:
    """Say in one line why each of the starts did not work."""
    reasons = [f"{start.name}: {str(error).removeprefix('the probe did not start: ')}" for start, error in failures]
    return ProbeError(f"no probe runs there: {'; '.join(reasons)}")


def _interpreters(server_version: str) -> Sequence[ProbeStart]:
    """All that may run a probe, the likeliest first."""
    return (POWERSHELL,) if _WINDOWS_SERVER.search(server_version) else (PYTHON, SHELL, POWERSHELL)


def _may_help(other: ProbeStart, words: LastWords) -> bool:
    """Whether ``other`` may run where another start ended with ``words``."""
    if other is POWERSHELL:
        return bool(_WINDOWS_SHELL.search(words.complaint + words.noise))
    is_without = words.status in (probe.NO_PYTHON_STATUS, probe.OLD_PYTHON_STATUS)
    return is_without or bool(_BROKEN_PYTHON.match(words.line))


def _by_root(start: ProbeStart) -> ProbeStart:
    """The same through sudo, which Windows has not."""
    return (
        start if start is POWERSHELL else replace(start, command=probe.through_sudo(start.command), through_sudo=True)
    )
