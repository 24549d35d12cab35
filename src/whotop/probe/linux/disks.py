"""How full the local file systems are.

Only those on block devices of the machine are asked (and ZFS, and the overlay that is a container's
root): statvfs on NFS, FUSE or autofs can hang for as long as the far end does.
"""

import os

from whotop.probe.linux.files import base64_text, read_file

MOUNTS_BYTES = 262144
DISK_LIMIT = 16
NEVER = (b"fuse", b"squashfs", b"autofs", b"iso9660", b"udf", b"erofs")


def is_local(device: bytes, mount: bytes, kind: bytes) -> bool:
    """Whether a line of /proc/self/mounts names a file system that answers at once."""
    if kind.startswith(NEVER):
        return False
    if kind == b"zfs" or (kind == b"overlay" and mount == b"/"):
        return True
    return device.startswith(b"/dev/") and not device.startswith((b"/dev/loop", b"/dev/fuse", b"/dev/nbd"))


def unescaped(path: bytes) -> bytes:
    """Give a mount point with its spaces, tabs, newlines and backslashes (octal in /proc/mounts)."""
    for escape, plain in ((b"\\040", b" "), (b"\\011", b"\t"), (b"\\012", b"\n"), (b"\\134", b"\\")):
        path = path.replace(escape, plain)
    return path


def local_mounts(mounts: bytes) -> "list[bytes]":
    """Give the mount points of local file systems, each device once, where it is mounted first."""
    found = {}  # type: dict[bytes, bytes]
    for line in mounts.split(b"\n"):
        fields = line.split(b" ")
        if len(fields) > 2 and is_local(fields[0], fields[1], fields[2]):
            device = fields[0].split(b"/")[0] if fields[2] == b"zfs" else fields[0]
            found.setdefault(device, unescaped(fields[1]))
    return list(found.values())[:DISK_LIMIT]


def disk_reports() -> "list[list[object]]":
    """Give mount point, size, free and available bytes of each local file system."""
    reports = []  # type: list[list[object]]
    for mount in local_mounts(read_file(b"/proc/self/mounts", MOUNTS_BYTES)):
        try:
            found = os.statvfs(mount)
        except OSError:
            continue
        unit = found.f_frsize
        sizes = [found.f_blocks * unit, found.f_bfree * unit, found.f_bavail * unit]
        if found.f_blocks and len(mount) <= 256:
            reports.append([base64_text(mount), *sizes])
    return reports
