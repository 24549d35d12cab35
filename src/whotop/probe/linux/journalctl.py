"""journalctl as a child of the probe: how it is found, started, read and ended.

It ends with the probe however that ends: it waits for its reader to go (systemd, journalctl.c:
since version 234 ``-f`` polls its standard output; an older one is ended by its next line).
"""

import os

from whotop.probe.linux.files import read_file

JOURNAL_FOLDERS = (b"/var/log/journal", b"/run/log/journal")
JOURNAL_FILES = ((b"system.journal",), ())
JOURNALCTL = "journalctl"
USUAL_FOLDERS = ("/usr/bin", "/bin", "/run/current-system/sw/bin")
CHILD_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
OUTPUT_BYTES = 65536
CANNOT_RUN = 127
SIGNAL_TERMINATE, SIGNAL_KILL = 15, 9


def journalctl_path() -> str:
    """Give where journalctl is; nothing if it is not here."""
    for folder in list(USUAL_FOLDERS) + os.get_exec_path():
        path = os.path.join(folder, JOURNALCTL)
        if os.access(path, os.X_OK):
            return path
    return ""


def journal_path() -> bytes:
    """Give the file that journald writes to: the one that is kept, else that of this boot.

    Its folder, where nobody may look into that.
    """
    machine = read_file(b"/etc/machine-id", 64).strip()
    paths = [os.path.join(folder, machine, *file) for folder in JOURNAL_FOLDERS for file in JOURNAL_FILES]
    return next((path for path in paths if is_there(path)), paths[0])


def is_there(path: bytes) -> bool:
    """Whether there is such a file or folder, or only root knows."""
    try:
        os.stat(path)
    except PermissionError:
        return not path.endswith(b".journal")
    except OSError:
        return False
    return True


class ChildOutput:
    """What a program says, read as it comes and never waited for."""

    def __init__(self, arguments: "list[str]") -> None:
        self.handle, far_end = os.pipe()
        try:
            self._process = os.fork()
        except OSError:
            os.close(self.handle)
            os.close(far_end)
            raise
        if self._process == 0:
            become(arguments, far_end)
        os.close(far_end)
        os.set_blocking(self.handle, False)

    def read(self) -> "bytes | None":
        """Give what it has said since; None when it has ended."""
        try:
            return os.read(self.handle, OUTPUT_BYTES) or None
        except BlockingIOError:
            return b""

    def end(self) -> int:
        """End it, if it has not ended by itself; its exit status, negative for a signal's number."""
        handle, self.handle = self.handle, -1
        if handle < 0:
            return 0
        found, status = os.waitpid(self._process, os.WNOHANG)
        if not found:
            # Closing its output ends it as well, but only when it has something to say.
            os.kill(self._process, SIGNAL_TERMINATE)
        os.close(handle)
        if not found:
            status = reaped(self._process)
        return -(status & 127) if status & 127 else status >> 8


def reaped(process: int) -> int:
    """Wait for a child that has been asked to end; one that does not is killed."""
    import time

    for _ in range(20):
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return status
        time.sleep(0.005)
    os.kill(process, SIGNAL_KILL)
    return os.waitpid(process, 0)[1]


def become(arguments: "list[str]", output: int) -> None:
    """Become a program that writes to ``output``. Only in a new child: it never returns."""
    try:
        give_back_limits()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(output, 1)
        os.dup2(nothing, 2)
        os.execve(arguments[0], arguments, CHILD_ENVIRONMENT)  # noqa: S606 - no shell is what is wanted
    finally:
        os._exit(CANNOT_RUN)


def give_back_limits() -> None:
    """Undo what the probe set for itself: journals are mapped, and Python ignores SIGPIPE."""
    try:
        import resource
        import signal

        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU):
            most = resource.getrlimit(limit)[1]
            resource.setrlimit(limit, (most, most))
    except (ImportError, OSError, ValueError):
        pass
