"""Runs on a machine before the probe where that is to be uploaded: puts it into a private folder, checks it, runs it.

Whatever lies in a temporary folder may have been put there by somebody else. So the folder is new
and ours alone, every name is looked up in the open folder and never through a link, what is run is
what was read from the open file and has the digest that whotop named, and nothing stays behind.
It comes through standard input (``whotop.probe.upload_opening``), and needs Python 3.6.
"""

import io
import os
import signal
import stat
import sys
import time

try:
    from _sha2 import sha256  # type: ignore[import-not-found]
except ImportError:
    # hashlib loads OpenSSL: 1.9 MB of private memory. Before Python 3.12 the module is called _sha256.
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256

PREFIX = "whotop."
SOURCE_NAME = "probe"
MARKER_NAME = "marker"
"""Holds the process that made the folder, and is as old as it."""
STALE_SECONDS = 86400
FOLDERS_SWEPT = 100
FAILED_STATUS = 124
ENDS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
NO_LINKS = os.O_NOFOLLOW | os.O_CLOEXEC
WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS


class NotOurs(Exception):  # noqa: N818 - what it says is the reason that is shown
    """Something there is not as we have made it."""


def temporary_folder() -> str:
    """Give where folders are made; raises NotOurs where others could exchange ours for theirs."""
    path = os.environ.get("TMPDIR") or "/tmp"
    found = os.stat(path)
    others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not stat.S_ISDIR(found.st_mode) or (others_write and not found.st_mode & stat.S_ISVTX):
        raise NotOurs("%s: others could exchange what lies there (no sticky bit)" % path)
    if found.st_uid not in (0, os.geteuid()) and not found.st_mode & stat.S_ISVTX:
        raise NotOurs("%s: it belongs to somebody else" % path)
    return path


def open_folder(path: str) -> int:
    """Open a folder that must be ours alone; raises NotOurs."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | NO_LINKS)
    found = os.fstat(folder)
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) != 0o700:
        os.close(folder)
        raise NotOurs("%s: it is not ours alone" % path)
    return folder


def write_new(folder: int, name: str, data: bytes) -> None:
    """Write a file that must not be there yet."""
    handle = os.open(name, WRITE_NEW, 0o600, dir_fd=folder)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
    finally:
        os.close(handle)


def read_checked(folder: int, size: int, digest: str) -> bytes:
    """Give the source as it lies there; raises NotOurs if it is not the one that was sent."""
    handle = os.open(SOURCE_NAME, os.O_RDONLY | NO_LINKS, dir_fd=folder)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_nlink != 1:
            raise NotOurs("the uploaded probe is not ours alone")
        data = b""
        while len(data) <= size:
            piece = os.read(handle, size + 1 - len(data))
            if not piece:
                break
            data += piece
    finally:
        os.close(handle)
    if sha256(data).hexdigest() != digest:
        raise NotOurs("the uploaded probe is not the one that was sent")
    return data


def remove(path: str, folder: int) -> None:
    """Remove a folder of ours with what we put there; anything else in it stays, and so does it."""
    for name in (SOURCE_NAME, MARKER_NAME):
        try:
            os.unlink(name, dir_fd=folder)
        except OSError:
            pass
    try:
        os.rmdir(path)
    except OSError:
        pass


def is_left_behind(folder: int) -> bool:
    """Whether whoever made a folder has been gone for long."""
    try:
        marker = os.open(MARKER_NAME, os.O_RDONLY | NO_LINKS, dir_fd=folder)
    except OSError:
        return time.time() - os.fstat(folder).st_mtime > STALE_SECONDS
    try:
        maker = os.read(marker, 16)
        is_old = time.time() - os.fstat(marker).st_mtime > STALE_SECONDS
    finally:
        os.close(marker)
    return is_old and not (maker.isdigit() and os.path.exists("/proc/%d" % int(maker)))


def sweep(parent: str) -> None:
    """Remove folders of ours that a probe has left behind because it was killed."""
    names = [name for name in os.listdir(parent) if name.startswith(PREFIX)]
    for name in names[:FOLDERS_SWEPT]:
        path = os.path.join(parent, name)
        try:
            folder = open_folder(path)
        except (OSError, NotOurs):
            continue
        if is_left_behind(folder):
            remove(path, folder)
        os.close(folder)


def leave(number: int, _frame: object) -> None:
    """End by a signal, but not before what was begun is undone."""
    sys.exit(128 + number)


def uploaded(path: str, digest: str, size: int, source: bytes) -> bytes:
    """Give the source after it has lain in ``path``, or, if that is empty, in a folder made here."""
    parent = os.path.dirname(path) if path else temporary_folder()
    sweep(parent)
    if not path:
        path = os.path.join(parent, PREFIX + "".join("%02x" % byte for byte in os.urandom(10)))
        os.mkdir(path, 0o700)
        try:
            folder = open_folder(path)
        except (OSError, NotOurs):
            os.rmdir(path)
            raise
    else:
        folder = open_folder(path)
    try:
        if source:
            write_new(folder, MARKER_NAME, b"%d" % os.getpid())
            write_new(folder, SOURCE_NAME, source)
        return read_checked(folder, size, digest)
    finally:
        remove(path, folder)
        os.close(folder)


def receive(stream: "io.BufferedReader") -> bytes:
    """Give the source that standard input tells of, as a line of folder, digest and size.

    Where the folder is ``-`` the source follows, and is put into a folder made here. What cannot be
    done ends the process, with one line that says why.
    """
    place, digest, size = stream.readline().decode("ascii").split(" ")
    path = "" if place == "-" else place
    source = b"" if path else stream.read(int(size))
    os.umask(0o077)
    for number in ENDS:
        signal.signal(number, leave)
    try:
        return uploaded(path, digest, int(size), source)
    except NotOurs as error:
        reason = str(error)
    except OSError as error:
        reason = "%s: %s" % (os.path.dirname(path) or os.environ.get("TMPDIR") or "/tmp", error.strerror)
    finally:
        for number in ENDS:
            signal.signal(number, signal.SIG_DFL)
    sys.stderr.write("the probe cannot be uploaded: %s\n" % reason)
    sys.exit(FAILED_STATUS)
