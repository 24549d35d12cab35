"""Write docs/keys.md from the registry of actions; a test holds the page to it."""

from __future__ import annotations

from pathlib import Path

from whotop.tui.keymap import keys_table

PAGE = Path(__file__).parents[1] / "docs" / "keys.md"

if __name__ == "__main__":
    PAGE.write_text(keys_table(), "utf-8")
