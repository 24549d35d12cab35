"""Machines on which a wrong password is refused at once."""

from __future__ import annotations

import shlex

from tests.rig.machine import RigMachine


def refuse_at_once(machine: RigMachine) -> None:
    """Take away the two seconds that PAM lets whoever guesses wait (pam_unix(8), ``nodelay``); nothing records them."""
    folder = shlex.quote(str(machine.folder / "pam.d"))
    machine.run(f"cp -a /etc/pam.d {folder} && sed -i '/^auth.*pam_unix\\.so/s/$/ nodelay/' {folder}/*")
    machine.run(f"mount --bind {folder} /etc/pam.d")
