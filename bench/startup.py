"""Start-up: ``whotop --version``, and how long until the first paint of the screen."""

from __future__ import annotations

import os
import pty
import select
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 10
LONGEST_SECONDS = 20.0
WHOTOP = str(Path(sys.executable).with_name("whotop"))


def main() -> None:
    """Print medians against the budgets, in ms, beside Python's own start."""
    python = median_ms([sys.executable, "-c", "pass"])
    version = median_ms([WHOTOP, "--version"])
    paint = statistics.median(first_paint_ms() for _ in range(ROUNDS))
    print(f"python -c pass     {python:6.0f} ms")
    print(f"whotop --version   {version:6.0f} ms   budget 150")
    print(f"first paint        {paint:6.0f} ms   budget 400")


def median_ms(command: list[str]) -> float:
    """Wall time of a command, the median of some runs."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def first_paint_ms() -> float:
    """From exec to the pane's title on a terminal of 160x44."""
    start = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "160", "LINES": "44"}
        os.execv(WHOTOP, [WHOTOP, "--no-report", "--store", os.devnull + "-whotop", "127.0.0.1:1"])
    try:
        read_until(terminal, b"Machines", LONGEST_SECONDS)
        return (time.perf_counter() - start) * 1e3
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def read_until(terminal: int, wanted: bytes, seconds: float) -> bytes:
    """What the program draws up to and including ``wanted``. Raises TimeoutError."""
    seen = b""
    end = time.monotonic() + seconds
    while wanted not in seen:
        left = end - time.monotonic()
        if left <= 0 or not select.select([terminal], [], [], left)[0]:
            raise TimeoutError(wanted)
        seen += os.read(terminal, 65_536)
    return seen


if __name__ == "__main__":
    main()
