"""Where an answer about usage goes: to standard output or into a file, as text or drawn."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from whotop.core.usage import UsageReport
from whotop.errors import UsageError
from whotop.render.destination import check_place
from whotop.render.files import write_file
from whotop.render.made_safe import made_safe
from whotop.render.usage import DRAWN, ENDINGS, CsvStyle, UsageFormat, render_usage
from whotop.render.usage.texts import plot_lines

TALLEST, LEAST_TALL = 24, 8
"""Lines of a chart on the terminal."""


@dataclass(frozen=True)
class Output:
    """What was chosen; a format of None is a chart on the terminal."""

    format: UsageFormat | None
    style: CsvStyle
    file: Path | None

    @classmethod
    def chosen(cls, wanted: str | None, style: str, file: Path | None, *, is_plot: bool) -> Output:
        """Raise UsageError for a file that cannot be written, or whose ending names no picture."""
        if file is not None:
            check_place(file)
        by_ending = ENDINGS.get(file.suffix.lower()) if file is not None else None
        if not is_plot:
            return cls(UsageFormat(wanted) if wanted else by_ending or UsageFormat.TEXT, CsvStyle(style), file)
        if file is not None and by_ending not in DRAWN:
            drawn = ", ".join(ending for ending, kind in ENDINGS.items() if kind in DRAWN)
            raise UsageError(f"{file}: a chart cannot be drawn as that (it can as {drawn})")
        return cls(by_ending, CsvStyle(style), file)

    def write(self, report: UsageReport) -> None:
        """Raises WhotopError where the file cannot be written."""
        content = _on_terminal(report) if self.format is None else render_usage(report, self.format, self.style)
        if self.file is not None:
            write_file(self.file, content)
            return
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


def _on_terminal(report: UsageReport) -> bytes:
    size = shutil.get_terminal_size()
    lines = plot_lines(made_safe(report), size.columns, max(min(size.lines - 2, TALLEST), LEAST_TALL))
    return "".join(line + "\n" for line in lines).encode()
