"""Logs as JSON that is not one entry a line, and macOS's.

``journalctl -o json-pretty``, ``json-sse`` and ``json-seq`` spread or wrap their entries, ``jq -s`` makes
an array of them; ``log show --style json`` and ``ndjson`` (macOS) and Filebeat's journal have names of
their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from whotop.parse import journal
from whotop.parse.json_values import json_objects
from whotop.parse.log_line import LONGEST_BYTES, LogLine, tells
from whotop.parse.log_stamp import Stamps

_BEGINNING = re.compile(rb"\A(?:\xef\xbb\xbf)?[\s\x1e]*(?:data: )?\[?\s*\{")
_NAME = re.compile(rb'"(?:__REALTIME_TIMESTAMP|MESSAGE|eventMessage|journald)"\s*:')
Fields = Mapping[str, object]
_LARGEST_PID = 2**31 - 1


def is_json_log(beginning: bytes) -> bool:
    """Whether a file that begins so is one of these."""
    return _BEGINNING.match(beginning) is not None and _NAME.search(beginning) is not None


def json_log_lines(content: bytes) -> Iterator[LogLine]:
    """Give the telling lines among the entries; what is none is left out."""
    stamps = Stamps()
    for value in json_objects(content.decode("utf-8", "replace")):
        for entry in _entries(value):
            if "eventMessage" in entry:
                yield from _telling(_of_macos(entry, stamps))
            elif "journald" in entry:
                yield from _telling(_of_filebeat(entry, stamps))
            else:
                yield from journal.lines([json.dumps(entry).encode()])


def _entries(value: object) -> Iterator[Fields]:
    """An object, what Elasticsearch has put it into taken off, or those in the list that it holds."""
    fields = _fields(value)
    inner = fields.get("events", fields.get("expected"))
    for entry in map(_fields, inner) if isinstance(inner, list) else (fields,):
        yield _fields(entry.get("_source")) or entry


def _telling(line: LogLine | None) -> Iterator[LogLine]:
    if line is not None and tells(line.program, line.message):
        yield line


def _of_macos(entry: Fields, stamps: Stamps) -> LogLine | None:
    program = entry.get("processImagePath")
    program = program.rpartition("/")[2] if isinstance(program, str) else None
    return _line(entry.get("timestamp"), program, entry.get("eventMessage"), entry.get("processID"), "", stamps)


def _of_filebeat(entry: Fields, stamps: Stamps) -> LogLine | None:
    """Those that root sent; anybody can write to the journal in sshd's name."""
    journald, syslog, host = _fields(entry["journald"]), _fields(entry.get("syslog")), _fields(entry.get("host"))
    if journald.get("uid", 0) not in (0, "0"):
        return None
    program = syslog.get("identifier", _fields(journald.get("process")).get("name"))
    return _line(
        entry.get("@timestamp"), program, entry.get("message"), journald.get("pid"), host.get("hostname"), stamps
    )


def _line(
    moment: object, program: object, message: object, pid: object, host: object, stamps: Stamps
) -> LogLine | None:
    if not (isinstance(moment, str) and isinstance(program, str) and isinstance(message, str)):
        return None
    stamp = stamps.read(moment[:40].encode("utf-8", "replace") + b" ")
    if stamp is None:
        return None
    return LogLine(
        time_us=stamp[0],
        program=program.encode("utf-8", "replace"),
        message=message.encode("utf-8", "replace")[:LONGEST_BYTES],
        pid=pid if isinstance(pid, int) and 0 < pid <= _LARGEST_PID else 0,
        host=host.encode("utf-8", "replace") if isinstance(host, str) else b"",
    )


def _fields(value: object) -> Fields:
    return value if isinstance(value, Mapping) else {}
