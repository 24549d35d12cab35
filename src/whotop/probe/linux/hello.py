"""The first message: who answers, and what it can read."""

import os
import sys
import time

from whotop.probe.linux.files import base64_text, read_file
from whotop.probe.linux.process_table import own_ancestors

VERSION = 1
OS_RELEASE_BYTES = 4096
NAME_BYTES = 256


def boot_id() -> bytes:
    """Give the number that the kernel drew at boot."""
    return read_file(b"/proc/sys/kernel/random/boot_id", 64).strip()


def boot_us() -> int:
    """Give when this machine booted, by its clock as it goes now; 0 where its /proc does not say."""
    told = read_file(b"/proc/uptime", 128).split()
    return int((time.time() - float(told[0])) * 1000000) if told else 0


def time_zone() -> bytes:
    """Give the zone's name, if /etc/localtime is a link to it, and the present offset from UTC."""
    offset = time.strftime("%z").encode("ascii", "replace")
    try:
        _, found, name = os.readlink(b"/etc/localtime").partition(b"/zoneinfo/")
    except OSError:
        return offset
    return name[:NAME_BYTES] + b" " + offset if found else offset


def hello_message(origins: "list[dict[str, object]]", boot_us: int) -> "dict[str, object]":
    """Give the message; ``origins`` are reports on them."""
    system = os.uname()
    return {
        "type": "hello",
        "version": VERSION,
        "probe": "linux",
        "interpreter": sys.version.split()[0][:64],
        "clock_us": int(time.time() * 1000000),
        "boot_id": base64_text(boot_id()),
        "boot_us": boot_us,
        "zone": base64_text(time_zone()),
        "hostname": base64_text(os.fsencode(system.nodename)[:NAME_BYTES]),
        "kernel": base64_text(os.fsencode(system.release)[:NAME_BYTES]),
        "architecture": base64_text(os.fsencode(system.machine)[:NAME_BYTES]),
        "os_release": base64_text(read_file(b"/etc/os-release", OS_RELEASE_BYTES)),
        "cpu_count": os.cpu_count() or 0,
        "clock_ticks": os.sysconf("SC_CLK_TCK"),
        "uid": os.getuid(),
        "ancestors": own_ancestors(),
        "origins": origins,
    }
