"""What ``loginctl`` prints: a table in four generations, JSON, or the properties of sessions.

    list-sessions             SESSION UID USER SEAT [TTY] [STATE IDLE SINCE], blanks where there is nothing
    the same, systemd 256     SESSION UID USER SEAT LEADER CLASS TTY IDLE SINCE, ``-`` where there is nothing
    -o json, --json=short     [{"session": "3", "uid": 1000, "user": "anna", "seat": null, "tty": "pts/0", …}]
    list-sessions --no-legend the same without the titles
    show-session ID…          Id=3, Name=anna, Timestamp=Sun 2026-11-22 00:23:12 UTC, Leader=90, …
    session-status ID…        3 - anna (1000), then Since: Sun 2026-11-22 00:23:12 UTC; 5min ago, Leader: 90 (sshd), …

Only the last two tell when somebody logged in and from where; SINCE is how long a session has been idle.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

from whotop.model import Event, EventKind, Origin
from whotop.parse.logind_log import GREETER_USERS
from whotop.parse.received import raw_text, received

LONGEST_BYTES = 4 * 1024 * 1024
LONGEST_LINE_BYTES = 512

COLUMNS_MAX = 32
"""loginctl has ten."""
_WORD = re.compile(rb"\S+")
_ID = re.compile(rb"[A-Za-z0-9_-]{1,32}")
_NUMBER = re.compile(rb"[0-9]{1,9}")
_STAMP = re.compile(rb"[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ?(\S*)$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST_PID = 2**31 - 1

_PROPERTIES = {
    b"Id": b"SESSION",
    b"Name": b"USER",
    b"TTY": b"TTY",
    b"Leader": b"LEADER",
    b"Class": b"CLASS",
    b"State": b"STATE",
    b"Service": b"SERVICE",
    b"RemoteHost": b"HOST",
    b"Timestamp": b"TIME",
}
_STATUS = re.compile(rb"^([A-Za-z0-9_-]{1,32}) - (\S+) \(\d{1,10}\)[ \r]*$", re.MULTILINE)
_STATUS_FIELD = re.compile(rb" +(Since|Leader|Remote|Service|TTY|State): ([^;(\r]*?) *(?:[;(].*)?\r?$")
_STATUS_NAMES = {b"Since": b"TIME", b"Remote": b"HOST"}
_STATUS_CLASS = re.compile(rb"; class ([a-z-]+)")
_BARE = re.compile(
    rb" *[A-Za-z0-9_-]{1,32} +\d{1,10} +[^\s\d]\S*"
    rb"(?> +(?>-|seat\d+|\d{1,10}[a-z]*|[^\s/]*/\S+|tty\S+|[a-z-]{2,20})(?=\s|$))*+ *\r?"
)
_BARE_CELLS = (
    (b"CLASS", re.compile(rb"user(?:-[a-z-]+)?|greeter|lock-screen|background(?:-light)?|manager(?:-early)?|none")),
    (b"STATE", re.compile(rb"active|online|closing|opening")),
    (b"LEADER", _NUMBER),
    (b"TTY", re.compile(rb"pts/\d+|tty\S+|console|:\d+")),
)
_decode_json = msgspec.json.Decoder(list[dict[str, str | int | bool | None]]).decode


def live_reports(
    data: bytes,
    machine: str,
    now_us: int,
    zone: tzinfo = UTC,
    *,
    boot_id: str = "",
    seen_us: int = 0,
    skew_us: int = 0,
) -> list[Event]:
    """Read the whole output into one login for each session of a person.

    A login that does not say when it was is dated ``now_us``, the time of the listing.
    """
    reports: list[Event] = []
    for row in _rows(data[:LONGEST_BYTES]):
        if not _is_open_session(row):
            continue
        user, raw_user = received(row[b"USER"])
        tty, raw_tty = received(row.get(b"TTY", b"").removeprefix(b"/dev/"))
        host = row.get(b"HOST", b"")
        source, raw_source = received(b"" if host.startswith(b":") else host)
        reports.append(
            Event(
                machine=machine,
                kind=EventKind.LOGIN,
                time_us=_time_us(row.get(b"TIME", b""), zone) or now_us,
                user=user,
                tty=tty,
                source=source,
                origin=Origin.LOGIND,
                session_id=row[b"SESSION"].decode("ascii"),
                leader_pid=_pid(row.get(b"LEADER", b"")),
                boot_id=boot_id,
                service=received(row.get(b"SERVICE", b""))[0],
                raw=raw_text(raw_user, raw_tty, raw_source),
                seen_us=seen_us,
                skew_us=skew_us,
            )
        )
    return reports


def _rows(data: bytes) -> Iterator[Mapping[bytes, bytes]]:
    """The sessions in whichever form they are listed."""
    if data.lstrip()[:1] == b"[":
        return _json_rows(data)
    if _STATUS.search(data):
        return _status_rows(data)
    if is_bare_table(data):
        return map(_bare_row, filter(None, map(bytes.split, data.split(b"\n"))))
    return _property_rows(data) if b"Id=" in data else _table_rows(data)


def is_status(data: bytes) -> bool:
    """Whether a text is the status of sessions."""
    return _STATUS.search(data) is not None and b" Since: " in data


def is_bare_table(data: bytes) -> bool:
    """Whether every line is a session's, and none is a title."""
    lines = [line for line in data.split(b"\n") if line.strip()]
    return bool(lines) and all(len(line) < LONGEST_LINE_BYTES and _BARE.fullmatch(line) for line in lines)


def _bare_row(words: list[bytes]) -> dict[bytes, bytes]:
    """What a session's words must be, by their look; behind its id, its user's number and name."""
    row = {b"SESSION": words[0], b"USER": words[2]}
    for word in words[3:]:
        name = next((name for name, look in _BARE_CELLS if look.fullmatch(word)), None)
        if name is not None:
            row.setdefault(name, word)
    return row


def _status_rows(data: bytes) -> Iterator[dict[bytes, bytes]]:
    """Blocks that begin with the session and its user."""
    row: dict[bytes, bytes] = {}
    for line in data.split(b"\n"):
        if len(line) > LONGEST_LINE_BYTES:
            continue
        begins, field = _STATUS.match(line), _STATUS_FIELD.match(line)
        if begins is not None:
            if row:
                yield row
            row = {b"SESSION": begins[1], b"USER": begins[2]}
        elif row and field is not None:
            row.setdefault(_STATUS_NAMES.get(field[1], field[1].upper()), field[2])
            found = _STATUS_CLASS.search(line)
            if found is not None:
                row[b"CLASS"] = found[1]
    if row:
        yield row


def _is_open_session(row: Mapping[bytes, bytes]) -> bool:
    """Whether it is a person's: services and greeters are of other classes."""
    # Before systemd 256 a table does not name the class.
    session_class = row.get(b"CLASS") or (b"greeter" if row.get(b"USER") in GREETER_USERS else b"user")
    return bool(
        _ID.fullmatch(row.get(b"SESSION", b""))
        and row.get(b"USER")
        and row.get(b"STATE") != b"closing"
        and (session_class == b"user" or session_class.startswith(b"user-"))
    )


def _table_rows(data: bytes) -> Iterator[dict[bytes, bytes]]:
    """The cells below a header: each word belongs to the column whose title stands over it, right- or left-aligned."""
    titles: list[re.Match[bytes]] = []
    for line in data.split(b"\n"):
        words = list(_WORD.finditer(line))
        if any(word[0] == b"SESSION" for word in words):
            titles = words[:COLUMNS_MAX]
        elif not words or not titles:
            titles = titles if words else []
        else:
            yield dict(_cells(titles, words))


def _cells(titles: list[re.Match[bytes]], words: list[re.Match[bytes]]) -> Iterator[tuple[bytes, bytes]]:
    for word in words:
        title = next((title for title in titles if word.start() < title.end() and title.start() < word.end()), None)
        if title is not None and word[0] != b"-":
            yield title[0], word[0]


def _json_rows(data: bytes) -> Iterator[dict[bytes, bytes]]:
    try:
        rows = _decode_json(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return
    for row in rows:
        yield {name.upper().encode(): str(value).encode() for name, value in row.items() if value not in (None, "")}


def _property_rows(data: bytes) -> Iterator[dict[bytes, bytes]]:
    """Blocks of ``Name=value``, an empty line between two."""
    row: dict[bytes, bytes] = {}
    for line in [*data.split(b"\n"), b""]:
        name, equals, value = line.rstrip().partition(b"=")
        if equals and name in _PROPERTIES and value:
            row.setdefault(_PROPERTIES[name], value)
        elif not line.strip() and row:
            yield row
            row = {}


def _time_us(stamp: bytes, zone: tzinfo) -> int:
    """A timestamp of systemd's; 0 for none. Its zone is the machine's, or UTC where it says so."""
    found = _STAMP.match(stamp)
    if found is None:
        return 0
    try:
        moment = datetime.fromisoformat(found[1].decode("ascii"))
        aware = moment.replace(tzinfo=UTC if found[2] == b"UTC" else zone)
        return max((aware - _EPOCH) // timedelta(microseconds=1), 0)
    except (ValueError, OverflowError):
        return 0


def _pid(digits: bytes) -> int:
    pid = int(digits) if _NUMBER.fullmatch(digits) else 0
    return pid if pid <= _LARGEST_PID else 0
