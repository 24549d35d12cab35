"""``python -m whotop`` and the console script."""

from __future__ import annotations

import signal
import sys

from whotop.cli import cycles, streams

TERMINATED = 128 + signal.SIGTERM


def main() -> None:
    """Run the command line and end with its exit code."""
    streams.open_missing()
    cycles.seldom()
    signal.signal(signal.SIGTERM, _end)

    from whotop.cli.main import run  # only now: what it imports is what the lines above are for

    sys.exit(run(sys.argv[1:]))


def _end(_signal: int, _frame: object) -> None:
    """End as an exception does, so that no temporary file is left; a screen and a service have ends of their own."""
    sys.exit(TERMINATED)


if __name__ == "__main__":
    main()
