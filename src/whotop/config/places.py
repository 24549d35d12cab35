"""Where whotop keeps its own files on this computer, by the platform's rules (XDG on Linux)."""

from __future__ import annotations

from pathlib import Path

SYSTEM_FILE = Path("/etc/whotop/config.toml")


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
