"""What the shell's probe sends in envelopes, under every shell that is installed here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.probe.shell_probe import Begin, ShellMachine, installed
from whotop.wire.messages import Figures, Goodbye, Hello, Records, Sessions, Stop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="its rig is Linux")


def makes_envelopes() -> bool:
    """OpenSSL before 3.0 does not."""
    try:
        version = subprocess.run(["openssl", "version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return False
    return version.startswith("OpenSSL 3")


needs_openssl = pytest.mark.skipif(not makes_envelopes(), reason="no OpenSSL 3 here")


@needs_openssl
@pytest.mark.parametrize("shell", installed())
def test_all_that_a_shell_sends_is_sealed_where_its_openssl_can(begin: Begin, shell: str) -> None:
    probe = begin(shell, seals=True)
    assert probe.next(Hello).probe == "posix"
    probe.next(Figures)
    probe.send(Stop())
    probe.next(Goodbye)
    assert probe.is_sealed
    assert probe.status() == 0
    assert probe.left_behind() == []


@needs_openssl
def test_sessions_and_records_fit_into_sealed_frames(begin: Begin, machine: ShellMachine) -> None:
    machine.wtmp.write_bytes(2 * (b"\x07" + bytes(383)))
    probe = begin(installed()[0], seals=True)
    probe.next(Sessions)
    probe.read_on()
    assert len(probe.next(Records).data) == 768


@pytest.mark.parametrize("answer", ["exit 1", "echo 'cms: Unknown option' >&2; exit 1", "exit 0"])
def test_a_shell_whose_openssl_cannot_says_so_and_is_protected_by_ssh_alone(
    begin: Begin, tmp_path: Path, answer: str
) -> None:
    programs = tmp_path / "old"
    programs.mkdir()
    (programs / "openssl").write_text(f"#!/bin/sh\n{answer}\n")
    (programs / "openssl").chmod(0o755)
    probe = begin(installed()[0], seals=True, environment={"PATH": f"{programs}:/usr/bin:/bin"})
    assert probe.next(Hello).probe == "posix"
    assert not probe.is_sealed
