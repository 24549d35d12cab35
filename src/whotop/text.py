"""Text: made safe where it enters, measured in terminal cells, and durations in words.

A user name, a tty, a host name, a log line may be chosen by an attacker (a failed login's user name
is). ``safe`` makes them harmless once, at the parsing boundary; every room behind it shows them as
plain text, never as markup. The attack list is that of Unicode TR #36 and of terminal escapes.
"""

from __future__ import annotations

import unicodedata

LIMIT = 256
MARKS_PER_BASE = 2
"""More combining marks than this on one letter would draw over the rows above and below."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800") | {
    chr(code) for span in ((0x180B, 0x1810), (0xFE00, 0xFE10), (0xE0100, 0xE01F0)) for code in range(*span)
}


def safe(text: str | bytes, limit: int = LIMIT) -> str:
    r"""Text that shows as itself and does nothing else, at most ``limit`` characters long.

    Control, bidirectional, zero-width, private and unassigned characters become visible escapes
    (``\x1b``, ``\u202e``); bytes that are no UTF-8 become ``\xff``; the rest is in NFC. What is
    cut off is marked by ``…``. Applying it twice changes nothing.
    """
    if isinstance(text, bytes):
        text = text[: limit * 8].decode("utf-8", "backslashreplace")
    if text.isascii() and text.isprintable() and len(text) <= limit:
        return text
    text = unicodedata.normalize("NFC", text[: limit * 8])
    shown: list[str] = []
    length = marks = 0
    for character in text:
        is_mark = unicodedata.category(character) in {"Mn", "Me", "Mc"}
        marks = marks + 1 if is_mark else 0
        piece = character if _shows(character) and marks <= MARKS_PER_BASE else _escape(character)
        if is_mark and not shown:
            piece = _escape(character)
        length += len(piece)
        if length > limit:
            return _cut(shown, limit)
        shown.append(piece)
    return "".join(shown)


def _shows(character: str) -> bool:
    if character in _INVISIBLE:
        return False
    category = unicodedata.category(character)
    return category not in _HIDDEN_CATEGORIES and (category != "Zs" or character == " ")


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _cut(shown: list[str], limit: int) -> str:
    while shown and sum(map(len, shown)) > limit - 1:
        shown.pop()
    return "".join(shown) + "…"


def cells(text: str) -> int:
    """How many terminal cells a safe text takes (Unicode TR #11; ambiguous counts as one)."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def fit(text: str, width: int) -> str:
    """``text`` cut with ``…`` or padded with spaces to exactly ``width`` cells."""
    length = cells(text)
    if length <= width:
        return text + " " * (width - length)
    kept, used = [], 0
    for character in text:
        step = _cells_of(character)
        if used + step > width - 1:
            break
        kept.append(character)
        used += step
    return ("".join(kept) + "…" + " " * (width - used - 1))[: max(width, 0)]


def duration(seconds: float) -> str:
    """A length of time in its two largest units: ``12s``, ``4m``, ``2h 14m``, ``41d 3h``."""
    if seconds < 0:
        return "-" + duration(-seconds)
    total = int(seconds)
    days, hours, minutes = total // 86_400, total // 3_600 % 24, total // 60 % 60
    if days:
        return f"{days}d {hours}h" if hours else f"{days}d"
    if hours:
        return f"{hours}h {minutes:02d}m" if minutes else f"{hours}h"
    return f"{minutes}m" if minutes else f"{total}s"


def counted(number: int, noun: str) -> str:
    """How many there are of something, in a sentence: ``1 user``, ``2 users``, ``12,345 users``."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def age(seconds: float) -> str:
    """A length of time in its largest unit alone: ``12s``, ``4m``, ``2h``, ``41d``."""
    return duration(max(seconds, 0)).split(" ")[0]


def size(size_bytes: float) -> str:
    """Bytes in binary units with at most three figures: ``812``, ``1.4K``, ``15.5G``."""
    for unit in ("", "K", "M", "G", "T"):
        if abs(size_bytes) < 1000:
            return f"{size_bytes:.0f}{unit}" if size_bytes >= 100 or not unit else f"{size_bytes:.1f}{unit}"
        size_bytes /= 1024
    return f"{size_bytes:.1f}P"
