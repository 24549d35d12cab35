"""Who sits at the screen: said with what they acknowledge and mute."""

from __future__ import annotations

import os
import pwd

from whotop.text import safe

LONGEST = 64


def account() -> str:
    """The name of the account that whotop runs under, ``alice as root`` under sudo, or else its number.

    The environment counts for one thing only, who called sudo: its other names are anybody's to set.
    """
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # in a container an account may have a number and no name
        name = str(number)
    caller = os.environ.get("SUDO_USER", "") if number == 0 else ""
    return safe(f"{caller} as {name}" if caller and caller != name else name, LONGEST)
