"""Both notations of Ansible's inventories, told in pairs where both can say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.config.inventory import InventoryHost, LineError
from whotop.config.inventory_file import read_inventory
from whotop.config.inventory_ini import read_ini
from whotop.config.inventory_yaml import read_yaml
from whotop.errors import ConfigError

INI = """\
# before any group
lone:2222 ansible_user=root # and more

[web]
web[01:02].lan
web-b ansible_host=10.0.0.2 ansible_port=23 ansible_password=secret note="two words"
[web:vars]
ansible_user = deploy   # after it

[site:children]
web
[site:vars]
ansible_user = nobody
ansible_ssh_private_key_file = ~/.ssh/site
[all:vars]
ansible_user=everybody
"""

YAML = """\
all:
  vars: {ansible_user: everybody}
  hosts:
    lone:2222: {ansible_user: root}
  children:
    site:
      vars: {ansible_user: nobody, ansible_ssh_private_key_file: ~/.ssh/site}
      children:
        web:
          vars: {ansible_user: deploy}
          hosts:
            web[01:02].lan:
            web-b:
              ansible_host: 10.0.0.2
              ansible_port: 23
              ansible_password: !vault |
                $ANSIBLE_VAULT;1.1;AES256
"""

HOSTS = [
    InventoryHost("lone", (), port=2222, user="root"),
    InventoryHost("web01.lan", ("site", "web"), user="deploy", identity_file="~/.ssh/site"),
    InventoryHost("web02.lan", ("site", "web"), user="deploy", identity_file="~/.ssh/site"),
    InventoryHost("web-b", ("site", "web"), "10.0.0.2", 23, "deploy", "~/.ssh/site"),
]


def test_an_ini_inventory_gives_its_hosts() -> None:
    assert list(read_ini(INI).hosts()) == HOSTS


def test_a_yaml_inventory_gives_the_same_hosts() -> None:
    assert list(read_yaml(YAML).hosts()) == HOSTS


def test_the_innermost_group_and_then_the_host_have_the_last_word() -> None:
    hosts = {host.name: host.user for host in read_ini(INI + "[web]\nweb01.lan ansible_user=own\n").hosts()}
    assert hosts["web01.lan"] == "own"
    assert hosts["web02.lan"] == "deploy"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[web\nx", 1, "is no section"),
        ("a\n[web:nonsense]\n", 2, r"write \[web\], \[web:children\] or \[web:vars\]"),
        ("\n\na b\n", 3, '"b" is no variable'),
        ("[g:vars]\nnonsense\n", 2, "write name=value"),
        ("web[1:99999]\n", 1, "at most 20000"),
        ("a ansible_user='x\n", 1, "No closing quotation"),
        ("-oProxyCommand=x\n", 1, "cannot be a host"),
        pytest.param("a\n" + "b" * 70_000, 2, "longer than 65536 characters", id="long"),
    ],
)
def test_a_wrong_line_of_an_ini_inventory_is_named(text: str, line: int, message: str) -> None:
    with pytest.raises(LineError, match=message) as raised:
        read_ini(text)
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a:\n  hosts: [\n", 3, "is no YAML"),
        ("a:\n  hosts: x\n", 0, r"a.hosts: expected a mapping"),
        ("- a\n", 0, "the file: expected a mapping"),
        ("a: &a\n  b: *a\n", 2, "stands for nothing, or for itself"),
        ("a: " + "[" * 1_000, 1, "nested more than"),
        ("a: \x00", 0, "is no YAML"),
        ("a: !!int ''", 0, "not of the kind that its tag says"),
        ("a: !!bool x", 0, "not of the kind that its tag says"),
        ("a: !!timestamp x", 0, "not of the kind that its tag says"),
        ("a:\n  hosts: {'n[1:99999]': }\n", 0, "at most 20000"),
    ],
)
def test_a_wrong_yaml_inventory_is_refused(text: str, line: int, message: str) -> None:
    with pytest.raises(ValueError, match=message) as raised:
        read_yaml(text)
    assert getattr(raised.value, "line", 0) == line


def test_a_billion_laughs_are_counted_before_anything_is_built() -> None:
    lines = ["a0: &a0 {x: 1}"] + [
        f"a{n}: &a{n} {{{', '.join(f'k{k}: *a{n - 1}' for k in range(10))}}}" for n in range(1, 12)
    ]
    with pytest.raises(LineError, match="stands for more than 500000 values"):
        read_yaml("\n".join(lines))


def test_groups_that_contain_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="is one of them its own child"):
        list(read_ini("[a:children]\nb\n[b:children]\na\n").hosts())


def test_a_template_is_refused_where_it_would_matter() -> None:
    with pytest.raises(ValueError, match="web: the host is a template"):
        list(read_ini('web ansible_host="{{ lookup(1) }}" other="{{ x }}"\n').hosts())


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match='web: "ssh" is no port'):
        list(read_ini("web ansible_port=ssh\n").hosts())
    with pytest.raises(ValueError, match='web: "1234567" is no port'):
        list(read_ini("web ansible_port=0000001234567\n").hosts())


def test_a_few_lines_that_put_every_host_into_every_group_are_refused() -> None:
    groups = "".join(f"[g{number}:children]\nall_hosts\n" for number in range(1_000))
    hosts = "".join(f"h{number}\n" for number in range(1_000))
    with pytest.raises(ValueError, match="more than 500000 groups"):
        list(read_ini(f"{groups}[all_hosts]\n{hosts}").hosts())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("hosts", "[web\n", r"hosts: line 1: \[web is no section"),
        ("hosts.yml", "a: {\n", r"hosts.yml: line 2: is no YAML"),
        ("hosts", "#!/bin/sh\n", r"hosts: is a program"),
        ("hosts", "a ansible_port=x", r'hosts: a: "x" is no port'),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ConfigError, match=message):
        read_inventory(tmp_path / name)


def test_a_folder_is_no_inventory(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder"):
        read_inventory(tmp_path)


@given(st.text(alphabet="ab[]:{}&*,-# \n=\"'!0|?%@\x00\x1bé", max_size=80))
def test_any_text_is_an_inventory_or_one_clear_refusal(text: str) -> None:
    for read in (read_ini, read_yaml):
        try:
            list(read(text).hosts())
        except ValueError as error:
            assert str(error)  # noqa: PT017
