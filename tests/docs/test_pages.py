"""What the pages promise in passing: links that lead somewhere, and every file that the probe looks at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
PROBE_FILES = sorted((ROOT / "src/whotop/probe/linux").glob("*.py"))
DEVICE_KINDS = {"/dev/loop", "/dev/fuse", "/dev/nbd"}
"""Beginnings of names in the list of mounts, which nobody opens."""

OF_ITSELF = {"/dev", "/dev/null", "/proc", "/proc/1/stat", "/proc/self/fd"}
SHELL_FILES = sorted((ROOT / "src/whotop/probe/posix").glob("*.sh"))
_SHELL_PATH = re.compile(r"(?<![\w$}])(/(?:dev|etc|proc|run|sys|var)/[\w./]*)")

_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
_PATH = re.compile(r'b"(/(?:dev|etc|proc|run|sys|var)/[\w./%]*)"')


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = _LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_path_that_the_probe_names_is_on_the_page_on_security() -> None:
    page = (ROOT / "docs/security.md").read_text("utf-8")
    named = {path for file in PROBE_FILES for path in _PATH.findall(file.read_text("utf-8"))}
    assert len(named) > 20
    told = {path.rstrip("/") for path in named - DEVICE_KINDS if "%d" not in path}
    assert sorted(path for path in told if path not in page) == []


def test_every_path_that_the_shell_names_is_on_the_page_too() -> None:
    page = (ROOT / "docs/security.md").read_text("utf-8")
    code = "\n".join(re.sub("#.*", "", file.read_text("utf-8")) for file in SHELL_FILES)
    named = {path.rstrip("/") for path in _SHELL_PATH.findall(code)} - DEVICE_KINDS - OF_ITSELF
    assert len(named) > 15
    assert sorted(path for path in named if path not in page) == []


def test_the_map_names_every_room() -> None:
    page = (ROOT / "docs/design.md").read_text("utf-8")
    rooms = {folder.parent.name for folder in (ROOT / "src/whotop").glob("*/__init__.py")}
    assert sorted(room for room in rooms if f"`{room}`" not in page) == []


def test_every_page_can_be_reached_from_the_first() -> None:
    first = (ROOT / "README.md").read_text("utf-8")
    assert [page.name for page in PAGES[2:] if f"](docs/{page.name})" not in first] == []
