from __future__ import annotations

from pathlib import Path

import pytest

from whotop.config import load
from whotop.config.load import find_file, load_settings
from whotop.config.settings import Settings
from whotop.errors import ConfigError


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The user's file and the system's, neither of them there yet."""
    user, system = tmp_path / "user" / "config.toml", tmp_path / "system.toml"
    user.parent.mkdir()
    monkeypatch.setattr(load, "config_folder", lambda: user.parent)
    monkeypatch.setattr(load, "SYSTEM_FILE", system)
    return user, system


def test_without_any_file_there_is_none(places: tuple[Path, Path]) -> None:
    assert find_file() is None


def refuse(file: Path) -> bool:
    raise PermissionError(13, "Permission denied", str(file))


def test_a_folder_that_may_not_be_looked_into_is_no_folder_without_a_file(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(ConfigError, match=r"cannot be looked for: Permission denied \(.*name a file with -c\)"):
        find_file()


def test_the_users_file_wins_over_the_systems(places: tuple[Path, Path]) -> None:
    user, system = places
    system.touch()
    assert find_file() == system
    user.touch()
    assert find_file() == user


def test_a_named_file_wins_over_both_even_if_it_is_not_there(places: tuple[Path, Path]) -> None:
    places[0].touch()
    assert find_file(Path("other.toml")) == Path("other.toml")


def test_no_file_means_the_defaults() -> None:
    assert load_settings(None).interval_seconds == Settings().interval_seconds


def test_relative_paths_start_from_the_files_folder_and_tildes_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/lane")
    settings = load_settings(
        written(
            tmp_path,
            'inventory = "hosts.yml"\nlog_file = "~/w.log"\n[store]\npath = "w.db"\n[report]\nfile = "/r.html"\n'
            '[defaults]\nidentity_files = "~/.ssh/key"\n[[machines]]\nname = "a"\nidentity_files = ["key"]\n',
        )
    )
    assert settings.inventory == (str(tmp_path / "hosts.yml"),)
    assert settings.log_file == "/home/lane/w.log"
    assert settings.store.path == str(tmp_path / "w.db")
    assert settings.report.file == "/r.html"
    assert settings.defaults.identity_files == ("/home/lane/.ssh/key",)
    machine = settings.machines[0]
    assert not isinstance(machine, str)
    assert machine.identity_files == (str(tmp_path / "key"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("interval = \n", "line 1: is no TOML: invalid value"),
        ("a = 1\nb = [1\n", "line 2: is no TOML: unclosed array"),
        (b"a = 1\nb = '\xff'\n", "line 2: is no UTF-8 text"),
        ("a = " + "[" * 5_000, "is nested too deep"),
        ('[store]\npath = "a"\nurl = "b"\n', r"store: both path and url are given \(keep one of them\)"),
    ],
)
def test_a_malformed_file_is_named_with_the_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError, match=f"^{file}: {message}"):
        load_settings(file)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no.toml: cannot be read: No such file or directory"):
        load_settings(tmp_path / "no.toml")


def test_a_byte_order_mark_is_no_harm(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, b"\xef\xbb\xbftheme = 'x'\r\n")).theme == "x"
