"""A chart of usage as SVG: one file, no script, in the reader's light or dark scheme."""

from __future__ import annotations

from html import escape

from whotop.core.usage import UsageReport
from whotop.render.usage.figure import HEIGHT, LEFT, RIGHT, WIDTH, Bar, Figure, usage_figure

STYLE = """
.page { fill: #fbfaf8 } .bar { fill: #0b6b63 } .line { stroke: #e4e1dc } .quiet { fill: #676e77 } .ink { fill: #24292f }
@media (prefers-color-scheme: dark) {
.page { fill: #14171a } .bar { fill: #6cc7bd } .line { stroke: #2d3339 } .quiet { fill: #949ca5 } .ink { fill: #dfe3e7 }
}
text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif } .ink { font-size: 15px; font-weight: 600 }
"""


def svg_document(report: UsageReport) -> str:
    """The chart as a file of its own."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + svg_element(report) + "\n"


def svg_element(report: UsageReport) -> str:
    """The chart as an element, to stand in a page."""
    figure = usage_figure(report)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(figure.title)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="10"/>',
        f'<text class="ink" x="{LEFT - 40}" y="32">{escape(figure.title)}</text>',
        *_scale(figure),
        *map(_bar, figure.bars),
        *(
            f'<text class="quiet" x="{centre:.1f}" y="{HEIGHT - 16}" text-anchor="middle">{escape(name)}</text>'
            for centre, name in figure.names
        ),
        "</svg>",
    ]
    return "\n".join(parts)


def _scale(figure: Figure) -> list[str]:
    return [
        f'<path class="line" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
        f'<text class="quiet" x="{LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{number}</text>'
        for y, number in figure.lines
    ]


def _bar(bar: Bar) -> str:
    rounded = ' rx="2"' if bar.width >= 6 else ""
    return (
        f'<rect class="bar" x="{bar.x:.2f}" y="{bar.y:.2f}" width="{bar.width:.2f}" height="{bar.height:.2f}"{rounded}>'
        f"<title>{escape(bar.text)}</title></rect>"
    )
