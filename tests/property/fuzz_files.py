"""What reads files and words of whoever runs whotop: configurations, inventories, tables, filters.

They are people's own, but may come from anywhere: the same holds for them as for what machines send.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from whotop.analyse import usage_files
from whotop.analyse.login_windows.answering import answer
from whotop.analyse.login_windows.careful_rows import careful_rows, first_row
from whotop.analyse.login_windows.json_rows import json_rows
from whotop.analyse.login_windows.question import Question
from whotop.analyse.windows_log import windows_log
from whotop.analyse.wtmpdb_file import wtmpdb_events
from whotop.cli.main import MESSAGE_LIMIT
from whotop.collect.known_hosts import KnownHosts
from whotop.collect.ssh_config import SshConfig
from whotop.config.address import parse_address
from whotop.config.durations import parse_duration
from whotop.config.email_json import read_account
from whotop.config.inventory_file import read_inventory
from whotop.config.lines import with_line
from whotop.config.load import load_settings
from whotop.config.machines import configured_machines
from whotop.config.mail_address import checked_mail_address
from whotop.config.moments import parse_moment
from whotop.config.ranges import expand, expand_inventory
from whotop.config.rules import decode_rules
from whotop.config.schedules import Schedule
from whotop.config.select import select_machines
from whotop.config.settings import Settings
from whotop.config.sizes import parse_size
from whotop.config.ssh_config import named_hosts
from whotop.config.window_sizes import parse_window_size
from whotop.config.zones import zone_named
from whotop.core.query import Query, parse_query
from whotop.errors import ConfigError, WhotopError
from whotop.model import Target as Machine
from whotop.parse.event_lines import line_events
from whotop.parse.event_row import RowReader
from whotop.parse.login_table import LoginTable
from whotop.text import safe
from whotop.tui.theme_files import read_theme

NOON_US = 1_795_348_800_000_000
"""2026-11-22 12:00 UTC."""
ZONE = timezone(timedelta(hours=2))
ANSWER_BYTES = 256 * 2**20


@contextlib.contextmanager
def _file(name: str, data: bytes) -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        yield path


def _told(read: Callable[[], object]) -> object:
    """What is read, or the one line of an error that whotop raises on purpose."""
    try:
        return read()
    except ConfigError as error:
        return safe(str(with_line(error)), MESSAGE_LIMIT)
    except WhotopError as error:
        return safe(str(error), MESSAGE_LIMIT)


# --- configurations ------------------------------------------------------------------------------


def read_settings(data: bytes) -> Iterator[object]:
    """A configuration in TOML, its machines and rules."""
    with _file("config.toml", data) as file:
        yield _told(lambda: _machines_and_rules(file))


def read_older_settings(data: bytes) -> Iterator[object]:
    """Those of the older collector: XML, and its mail account in JSON."""
    with _file("config.xml", data) as file:
        yield _told(lambda: _machines_and_rules(file))
        yield _told(lambda: str(read_account(file)) and None)


def _machines_and_rules(file: Path) -> tuple[int, bool]:
    settings = load_settings(file)
    machines = configured_machines(settings, str(file))
    return len(machines), decode_rules(settings.rules, file=str(file)) is not None


def read_ini_inventory(data: bytes) -> Iterator[object]:
    """Ansible's INI."""
    with _file("hosts", data) as file:
        yield _told(lambda: len(read_inventory(file)))


def read_yaml_inventory(data: bytes) -> Iterator[object]:
    """Ansible's YAML."""
    with _file("hosts.yaml", data) as file:
        yield _told(lambda: len(read_inventory(file)))


def read_ssh_config(data: bytes) -> Iterator[object]:
    """As a list of names, and as what is done for one of them; no other file is named, and no command run."""
    with _file("config", data.replace(b"/", b"_")) as file, mock.patch("subprocess.run") as run:
        run.return_value.returncode = 0
        yield _told(lambda: len(named_hosts(file, ["web*"])))
        yield _told(lambda: len(SshConfig([file]).options("web-01")))


def read_known_hosts(data: bytes) -> Iterator[object]:
    """Names, patterns and hashes."""
    known = KnownHosts(data.decode("utf-8", "replace"), "known_hosts")
    for name in ("web-01", "[web-01]:2222"):
        yield len(known.keys(name)), len(known.all_keys(name)), len(known.marked(name))


def read_theme_file(data: bytes) -> Iterator[object]:
    """A theme's; ValueError is what names it as skipped."""
    with _file("a-theme.toml", data) as file, contextlib.suppress(ValueError):
        yield read_theme(file) is not None


# --- words ---------------------------------------------------------------------------------------


class _Login(NamedTuple):
    """A row that a filter is asked about."""

    def value(self, field: str) -> str | float | list[str] | None:
        values: dict[str, str | float | list[str]] = {"user": "zoë", "machine": "web-01", "cpu": 12.34}
        return {**values, "from": ["10.0.0.7", ""]}.get(field)

    def visible(self) -> Iterable[str]:
        return ("zoë", "web-01", "10.0.0.7", "2001:db8::1%eth0")


def read_filter(data: bytes) -> Iterator[object]:
    """A filter, which is then asked."""
    text = data.decode("utf-8", "replace")
    yield _told(lambda: parse_query(text, {"user", "machine", "from", "cpu", "idle"}).matches(_Login()))


_MACHINES = {name: Machine(name=name, tags=("prod",)) for name in ("web-01", "web-02", "db")}
_WORDS: tuple[Callable[[str], object], ...] = (
    parse_duration,
    parse_size,
    parse_window_size,
    lambda text: parse_moment(text, NOON_US, ZoneInfo("Europe/Berlin")),
    parse_address,
    checked_mail_address,
    lambda text: sum(map(len, expand(text))),
    lambda text: sum(map(len, expand_inventory(text))),
    lambda text: zone_named(text).utcoffset(None),
    lambda text: Schedule(text).next_us(NOON_US),
    lambda text: len(select_machines([text], _MACHINES, Settings())),
)


def read_words(data: bytes) -> Iterator[object]:
    """Whatever an option or a field may be: lengths of time, sizes, moments, addresses, ranges, zones, schedules."""
    text = data.decode("utf-8", "surrogateescape")
    for read in _WORDS:
        try:
            told = read(text)
        except (ValueError, WhotopError) as error:
            yield safe(str(error), MESSAGE_LIMIT)
        else:
            yield told if isinstance(told, int | float) else None


# --- tables --------------------------------------------------------------------------------------


def read_event_lines(data: bytes) -> Iterator[object]:
    """Events as lines of JSON."""
    yield _told(lambda: list(line_events([data], RowReader("events.jsonl", ZONE))))


def read_login_table(data: bytes) -> Iterator[object]:
    """A table of logins, by its columns and row by row."""
    yield _told(lambda: [login.time_us for login in LoginTable([data], file="table.csv", zone=ZONE).logins()])
    text = io.StringIO(data.decode("utf-8-sig", "replace"), newline="")
    yield len(first_row(text))
    text.seek(0)
    yield sum(1 for _ in careful_rows(text, "table.csv", lambda error: None))
    text.seek(0)
    yield _told(lambda: list(json_rows(text, "table.jsonl", lambda error: None)))


def read_login_windows(data: bytes) -> Iterator[object]:
    """A table through DuckDB, twice: as ``whotop windows`` asks, and with all that it may be asked."""
    for odd in (False, True):
        with _file("logins.csv", data) as file:
            question = Question(
                inputs=(str(file),),
                output=file.with_name("answer.csv"),
                size_ms=3_600_000,
                zone=ZoneInfo("Europe/Berlin" if odd else "UTC"),
                skips_bad_rows=odd,
                makes_safe=odd,
                normalises_addresses=odd,
                memory_bytes=ANSWER_BYTES,
            )
            yield _told(lambda asked=question: answer(asked).logins)  # type: ignore[misc]


def read_usage(data: bytes) -> Iterator[object]:
    """Logins for ``whotop usage``, row by row and through DuckDB."""
    chosen = usage_files.Chosen(Query("", lambda row: True))
    for fast_from_bytes in (0, usage_files.FAST_BYTES):
        with _file("logins.csv", data) as file, pytest.MonkeyPatch.context() as patch:
            patch.setattr(usage_files, "FAST_BYTES", fast_from_bytes)
            yield _told(lambda path=str(file): _users(path, chosen))  # type: ignore[misc]


def _users(path: str, chosen: usage_files.Chosen) -> None:
    usage_files.usage_told_by_files([path], chosen, zone=ZONE, now_us=NOON_US)


# --- files of other programs ---------------------------------------------------------------------


def read_wtmpdb_file(data: bytes) -> Iterator[object]:
    """A database of wtmpdb."""
    with _file("wtmp.db", data) as file:
        yield _told(lambda: wtmpdb_events(file, "web-01"))


def read_windows_file(data: bytes) -> Iterator[object]:
    """A log of Windows as the system keeps it."""
    with _file("Security.evtx", data) as file:
        yield _told(lambda: windows_log(file).events)
