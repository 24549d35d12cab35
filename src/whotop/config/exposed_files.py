"""Files that hold a secret and that others on this computer can read.

whotop's own configuration never holds a password, but a ``password_command`` that only prints what
stands in it does, so does the URL of a chat, and an Ansible inventory may, though whotop does not look at it.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from whotop.config.places import at_home
from whotop.config.settings import Settings
from whotop.config.xml_settings import is_xml
from whotop.model import Target

READ_BYTES = 4_194_304
_OTHERS_READ = stat.S_IRGRP | stat.S_IROTH
_TELLS_ITSELF = re.compile(r"\s*(?:echo|printf)\s")
_ANSIBLE_SECRET = re.compile(
    rb"(?m)^[^#\n]*\bansible_(?:ssh_|become_|sudo_|su_)?pass(?:word)?['\"]?[ \t]*[=:][ \t]*['\"]?[^\s'\"{!]"
)
"""With a value that is neither a template nor from a vault."""
_XML_SECRET = re.compile(rb"""\bpassword\s*=\s*(?:"[^"]|'[^'])""")
_USUAL_KEYS = "id_*"


def exposed_files(settings: Settings, file: Path | None, targets: Iterable[Target]) -> list[Path]:
    """Those of the files in use that hold a secret and can be read by others, each once."""
    targets = list(targets)
    secret = [
        *_with_passwords_in_it(file),
        *_with_a_telling_command(file, targets),
        *([file] if file is not None and any(chat.url for chat in settings.notify.chat) else []),
        *(path for path in map(_expanded, settings.inventory) if _names_a_password(path)),
        *_private_keys(targets),
        *([_expanded(settings.web.token_file)] if settings.web.token_file else ()),
    ]
    return [path for path in dict.fromkeys(secret) if _others_can_read(path)]


def _with_a_telling_command(file: Path | None, targets: Iterable[Target]) -> Iterator[Path]:
    if file is not None and any(_TELLS_ITSELF.match(target.password_command) for target in targets):
        yield file


def _with_passwords_in_it(file: Path | None) -> Iterator[Path]:
    """The older collector's XML, and the account beside it."""
    if file is None or not is_xml(file):
        return
    try:
        has_one = bool(_XML_SECRET.search(file.read_bytes()[:READ_BYTES]))
    except OSError:
        return
    if has_one:
        yield file
    yield file.with_name("email_config.json")


def _names_a_password(path: Path) -> bool:
    try:
        with path.open("rb") as opened:
            return bool(_ANSIBLE_SECRET.search(opened.read(READ_BYTES)))
    except OSError:
        return False


def _private_keys(targets: Iterable[Target]) -> Iterator[Path]:
    """Named ones, and the usual ones of ~/.ssh, whose public halves end with ``.pub``."""
    for target in targets:
        yield from map(_expanded, target.identity_files)
    yield from (path for path in _expanded("~/.ssh").glob(_USUAL_KEYS) if not path.suffix)


def _others_can_read(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) and bool(mode & _OTHERS_READ)


def _expanded(name: str) -> Path:
    return at_home(name)
