"""Logs as JSON that is not one entry a line, and macOS's.

``journalctl -o json-pretty``, ``json-sse`` and ``json-seq`` spread or wrap their entries, ``jq -s`` makes
an array of them; ``log show --style json`` and ``ndjson`` (macOS) have names of their own.
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
_NAME = re.compile(rb'"(?:__REALTIME_TIMESTAMP|MESSAGE|eventMessage)"\s*:')
_LARGEST_PID = 2**31 - 1


def is_json_log(beginning: bytes) -> bool:
    """Whether a file that begins so is one of these."""
    return _BEGINNING.match(beginning) is not None and _NAME.search(beginning) is not None


def json_log_lines(content: bytes) -> Iterator[LogLine]:
    """Give the telling lines among the entries; what is none is left out."""
    stamps = Stamps()
    for entry in json_objects(content.decode("utf-8", "replace")):
        if not isinstance(entry, Mapping):
            continue
        if "eventMessage" in entry:
            line = _of_macos(entry, stamps)
            if line is not None and (tells(line.program) or tells(line.message)):
                yield line
        else:
            yield from journal.lines([json.dumps(entry).encode()])


def _of_macos(entry: Mapping[object, object], stamps: Stamps) -> LogLine | None:
    moment, program, message, pid = map(entry.get, ("timestamp", "processImagePath", "eventMessage", "processID"))
    if not (isinstance(moment, str) and isinstance(program, str) and isinstance(message, str)):
        return None
    stamp = stamps.read(moment[:40].encode("utf-8", "replace") + b" ")
    if stamp is None:
        return None
    return LogLine(
        time_us=stamp[0],
        program=program.rpartition("/")[2].encode("utf-8", "replace"),
        message=message.encode("utf-8", "replace")[:LONGEST_BYTES],
        pid=pid if isinstance(pid, int) and 0 < pid <= _LARGEST_PID else 0,
    )
