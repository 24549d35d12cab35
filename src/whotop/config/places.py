"""Where whotop keeps its own files on this computer, by the platform's rules (XDG on Linux)."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM_FILE = Path("/etc/whotop/config.toml")


def at_home(path: str | Path) -> Path:
    """A path with its ``~`` made whole as a shell does it: one of nobody's stays, and no such file is there."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises RuntimeError for it


def config_folder() -> Path:
    """The user's configuration and themes."""
    import platformdirs  # 15 ms that `--version` and `-c FILE` need not pay

    return platformdirs.user_config_path("whotop")


def data_folder() -> Path:
    """The store, where no other place was named."""
    import platformdirs

    return platformdirs.user_data_path("whotop")


def state_folder() -> Path:
    """Accepted host keys, the log, and reports left by a signal."""
    import platformdirs

    return platformdirs.user_state_path("whotop")


def default_store() -> Path:
    """The store's file, where no other was named."""
    return data_folder() / "whotop.db"


def default_log_file() -> Path:
    """The log's file, where no other was named."""
    return state_folder() / "whotop.log"


def accepted_host_keys() -> Path:
    """The known_hosts file in which ``accept-new`` records keys."""
    return state_folder() / "known_hosts"
