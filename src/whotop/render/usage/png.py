"""A chart of usage as PNG, drawn by Pillow at twice its size, so that screens of any kind show it sharp."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

from whotop.core.usage import UsageReport
from whotop.render.pdf_document import FONT
from whotop.render.usage.figure import HEIGHT, LEFT, RIGHT, WIDTH, Figure, usage_figure

SCALE = 2
PAGE, BAR, LINE, QUIET, INK = "#fbfaf8", "#0b6b63", "#e4e1dc", "#676e77", "#24292f"


def png_document(report: UsageReport) -> bytes:
    """The chart; the same report gives the same bytes."""
    figure = usage_figure(report)
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAGE)
    _draw(ImageDraw.Draw(image), figure)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _draw(draw: ImageDraw.ImageDraw, figure: Figure) -> None:
    small, large = (ImageFont.truetype(str(FONT), points * SCALE) for points in (12, 15))
    draw.text(_at(LEFT - 40, 32), figure.title, INK, large, anchor="ls")
    for y, number in figure.lines:
        draw.line([_at(LEFT, y), _at(WIDTH - RIGHT, y)], LINE, SCALE)
        draw.text(_at(LEFT - 10, y), number, QUIET, small, anchor="rm")
    for bar in figure.bars:
        if bar.height:
            corners = [_at(bar.x, bar.y), _at(bar.x + bar.width, bar.y + bar.height)]
            draw.rounded_rectangle(corners, 2 * SCALE if bar.width >= 6 else 0, BAR)
    for centre, name in figure.names:
        draw.text(_at(centre, HEIGHT - 16), name, QUIET, small, anchor="ms")


def _at(x: float, y: float) -> tuple[float, float]:
    return x * SCALE, y * SCALE
