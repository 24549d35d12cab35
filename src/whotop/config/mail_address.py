"""A mail address as one word, ``ops@example.org``: what may stand in a header and in an envelope."""

from __future__ import annotations

import re

_LOCAL = r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f-\xa0]{1,64}"
"""RFC 5321's dot-string, and letters of any language (RFC 6531); no quoted ones."""
_DOMAIN = r"[^\W_](?:[\w.\-]{0,252}[^\W_])?|\[[0-9a-fA-F:.]{2,45}\]|\[IPv6:[0-9a-fA-F:.]{2,45}\]"
_ADDRESS = re.compile(f"{_LOCAL}@(?:{_DOMAIN})")
SHOWN_CHARACTERS = 80


def checked_mail_address(text: str) -> str:
    """``text``, if it can be a mail address; else ValueError with one clear line."""
    if any(character in text for character in "\r\n"):
        raise ValueError(f"{text[:SHOWN_CHARACTERS]!r} has a line break: a mail address is one line")
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f'"{text[:SHOWN_CHARACTERS]}" is no mail address: it is written "name@domain"')
    return text
