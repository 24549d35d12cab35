"""What ``whotop`` finds wrong before the screen starts, and what it hands to the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from whotop.cli import watch as watch_file
from whotop.cli.prepare import Prepared
from whotop.cli.secrets import Secrets
from whotop.core.fleet import Fleet

SAMPLES = sorted((Path(__file__).parents[2] / "sample_configs").glob("*.toml"))


class Shown:
    """Stands in for the screen and remembers what it was given."""

    prepared: Prepared
    read_again: Callable[[], Prepared]

    def __call__(self, prepared: Prepared, secrets: Secrets, read_again: Callable[[], Prepared]) -> int:
        self.prepared, self.secrets, self.read_again = prepared, secrets, read_again
        return 0


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Shown:
    shown = Shown()
    monkeypatch.setattr(watch_file, "run_screen", shown)
    monkeypatch.setattr(watch_file, "on_terminal", lambda: True)
    return shown


@pytest.fixture
def config(home: Path) -> Path:
    """The user's configuration file, empty."""
    file = home / ".config" / "whotop" / "config.toml"
    file.parent.mkdir(parents=True)
    file.touch()
    return file


def names(shown: Shown) -> list[str]:
    return [target.name for target in shown.prepared.targets]


def test_nothing_at_all_means_this_machine(whotop: Run, screen: Shown) -> None:
    assert whotop()[0] == 0
    assert [target.local for target in screen.prepared.targets] == [True]


def test_the_configured_machines_are_watched(whotop: Run, screen: Shown, config: Path) -> None:
    config.write_text('machines = ["web-[1-2]"]')
    assert whotop()[0] == 0
    assert names(screen) == ["web-1", "web-2"]


def test_options_win_over_the_file(whotop: Run, screen: Shown, config: Path, tmp_path: Path) -> None:
    config.write_text('interval = "5s"\ntheme = "dusk"\ntime_zone = "UTC"\n[report]\nfile = "r.txt"\n')
    store = tmp_path / "w.db"
    whotop(
        "a", "-n", "2", "--theme", "paper", "--time-zone", "Asia/Tokyo", "--accept-new", "--store", store, "--no-report"
    )
    settings = screen.prepared.settings
    assert (settings.interval_seconds, settings.theme, settings.store.path) == (2.0, "paper", str(store))
    assert str(screen.prepared.zone) == "Asia/Tokyo"
    assert not settings.report.on_exit
    (target,) = screen.prepared.targets
    assert (target.interval_seconds, target.host_key_policy) == (2.0, "accept-new")


def test_the_configuration_can_be_read_again_with_the_same_words(whotop: Run, screen: Shown, config: Path) -> None:
    config.write_text('machines = ["web-1", "db-1"]')
    whotop("web-*", "--theme", "paper")
    config.write_text('machines = ["web-1", "web-2"]')
    again = screen.read_again()
    assert [target.name for target in again.targets] == ["web-1", "web-2"]
    assert again.settings.theme == "paper"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda file: file.stem)
def test_every_sample_configuration_gets_as_far_as_the_screen(whotop: Run, screen: Shown, sample: Path) -> None:
    assert whotop("-c", sample) == (0, "", "")
    assert len(screen.prepared.targets) >= 3


def test_limits_of_the_rules_are_read(whotop: Run, screen: Shown, config: Path) -> None:
    config.write_text('[rules.cpu]\npercent = 50\nfor = "1m"\n[rules.logins]\nstart = 2026-11-01T00:00:00Z\n')
    assert whotop()[0] == 0
    rules = screen.prepared.rules
    assert (rules.cpu.percent, rules.cpu.for_seconds, rules.logins.start_seconds) == (50.0, 60.0, 1_793_491_200.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("interval = ", "config.toml: line 1: is no TOML: invalid value"),
        ('\nintervall = "5s"\n', 'line 2, intervall: there is no such field (did you mean "interval"?)'),
        ('interval = "5"', 'line 1, interval: "5" has no unit: write "5s"'),
        ('machines = ["a"]\n[[machines]]\n', "is no TOML"),
        ('[[machines]]\nname = "a"\n[[machines]]\nname = "a"\n', 'line 3, machines[1]: "a" is there twice'),
        ('time_zone = "Mars"', 'line 1, time_zone: "Mars" is no time zone'),
        ("[rules.cpu]\npercent = 101\n", "line 2, rules.cpu.percent: 101 is too large: at most 100"),
        ("[rules.cpu]\npercnt = 1\n", 'line 2, rules.cpu.percnt: there is no such field (did you mean "percent"?)'),
        ("[rules.clok]\non = false\n", 'line 1, rules.clok: there is no such field (did you mean "clock"?'),
        ('\ntheme = "duks"\n', 'line 2, theme: there is no theme "duks" (did you mean "dusk"?)'),
        ('theme = "x"\n', 'line 1, theme: there is no theme "x" (there are contrast, daylight, dusk,'),
        ('[keys]\nopne = "o"\n', "line 1, keys: there is no action 'opne' (did you mean 'open'?)"),
        ('inventory = "hosts"', "hosts: cannot be read: No such file or directory"),
        ('ssh_config = "nope"', "ssh_config: there is no file"),
        ('machines = ["a"]\n[defaults]\nidentity_files = "k"\n', "k: there is no such key file"),
        ('machines = ["a"]\n[defaults]\npassword_environment = "UNSET"\n', 'password_environment: "UNSET"'),
        ('[store]\npath = "config.toml"\n', "config.toml: this file is not a database"),
        ('[report]\nfile = "no/folder/r.txt"\n', "line 2, report.file"),
        ('[report]\nfile = "r.doc"\n', "r.doc: a report cannot be written as .doc"),
        ('[report]\nfile = "r.doc"\n', "config.toml: line 2, report.file: "),
    ],
)  # fmt: skip
def test_a_wrong_configuration_is_one_line_with_the_place(
    whotop: Run, screen: Shown, config: Path, text: str, message: str
) -> None:
    config.write_text(text)
    code, output, errors = whotop()
    assert message in errors
    assert errors.startswith("whotop: ")
    assert errors.count("\n") == 1
    assert output == ""
    assert code == (1 if "database" in message else 2)
    assert not hasattr(screen, "prepared")


@pytest.mark.parametrize(("text", "seconds"), [("2", 2.0), ("0.5", 0.5), ("1m 30s", 90.0)])
def test_a_bare_interval_means_seconds(whotop: Run, screen: Shown, text: str, seconds: float) -> None:
    assert whotop("-n", text)[0] == 0
    assert screen.prepared.settings.interval_seconds == seconds


@pytest.mark.parametrize(
    ("text", "message"), [("0", '"0": between 0.2s and 1d'), ("2d", '"2d": between'), ("soon", '"soon" is no length')]
)
def test_an_interval_that_cannot_be_is_a_usage_error(whotop: Run, screen: Shown, text: str, message: str) -> None:
    code, _, errors = whotop("-n", text)
    assert code == 2
    assert errors.startswith("whotop: Invalid value for '-n' / '--interval': " + message)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("r.doc", "whotop: --report: r.doc: a report cannot be written as .doc (it can as .txt"),
        ("/no/r.txt", "whotop: --report: /no/r.txt: there is no folder /no (make it, or name another file)"),
    ],
)
def test_a_report_of_the_option_is_named_as_such(
    whotop: Run, screen: Shown, config: Path, file: str, message: str
) -> None:
    code, _, errors = whotop("--report", file)
    assert code == 2
    assert errors.startswith(message)


def test_a_theme_of_the_option_is_named_as_such(whotop: Run, screen: Shown) -> None:
    code, _, errors = whotop("--theme", "drusk")
    assert (code, errors) == (2, 'whotop: --theme: there is no theme "drusk" (did you mean "dusk"?)\n')


def test_a_theme_of_ones_own_may_be_chosen(whotop: Run, screen: Shown, home: Path) -> None:
    (home / ".config/whotop/themes").mkdir(parents=True)
    (home / ".config/whotop/themes/mine.toml").write_text("what the screen will name and skip")
    assert whotop("--theme", "mine") == (0, "", "")


def test_a_log_file_is_the_owners_alone(whotop: Run, screen: Shown, tmp_path: Path) -> None:
    assert whotop("--log-file", tmp_path / "w.log")[0] == 0
    assert (tmp_path / "w.log").stat().st_mode & 0o777 == 0o600


def test_verbose_alone_writes_the_usual_log_file(whotop: Run, screen: Shown, home: Path) -> None:
    assert whotop("-v")[0] == 0
    assert (home / ".local/state/whotop/whotop.log").is_file()


def test_a_log_file_that_cannot_be_written_is_said(whotop: Run, screen: Shown, tmp_path: Path) -> None:
    code, _, errors = whotop("--log-file", tmp_path)
    assert (code, errors) == (2, f"whotop: {tmp_path}: the log file cannot be written: Is a directory\n")


@pytest.fixture
def polled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is polled, nothing is found."""

    async def once(targets: object, settings: object, clock: object) -> Fleet:
        return Fleet()

    monkeypatch.setattr("whotop.monitor.poll.poll_once", once)


def test_without_a_terminal_a_report_is_printed_and_left_where_it_was_asked_for(
    whotop: Run, polled: None, tmp_path: Path
) -> None:
    code, output, _ = whotop("web-01", "--report", tmp_path / "r.json")
    assert (code, output) == (0, "")
    assert (tmp_path / "r.json").read_text().startswith("{")


def test_without_a_terminal_nothing_is_kept_and_no_store_is_needed(whotop: Run, polled: None, tmp_path: Path) -> None:
    assert whotop("web-01", "--store", tmp_path) == (0, "", "")
