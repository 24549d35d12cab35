"""The limit of open files: each machine takes one, so whotop raises its own as far as it may."""

from __future__ import annotations

import resource

SPARE = 256
"""For the store, the screen, name look-ups and everything else that is no machine."""


def raise_open_file_limit(machines: int) -> str:
    """Raise the soft limit to the hard one; a line for people when that is too low, else nothing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = machines + SPARE
    if hard == resource.RLIM_INFINITY:
        hard = max(wanted, soft)
    if soft < wanted and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted), hard))
    if hard >= wanted:
        return ""
    return f"only {hard:,} files may be open, {machines:,} machines need {wanted:,}: raise the hard limit (ulimit -Hn)"
