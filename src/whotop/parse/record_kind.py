"""Which of the many kinds of login records a file holds, judged by how it begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from whotop.parse import last_text, loginctl_text, utmpdump_text, utx, who_text
from whotop.parse.json_log import is_json_log
from whotop.parse.log_stamp import Stamps
from whotop.parse.utmp_foreign import ALL_LAYOUTS, MACOS_BEGINNING
from whotop.parse.utmp_layout import share_of_plausible

LOOKED_AT_BYTES = 65536


class RecordKind(StrEnum):
    """The kinds, each with its parser."""

    EVENT_TABLE = "table of events"
    EVENT_LINES = "events in JSON"
    UTMP = "utmp"
    WTMP = "wtmp"
    BTMP = "btmp"
    UTX_LOG = "utx.log"
    UTX_ACTIVE = "utx.active"
    WTMPDB = "wtmpdb"
    EVTX = "log of Windows"
    WINDOWS_EXPORT = "exported log of Windows"
    JOURNAL = "journal in JSON"
    JOURNAL_EXPORT = "journal in its export format"
    JSON_LOG = "log in JSON"
    LOG = "text log"
    LAST = "output of last"
    LASTB = "output of lastb"
    WHO = "output of who"
    LOGINCTL = "output of loginctl"
    UTMPDUMP = "output of utmpdump"


_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_JSON_JOURNAL = re.compile(rb'\A\s*\{[^\n]*"(?:__CURSOR|__REALTIME_TIMESTAMP|MESSAGE)"\s*:')
_JSON_LOGINCTL = re.compile(rb'\A\s*\[\s*(?:\{\s*"session"|\])')
_JSON_EVENT = re.compile(rb'\A\s*(?=\{[^\n]*"machine"\s*:)(?=\{[^\n]*"user"\s*:)(?=\{[^\n]*"type"\s*:)\{')
_WIDE_TABLE = re.compile(rb"\A(?:\xff\xfe[^<{\[\s]|\xfe\xff\x00[^<{\[\s])")
_EXPORT = re.compile(rb"\A\s*__(?:CURSOR|REALTIME_TIMESTAMP)=", re.MULTILINE)
_XML_OR_JSON = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*[<{\[]|\A\xff\xfe")
_LOGINCTL = re.compile(rb"^ *SESSION +UID +USER|^Id=[A-Za-z0-9_-]{1,32}\r?$", re.MULTILINE)
_PERHAPS_WINDOWS = re.compile(rb"Event ?I[Dd]|EventCode|event_id|^Event\[", re.MULTILINE)
_LINES = 200
_PRI = re.compile(rb"<\d{1,3}>(?:\d |[A-Z])")


def kind_of(beginning: bytes, name: str) -> RecordKind:
    """Judge by the first 64 KB of a file; its name decides where the bytes of two kinds are alike.

    What is nothing else is taken for a table of events, whose parser says what is wrong with it.
    """
    beginning = beginning[:LOOKED_AT_BYTES]
    if not beginning:
        return _kind_named(name)
    if beginning.startswith(b"SQLite format 3\0"):
        return RecordKind.WTMPDB
    if beginning.startswith(b"ElfFile\0"):
        return RecordKind.EVTX
    if _JSON_JOURNAL.match(beginning):
        return RecordKind.JOURNAL
    if is_json_log(beginning):
        return RecordKind.JSON_LOG
    if _EXPORT.match(beginning):
        return RecordKind.JOURNAL_EXPORT
    if _JSON_EVENT.match(beginning.removeprefix(b"\xef\xbb\xbf")):
        return RecordKind.EVENT_LINES
    if _WIDE_TABLE.match(beginning):
        text = beginning.decode("utf-16", "replace").encode()
        return RecordKind.WINDOWS_EXPORT if _is_windows(text) else RecordKind.EVENT_TABLE
    if _XML_OR_JSON.match(beginning) and not (_PRI.match(beginning) or utmpdump_text.is_line(_first_line(beginning))):
        return RecordKind.LOGINCTL if _JSON_LOGINCTL.match(beginning) else RecordKind.WINDOWS_EXPORT
    if _BINARY.search(beginning) and (kind := _binary_kind(beginning, name)) is not None:
        return kind
    return _text_kind(beginning, name)


def known_unread(beginning: bytes) -> str:
    """What a file is that may well hold login records but is not read, and the mend; empty: it may be read."""
    if beginning.startswith(b"LPKSHHRH"):  # systemd, journal-def.h, HEADER_SIGNATURE
        return "a journal as journald keeps it: export it first (journalctl --file FILE -o export)"
    if beginning[256:262] == b"\0ustar":  # POSIX pax, ustar header block; the zero ends a name, and is in no text
        return "an archive of tar: unpack it first"
    return ""


def _is_windows(beginning: bytes) -> bool:
    if not (_PERHAPS_WINDOWS.search(beginning) or b"Id" in _first_line(beginning)):
        return False
    # They take 20 ms, most of it for their expressions, which no other file needs.
    from whotop.parse.windows_rows import is_table
    from whotop.parse.windows_text import is_windows_text

    text = beginning.decode("utf-8", "replace")
    return is_table(text) or is_windows_text(text)


def _first_line(beginning: bytes) -> bytes:
    return beginning.partition(b"\n")[0]


def _kind_named(name: str) -> RecordKind:
    """Of an empty file: what it would hold."""
    for word, kind in (("wtmp", RecordKind.WTMP), ("btmp", RecordKind.BTMP), ("utmp", RecordKind.UTMP)):
        if word in name:
            return kind
    return RecordKind.LOG if "log" in name or "secure" in name else RecordKind.EVENT_TABLE


def _binary_kind(beginning: bytes, name: str) -> RecordKind | None:
    """Of records of fixed size; a text log may hold zeros too."""
    if utx.is_log(beginning):
        return RecordKind.UTX_LOG
    if utx.is_active(beginning):
        return RecordKind.UTX_ACTIVE
    if beginning.startswith(MACOS_BEGINNING):
        return RecordKind.UTMP
    is_named = any(word in name for word in ("wtmp", "btmp", "utmp"))
    if not is_named and max(share_of_plausible(layout, beginning) for layout in ALL_LAYOUTS) < 0.5:
        return None
    if "btmp" in name or (b"ssh:notty" in beginning and "wtmp" not in name):
        return RecordKind.BTMP
    return RecordKind.UTMP if "utmp" in name else RecordKind.WTMP


def _text_kind(beginning: bytes, name: str) -> RecordKind:
    """By the form that most of the first lines have."""
    if _LOGINCTL.search(beginning) or loginctl_text.is_status(beginning) or loginctl_text.is_bare_table(beginning):
        return RecordKind.LOGINCTL
    if _is_windows(beginning):
        return RecordKind.WINDOWS_EXPORT
    lines = [line for line in beginning.split(b"\n", _LINES)[:_LINES] if line.strip(b"\0\r ")]
    stamps = Stamps()
    forms: dict[RecordKind, Callable[[bytes], bool]] = {
        RecordKind.LOG: lambda line: stamps.read(line.lstrip(b"\0")) is not None,
        RecordKind.WHO: who_text.is_line,
        RecordKind.LAST: last_text.is_line,
        RecordKind.UTMPDUMP: utmpdump_text.is_line,
    }
    shares = {kind: sum(map(form, lines)) for kind, form in forms.items()}
    best = max(shares, key=lambda kind: shares[kind])
    if not shares[best] or shares[best] * 2 < len(lines) - 2:
        return RecordKind.EVENT_TABLE
    is_lastb = best is RecordKind.LAST and (b"btmp begins" in beginning or b"ssh:notty" in beginning or "lastb" in name)
    return RecordKind.LASTB if is_lastb else best
