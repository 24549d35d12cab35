"""The few lines of /proc, chosen but not interpreted; disks that never hang."""

from __future__ import annotations

from whotop.probe.linux import disks
from whotop.probe.linux.disks import is_local, local_mounts, unescaped
from whotop.probe.linux.figures import memory_lines


def test_memory_is_told_by_the_lines_that_matter() -> None:
    meminfo = b"MemTotal:   16384 kB\nMemFree: 1 kB\nMemAvailable:    8 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n"
    assert memory_lines(meminfo) == b"MemTotal: 16384 kB\nMemAvailable: 8 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB"


def test_a_kernel_that_does_not_say_what_is_available_tells_more() -> None:
    meminfo = b"MemTotal: 16384 kB\nMemFree: 1 kB\nBuffers: 2 kB\nCached: 3 kB\nSwapCached: 9 kB\nSwapTotal: 0 kB\n"
    assert b"MemFree: 1 kB\nBuffers: 2 kB\nCached: 3 kB" in memory_lines(meminfo)


MOUNTS = b"""proc /proc proc rw 0 0
/dev/vda1 / ext4 rw 0 0
/dev/vda1 /var/lib/docker ext4 rw 0 0
/dev/mapper/vg-home /home\\040of\\011all xfs rw 0 0
tmpfs /run tmpfs rw 0 0
/dev/loop3 /snap/core/1 squashfs ro 0 0
server:/export /mnt/nfs nfs4 rw 0 0
//server/share /mnt/cifs cifs rw 0 0
/dev/sdb1 /mnt/ntfs fuseblk rw 0 0
sshfs /mnt/ssh fuse.sshfs rw 0 0
/dev/nbd0 /mnt/nbd ext4 rw 0 0
/dev/sr0 /media/cd iso9660 ro 0 0
systemd-1 /mnt/auto autofs rw 0 0
tank/data /tank/data zfs rw 0 0
tank/home /tank/home zfs rw 0 0
broken
"""


def test_only_local_file_systems_are_asked_and_each_device_once() -> None:
    assert local_mounts(MOUNTS) == [b"/", b"/home of\tall", b"/tank/data"]


def test_the_root_of_a_container_is_a_disk_too() -> None:
    assert is_local(b"overlay", b"/", b"overlay")
    assert not is_local(b"overlay", b"/var/lib/docker/x", b"overlay")


def test_at_most_sixteen_are_told() -> None:
    mounts = b"".join(b"/dev/sd%d /%d ext4 rw 0 0\n" % (number, number) for number in range(40))
    assert len(local_mounts(mounts)) == disks.DISK_LIMIT


def test_a_backslash_in_a_mount_point_is_itself() -> None:
    assert unescaped(b"/a\\134040b") == b"/a\\040b"
