from __future__ import annotations

from pathlib import Path

from whotop.cli.live import watch_settings
from whotop.cli.options import ConfigOptions
from whotop.cli.prepare import Prepared, prepare
from whotop.cli.secrets import Secrets
from whotop.store.retention import RetentionSettings


def prepared(tmp_path: Path, text: str = "") -> Prepared:
    config = tmp_path / "config.toml"
    config.write_text(text)
    return prepare((), ConfigOptions(config=config))


def test_what_is_kept_by_default_is_what_the_store_keeps_by_default(tmp_path: Path) -> None:
    assert watch_settings(prepared(tmp_path), Secrets(), None).retention == RetentionSettings()


def test_the_monitor_is_told_what_the_file_says(tmp_path: Path, home: Path) -> None:
    text = 'ssh_config = "own"\n[store.keep]\nraw = "1h"\nevents = "30d"\n[rules.disk]\npercent = 70\n'
    settings = watch_settings(prepared(tmp_path, text), Secrets(), "w.db")
    assert settings.store == "w.db"
    assert (settings.retention.raw_seconds, settings.retention.event_seconds) == (3_600, 2_592_000)
    assert settings.rules.disk.percent == 70.0
    assert settings.collect.ssh_config_files == (tmp_path / "own",)
    assert settings.collect.own_known_hosts == home / ".local/state/whotop/known_hosts"


def test_secrets_reach_the_collector_and_nothing_else(tmp_path: Path) -> None:
    settings = watch_settings(prepared(tmp_path), Secrets({Path("k"): "one"}, {"a": "two"}), None)
    assert settings.collect.passphrases == {Path("k"): "one"}
    assert settings.collect.passwords == {"a": "two"}
