"""The sessions of Windows as its own tables hold them at one moment, joined into open logins.

The probe sends one JSON object: ``sessions`` are those of Remote Desktop Services (the console among
them; WTSEnumerateSessions and WTSQuerySessionInformation), ``logons`` those of the security authority
(LsaGetLogonSessionData), which only administrators may read, and ``own`` the id of the probe's own logon.
A login over OpenSSH has no terminal session; it is a logon that a process of sshd runs under.
"""

from __future__ import annotations

from base64 import b64decode
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated

import msgspec
from msgspec import Meta

from whotop.model import Event, EventKind, LastInput, Origin
from whotop.parse.received import Received, raw_text, received
from whotop.parse.windows_accounts import is_person
from whotop.parse.windows_address import peer_address
from whotop.parse.windows_event import LATEST_US
from whotop.parse.windows_logons import lowest_id

SESSIONS_KEPT = 10_000
ACTIVE, CONNECTED, SHADOW, DISCONNECTED = 0, 1, 3, 4
"""WTS_CONNECTSTATE_CLASS; the others are listeners and idle stations."""
_AF_INET, _AF_INET6 = 2, 23
_INTERACTIVE = frozenset({2, 10, 11, 12})
_1601_TO_1970_US = 11_644_473_600_000_000
_NOTHING: Received = ("", None)

Text = Annotated[str, Meta(max_length=1024)]


class TerminalSession(msgspec.Struct, frozen=True):
    """One row of Remote Desktop Services. Times are FILETIME: 100 ns since 1601, 0 for never."""

    id: int
    state: int
    name: Text = ""
    """``Console``, ``RDP-Tcp#3``; empty while it is disconnected."""
    user: Text = ""
    domain: Text = ""
    logon: int = 0
    family: int = 0
    address: Text = ""
    """WTSCLIENT.ClientAddress in base64: what the client says of itself, maybe from behind NAT."""
    client: Text = ""


class LogonSession(msgspec.Struct, frozen=True):
    """One logon of the security authority."""

    id: Text
    """``0x3e7``."""
    type: int
    user: Text = ""
    domain: Text = ""
    sid: Text = ""
    session: int = 0
    logon: int = 0
    sshd: bool = False


class Tables(msgspec.Struct, frozen=True):
    """What the probe sends."""

    sessions: Annotated[tuple[TerminalSession, ...], Meta(max_length=SESSIONS_KEPT)] = ()
    logons: Annotated[tuple[LogonSession, ...], Meta(max_length=SESSIONS_KEPT)] = ()
    own: Text = ""


_decoder = msgspec.json.Decoder(Tables)


def login_reports(
    data: bytes, machine: str, *, boot_id: str = "", seen_us: int = 0, skew_us: int = 0
) -> list[Event] | None:
    """Give a login for each open session but the probe's own; None if the data is not what it must be."""
    try:
        tables = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    found = [*_terminal_logins(tables), *_sshd_logins(tables)]
    return [
        msgspec.structs.replace(login, machine=machine, boot_id=boot_id, seen_us=seen_us, skew_us=skew_us)
        for login in found
    ]


def terminal_name(session: int) -> str:
    """Name a terminal session by its number, which it keeps when it is taken up from elsewhere."""
    return f"wts/{session}"


def time_us(filetime: int) -> int:
    """Give a FILETIME in µs since 1970; 0 if it is none."""
    moment_us = filetime // 10 - _1601_TO_1970_US
    return moment_us if 0 < moment_us <= LATEST_US else 0


def last_input(session: int, filetime: int) -> LastInput:
    """When a terminal session last had input."""
    return LastInput(terminal_name(session), time_us(filetime))


def _terminal_logins(tables: Tables) -> list[Event]:
    """Session 0 is that of services."""
    logons: dict[int, list[LogonSession]] = {}
    for logon in tables.logons:
        if logon.type in _INTERACTIVE:
            logons.setdefault(logon.session, []).append(logon)
    found = []
    for session in tables.sessions:
        if session.id <= 0 or session.state not in (ACTIVE, CONNECTED, SHADOW, DISCONNECTED):
            continue
        login = _terminal_login(session, logons.get(session.id, []))
        if login is not None:
            found.append(login)
    return found


def _terminal_login(session: TerminalSession, logons: list[LogonSession]) -> Event | None:
    """Its logon id and the exact time are those of its user's first logon, where that may be read."""
    own = [logon for logon in logons if logon.user.lower() == session.user.lower() and time_us(logon.logon)]
    first = min(own, key=lambda logon: logon.logon, default=None)
    moment_us = time_us(session.logon if first is None else first.logon)
    if not moment_us or not is_person(session.user, session.domain, first.sid if first else ""):
        return None
    near = [logon.id for logon in own if first is not None and logon.logon - first.logon <= _ONE_LOGON_TICKS]
    service = "console" if session.name.lower() == "console" else "rdp"
    return _login(session.user, moment_us, terminal_name(session.id), _source(session), lowest_id(near), service)


_ONE_LOGON_TICKS = 10_000_000
"""The halves of a split token are made within this, a second in steps of 100 ns."""


def _sshd_logins(tables: Tables) -> list[Event]:
    return [
        _login(logon.user, moment_us, "", _NOTHING, lowest_id([logon.id]), "sshd")
        for logon in tables.logons
        if logon.sshd
        and logon.id != tables.own
        and (moment_us := time_us(logon.logon))
        and is_person(logon.user, logon.domain, logon.sid)
    ]


def _login(user: str, moment_us: int, tty: str, source: Received, session_id: str, service: str) -> Event:
    name, raw = received(user.encode("utf-8", "surrogatepass"))
    return Event(
        machine="",
        kind=EventKind.LOGIN,
        time_us=moment_us,
        user=name,
        tty=tty,
        source=source[0],
        origin=Origin.WTS,
        session_id=session_id,
        service=service,
        raw=raw_text(raw, None, source[1]),
    )


def _source(session: TerminalSession) -> Received:
    """The client's address. Windows keeps one byte of it in each 16-bit word."""
    try:
        words = b64decode(session.address, validate=True)
    except ValueError:
        return _NOTHING
    if session.family == _AF_INET and len(words) >= 8:
        return peer_address(str(IPv4Address(words[0:8:2])))
    if session.family == _AF_INET6 and len(words) >= 32:
        is_spread = not any(words[1:32:2])
        return peer_address(str(IPv6Address(words[0:32:2] if is_spread else words[:16])))
    return _NOTHING
