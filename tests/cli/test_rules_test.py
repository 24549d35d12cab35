from __future__ import annotations

import json
from pathlib import Path

import pytest

from whotop.cli.main import run

LOG = "".join(
    f"2026-11-03T10:00:{second:02}.000000+00:00 web-01 sshd[{100 + second}]: "
    f"Failed password for root from 203.0.113.9 port 4000 ssh2\n"
    for second in range(7)
) + ("2026-11-03T10:00:30.000000+00:00 web-01 sshd[120]: Accepted password for root from 203.0.113.9 port 4001 ssh2\n")


@pytest.fixture
def log(tmp_path: Path) -> str:
    file = tmp_path / "auth.log"
    file.write_text(LOG)
    return str(file)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text("")
    return file


def test_it_says_what_would_have_been_told_when_and_why(
    log: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "test", "-c", str(config), "--time-zone", "UTC", log]) == 0
    told = capsys.readouterr().out
    assert "2026-11-03 10:00:04  warn  failed  web-01: 7 failed logins from 203.0.113.9 as root\n" in told
    assert "    2026-11-03 10:00:06 web-01 failed root from 203.0.113.9 (password)\n" in told
    assert "high  guessed  web-01: login as root after 7 failures from 203.0.113.9\n" in told
    assert "high  root  web-01: root logged in from 203.0.113.9\n" in told
    assert "       1  failed\n" in told
    assert told.endswith("3 alerts of 8 events on 1 machine, 2026-11-03 10:00:00 to 2026-11-03 10:00:30 +00:00 UTC\n")


def test_programs_get_json(log: str, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "test", "-c", str(config), "--time-zone", "UTC", "--json", log]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [alert["rule"] for alert in document["alerts"]] == ["failed", "guessed", "root"]
    first = document["alerts"][0]
    assert (first["machine"], first["subject"], first["count"]) == ("web-01", "203.0.113.9", 7)
    assert first["evidence"][0]["time"] == "2026-11-03T10:00:00.000000+00:00"
    assert document["rules"]["hours"] == {"on": False, "alerts": 0}


def test_all_rules_can_be_switched_on_for_once(log: str, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "test", "-c", str(config), "--all", log]) == 0
    told = capsys.readouterr().out
    assert "\noff: travel\n" in told
    assert "dormant" in told


def test_the_settings_are_those_of_the_configuration(
    log: str, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("[rules.failed]\ncount = 8\n[rules.guessed]\non = false\n[rules.root]\non = false\n")
    assert run(["rules", "test", "-c", str(config), "--time-zone", "UTC", log]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("0 alerts of 8 events")


def test_what_is_wrong_is_one_line(log: str, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text('[rules.hours]\non = true\nhours = "8-18"\n')
    assert run(["rules", "test", "-c", str(config), log]) == 2
    assert capsys.readouterr().err == (
        f'whotop: {config}: line 3, rules.hours.hours: "8-18" is no span of hours; write it like "08:30-18:00"\n'
    )
    config.write_text("[rules.travel]\non = true\n")
    assert run(["rules", "test", "-c", str(config), log]) == 2
    assert "rules.travel: it needs a database of places" in capsys.readouterr().err
    assert run(["rules", "test", "-c", str(config), "nothing.log"]) in (1, 2)
