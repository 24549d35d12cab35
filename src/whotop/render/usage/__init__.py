"""A report of usage as text, CSV, JSON, HTML, or a chart. What it says is decided in ``core.usage``."""

from whotop.render.usage.rendering import DRAWN, ENDINGS, CsvStyle, UsageFormat, render_usage

__all__ = ["DRAWN", "ENDINGS", "CsvStyle", "UsageFormat", "render_usage"]
