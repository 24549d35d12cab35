"""What a probe's hello says of its machine, made safe and put on the machine's row."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from whotop.model import Machine
from whotop.monitor.origins import choice_from, statuses, with_corrupt
from whotop.monitor.watched import Watched
from whotop.parse import os_release
from whotop.text import safe
from whotop.wire.messages import Hello, OriginReport

LONGEST_NAME = 64
"""Characters. Linux's own limit for a host name (HOST_NAME_MAX), and enough for a kernel's release."""


def introduced(watched: Watched, hello: Hello, received_us: int, *, sealed: bool) -> Machine:
    """The machine as its hello describes it; whose sessions are open is not known before the first list.

    Which boot it is with is told with the first reading, which says when that was.
    """
    machine = replace(
        watched.judged(received_us),
        hostname=safe(hello.hostname, LONGEST_NAME),
        kernel=safe(hello.kernel, LONGEST_NAME),
        system=os_release.system_name(hello.os_release),
        skew_us=watched.skew_us,
        sessions_known=False,
        interpreter=_interpreter(hello),
        sealed=sealed,
        start_note=watched.start_note,
        address=watched.address,
        jump=watched.jump,
    )
    return with_origins(watched, hello, machine, hello.origins)


def with_origins(watched: Watched, hello: Hello, machine: Machine, reports: Iterable[OriginReport]) -> Machine:
    """The machine with its origins as reported; chooses which of them ``watched`` reads from now on."""
    reports = tuple(reports)
    watched.choice = choice_from(hello, reports)
    return replace(
        machine,
        origins=with_corrupt(statuses(reports, watched.choice), watched.corrupt),
        failures_known=watched.choice.failures is not None,
    )


def _interpreter(hello: Hello) -> str:
    """What runs the probe; Python's own says its version alone."""
    name = safe(hello.interpreter, LONGEST_NAME)
    return f"Python {name}" if hello.probe == "linux" else name
