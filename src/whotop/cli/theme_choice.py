"""The theme that was asked for: its file is there, or it is said before the screen starts.

A file that is there and cannot be read is another matter: the screen names and skips it.
"""

from __future__ import annotations

import difflib

from whotop.config.places import config_folder
from whotop.errors import ConfigError


def check_theme(name: str) -> None:
    """Raise ConfigError where no theme has this name; empty means the screen's own default. Loads Textual."""
    from whotop.tui.theme_files import own_folder

    known = sorted(
        {path.stem for folder in (own_folder(), config_folder() / "themes") for path in folder.glob("*.toml")}
    )
    if name and name not in known:
        nearest = difflib.get_close_matches(name, known, n=1)
        mend = f'did you mean "{nearest[0]}"?' if nearest else "there are " + ", ".join(known)
        raise ConfigError(f'there is no theme "{name}"', place="--theme", mend=mend)
