"""``whotop windows``: which sources logged in more than once within one window, from files of any size."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from whotop.errors import UsageError
from whotop.text import counted

if TYPE_CHECKING:
    from whotop.analyse.login_windows import Counts, Question

MODES = ("tumbling", "sliding", "gap")
ENDINGS = {".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl"}
LEAST_MEMORY_BYTES = 256 * 1024**2


def _size_ms(_context: click.Context, _option: click.Parameter, text: str) -> int:
    from whotop.config.window_sizes import parse_window_size

    try:
        return parse_window_size(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _zone(_context: click.Context, _option: click.Parameter, text: str) -> tzinfo:
    from whotop.config.zones import zone_named

    try:
        return zone_named(text or '""')
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _start(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    if text is None:
        return None
    from whotop.analyse.login_windows.careful_rows import moment_of

    moment = moment_of(text.replace("T", " ")) if text[10:11] == "T" else None
    if moment is None:
        raise click.BadParameter(f'"{text}" is not yyyy-MM-ddTHH:mm:ss')
    return moment


def _memory_bytes(_context: click.Context, _option: click.Parameter, text: str) -> int:
    from whotop.config.sizes import parse_size

    try:
        size_bytes = parse_size(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if size_bytes < LEAST_MEMORY_BYTES:
        raise click.BadParameter(f'"{text}": at least 256MiB')
    return size_bytes


@click.command()
@click.option("--input-file", "inputs", multiple=True, metavar="FILE", help="Logins; a glob; - for stdin.")
@click.option("--from-store", is_flag=True, help="The logins that whotop has seen or imported, instead of files.")
@click.option("--store", metavar="FILE", help="The store, instead of the usual place.")
@click.option("--where", default="", metavar="FILTER", help="With --from-store: only the logins that it finds.")
@click.option(
    "--output-file", "output", type=click.Path(path_type=Path), required=True, metavar="FILE", help="The series."
)
@click.option("--window-size", "size_ms", callback=_size_ms, required=True, metavar="SIZE", help="1.hour, 90 minutes.")
@click.option("--time-zone", "zone", callback=_zone, default="UTC", show_default=True, help="Of all times.")
@click.option("--start-date", "start", callback=_start, metavar="TIME", help="First window: yyyy-MM-ddTHH:mm:ss.")
@click.option("--mode", type=click.Choice(MODES), default="tumbling", show_default=True, help="What a window is.")
@click.option("--min-logins", type=click.IntRange(1), default=2, show_default=True, help="Logins that make a series.")
@click.option("--min-users", type=click.IntRange(1), default=1, show_default=True, help="Different users among them.")
@click.option("--skip-bad-rows", "skips_bad_rows", is_flag=True, help="Leave out and count rows that are no login.")
@click.option(
    "--normalise-addresses", "normalises_addresses", is_flag=True, help="Take spellings of one address for one source."
)
@click.option("--safe", "makes_safe", is_flag=True, help="Make names safe to show and to open in a spreadsheet.")
@click.option("--format", "wanted_format", type=click.Choice(["csv", "jsonl", "parquet"]), help="Else by the ending.")
@click.option("--force", is_flag=True, help="Replace an output file that is there already.")
@click.option(
    "--memory-limit", "memory_bytes", callback=_memory_bytes, default="2GiB", show_default=True, help="At most so much."
)
def windows(
    inputs: tuple[str, ...],
    from_store: bool,
    store: str | None,
    where: str,
    output: Path,
    wanted_format: str | None,
    mode: str,
    **asked: Any,
) -> int:
    """Find sources that logged in more than once within one window.

    The input is CSV without a header (login, address, yyyy-MM-dd HH:mm:ss), also compressed, or
    Parquet or JSON lines with columns of those names. The output has one row a series: IP address,
    Start, Stop, Users. Windows stand side by side from --start-date or the first login on; sliding
    ones stand anywhere; a gap chains logins no further apart than the size.
    """
    from whotop.analyse.login_windows import Mode, OutputFormat, Question

    _check_inputs(inputs, from_store, store, where)
    question = Question(
        inputs=inputs,
        output=output,
        output_format=OutputFormat(wanted_format or ENDINGS.get(output.suffix.lower(), "csv")),
        mode=Mode(mode),
        **asked,  # the other options are named as the fields of a question
    )
    _tell(_answered_from_store(question, store, where) if from_store else _answered(question))
    return 0


def _check_inputs(inputs: tuple[str, ...], from_store: bool, store: str | None, where: str) -> None:
    if bool(inputs) == from_store:
        raise UsageError("give either --input-file or --from-store")
    if not from_store and (store is not None or where):
        raise UsageError("--store and --where go with --from-store")


def _answered_from_store(question: Question, store: str | None, where: str) -> Counts:
    from whotop.cli.options import ConfigOptions
    from whotop.cli.precheck import store_place
    from whotop.cli.prepare import prepare
    from whotop.cli.stored_logins import write_stored_logins

    with tempfile.TemporaryDirectory(prefix="whotop.") as folder:
        path = Path(folder) / "logins.csv"
        write_stored_logins(store_place(prepare((), ConfigOptions(store=store))), where, path)
        return _answered(replace(question, instants=path))


def _answered(question: Question) -> Counts:
    from whotop.analyse.login_windows import answer
    from whotop.cli.progress import shown_progress

    with shown_progress() as progress:
        return answer(question, progress)


def _tell(counts: Counts) -> None:
    skipped = f", {counted(counts.bad_rows, 'bad row')} skipped" if counts.bad_rows else ""
    print(f"whotop: {counts.series:,} series in {counts.logins:,} logins{skipped}", file=sys.stderr)
