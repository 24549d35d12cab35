from __future__ import annotations

from pathlib import Path

import pytest

from whotop.config.decode import decode
from whotop.config.machines import configured_machines
from whotop.config.settings import Settings
from whotop.errors import ConfigError
from whotop.model import Target


def settings_of(**table: object) -> Settings:
    return decode(table, Settings, file="c.toml")


def machines_of(**table: object) -> dict[str, Target]:
    return configured_machines(settings_of(**table), "c.toml")


def test_a_word_is_a_machine() -> None:
    assert machines_of(machines=["ops@db-02"]) == {"db-02": Target(name="db-02", user="ops")}


def test_a_port_in_the_word_is_part_of_the_name() -> None:
    machines = machines_of(machines=["10.0.0.9:2222", "10.0.0.9:2223", "[::1]:22"])
    assert machines["10.0.0.9:2222"] == Target(name="10.0.0.9:2222", host="10.0.0.9", port=2222)
    assert machines["[::1]:22"] == Target(name="[::1]:22", host="::1", port=22)


def test_a_range_of_names_takes_a_range_of_hosts() -> None:
    machines = machines_of(machines=[{"name": "web-[08-10]", "host": "10.0.0.[8-10]"}])
    assert [(name, target.host) for name, target in machines.items()] == [
        ("web-08", "10.0.0.8"),
        ("web-09", "10.0.0.9"),
        ("web-10", "10.0.0.10"),
    ]


def test_a_machine_says_more_than_the_defaults_and_tags_add_up() -> None:
    defaults = {"user": "ops", "port": 2200, "jump": "gate", "tags": ["prod"], "identity_files": ["k"]}
    own = {"name": "a", "user": "root", "jump": "", "tags": ["db", "prod"], "interval": "1m", "host_keys": "accept-new"}
    machines = machines_of(defaults=defaults, machines=["b", own])
    assert machines["a"] == Target(
        name="a",
        user="root",
        port=2200,
        tags=("prod", "db"),
        identity_files=("k",),
        interval_seconds=60.0,
        host_key_policy="accept-new",
    )
    assert machines["b"].jump == "gate"
    assert machines["b"].interval_seconds == 5.0


def test_groups_tag_machines_by_name() -> None:
    machines = machines_of(machines=["web-[1-2]", "db-1"], groups={"front": "web-*", "first": ["web-1", "db-1"]})
    assert {name: target.tags for name, target in machines.items()} == {
        "web-1": ("front", "first"),
        "web-2": ("front",),
        "db-1": ("first",),
    }


def test_the_local_machine_has_no_address() -> None:
    assert machines_of(machines=[{"name": "here", "local": True}])["here"].local


@pytest.mark.parametrize(
    ("machines", "message"),
    [
        (["a", "b", "a"], r'machines\[2\]: "a" is there twice'),
        (["a", "web-[1-3]", {"name": "web-2", "port": 23}], r'machines\[2\]: "web-2" is there twice'),
        (["10.0.0.1", {"name": "x", "host": "10.0.0.1"}], r'machines\[1\]: "x" and "10.0.0.1" are one machine'),
        ([{"name": "a", "local": True}, {"name": "b", "local": True}], '"b" and "a" are one machine: this machine'),
        ([{"name": "web-[1-3]", "host": "10.0.0.[1-2]"}], "name stands for 3 machines and host for 2"),
        ([{"name": "a", "host": "h", "local": True}], "local is this very machine"),
        (["web-*"], r'machines\[0\]: "web-\*" cannot be a host'),
        (["@web"], "cannot be a"),
        (["a[1-15000]", "b[1-15000]"], r"machines\[1\]: more than 20000 machines"),
        ([{"name": "a", "host": "-oProxyCommand=x"}], "cannot be a host"),
        ([{"name": "a", "user": "-l root"}], r'machines\[0\]: "-l root" cannot be a user'),
        ([{"name": "a", "jump": "gate,`id`"}], r'machines\[0\]: "`id`" cannot be a host'),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(machines: list[object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        machines_of(machines=machines)


def test_a_machine_may_have_a_mail_address_of_its_own() -> None:
    machines = machines_of(
        defaults={"mail": "ops@example.org"}, machines=["a", {"name": "b", "mail": "b@x"}, {"name": "c", "mail": ""}]
    )
    assert [target.mail for target in machines.values()] == ["ops@example.org", "b@x", ""]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"machines": ["a", {"name": "b", "mail": "nobody"}]}, r'machines\[1\].mail: "nobody" is no mail address'),
        ({"defaults": {"mail": "a@b\nBcc: c@d"}}, r"defaults.mail: .a@b..Bcc: c@d. has a line break"),
    ],
)
def test_what_is_no_mail_address_is_refused_with_its_place(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        machines_of(**settings)


def test_two_machines_at_one_address_on_different_ways_are_two() -> None:
    table = [{"name": "a", "host": "10.0.0.1", "jump": "x"}, {"name": "b", "host": "10.0.0.1", "jump": "y"}]
    assert len(machines_of(machines=table)) == 2


def test_an_inventory_adds_machines_and_its_groups_are_tags(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text(
        "[web]\nw1 ansible_host=10.0.0.1 ansible_user=ops\nw2\n[lan]\nme ansible_connection=local\n"
    )
    machines = machines_of(inventory=str(tmp_path / "hosts"), defaults={"user": "x", "port": 2200})
    assert machines["w1"] == Target(name="w1", host="10.0.0.1", user="ops", port=2200, tags=("web",))
    assert machines["w2"].user == "x"
    assert machines["me"].local


@pytest.mark.parametrize("variable", ["ansible_user='a b'", "ansible_host='-oX=y'"])
def test_an_inventory_brings_nothing_that_a_shell_could_act_on(tmp_path: Path, variable: str) -> None:
    (tmp_path / "hosts").write_text(f"w1 {variable}\n")
    with pytest.raises(ConfigError, match=r"hosts: w1: .* cannot be a"):
        machines_of(inventory=str(tmp_path / "hosts"))


def test_the_configurations_own_table_speaks_first_and_tags_add_up(tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("[web]\nw1 ansible_host=10.0.0.1\n")
    own = {"name": "w1", "host": "10.9.9.9", "tags": ["mine"]}
    machines = machines_of(inventory=str(tmp_path / "hosts"), machines=[own])
    assert machines["w1"] == Target(name="w1", host="10.9.9.9", tags=("mine", "web"))


def test_hosts_of_ssh_config_keep_what_ssh_config_says(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("Host web1\n User deploy\nHost db1\n")
    machines = machines_of(
        ssh_config=str(tmp_path / "config"), ssh_config_hosts="web*", defaults={"user": "ops", "tags": "prod"}
    )
    assert machines == {"web1": Target(name="web1", tags=("prod",))}


def test_sudo_and_the_way_of_starting_are_the_machines_own_or_the_defaults() -> None:
    machines = machines_of(
        defaults={"sudo": True, "start": "upload"},
        machines=["a", {"name": "b", "sudo": False, "start": "stdin"}],
    )
    assert [(target.sudo, target.start) for target in machines.values()] == [(True, "upload"), (False, "stdin")]
    assert machines_of(machines=["a"])["a"] == Target(name="a", sudo=False, start="stdin")
