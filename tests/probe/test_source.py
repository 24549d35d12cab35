"""The probe's text: one file that an old Python can at least read, and that needs nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import resources

import pytest

from whotop import probe

TREE = ast.parse(probe.source())
ALLOWED = {
    "_blake2",
    "_sha2",
    "_sha256",
    "binascii",
    "functools",
    "hashlib",
    "io",
    "json",
    "operator",
    "os",
    "re",
    "resource",
    "select",
    "signal",
    "stat",
    "struct",
    "sys",
    "time",
    "zlib",
}
LOADED_WHERE_NEEDED = {"_sqlite3", "bz2", "ctypes", "errno", "gzip", "lzma", "socket", "sqlite3"}
"""Inside functions only: each costs memory on every machine."""


def defined_names() -> list[str]:
    names: list[str] = []
    for node in TREE.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
    return names


def test_every_file_of_the_probe_is_in_it() -> None:
    folder = resources.files("whotop.probe") / "linux"
    files = {entry.name.removesuffix(".py") for entry in folder.iterdir() if entry.name.endswith(".py")}
    assert files - {"__init__"} == set(probe.PARTS)


def test_its_syntax_is_that_of_python_3_5() -> None:
    ast.parse(probe.source(), feature_version=(3, 5))


def test_nothing_in_it_needs_more_than_python_3_6() -> None:
    folder = str(resources.files("whotop.probe") / "linux")
    arguments = ["-t=3.6-", "--no-tips", "--eval-annotations", folder]
    command = [sys.executable, "-c", "import vermin; vermin.main()", *arguments]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_no_import_of_the_package_is_left() -> None:
    assert b"whotop.probe" not in probe.source()


def imports(nodes: Iterable[ast.AST]) -> set[str]:
    imported = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module))
    return imported


def test_it_imports_little_and_only_from_the_standard_library() -> None:
    assert imports(TREE.body) <= ALLOWED
    assert imports(ast.walk(TREE)) <= ALLOWED | LOADED_WHERE_NEEDED


def test_no_name_means_two_things_once_the_files_are_joined() -> None:
    # Both are numbers of bytes that two files name alike, with the same value.
    alike = {"READ_BYTES"}
    repeated = {name for name, count in Counter(defined_names()).items() if count > 1}
    assert repeated <= alike


@pytest.mark.parametrize("version", [(3, 4, 10), (3, 5, 9)])
def test_a_python_that_is_too_old_says_so_in_one_line(version: tuple[int, int, int]) -> None:
    program = f"import sys; sys.version_info = {version}; exec(open(0, 'rb').read())"  # as the loader does
    ended = subprocess.run([sys.executable, "-c", program], input=probe.source(), capture_output=True, check=False)
    assert ended.returncode == probe.OLD_PYTHON_STATUS
    assert ended.stderr == b"Python 3.%d is too old: the probe needs 3.6\n" % version[1]
    assert ended.stdout == b""
