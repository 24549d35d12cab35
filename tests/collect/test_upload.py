"""A probe that is uploaded: over SFTP where there is that, else through standard input; never quietly otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.collect.fake_machine import FakeProbe, MachineMaker
from tests.collect.recording_sink import RecordingSink
from whotop import probe
from whotop.collect import upload
from whotop.collect.collector import Collector

Collect = Callable[..., Collector]


async def runs_it(far: FakeProbe) -> None:
    """A machine that really runs what it is told to."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_shell(far.process.command or "", stdin=pipe, stdout=pipe, stderr=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    tasks = [
        asyncio.create_task(_pass_on(far.process.stdin, process.stdin)),
        asyncio.create_task(_pass_on(process.stdout, far.process.stdout)),
        asyncio.create_task(_pass_on(process.stderr, far.process.stderr)),
    ]
    try:
        await asyncio.gather(*tasks[1:])
        far.process.exit(await process.wait())
    finally:
        process.stdin.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await process.wait()


async def _pass_on(source: Any, sink: Any) -> None:
    while data := await source.read(65_536):
        sink.write(data)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's temporary folder, for both ways."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(upload, "PARENT", str(folder))
    return folder


@pytest.fixture
def rearrangeable(temporary: Path) -> None:
    """Others may rename and remove in it."""
    temporary.chmod(0o777)


def folders_in(temporary: Path) -> list[Path]:
    return list(temporary.iterdir())


async def test_without_sftp_the_source_goes_through_standard_input_into_a_file(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, temporary: Path
) -> None:
    machine = await trusted(runs_it)
    collect(machine.target(start="upload"))
    assert (await sink.wait_for("hello")).probe == "linux"
    assert folders_in(temporary) == []


async def test_with_sftp_it_is_uploaded_there_and_taken_from_there(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, temporary: Path
) -> None:
    seen: list[tuple[int, int]] = []

    async def looks_and_runs_it(far: FakeProbe) -> None:
        (folder,) = folders_in(temporary)
        seen.append((folder.stat().st_mode & 0o777, (folder / "probe").stat().st_mode & 0o777))
        await runs_it(far)

    machine = await trusted(looks_and_runs_it, sftp_factory=True)
    collect(machine.target(start="upload"))
    assert (await sink.wait_for("hello")).probe == "linux"
    assert seen == [(0o700, 0o600)]
    assert folders_in(temporary) == []


async def test_an_sftp_server_that_does_not_see_that_folder_is_not_used(
    trusted: MachineMaker,
    sink: RecordingSink,
    collect: Collect,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upload, "PARENT", "/no/such/folder")
    machine = await trusted(runs_it, sftp_factory=True)
    collect(machine.target(start="upload"))
    await sink.wait_for("hello")
    assert folders_in(temporary) == []


async def test_where_nothing_can_be_written_that_is_the_machines_reason(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", "/proc/self")
    machine = await trusted(runs_it)
    collect(machine.target(start="upload"))
    reason = await sink.wait_for("lost")
    assert reason.startswith("the probe cannot be uploaded: /proc/self: ")
    assert reason.endswith('(set TMPDIR there, or start = "stdin")')
    assert sink.of("hello") == []


async def test_what_sftp_cannot_write_the_machine_writes_itself_or_says_why_not(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, temporary: Path
) -> None:
    class Full(asyncssh.SFTPServer):
        def write(self, file_obj: object, offset: int, data: bytes) -> int:
            raise asyncssh.SFTPFailure("Failure")

    machine = await trusted(runs_it, sftp_factory=Full)
    collect(machine.target(start="upload"))
    await sink.wait_for("hello")
    assert folders_in(temporary) == []


async def test_an_sftp_server_that_hangs_is_given_up(
    trusted: MachineMaker,
    sink: RecordingSink,
    collect: Collect,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Hanging(asyncssh.SFTPServer):
        async def mkdir(self, path: bytes, attrs: object) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(upload, "UPLOAD_SECONDS", 0.2)
    machine = await trusted(runs_it, sftp_factory=Hanging)
    collect(machine.target(start="upload"))
    assert (await sink.wait_for("lost")).startswith("the probe cannot be uploaded: SFTP took longer")
    assert folders_in(temporary) == []


@pytest.mark.usefixtures("rearrangeable")
async def test_a_folder_that_others_may_rearrange_is_not_uploaded_to(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted(runs_it, sftp_factory=True)
    collect(machine.target(start="upload"))
    assert "others could exchange what lies there" in await sink.wait_for("lost")


async def test_what_is_exchanged_between_upload_and_start_is_not_run(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, temporary: Path
) -> None:
    async def exchanges_and_runs_it(far: FakeProbe) -> None:
        (folder,) = folders_in(temporary)
        (folder / "probe").write_bytes(b"import os; os.abort()")
        await runs_it(far)

    machine = await trusted(exchanges_and_runs_it, sftp_factory=True)
    collect(machine.target(start="upload"))
    assert "the uploaded probe is not the one that was sent" in await sink.wait_for("lost")


async def test_through_sudo_it_is_root_who_makes_the_folder(
    trusted: MachineMaker, sink: RecordingSink, collect: Collect, temporary: Path
) -> None:
    async def shows_no_folder_yet(far: FakeProbe) -> None:
        assert folders_in(temporary) == []
        far.process.exit(137)

    machine = await trusted(shows_no_folder_yet, sftp_factory=True)
    collect(machine.target(start="upload", sudo=True))
    await sink.wait_for("lost")
    assert machine.commands[0] == probe.through_sudo(probe.LOADER)
