"""``python -m whotop`` and the console script."""

from __future__ import annotations

import sys

from whotop.cli import cycles, streams


def main() -> None:
    """Run the command line and end with its exit code."""
    streams.open_missing()
    cycles.seldom()

    from whotop.cli.main import run  # only now: what it imports is what the lines above are for

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
