"""What fuzzing of people's own files begins with: the sample configurations, and a little of everything else."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

SAMPLES = Path(__file__).parents[2] / "sample_configs"
THEMES = Path(__file__).parents[2] / "themes"

_KNOWN_HOSTS = b"""# comment
web-01,192.0.2.7 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==
[web-01]:2222 ssh-rsa AAAAB3NzaC1yc2E=
@cert-authority *.example.org,!old* ssh-ed25519 AAAAC3Nz
@revoked |1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-rsa AAAA
"""
_SSH_CONFIG = b"""Match host web-01 exec "true"
  User = "o p s"
Include other ~nobody-at-all/x
Host web-* !web-02 "web-03"
  ProxyCommand ssh -W %h:%p 'jump'
"""
_YAML = b"""all: &all
  hosts: {web[01:03]: , "db": {ansible_port: 22}}
  children:
    prod: {vars: {ansible_user: ops, when: 2026-11-22, n: 1:30, f: 1e3, m: !!int "7"}}
    more: {<<: {hosts: {x: !vault y}}}
"""
_FILTERS = (
    b'user:root machine:web* from:10.0.0.0/8,::1 (idle>1h30m or !user:"a ""b")',
    b"cpu>=50% and not from:none or *a*b?c cpu:12.3",
)
_WORDS = (
    *(b"1h 30m", b"14d", b"2GiB", b"500.millis", b"1.5e3hours", b"-2h", b"03:12", b"2026-11-22T00:23:12+01:00"),
    *(b"ops@[::1]:2222", b"ops@example.org", b"web-[01-40,7]", b"web[01:10:2]", b"x[a:c]", b"@prod", b"web*"),
    *(b"Europe/Berlin", b"30 1 * * *", b"*/5 0-6 1,15 JAN MON#2", b"0 0 L * *"),
)
_LOGINS = b"""jordan,192.0.2.7,2020-01-21 12:45:56
"a ""b",::ffff:10.0.0.1,2020-01-21 12:46:56
zo\xc3\xab,192.0.2.7,2020-03-29 02:30:00
"""
_LOGIN_TABLE = b"Date;User;Type;Host;IP\n2020-01-21 12:45:56;anna;login;web-01;192.0.2.7\n1579610756;bert;logout;;\n"


def _sample(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted(SAMPLES.glob(name))]


def database(*statements: str) -> bytes:
    """A database that is made so."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wtmp.db"
        connection = sqlite3.connect(path)
        with connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
        return path.read_bytes()


WTMPDB = (
    "CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT, Login INTEGER,"
    " Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT)",
    "INSERT INTO wtmp VALUES (1, 3, 'anna', 1795298012000000, NULL, 'pts/0', 'h', 'sshd')",
)


FILE_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "settings": lambda: _sample("*.toml"),
    "older_settings": lambda: _sample("older/*"),
    "ini_inventory": lambda: _sample("ansible/*.ini"),
    "yaml_inventory": lambda: [*_sample("ansible/*.yml"), _YAML],
    "ssh_config": lambda: [*_sample("ssh/config"), _SSH_CONFIG],
    "known_hosts": lambda: [_KNOWN_HOSTS],
    "theme_file": lambda: [path.read_bytes() for path in sorted(THEMES.glob("*.toml"))[:3]],
    "filter": lambda: [*_FILTERS],
    "words": lambda: [*_WORDS],
    "event_lines": lambda: [
        b'{"date": "2020-01-21T12:45:56Z", "type": "login", "machine": "web-01", "user": "jordan"}\n'
    ],
    "login_table": lambda: [_LOGIN_TABLE, _LOGINS],
    "login_windows": lambda: [_LOGINS],
    "usage": lambda: [_LOGIN_TABLE, _LOGINS],
    "wtmpdb_file": lambda: [database(*WTMPDB)],
    "windows_file": lambda: [b"ElfFile\0" * 64],
}
