"""What the probe allows itself on a machine that has other work to do.

A watcher that goes wrong must harm nobody: it ends by itself before it is noticed. The measures
are those of osquery's watchdog (core/watcher.cpp), made smaller.
"""

import os
import signal
import time

from whotop.probe.linux.files import KeptFile

NICENESS = 10
TOO_LARGE_STATUS = 75
"""EX_TEMPFAIL of sysexits.h."""
MEMORY_BYTES = 67108864
"""Of data that it may ask for, and of what it may occupy."""
CHECK_SECONDS = 30.0
SPAN_SECONDS = 60.0
"""Over which its use of the processor is measured."""
MOST_OF_A_CORE = 0.02
LITTLE_OF_A_CORE = 0.005
SLOWEST_PACE = 8
RUNAWAY_CPU_SECONDS = 30.0
"""What spends so much between two checks goes round in circles."""
UNREAD_SECONDS = 600.0
"""What has stood still so long waits for a reader who does not come."""
BYTES_A_PAGE = os.sysconf("SC_PAGE_SIZE")


class TooLarge(Exception):  # noqa: N818 - it ends the probe as it should
    """The probe occupies more memory than it may."""


def be_modest() -> None:
    """Give way to everything else on the machine, leave no core file there, and ask for little memory.

    The limit is on data, not on address space: files that a child maps to read them are not its own.
    """
    try:
        import resource

        os.nice(NICENESS)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, OSError, ValueError):
        pass


class Limits:
    """Watches over the probe itself. ``check`` is to be called in each round of its life."""

    def __init__(self) -> None:
        self.pace = 1
        """How many times more slowly than asked it looks for sessions and records."""
        self._memory = KeptFile(b"/proc/self/statm", 128)
        self._next_check = float("-inf")
        self._span_began = float("-inf")
        self._spent = 0.0

    def check(self, now: float) -> None:
        """Go on living, if all is well; ``now`` is monotonic.

        Raises TooLarge. The two timers end the process by a signal where it does not come here again:
        neither is inherited by a child.
        """
        if now < self._next_check:
            return
        self._next_check = now + CHECK_SECONDS
        signal.setitimer(signal.ITIMER_REAL, UNREAD_SECONDS)
        signal.setitimer(signal.ITIMER_PROF, RUNAWAY_CPU_SECONDS)
        occupied = self._memory.read().split()
        if len(occupied) > 1 and int(occupied[1]) * BYTES_A_PAGE > MEMORY_BYTES:
            raise TooLarge
        if now - self._span_began >= SPAN_SECONDS:
            self._keep_pace(now)

    def _keep_pace(self, now: float) -> None:
        """Look half as often while the looks cost too much, and as before when they do not."""
        spent = time.process_time()
        share = (spent - self._spent) / (now - self._span_began)
        if share > MOST_OF_A_CORE:
            self.pace = min(self.pace * 2, SLOWEST_PACE)
        elif share < LITTLE_OF_A_CORE and self.pace > 1:
            self.pace //= 2
        self._span_began, self._spent = now, spent
