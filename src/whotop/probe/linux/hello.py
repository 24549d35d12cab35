"""The first message: who answers, and what it can read."""

import os
import sys
import time

from whotop.probe.linux.files import base64_text, read_file
from whotop.probe.linux.origins import origin_reports
from whotop.probe.linux.process_table import own_ancestors

VERSION = 1
OS_RELEASE_BYTES = 4096
NAME_BYTES = 256


def boot_id() -> bytes:
    """Give the number that the kernel drew at boot."""
    return read_file(b"/proc/sys/kernel/random/boot_id", 64).strip()


def hello_message() -> "dict[str, object]":
    """Give the message."""
    system = os.uname()
    return {
        "type": "hello",
        "version": VERSION,
        "probe": "linux",
        "interpreter": sys.version.split()[0][:64],
        "clock_us": int(time.time() * 1000000),
        "boot_id": base64_text(boot_id()),
        "hostname": base64_text(os.fsencode(system.nodename)[:NAME_BYTES]),
        "kernel": base64_text(os.fsencode(system.release)[:NAME_BYTES]),
        "architecture": base64_text(os.fsencode(system.machine)[:NAME_BYTES]),
        "os_release": base64_text(read_file(b"/etc/os-release", OS_RELEASE_BYTES)),
        "cpu_count": os.cpu_count() or 0,
        "clock_ticks": os.sysconf("SC_CLK_TCK"),
        "uid": os.getuid(),
        "ancestors": own_ancestors(),
        "origins": origin_reports(),
    }
