"""The hello of a Linux machine, for every test in which a probe says one."""

from __future__ import annotations

from whotop.wire.messages import Hello

HELLO = Hello(
    version=1,
    probe="linux",
    interpreter="3.11.7",
    clock_us=1,
    boot_id=b"boot",
    hostname=b"web-01",
    kernel=b"6.1",
    architecture=b"x86_64",
    os_release=b"",
    cpu_count=2,
    clock_ticks=100,
    uid=1000,
    ancestors=(),
    origins=(),
)
