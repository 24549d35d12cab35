"""From a question to a file of series: read, find, write; the file appears all at once or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import tzinfo
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from whotop.analyse.login_windows import statements
from whotop.analyse.login_windows.engine import Engine, engine
from whotop.analyse.login_windows.inputs import Inputs, is_utf8
from whotop.analyse.login_windows.names import make_safe, normalise_sources
from whotop.analyse.login_windows.question import Counts, Mode, OutputFormat, Question
from whotop.analyse.login_windows.zone_shift import instant_near, instant_of, offset_at, transitions
from whotop.analyse.progress import Progress, unseen
from whotop.clock import SECOND_US
from whotop.errors import InputError, UsageError, WhotopError

HEADER = b"IP address,Start,Stop,Users\r\n"
BYTES_OF_LOGIN = 1_000
"""What a login takes, at most, while series are aggregated: so many of them are in one step."""
ROWS_AT_ONCE = 50_000
PART = ".whotop-"
"""How the file begins that the answer is written to before it appears."""


def answer(question: Question, progress: Progress = unseen) -> Counts:
    """Answer a question into its output file.

    Raises InputError for a file or a row that cannot be read, UsageError for a start after the first
    login or an output that is there already, WhotopError where memory or disk do not do.
    """
    _check_output(question)
    counts = Counts()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="whotop.", ignore_cleanup_errors=True) as folder,
            engine(question.memory_bytes, progress) as running,
        ):
            inputs = Inputs(running, Path(folder), skips_bad_rows=question.skips_bad_rows)
            if question.instants is None:
                inputs.read(question.inputs)
            else:
                inputs.read_instants(question.instants)
            counts.bad_rows = inputs.bad_rows
            counts.logins = _find_members(running, question)
            with _appearing(question) as output:
                counts.series = _write(running, question, output)
    except duckdb.OutOfMemoryException:
        gib = question.memory_bytes / 1024**3
        raise WhotopError(f"{gib:.1f} GiB do not suffice: give more with --memory-limit") from None
    except duckdb.Error as error:
        raise WhotopError(_in_words(error, question)) from None
    except OSError as error:
        raise WhotopError(f"{error.filename or question.output}: {error.strerror}") from None
    return counts


def _in_words(error: duckdb.Error, question: Question) -> str:
    """What DuckDB tells of a full disk holds JSON and the name of a file that nobody has asked for."""
    said, full = str(error).splitlines()[0], os.strerror(errno.ENOSPC)
    if full not in said:
        return f"the analysis failed: {said}"
    return f"{question.output if PART in said else tempfile.gettempdir()}: {full}"


def _check_output(question: Question) -> None:
    folder = question.output.parent
    if not folder.is_dir():
        raise UsageError(f"{question.output}: there is no folder {folder}")
    if not is_utf8(str(question.output)):
        raise UsageError(f"{question.output}: its name is no UTF-8")
    if question.output.is_dir():
        raise UsageError(f"{question.output} is a folder (name a file in it)")
    if question.output.is_file() and not question.force:
        raise UsageError(f"{question.output} is there already (--force replaces it)")


def _find_members(running: Engine, question: Question) -> int:
    """Fill the table of the logins that belong to series; how many logins there are."""
    count, first_local_us, last_local_us = running.run("", statements.SPAN)[0]
    if not count:
        raise InputError("no login in it", file=" ".join(question.inputs) or "the store")
    if question.normalises_addresses:
        normalise_sources(running)
    first_local_s, last_local_s = first_local_us // SECOND_US, last_local_us // SECOND_US
    zone = _Zone(question.zone, first_local_s, last_local_s)
    if question.instants is None:
        zone.move_out_of_gaps(running)
    instant_us = statements.INSTANT if question.instants else zone.instant_us
    first_us = running.run("", statements.first_instant(instant_us))[0][0]
    start_us = first_us if question.start is None else instant_of(question.start, question.zone) * SECOND_US
    if start_us > first_us:
        raise UsageError("--start-date is after the first login")
    size_us = question.size_ms * 1000
    for statement in statements.members(question.mode, instant_us, size_us, start_us, question.min_logins):
        running.run("finding series", statement)
    running.run("", "DROP TABLE logins")
    if question.instants is not None:
        running.run("", zone.to_local)
    if question.makes_safe:
        make_safe(running)
    return int(count)


class _Zone:
    """A zone's rules as SQL, for the times between two."""

    def __init__(self, zone: tzinfo, first_local_s: int, last_local_s: int) -> None:
        self._span = (first_local_s, last_local_s)
        self._changes = transitions(zone, first_local_s, last_local_s)
        only_s = offset_at(instant_near(first_local_s), zone) if not self._changes else 0
        self._last_s = self._changes[-1].after_s if self._changes else only_s

    @property
    def instant_us(self) -> str:
        """The instant of a local time."""
        offsets = [(change.holds_until_s, change.before_s) for change in self._changes]
        return statements.instant(offsets, self._last_s)

    @property
    def to_local(self) -> str:
        """The local times of instants."""
        offsets = [(round(change.at.timestamp()), change.before_s) for change in self._changes]
        return statements.to_local(offsets, self._last_s)

    def move_out_of_gaps(self, running: Engine) -> None:
        """Shift the local times that the zone skips."""
        first_s, last_s = self._span
        for change in self._changes:
            begins_s = change.holds_until_s - change.gap_s
            if change.gap_s and begins_s <= last_s and change.holds_until_s > first_s:
                running.run("", statements.move_out_of_gap(begins_s, change.holds_until_s, change.gap_s))


@contextlib.contextmanager
def _appearing(question: Question) -> Iterator[Path]:
    """A file beside the output, which takes its place when all is written.

    What is no regular file (a pipe, a device) is written into, and a link leads to what is replaced.
    """
    target = question.output.resolve()
    is_special = target.exists() and not target.is_file()
    try:
        handle, name = tempfile.mkstemp(prefix=PART, dir=None if is_special else target.parent)
    except OSError as error:
        raise WhotopError(f"{question.output}: {error.strerror}") from None
    os.close(handle)
    path = Path(name)
    try:
        yield path
        if is_special:
            with path.open("rb") as written, target.open("wb") as output:
                shutil.copyfileobj(written, output)
        else:
            path.chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
            _put(path, target, question)
    finally:
        path.unlink(missing_ok=True)


def _put(path: Path, target: Path, question: Question) -> None:
    """Let a file appear under its name; only with ``force`` in the place of another."""
    if not question.force:
        try:
            _reserve(path, target)
        except FileExistsError:
            raise UsageError(f"{question.output} is there already (--force replaces it)") from None
    path.replace(target)


def _reserve(path: Path, target: Path) -> None:
    """Take a name that nobody has; unlike a rename, never over a file that has come meanwhile."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:  # FAT and many shared folders know no links: for a moment an empty file stands there
        target.touch(exist_ok=False)


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _write(running: Engine, question: Question, path: Path) -> int:
    if question.output_format is OutputFormat.CSV:
        with path.open("wb") as output:
            output.write(HEADER)
            return sum(_write_csv(running, question, output, path))
    query = statements.series(statements.LISTED_USERS, question.min_users)
    options = "FORMAT json" if question.output_format is OutputFormat.JSON_LINES else "FORMAT parquet"
    return _copied(running, query, path, options)


def _write_csv(running: Engine, question: Question, output: BinaryIO, path: Path) -> Iterator[int]:
    """Write all series, step by step where they are many; how many each step had."""
    part = path.with_name(f"{path.name}.part")
    try:
        for first, last, count in _steps(running, question):
            if first is not None and first == last and count > _at_once(question) and question.min_users == 1:
                yield _write_streamed(running, output, first)
                continue
            query = statements.series(statements.JOINED_USERS, question.min_users, first, last)
            yield _copied(running, statements.csv_lines(query), part, statements.PLAIN_LINES)
            with part.open("rb") as lines:
                while piece := lines.read(1 << 20):
                    output.write(piece)
    finally:
        part.unlink(missing_ok=True)


def _copied(running: Engine, query: str, path: Path, options: str) -> int:
    return int(running.run("writing series", statements.copy(query, str(path), options))[0][0])


def _steps(running: Engine, question: Question) -> Iterator[tuple[int | None, int | None, int]]:
    """Ranges of windows with few enough logins each; one without bounds where all are few."""
    count = int(running.run("", statements.MEMBERS)[0][0])
    at_once = _at_once(question)
    if count <= at_once or question.mode is not Mode.TUMBLING:
        yield None, None, count
        return
    running.run("sorting", statements.BY_WINDOW)
    first = last = held = None
    for series, size in running.run("", statements.STEP_SIZES):
        if held and held + size > at_once:
            yield first, last, held
            first, held = None, 0
        first, last, held = series if first is None else first, series, (held or 0) + size
    yield first, last, held or 0


def _at_once(question: Question) -> int:
    """How many logins are aggregated in one step."""
    return question.memory_bytes // BYTES_OF_LOGIN


def _write_streamed(running: Engine, output: BinaryIO, window: int) -> int:
    """Write one window that is too large to aggregate, from its sorted logins."""
    cursor = running.connection.execute(statements.in_order(window))
    count = 0
    for (source, start, stop, several), logins in groupby(_rows(cursor), key=itemgetter(0, 1, 2, 3)):
        output.write(f"{_quoted(source)},{start},{stop},".encode())
        users = (f"{name}:{shown}" for *_, name, shown in logins)
        output.writelines(map(str.encode, _quoted_one_by_one(users) if several > 1 else map(_quoted, users)))
        output.write(b"\r\n")
        count += 1
    return count


def _quoted_one_by_one(users: Iterator[str]) -> Iterator[str]:
    """Several, joined by commas, as one quoted cell that is never held whole."""
    between = '"'
    for user in users:
        yield between + user.replace('"', '""')
        between = ","
    yield '"'


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield from rows


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in ',"\r\n') else cell
