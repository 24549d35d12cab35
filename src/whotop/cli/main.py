"""The top of the command line, and the boundary at which every error becomes one line and a code.

Exit codes are an interface: 0 done, 1 failed, 2 wrong usage or configuration or a file of records
that cannot be read, 3 done but some machines could not be reached, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import TextIO

import rich_click as click

from whotop import __version__
from whotop.cli.group import CommandGroup
from whotop.errors import ConfigError, WhotopError
from whotop.text import safe

FAILED = 1
INTERRUPTED = 130
MESSAGE_LIMIT = 2_000
"""A message may quote what was typed or read; it stays one line of plain text."""


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="A first word that is no command means watch; a machine named like a command: whotop -- report.",
)
@click.version_option(__version__, "-V", "--version", message="whotop %(version)s")
def whotop() -> None:
    """Who is on which machine, live, across a fleet, with nothing installed on it.

    whotop web-01 ops@db-02:2222 watches two machines; whotop alone watches those of the
    configuration, or this one.
    """


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the process's exit code."""
    try:
        code = whotop.main(list(arguments), prog_name="whotop", standalone_mode=False)
        sys.stdout.flush()
    except ConfigError as error:
        return _complain(_located(error), error.exit_code)
    except WhotopError as error:
        return _complain(str(error), error.exit_code)
    except click.ClickException as error:
        return _complain(_usage(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        _give_up(sys.stdout)
        return FAILED
    except OSError as error:
        _give_up(sys.stdout)
        what = "it is not open for writing" if error.errno == errno.EBADF else error.strerror
        return _complain(f"{error.filename or 'standard output'}: {what}", FAILED)
    return code if isinstance(code, int) else 0


def _give_up(stream: TextIO) -> None:
    """What is left unwritten would make the interpreter stumble when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _located(error: ConfigError) -> str:
    from whotop.config.lines import with_line

    return str(with_line(error))


def _usage(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    return f"{message} (see {context.command_path} --help)" if context else message


def _complain(line: str, code: int) -> int:
    try:
        print(f"whotop: {safe(line, MESSAGE_LIMIT)}", file=sys.stderr)
    except OSError:  # then the code alone tells of it
        _give_up(sys.stderr)
    return code
