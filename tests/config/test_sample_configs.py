"""Every file in sample_configs/ is loaded, and says what its comments promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from whotop.config.load import load_settings
from whotop.config.machines import configured_machines
from whotop.config.rules import decode_rules
from whotop.config.select import select_machines
from whotop.model import Target

FOLDER = Path(__file__).parents[2] / "sample_configs"
FILES = sorted(FOLDER.glob("*.toml"))


def machines_in(file: Path) -> dict[str, Target]:
    return configured_machines(load_settings(file), str(file))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_sample_is_loaded_and_has_machines(file: Path) -> None:
    assert machines_in(file)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_rules_of_a_sample_can_be_set_so(file: Path) -> None:
    decode_rules(load_settings(file).rules, file=str(file))


def test_the_one_that_tells_people_has_addresses_of_machines_and_targets() -> None:
    file = FOLDER / "notify.toml"
    assert machines_in(file)["dc-01"].mail == "windows@example.org"
    assert [target.to[0] for target in load_settings(file).notify.mail] == ["ops@example.org", "dba@example.org"]


def test_the_one_of_usage_counts_as_the_older_reporting_did() -> None:
    table = load_settings(FOLDER / "usage.toml").usage
    assert (table.time_zone, table.schedule, table.exclude_users) == ("UTC", "30 1 * * *", ("admin",))


def test_every_inventory_among_the_samples_is_used_by_one() -> None:
    used = {inventory for file in FILES for inventory in load_settings(file).inventory}
    assert {str(file) for file in (FOLDER / "ansible").iterdir()} == used


def test_the_small_one_watches_three_machines_and_this_one() -> None:
    machines = machines_in(FOLDER / "small.toml")
    assert list(machines) == ["web-01", "10.0.0.9:2222", "db-02", "here"]
    assert machines["here"].local


def test_the_fleet_has_ranges_tags_and_groups() -> None:
    settings = load_settings(FOLDER / "fleet.toml")
    machines = machines_in(FOLDER / "fleet.toml")
    assert len(machines) == 45
    assert machines["web-01"].tags == ("prod", "web", "first", "front")
    assert machines["web-40"].host == "10.0.1.40"
    assert [target.name for target in select_machines(["@db"], machines, settings)] == ["db-1", "db-2", "db-3", "db-7"]


def test_the_jump_host_itself_is_reached_directly() -> None:
    machines = machines_in(FOLDER / "jump.toml")
    assert machines["inner-07"].jump == "gate@bastion.example.com:2200"
    assert machines["bastion.example.com"].jump == ""


def test_the_older_collectors_own_is_used_as_it_is() -> None:
    file = FOLDER / "older" / "config.xml"
    machines = machines_in(file)
    assert [(target.name, target.mail) for target in machines.values()] == [
        ("10.0.0.1", "web@example.org"),
        ("10.0.0.2:2222", "db@example.org"),
    ]
    assert load_settings(file).notify.smtp.from_address == "alerts@example.org"


def test_inventories_and_an_own_table_go_together() -> None:
    machines = machines_in(FOLDER / "ansible.toml")
    own = machines["db-01.example.com"]
    assert (own.host, own.user, own.tags) == ("10.0.2.1", "dba", ("db",))
    assert machines["mx2.example.com"].tags == ("edge", "mail")
    assert machines["old-b.example.com"].user == "dba"


def test_hosts_of_ssh_config_are_chosen_by_pattern() -> None:
    assert list(machines_in(FOLDER / "ssh_config.toml")) == ["web1", "web2", "db-1"]


def test_rights_are_asked_for_where_they_are_needed_alone() -> None:
    machines = machines_in(FOLDER / "rights.toml")
    assert [name for name, target in machines.items() if target.sudo] == ["db-1", "db-2"]
    assert [name for name, target in machines.items() if target.start == "upload"] == ["vault-01"]
