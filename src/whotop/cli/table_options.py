"""The options that say how a table of events is written: shared by the commands that read files."""

from __future__ import annotations

import codecs
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from whotop.parse.event_row import TableForm


def _columns(_context: click.Context, _option: click.Parameter, text: str) -> dict[str, str]:
    from whotop.parse.event_row import NEEDED, OPTIONAL

    columns: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in text.split(","))):
        ours, _, theirs = (part.strip() for part in pair.partition("="))
        if ours not in NEEDED + OPTIONAL or not theirs:
            known = ", ".join(NEEDED + OPTIONAL)
            raise click.BadParameter(f'"{pair}" is not NAME=COLUMN, with a NAME of {known}')
        columns[ours] = theirs
    return columns


def _delimiter(_context: click.Context, _option: click.Parameter, text: str) -> str:
    delimiter = {"tab": "\t", r"\t": "\t"}.get(text, text)
    if len(delimiter) > 1 or delimiter in {"\r", "\n", '"'}:
        raise click.BadParameter(f'"{text}" is not one character, nor the word tab')
    return delimiter


def _encoding(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if text and not _is_of_text(text):
        raise click.BadParameter(f'"{text}" is no encoding of text: say utf-8, latin-1 or utf-16')
    return text


def _is_of_text(encoding: str) -> bool:
    """Whether text in it can be read piece by piece: idna and punycode are of one name, hex of no text at all."""
    sample = "a\n"
    try:
        pieces = [bytes([each]) for each in sample.encode(encoding)]
        return "".join(map(codecs.getincrementaldecoder(encoding)("replace").decode, pieces)) == sample
    except (LookupError, ValueError):
        return False


_OPTIONS = (
    click.option(
        "--columns",
        callback=_columns,
        default="",
        metavar="PAIRS",
        help="What a table calls its columns: date=when,user=login; without a header, their places: date=1,user=4.",
    ),
    click.option("--delimiter", callback=_delimiter, default="", metavar="CHARACTER", help="Between them; or tab."),
    click.option("--encoding", callback=_encoding, default="", metavar="NAME", help="Of a table, such as latin-1."),
)


def table_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``command`` these options as one argument named ``form``; None where nothing was said."""

    @functools.wraps(command)
    def gathered(*, columns: dict[str, str], delimiter: str, encoding: str, **parameters: Any) -> Any:
        return command(form=_form(columns, delimiter, encoding), **parameters)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


def _form(columns: dict[str, str], delimiter: str, encoding: str) -> TableForm | None:
    from whotop.parse.event_row import TableForm

    return TableForm(columns, delimiter, encoding) if columns or delimiter or encoding else None
