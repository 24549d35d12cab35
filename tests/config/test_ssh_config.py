from __future__ import annotations

from pathlib import Path

import pytest

from whotop.collect.ssh_config import SshConfig
from whotop.config.ssh_config import named_hosts, ssh_config_files
from whotop.errors import ConfigError

CONFIG = """\
# Host commented
Host web1 web2 "web 3" !web4 web-*
    User deploy  # not a host
host=db1
    IdentityFile ~/.ssh/db
Match host web9
    User x
Host *
    IdentityFile "/keys/all"
    IdentityFile none
    IdentityFile ~/.ssh/%h
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config"
    file.write_text(CONFIG)
    return file


def test_a_pattern_chooses_among_the_names_of_the_host_lines(config: Path) -> None:
    assert named_hosts(config, ["web*"]) == ["web1", "web2", "web 3"]
    assert named_hosts(config, ["db1", "web2"]) == ["web2", "db1"]


@pytest.mark.parametrize("pattern", ["*", "**", "?*"])
def test_never_all_of_it(config: Path, pattern: str) -> None:
    with pytest.raises(ConfigError, match="would watch every host"):
        named_hosts(config, [pattern])


def test_a_pattern_that_matches_nothing_is_an_error(config: Path) -> None:
    with pytest.raises(ConfigError, match='no Host matches "mail"'):
        named_hosts(config, ["mail"])


def test_includes_are_followed_also_globs(tmp_path: Path) -> None:
    (tmp_path / "one.conf").write_text("Host inc1\n")
    (tmp_path / "two.conf").write_text("Host inc2\n")
    (tmp_path / "config").write_text(f"Include {tmp_path}/*.conf {tmp_path}/none\nHost inc3\n")
    assert named_hosts(tmp_path / "config", ["inc*"]) == ["inc1", "inc2", "inc3"]


def test_a_file_that_includes_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(f"Include {tmp_path}/config\nHost a\n")
    with pytest.raises(ConfigError, match="does it include itself"):
        named_hosts(tmp_path / "config", ["a"])


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none: cannot be read: No such file"):
        named_hosts(tmp_path / "none", ["a"])


def test_the_users_file_goes_with_the_systems_and_a_file_of_ones_own_stands_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/lane")
    assert ssh_config_files("/home/lane/.ssh/config") == (Path("/home/lane/.ssh/config"), Path("/etc/ssh/ssh_config"))
    assert ssh_config_files("/own") == (Path("/own"),)
    assert ssh_config_files("") == ()


def ascii_start(text: str) -> str:
    return ascii(text[:8])


@pytest.mark.parametrize("pattern", ["~nobody-at-all/x", "a\0b/*", '""', "**x", ".", "[" * 60_000], ids=ascii_start)
def test_an_include_of_what_cannot_be_there_includes_nothing(tmp_path: Path, pattern: str) -> None:
    file = tmp_path / "config"
    file.write_text(f"Include {pattern}\nHost web1\n")
    assert named_hosts(file, ["web*"]) == ["web1"]
    assert "user" not in SshConfig([file]).options("web1")
