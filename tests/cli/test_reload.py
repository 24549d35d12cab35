"""The configuration read again: checked like at a start, taken up, and what waits is named."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from whotop.cli.live import watch_settings
from whotop.cli.options import ConfigOptions
from whotop.cli.prepare import Prepared, prepare
from whotop.cli.reload import READ_BY_A_SCREEN, READ_BY_A_SERVICE, Reload
from whotop.cli.secrets import Secrets
from whotop.clock import ManualClock
from whotop.errors import ConfigError
from whotop.model import Target
from whotop.monitor.opening import Watch, WatchSettings

pytestmark = pytest.mark.usefixtures("home")
BEFORE = 'machines = ["web-01"]\n'


class Watched(Watch):
    """Keeps what it is to watch."""

    took_up: WatchSettings | None = None

    async def retarget(self, targets: Sequence[Target], settings: WatchSettings | None = None) -> str:
        self.took_up = settings
        return f"configuration read: {', '.join(target.name for target in targets)}"


class Running:
    """whotop with a configuration that somebody edits."""

    def __init__(self, folder: Path, read_once: Sequence[str]) -> None:
        self.file = folder / "config.toml"
        self.file.write_text(BEFORE)
        started, secrets = self._read(), Secrets()
        self.watch = Watched(started.targets, watch_settings(started, secrets, "w.db"), ManualClock(0))
        self._reload = Reload(self.watch, started, secrets, self._read, read_once)

    def _read(self) -> Prepared:
        return prepare((), ConfigOptions(config=self.file))

    async def told(self, text: str) -> str:
        self.file.write_text(text)
        return (await self._reload.again())[1]


async def test_machines_and_settings_are_taken_up_together(tmp_path: Path) -> None:
    running = Running(tmp_path, READ_BY_A_SERVICE)
    told = await running.told('machines = ["web-02"]\n[rules.disk]\npercent = 70\n[store.keep]\nevents = "30d"\n')
    assert told == "configuration read: web-02"
    assert running.watch.took_up is not None
    assert running.watch.took_up.rules.disk.percent == 70.0
    assert running.watch.took_up.retention.event_seconds == 2_592_000


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[rules.cpu]\npercnt = 5\n", "percnt"),
        ('[notify.smtp]\nhost = "m"\nuser = "u@example.org"\npassword_environment = "NOT_SET"\n', "NOT_SET"),
        ("[rules.travel]\non = true\n", "a database of places"),
    ],
)
async def test_what_a_start_would_refuse_changes_nothing(tmp_path: Path, text: str, complaint: str) -> None:
    running = Running(tmp_path, READ_BY_A_SERVICE)
    with pytest.raises(ConfigError, match=complaint):
        await running.told(BEFORE + text)
    assert running.watch.took_up is None


async def test_what_waits_for_the_next_start_is_named(tmp_path: Path) -> None:
    running = Running(tmp_path, READ_BY_A_SERVICE)
    told = await running.told('log_file = "w.log"\ntheme = "dusk"\n' + BEFORE + '[store]\npath = "other.db"\n')
    assert told.endswith("; log_file, the place of the store from the next start on")


async def test_a_screen_names_what_it_reads_once(tmp_path: Path) -> None:
    running = Running(tmp_path, READ_BY_A_SCREEN)
    assert (await running.told("[alerts]\nbell = true\n")).endswith("; alerts from the next start on")
