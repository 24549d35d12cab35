from __future__ import annotations

from collections.abc import Callable

import asyncssh
import pytest

from tests.collect.fake_machine import MachineMaker
from tests.collect.home import Home
from tests.collect.recording_sink import RecordingSink
from whotop.collect.collector import Collector

Collect = Callable[..., Collector]


async def test_an_unknown_key_is_refused_with_the_line_that_mends_it(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    collect(machine.target())
    reason = await sink.wait_for("lost")
    assert reason == (
        f"its host key is unknown (ssh-ed25519 {machine.key.get_fingerprint()}); to trust it: "
        f'ssh-keyscan -p {machine.port} 127.0.0.1 >> ~/.ssh/known_hosts, or --accept-new, or host_keys = "accept-new"'
    )
    assert not home.own_known_hosts.exists()


@pytest.mark.parametrize(
    ("file", "mend"), [("none", "to trust it: --accept-new, or"), ("~/.ssh/work hosts", ">> ~/'.ssh/work hosts', or")]
)
async def test_what_mends_an_unknown_key_is_for_the_file_that_ssh_config_names(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect, file: str, mend: str
) -> None:
    home.config(f'UserKnownHostsFile "{file}"')
    collect((await machines()).target())
    assert mend in await sink.wait_for("lost")


async def test_an_unknown_key_is_accepted_once_it_was_recorded_by_somebody(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    collect(machine.target())
    await sink.wait_for("lost")
    home.trust(machine.known_hosts_line())
    await sink.wait_for("hello")


async def test_accept_new_records_the_key_for_its_owner_alone(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    collect(machine.target(host_key_policy="accept-new"))
    await sink.wait_for("hello")
    recorded = home.own_known_hosts
    key_words = machine.key.export_public_key().decode().split()[:2]
    assert recorded.read_text() == f"[127.0.0.1]:{machine.port} {' '.join(key_words)}\n"
    assert recorded.stat().st_mode & 0o777 == 0o600
    assert recorded.parent.stat().st_mode & 0o777 == 0o700


async def test_a_recorded_key_is_not_recorded_again(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    collect(machine.target(host_key_policy="accept-new"))
    await sink.wait_for("hello")
    machine.connections[0].abort()
    await sink.wait_for("hello", count=2)
    assert len(home.own_known_hosts.read_text().splitlines()) == 1


@pytest.mark.parametrize("policy", ["strict", "accept-new"])
@pytest.mark.parametrize("recorded_algorithm", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
async def test_a_changed_key_is_refused_under_every_policy_and_whatever_its_algorithm(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect, policy: str, recorded_algorithm: str
) -> None:
    machine = await machines()
    other = asyncssh.generate_private_key(recorded_algorithm).export_public_key().decode()
    home.trust("# a comment\n", f"[127.0.0.1]:{machine.port} {other}")
    collect(machine.target(host_key_policy=policy))
    assert await sink.wait_for("lost") == (
        f"HOST KEY CHANGED: it presents ssh-ed25519 {machine.key.get_fingerprint()}, "
        f"not the key of {home.ssh / 'known_hosts'}:2"
    )
    assert not home.own_known_hosts.exists()


async def test_the_key_on_record_is_asked_for_where_a_machine_has_several(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    recorded = asyncssh.generate_private_key("ssh-rsa")
    machine = await machines(server_host_keys=[asyncssh.generate_private_key("ssh-ed25519"), recorded])
    home.trust(f"[127.0.0.1]:{machine.port} {recorded.export_public_key().decode()}")
    collect(machine.target())
    await sink.wait_for("hello")


async def test_hashed_names_are_found(trusted: MachineMaker, home: Home, sink: RecordingSink, collect: Collect) -> None:
    machine = await trusted()
    home.hash_names()
    assert "127.0.0.1" not in (home.ssh / "known_hosts").read_text()
    collect(machine.target())
    await sink.wait_for("hello")


async def test_a_changed_key_is_seen_behind_hashed_names_too(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    home.trust(f"[127.0.0.1]:{machine.port} {other}")
    home.hash_names()
    collect(machine.target(host_key_policy="accept-new"))
    assert "HOST KEY CHANGED" in await sink.wait_for("lost")


async def test_a_revoked_key_is_refused_even_where_it_is_on_record(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    home.trust(machine.known_hosts_line(), f"@revoked * {machine.key.export_public_key().decode()}")
    collect(machine.target(host_key_policy="accept-new"))
    assert "key is revoked" in await sink.wait_for("lost")


async def test_a_key_recorded_without_a_port_is_good_for_every_port_but_another_one_there_means_nothing(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    same, other = await machines(), await machines()
    home.trust(f"127.0.0.1 {same.key.export_public_key().decode()}")
    collect(same.target("same"), other.target("other"))
    await sink.wait_for("hello", "same")
    assert "is unknown" in await sink.wait_for("lost", "other")


async def test_an_alias_names_the_key(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    home.config("Host db-02\n  HostName 127.0.0.1\n  HostKeyAlias the-db\n")
    home.trust(f"the-db {machine.key.export_public_key().decode()}")
    collect(machine.target(host="db-02"))
    await sink.wait_for("hello")


async def test_a_known_hosts_file_of_none_or_one_that_is_missing_knows_no_keys(
    trusted: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await trusted()
    home.config(
        "Host a\n UserKnownHostsFile none\nHost b\n UserKnownHostsFile /nonexistent/known\n"
        "Host *\n HostName 127.0.0.1\n GlobalKnownHostsFile none\n"
    )
    collect(machine.target("a", host="a"), machine.target("b", host="b"))
    for name in ("a", "b"):
        assert "is unknown" in await sink.wait_for("lost", name)


def signed(authority: asyncssh.SSHKey, host_key: asyncssh.SSHKey, principal: str) -> asyncssh.SSHCertificate:
    return authority.generate_host_certificate(host_key, "db-02", principals=[principal])


async def test_a_certificate_of_an_authority_on_record_is_trusted(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    authority, host_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    machine = await machines(server_host_keys=[(host_key, signed(authority, host_key, "127.0.0.1"))])
    home.trust(f"@cert-authority [127.0.0.1]:* {authority.export_public_key().decode()}")
    collect(machine.target())
    await sink.wait_for("hello")


async def test_a_certificate_for_another_machine_or_of_an_unknown_authority_is_not(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    authority, stranger, host_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(3))
    misnamed = await machines(server_host_keys=[(host_key, signed(authority, host_key, "elsewhere"))])
    unknown = await machines(server_host_keys=[(host_key, signed(stranger, host_key, "127.0.0.1"))])
    home.trust(f"@cert-authority [127.0.0.1]:* {authority.export_public_key().decode()}")
    collect(misnamed.target("misnamed"), unknown.target("unknown", host_key_policy="accept-new"))
    assert "principal mismatch" in await sink.wait_for("lost", "misnamed")
    assert "not trusted" in await sink.wait_for("lost", "unknown")
    assert sink.of("hello") == []


async def test_a_machine_that_lost_its_certificate_is_refused_where_an_authority_is_on_record(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    authority = asyncssh.generate_private_key("ssh-ed25519")
    machine = await machines()
    home.trust(f"@cert-authority [127.0.0.1]:* {authority.export_public_key().decode()}")
    collect(machine.target(host_key_policy="accept-new"))
    assert "known_hosts asks for a certificate" in await sink.wait_for("lost")


async def test_accept_new_takes_no_new_name_for_an_address_whose_key_is_another(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    home.trust(f"[127.0.0.1]:{machine.port} {other}")
    collect(machine.target(host="localhost", host_key_policy="accept-new"))
    assert "its address 127.0.0.1 has another key" in await sink.wait_for("lost")


async def test_a_key_that_cannot_be_recorded_is_not_accepted(
    machines: MachineMaker, home: Home, sink: RecordingSink, collect: Collect
) -> None:
    machine = await machines()
    (home.folder / "whotop").write_text("a file where the folder should be")
    collect(machine.target(host_key_policy="accept-new"))
    assert "cannot be recorded" in await sink.wait_for("lost")
    assert sink.of("hello") == []
