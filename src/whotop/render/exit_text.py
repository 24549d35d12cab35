"""What the screen leaves on the terminal when it ends: the whole report, or what of it fits a screenful."""

from __future__ import annotations

from pathlib import Path

from whotop.core.report import Report
from whotop.render.made_safe import made_safe
from whotop.render.phrases import title, totals, watched
from whotop.render.text_lines import alert_lines, cannot_tell_lines, not_reached_lines, text_lines
from whotop.text import cells

PROMPT_LINES = 1
"""The shell's next prompt takes a line of the screenful."""


def exit_text(report: Report, height: int, written_to: str | Path | None, width: int = 80) -> str:
    """The report for a terminal of ``height`` lines of ``width`` cells, ending in a line break.

    Longer than that, it is the totals, the alerts, the machines not reached, and where the whole
    was written (``None``: nowhere).
    """
    report = made_safe(report)
    head = [f"whotop {title(report)}", *filter(None, [watched(report)]), " · ".join(totals(report))]
    foot = [f"written to {written_to}"] if written_to else []
    room = height - PROMPT_LINES
    whole = _blocks(head, text_lines(report), foot)
    if _height(whole, width) <= room:
        return _joined(whole)
    if not foot:
        foot = ["too long to show here; --report FILE writes the whole"]
    frame = _height(_blocks(head, ["…"], foot), width) - 1
    return _joined(_blocks(head, _cut(_troubles(report), room - frame, width), foot))


def _troubles(report: Report) -> list[str]:
    return [*alert_lines(report), *not_reached_lines(report), *cannot_tell_lines(report)]


def _cut(lines: list[str], room: int, width: int) -> list[str]:
    """As many lines as fit, the last one saying how many do not."""
    if _height(lines, width) <= room:
        return lines
    kept: list[str] = []
    used = 1
    for line in lines:
        used += _height([line], width)
        if used > room:
            break
        kept.append(line)
    return [*kept, f"… and {len(lines) - len(kept)} more alerts and machines"]


def _blocks(*blocks: list[str]) -> list[str]:
    """The blocks that hold something, with a blank line between."""
    lines: list[str] = []
    for block in filter(None, blocks):
        lines += ["", *block] if lines else block
    return lines


def _height(lines: list[str], width: int) -> int:
    """Lines of the terminal that they take, wrapped ones counted as often as they wrap."""
    return sum(max(1, -(-cells(line) // max(width, 1))) for line in lines)


def _joined(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)
