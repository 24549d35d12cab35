"""The limit on open files: each connection is one, and the usual limit is 1,024."""

from __future__ import annotations

import resource

BESIDE_CONNECTIONS = 200
"""The store, the terminal, agents, modules being loaded."""


def raise_open_file_limit(machines: int) -> str:
    """Raise the soft limit to what so many machines need; a line of warning where the hard limit is lower."""
    wanted = machines + BESIDE_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        if allowed < wanted:
            return f"at most {hard} files may be open, {machines} machines need {wanted}: raise it with ulimit -Hn"
    return ""
