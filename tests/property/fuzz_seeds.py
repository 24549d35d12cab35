"""What fuzzing begins with: the cases of all parsers' tests, and frames of every type."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate

from tests.monitor.machine_talk import Talk
from tests.property.fuzz_file_seeds import FILE_SEEDS, WTMPDB, database
from tests.property.fuzz_wire import NONCE
from whotop.wire.envelope import certificate
from whotop.wire.frames import FrameEncoder, preamble
from whotop.wire.messages import Goodbye, LogindSession, Message, OriginReport, Origins, Read, Request, Start, Stop

CASES = Path(__file__).parents[1] / "parse"

_LAST = b"""anna     pts/0        192.0.2.7        Sun Nov 22 00:23:12 2026 - Sun Nov 22 00:30:00 2026  (00:06)
bert     pts/1        host.example     Sun Nov 22 00:24   still logged in
carl     tty1                          2026-11-22T00:23:12+00:00 - crash                      (00:07)
reboot   system boot  6.1.0            Sun Nov 22 00:20:00 2026   still running
root     ssh:notty    203.0.113.9      Sun Nov 22 01:02 - 01:02  (00:00)

wtmp begins Sun Nov 22 00:20:00 2026
"""
_WHO = b"""anna     pts/0        2026-11-22 00:23 (192.0.2.7)
bert     pts/1        Nov 22 00:24 00:05       4242 (host.example)
carl     console      Nov 22 00:24
"""
_LOGINCTL = b"""SESSION  UID USER SEAT  LEADER CLASS   TTY   IDLE SINCE
      5 1000 anna seat0 9206   user    tty2  no   -
     c1  120 gdm  seat0 800    greeter tty1  no   -

2 sessions listed.
"""
_LOGINCTL_SHOW = b"""Id=5
Name=anna
Timestamp=Sun 2026-11-22 00:23:12 UTC
RemoteHost=192.0.2.7
TTY=pts/0
Leader=9206
Class=user
State=active
"""
_TABLE = b"date,type,machine,user\n2026-11-22 00:23:12,login,web-01,anna\n2026-11-22T01:00:00+02:00,logout,web-01,x\n"
_JOURNAL = {
    "__CURSOR": "s=1;i=2",
    "__REALTIME_TIMESTAMP": "1795298012000000",
    "_BOOT_ID": "0" * 32,
    "_UID": "0",
    "_PID": "900",
    "SYSLOG_IDENTIFIER": "sshd",
    "MESSAGE": "Accepted publickey for anna from 192.0.2.7 port 50000 ssh2: ED25519 SHA256:x",
}
_JOURNAL_LOGIND = _JOURNAL | {
    "SYSLOG_IDENTIFIER": "systemd-logind",
    "MESSAGE_ID": "8d45620c1a4348dbb17410da57c60c66",
    "SESSION_ID": "5",
    "USER_ID": "anna",
    "LEADER": "901",
    "MESSAGE": [78, 101, 119],
}
_MACOS = {
    "timestamp": "2026-11-22 01:10:02.000000+0100",
    "processID": 1200,
    "processImagePath": "/usr/libexec/sshd",
    "eventMessage": _JOURNAL["MESSAGE"],
}
_UTMPDUMP = (
    b"[7] [01234] [ts/0] [anna    ] [pts/0       ] [host.example        ] [192.0.2.7      ] "
    b"[2026-11-22T00:23:12,000000+00:00]\n"
)
_WINDOWS_TEXT = b"""Event[0]:
  Log Name: Security
  Date: 2026-11-22T00:10:02.000
  Event ID: 4625
  Description:
An account failed to log on.

Account For Which Logon Failed:
\tAccount Name:\t\tanna
"""
_WINDOWS_TABLE = b"""Keywords,Date and Time,Source,Event ID,Task Category
Audit Failure,11/22/2026 12:10:02 AM,Microsoft-Windows-Security-Auditing,4625,Logon,"An account failed to log on.

Account Name:\tanna"
"""
_WTS: dict[str, Any] = {
    "sessions": [
        {"id": 1, "state": 0, "name": "Console", "user": "anna", "domain": "CORP", "logon": 134_396_496_000_000_000},
        {"id": 3, "state": 4, "name": "RDP-Tcp#4", "user": "bert", "domain": "CORP", "logon": 1, "family": 2},
    ],
    "logons": [{"id": "0x3e7", "session": 1, "type": 2, "user": "anna", "domain": "CORP", "process": "sshd"}],
    "own": "0x3e7",
}
_WINDOWS_FIGURES = (
    b'{"idle":1,"kernel":2,"user":3,"memory":8,"available":4,"uptime_ms":5,"inputs":[[1,134396496000000000]]}'
)
_SYSCTL = b"""kern.cp_time: 1000 0 500 100 8400
kern.boottime: { sec = 1700000000, usec = 0 } Tue Nov 14 22:13:20 2023
hw.physmem: 8589934592
vm.loadavg: { 0.10 0.20 0.30 }
CPU usage: 3.12% user, 5.20% sys, 91.66% idle
"""


def seeds_of(target: str) -> list[bytes]:
    """Something that each target understands, and something of all else."""
    return [seed for seed in _SEEDS[target]() if seed]


def _records() -> list[bytes]:
    return [path.read_bytes() for path in sorted((CASES / "utmp").glob("*.bin"))]


def _cases(folder: str) -> Iterator[dict[str, Any]]:
    for path in sorted((CASES / folder).glob("*.json")):
        yield json.loads(path.read_text("utf-8"))


def _joined(value: object) -> bytes:
    """A text of a case, which may be a list of lines."""
    text = "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.encode("utf-8", "surrogateescape")


def _log() -> list[bytes]:
    return [_joined(case["lines"]) + b"\n" for case in _cases("login_log")]


def _messages() -> list[bytes]:
    """The same without stamps, host and process number."""
    lines = {line.partition(b"]: ") for log in _log() for line in log.split(b"\n") if b"]: " in line}
    programs = sorted((before.rpartition(b" ")[2].partition(b"[")[0], message) for before, _, message in lines)
    return [b"%s: %s\n" % pair for pair in programs]


def _journal() -> list[bytes]:
    return [json.dumps(entry).encode() + b"\n" for entry in (_JOURNAL, _JOURNAL_LOGIND)]


def _journal_export() -> list[bytes]:
    text = "".join(f"{name}={value}\n" for name, value in _JOURNAL.items()).encode()
    return [text + b"\n", b"MESSAGE\n" + (4).to_bytes(8, "little") + b"sshd\n" + text + b"\n"]


def _windows(pattern: str) -> list[bytes]:
    """Not the whole days: 4 KB of each, from which fuzzing learns faster."""
    return [path.read_bytes()[:4096] for path in sorted((CASES / "windows").glob(pattern))]


def _rows() -> list[bytes]:
    return [
        b'[1,3,"anna",1795298012000000,1795298912000000,"pts/0","192.0.2.7","sshd"]\n'
        b'[2,1,"reboot",1795298000000000,null,"~","6.12",null]\n',
        b'[3,2,"a\\udcff",1,0,":0",null,null,true]\n',
    ]


def _files() -> list[bytes]:
    seeds = [_LAST, _WHO, _LOGINCTL, _LOGINCTL_SHOW, _TABLE, database(*WTMPDB), gzip.compress(_LAST)]
    return (
        seeds + _records()[:4] + _log()[:4] + _journal() + _journal_export() + _windows("day.*") + [b"ElfFile\0" * 64]
    )


def _logind() -> list[bytes]:
    return [_joined(case["id"]) + b"\n" + _joined(case["file"]) for case in _cases("logind")]


def _processes() -> list[bytes]:
    sessions = [
        b"\n".join(_joined(case[name]) for name in ("stat", "title", "user", "source"))
        for case in _cases("proc_sessions")
    ]
    return sessions + [
        b"\n".join([_joined(case["stat"]), _joined(case["cmdline"]), b"", b"", _joined(case["uptime"])])
        for case in _cases("processes")
    ]


def _figures() -> list[bytes]:
    linux = [
        b"\0".join(
            _joined(case["figures"].get(name, "")) for name in ("stat", "meminfo", "loadavg", "uptime", "network")
        )
        for case in _cases("proc")
    ]
    return [one + b"\0" + one for one in linux] + [one + b"\0" + one for one in (_SYSCTL, _WINDOWS_FIGURES)]


def _said() -> list[Message]:
    talk = Talk()
    session = LogindSession(id=b"5", data=_logind()[0].partition(b"\n")[2])
    origins = (OriginReport(name="wtmp", path=b"/var/log/wtmp", state="readable"),)
    return [
        talk.hello(0),
        talk.listed(1, talk.login(1)),
        talk.by_logind(2, session),
        talk.figures(3),
        talk.wrote(4, talk.login(3), talk.logout(4)),
        talk.wrote(5, talk.failure(5), origin="btmp"),
        Origins(origins=origins),
        Goodbye(reason=b"asked to"),
    ]


def _machine() -> list[bytes]:
    hello, *others = [msgspec.json.encode(message) for message in _said()]
    return [b"\n".join([hello, *others])] + [hello + b"\n" + other for other in others]


def _frames(messages: list[Message]) -> bytes:
    encoder = FrameEncoder()
    return b"".join(encoder.encode(message) for message in messages)


def _up() -> list[bytes]:
    frames = _frames(_said())
    return [preamble(NONCE) + frames, b"Welcome!\n" + preamble(NONCE) + frames, frames, preamble(NONCE, b"\x01" * 32)]


def _down() -> list[bytes]:
    return [_frames([Start(nonce=NONCE), Read(origins=("wtmp",)), Request(id=1, kind="processes", pid=1), Stop()])]


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return bytes([tag, 0x82]) + len(content).to_bytes(2, "big") + content


def _envelopes() -> list[bytes]:
    """As ``openssl cms`` makes them, without what nobody looks at (RFC 5083)."""
    key, nonce = bytes(32), bytes(12)
    label = f"{NONCE} 2 0\n".encode()
    sealed = AESGCM(key).encrypt(nonce, label + msgspec.json.encode(Talk().figures(0)), None)
    recipient = load_der_x509_certificate(certificate()).public_key()
    assert isinstance(recipient, RSAPublicKey)
    wrapped = recipient.encrypt(key, OAEP(MGF1(SHA256()), SHA256(), None))
    recipients = _der(0x31, _der(0x30, _der(2, b"\0"), _der(4, wrapped)))
    algorithm = _der(0x30, _der(6, b"\x2a"), _der(0x30, _der(4, nonce), _der(2, b"\x10")))
    content = _der(0x30, _der(6, b"\x2a"), algorithm, _der(0x80, sealed[:-16]))
    envelope = _der(0x30, _der(2, b"\0"), recipients, content, _der(4, sealed[-16:]))
    return [_der(0x30, _der(6, b"\x2a"), _der(0xA0, envelope))]


_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    **FILE_SEEDS,
    "envelope": _envelopes,
    "utmp": _records,
    "utx": lambda: [b"\0\x0f\x04" + bytes(14), *_records()[:2]],
    "foreign_records": lambda: [b"utmpx-1.00" + bytes(618), bytes([0] * 8) + b"ttyp0" + bytes(300), *_records()[:1]],
    "utmpdump": lambda: [_UTMPDUMP],
    "wtmpdb": _rows,
    "lastlog": lambda: [b'["anna",1795298012,"pts/0","192.0.2.7","sshd"]\n'],
    "event_table": lambda: [_TABLE],
    "record_file": _files,
    "auth_log": _log,
    "messages": _messages,
    "journal": _journal,
    "journal_export": _journal_export,
    "json_log": lambda: [json.dumps([_JOURNAL, _MACOS], indent=1).encode(), *_journal()],
    "windows_export": lambda: [*_windows("day.*"), _WINDOWS_TEXT, _WINDOWS_TABLE],
    "windows_lines": lambda: _windows("day.probe.jsonl"),
    "wts": lambda: [json.dumps(_WTS).encode()],
    "last": lambda: [_LAST],
    "who": lambda: [_WHO],
    "loginctl": lambda: [_LOGINCTL, _LOGINCTL_SHOW, b'[{"session":"5","uid":1000,"user":"anna","tty":"tty2"}]'],
    "logind": _logind,
    "processes": _processes,
    "figures": _figures,
    "names": lambda: [b'PRETTY_NAME="Debian \\"13\\""\nNAME=x\n', b"Europe/Berlin +0100", b"-0330"],
    "up": _up,
    "up_sealed": _up,
    "down": _down,
    "lines_down": lambda: [b"wtmp\0mark", b"a b\n\0c"],
    "machine": _machine,
}
