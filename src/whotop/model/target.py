"""A target: how to reach a machine. Made by ``config``, used by ``collect``."""

from __future__ import annotations

import msgspec

THIS_MACHINE = "this machine"
"""The address, for people, of a target that is reached without SSH."""


class Target(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One machine to watch. Empty fields are filled from ``ssh_config``, then from SSH's defaults."""

    name: str
    """What the screen calls it, and the store."""
    host: str = ""
    """SSH address; empty means ``name``, looked up in ``ssh_config`` first."""
    port: int = 0
    user: str = ""
    tags: tuple[str, ...] = ()
    jump: str = ""
    """``[user@]host[:port]`` of the jump host; several by commas, the first is reached first."""
    identity_files: tuple[str, ...] = ()
    password_environment: str = ""
    """Name of the environment variable that holds the password."""
    password_command: str = ""
    """A command whose first line of output is the password."""
    password_keyring: str = ""
    """``service/user``: under which this computer's keyring has the password."""
    interval_seconds: float = 5.0
    local: bool = False
    """This very machine, watched without SSH."""
    host_key_policy: str = "strict"
    """``strict``: unknown keys are refused. ``accept-new``: they are recorded. Changed: always refused."""

    sudo: bool = False
    """Whether the probe runs through ``sudo -n``, to read what only root may."""
    start: str = "stdin"
    """``stdin``: the probe's text goes in through standard input, no file is written.
    ``upload``: it is run from a private temporary folder, and removed."""
    mail: str = ""
    """The machine's own address, to which its alerts are mailed; empty: none."""

    @property
    def has_password(self) -> bool:
        """Whether a place is named where its password is."""
        return bool(self.password_environment or self.password_command or self.password_keyring)

    @property
    def address(self) -> str:
        """``user@host:port`` as far as it was given, for people."""
        if self.local:
            return THIS_MACHINE
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{user}{self.host or self.name}{port}"
