"""A report as text, tables, Markdown, JSON, CSV, HTML or PDF. What it says is decided in ``core.report``."""

from whotop.render.exit_text import exit_text
from whotop.render.formats import Format, format_of
from whotop.render.rendering import render, write_report

__all__ = ["Format", "exit_text", "format_of", "render", "write_report"]
