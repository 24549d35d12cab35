"""``python -m whotop`` and the console script."""

from __future__ import annotations

import gc
import sys

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own 700 make the collector run through all that is being imported, again and again: a
fifth of the time to the first paint."""


def main() -> None:
    """Run the command line and end with its exit code."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, 10, 10)

    from whotop.cli.main import run  # only now: what it imports is what the line above is for

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
