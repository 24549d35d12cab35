"""Where this machine keeps logins, and which of that may be read."""

import os
import stat

from whotop.probe.linux.files import base64_text, read_file
from whotop.probe.linux.journalctl import journal_path, journalctl_path
from whotop.probe.linux.lastlog import LASTLOG_PATHS
from whotop.probe.linux.logind import is_kept
from whotop.probe.linux.wtmpdb import wtmpdb_path

ORIGINS = (
    ("logind", (b"/run/systemd/sessions",)),
    ("utmp", (b"/run/utmp", b"/var/run/utmp")),
    ("wtmp", (b"/var/log/wtmp",)),
    ("btmp", (b"/var/log/btmp",)),
    ("wtmpdb", ()),
    ("lastlog", LASTLOG_PATHS),
    ("journal", ()),
    ("auth.log", (b"/var/log/auth.log", b"/var/log/secure", b"/var/log/messages")),
)
GROUPS_BYTES = 1048576


def paths_of(origin: str) -> "tuple[bytes, ...]":
    """Give the places where an origin may be."""
    if origin == "wtmpdb":
        return (wtmpdb_path(),)
    if origin == "journal":
        return (journal_path(),)
    return dict(ORIGINS)[origin]


def first_path(origin: str) -> bytes:
    """Give the first place of an origin that there is; the usual one if there is none."""
    paths = paths_of(origin)
    for path in paths:
        if os.path.exists(path):
            return path
    return paths[0]


def origin_reports() -> "list[dict[str, object]]":
    """Give name, path and state of each origin, and the group that would open an unreadable one."""
    return [origin_report(name, paths_of(name)) for name, _ in ORIGINS]


def can_be_read(reports: "list[dict[str, object]]", boot_us: int) -> "tuple[object, ...]":
    """Give of reports what makes whotop choose anew when it changes: of times only whether the boot came first."""
    return tuple((one["name"], one["path"], one["state"], changed_us(one) > boot_us) for one in reports)


def changed_us(report: "dict[str, object]") -> int:
    """Give when an origin was last written to."""
    changed = report.get("changed_us", 0)
    assert isinstance(changed, int)
    return changed


def origin_report(name: str, paths: "tuple[bytes, ...]") -> "dict[str, object]":
    """Give the report on the first of ``paths`` that there is."""
    for path in paths:
        try:
            found = os.stat(path)
        except PermissionError:
            return {"name": name, "path": base64_text(path), "state": "unreadable"}
        except OSError:
            continue
        if name == "logind" and not is_kept(path):
            continue
        if name == "utmp" and not found.st_size:
            # Alpine makes one at each boot, and nothing ever writes to it.
            continue
        report = {"name": name, "path": base64_text(path), "state": "readable"}  # type: dict[str, object]
        report["changed_us"] = max(found.st_mtime_ns // 1000, 0)
        if name == "journal" and not journalctl_path():
            report["state"] = "unreadable"
        elif not is_readable(path, found):
            report["state"] = "unreadable"
            report["group"] = base64_text(opening_group(found))
        return report
    return {"name": name, "path": base64_text(paths[0]), "state": "absent"}


def is_readable(path: bytes, found: os.stat_result) -> bool:
    """Whether a file may be read; of a folder, whether what lies in it may be reached as well."""
    return os.access(path, os.R_OK | os.X_OK if stat.S_ISDIR(found.st_mode) else os.R_OK)


def opening_group(found: os.stat_result) -> bytes:
    """Give the group that may read a file; nothing where only its owner may."""
    return group_name(found.st_gid) if found.st_mode & stat.S_IRGRP else b""


def group_name(number: int) -> bytes:
    """Give a group's name from /etc/group: a directory service might not answer."""
    for line in read_file(b"/etc/group", GROUPS_BYTES).split(b"\n"):
        fields = line.split(b":")
        if len(fields) > 2 and fields[2] == b"%d" % number:
            return fields[0][:256]
    return b"%d" % number
