from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from whotop.core.rules.settings import RuleSettings


def test_every_rule_is_listed_with_what_it_finds_and_its_settings(whotop: Run) -> None:
    code, out, err = whotop("rules")
    assert (code, err) == (0, "")
    assert [name for name in RuleSettings().tables() if f"\n{name} " not in out] == []
    assert "cpu            on   CPU in use over a limit\n" in out
    assert 'percent = 90  for = "5m"' in out


def test_what_the_file_says_has_a_star(whotop: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(
        "[rules.cpu]\npercent = 80\n[rules.clock]\non = false\n[[rules.cpu.scopes]]\nmachines='b*'\non=false"
    )
    out = whotop("rules", "-c", file)[1]
    assert out.startswith(f"* set in {file}\n")
    assert "percent* = 80  for = " in out
    assert "clock          off*" in out
    assert '* machines = ["b*"]: on = false' in out


def test_as_json_every_setting_says_where_it_comes_from(whotop: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('[[rules.cpu.scopes]]\nmachines="b*"\nfor="1m"\n[rules.cpu]\npercent = 80\n')
    page = json.loads(whotop("rules", "-c", file, "--json")[1])
    (cpu,) = [rule for rule in page["rules"] if rule["name"] == "cpu"]
    assert (page["file"], cpu["on"]) == (str(file), True)
    assert cpu["settings"]["percent"] == {"value": 80.0, "from": "file"}
    assert cpu["settings"]["for"] == {"value": "5m", "from": "default"}
    assert cpu["scopes"] == [{"machines": ["b*"], "changes": {"for": "1m"}}]


def test_a_wrong_file_is_one_line(whotop: Run, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[rules.cpu]\npercent = 101\n")
    code, _, err = whotop("rules", "-c", file)
    assert (code, err) == (2, f"whotop: {file}: line 2, rules.cpu.percent: 101 is too large: at most 100\n")
