"""``python -m whotop`` and the console script."""

from __future__ import annotations

import sys

from whotop.cli import cycles


def main() -> None:
    """Run the command line and end with its exit code."""
    cycles.seldom()

    from whotop.cli.main import run  # only now: what it imports is what the line above is for

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
