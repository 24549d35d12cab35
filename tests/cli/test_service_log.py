"""Lines on standard error."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

import pytest

from whotop.cli.service_log import JournalLines, JsonLines, is_journal


def record(message: str = "web-01 is up", level: int = logging.INFO, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("whotop.monitor.narrator", level, "", 0, "%s", (message,), None)
    made.created = 1_700_000_000.25
    if fields:
        made.fields = fields
    return made


def test_json_has_time_level_message_and_fields_on_one_line() -> None:
    line = JsonLines().format(record("it said\n\x1b[2J“hi”", machine="web-01", value=97.0))
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2023-11-14T22:13:20.250+00:00",
        "level": "info",
        "logger": "whotop.monitor.narrator",
        "message": "it said\n\x1b[2J“hi”",
        "machine": "web-01",
        "value": 97.0,
    }


def test_the_journal_gets_each_line_with_its_priority_and_no_line_can_be_forged() -> None:
    lines = JournalLines("%(message)s")
    assert lines.format(record("a\n<0>panic", logging.WARNING)) == "<4>a\\x0a<0>panic"


def test_a_descriptor_is_the_journals_where_its_device_and_inode_say_so(tmp_path: Path) -> None:
    with (tmp_path / "stream").open("w") as stream:
        status = os.fstat(stream.fileno())
        assert is_journal({"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}, stream.fileno())
        assert not is_journal({"JOURNAL_STREAM": "8:1"}, stream.fileno())
        assert not is_journal({}, stream.fileno())


@pytest.mark.parametrize(("level", "word"), [(logging.DEBUG, "debug"), (logging.ERROR, "error")])
def test_levels_are_words(level: int, word: str) -> None:
    assert json.loads(JsonLines().format(record(level=level)))["level"] == word
